"""Formats of files in which labels leave a session and come back.

A format is an object with the ending of its files, such as ".csv", as `ending`, and three methods:

- ``write(path, content)``: write a :class:`Content` to a file;
- ``read(path, question)``: return a list of :class:`Answer`;
- ``recognizes(path, items)``: whether a file is in this format, by the ending of its path and,
  where that is ".json", by what the file holds. `items` is None for a file not written yet.
"""

import os

from ._argilla import Argilla
from ._content import Answer, Choices, Content, Task, fields_of
from ._json_file import read_json
from ._label_studio import LabelStudio
from ._records import NAME, record_answers
from ._table import Csv, Parquet

__all__ = [
    "FORMATS",
    "Answer",
    "Choices",
    "Content",
    "Task",
    "fields_of",
    "format_to_read",
    "format_to_write",
    "read_answers",
]

FORMATS = {
    "csv": Csv(),
    "parquet": Parquet(),
    "label-studio": LabelStudio(),
    "argilla": Argilla(),
}


def format_to_write(name, path):
    """Return a format by its name, or for None by the ending of the path."""
    found = _by_name(name) or _recognized(path, None)
    if found is None:
        json_names, endings = _quoted(name for name in FORMATS if _is_json(name)), _endings()
        raise ValueError(
            f"format must be given for the path {os.fspath(path)!r}: {json_names} are JSON, and "
            f"only {endings} tell the format."
        )
    return found


def format_to_read(name, path):
    """Return a format by its name, or for None by the path and what the file holds."""
    # Other files are told by their ending, and need not be opened.
    if name is not None or not os.fspath(path).lower().endswith(".json"):
        return format_to_write(name, path)
    found = _recognized(path, read_json(path))
    if found is None:
        json_names = " or ".join(name for name in FORMATS if _is_json(name))
        raise ValueError(
            f"{os.fspath(path)} cannot be read as JSON of {json_names}: it is not a list of their "
            "items. Give format= to see what is missing."
        )
    return found


def read_answers(source, name, question):
    """Return the answers in a file, or in a list of dicts, and how messages call the source."""
    if isinstance(source, (list, tuple)):
        return record_answers(source), NAME
    return format_to_read(name, source).read(source, question), os.fspath(source)


def _by_name(name):
    if name is not None and name not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {name!r}.")
    return FORMATS.get(name)


def _recognized(path, items):
    return next((one for one in FORMATS.values() if one.recognizes(path, items)), None)


def _is_json(name):
    return FORMATS[name].ending == ".json"


def _endings():
    return _quoted(one.ending for name, one in FORMATS.items() if not _is_json(name))


def _quoted(names):
    return " and ".join(f'"{name}"' for name in names)
