"""The lines of a table of labels as answers."""

import os

from ..._base import is_missing
from .._draws import AUDIT
from .._place import located
from .._several_labels import Cell
from ._content import Answer
from ._time import log_time


def _name(value):
    """Return the name of a person: as text, also where all of them are numbers."""
    # Missing names in other lines have made the numbers floats.
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value)


def _number(value):
    if isinstance(value, str) and "_" in value:  # which float reads over
        raise ValueError(f"a number is needed, got {value!r}")
    return float(value)


def _round(value):
    # As above; text holds "3.0" then.
    number = _number(value)
    if not (number.is_integer() and 0 <= number < 2**53):
        raise ValueError(f"a whole number is needed, at least 0, got {value!r}")
    return int(number)


def _truth(value):
    text = str(value).strip().lower()
    if text not in _TRUTH:
        raise ValueError(f"True or False is needed, got {value!r}")
    return _TRUTH[text]


# Spreadsheets write TRUE, and other programs 1; with missing values beside it, that is 1.0.
_TRUTH = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


# What a table may say besides id and label, and the type it has in the log.
OPTIONAL = {
    "annotator": _name,
    "time": log_time,
    "round": _round,
    "strategy": str,
    "score": _number,
    "audit": _truth,
}
COLUMNS = ("id", "label", *OPTIONAL)


def table_answers(path, names, lines):
    """Return the answers in a table.

    Parameters
    ----------
    path : str or path-like
        For messages.
    names : list of str
        The columns.
    lines : iterable of tuple
        The place of each line in the file, in words, and its values; what is missing is None,
        NaN or the like.

    Returns
    -------
    answers : list of Answer
        One for each line that has a label.
    """
    path = os.fspath(path)
    check_names(path, names)
    answers = []
    for place, values in lines:
        with located(f"{path}, {place}"):
            answer = _answer(names, values)
        if answer is not None:
            answer.place = place
            answers.append(answer)
    return answers


def check_names(path, names):
    """Refuse a table without ids or labels, or with two columns of a name that counts."""
    path = os.fspath(path)
    if not {"id", "label"} <= set(names):
        raise ValueError(f"{path} must have the columns id and label, got {list(names)}.")
    repeated = [name for name in COLUMNS if list(names).count(name) > 1]
    if repeated:
        raise ValueError(
            f"{path} has the column {repeated[0]!r} more than once, among {list(names)}. Rename "
            "or remove those that do not count."
        )


def _answer(names, values):
    """Return the answer in a line, None if it has no label."""
    if len(values) != len(names):
        raise ValueError(
            f"there are {len(values)} fields, but {len(names)} columns. Is a quote missing around "
            "a field, or a comma?"
        )
    given = {
        name: value for name, value in zip(names, values, strict=True) if not is_missing(value)
    }
    if "label" not in given:
        return None
    if "id" not in given:
        raise ValueError(f"the id of the label {given['label']!r} is missing")
    optional = {name: _converted(name, given[name]) for name in OPTIONAL if name in given}
    # The log has no field for it: the name of the strategy says it.
    if optional.pop("audit", False):
        optional.setdefault("strategy", AUDIT)
    label = given["label"]
    label = Cell(label) if isinstance(label, str) else label
    return Answer(given["id"], label, optional.pop("annotator", None), optional)


def _converted(name, value):
    with located(f"the column {name!r}"):
        try:
            return OPTIONAL[name](value)
        except (TypeError, OverflowError) as error:
            raise ValueError(f"got {value!r}, {error}") from error
