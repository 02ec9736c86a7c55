"""Files of annotation tools: a JSON list with an item for each row."""

import json
import os
from abc import ABC, abstractmethod
from dataclasses import replace

from ..._base import replace_file
from ._text_file import read_text

# The names under which a tool carries the id and the score of a row.
ID, SCORE = "skal_id", "skal_score"


class JsonFile(ABC):
    """A format that is a list of items: write what an item is, and what its answers are.

    Attributes
    ----------
    name : str
        The name of the format.
    key : str
        A key that items of this format have, and those of other formats do not.
    """

    ending = ".json"
    name = None
    key = None

    @abstractmethod
    def item(self, task, content):
        """Return a task as the tool reads it."""

    @abstractmethod
    def answers(self, item, question):
        """Return the answers in an item that the tool wrote."""

    @abstractmethod
    def questions(self, item):
        """Return the names of the questions that are answered in an item."""

    def write(self, path, content):
        """Write the tasks."""
        items = [self.item(task, content) for task in content.tasks()]
        # NaN is not JSON, and other programs would refuse the file: json_value has made it null.
        text = json.dumps(items, indent=1, ensure_ascii=False, allow_nan=False)
        replace_file(path, lambda name: _write_text(name, text))

    def read(self, path, question):
        """Return the answers of all items."""
        items = read_json(path)
        if not isinstance(items, list):
            raise self._unreadable(
                path, TypeError(f"it holds a {type(items).__name__}, not a list")
            )
        answers, questions = [], {}
        for number, item in enumerate(items, start=1):
            place = f"item {number}"
            try:
                if not self.is_item(item):
                    raise KeyError(self.key)
                found = list(self.answers(item, question))
                questions.update(dict.fromkeys(self.questions(item)))
            except ValueError as error:
                raise ValueError(f"{os.fspath(path)}, {place}: {error}") from error
            except (LookupError, TypeError, AttributeError) as error:
                raise self._unreadable(f"{os.fspath(path)}, {place}", error) from error
            answers += [replace(answer, place=place) for answer in found]
        if questions and question not in questions:
            raise ValueError(
                f"question must be one of those that are answered in {os.fspath(path)}, "
                f"{', '.join(map(repr, questions))}, got {question!r}."
            )
        return answers

    def _unreadable(self, place, error):
        return ValueError(
            f"{os.fspath(place)} cannot be read as JSON of {self.name}: {error!r}. Expected is a "
            "list of what export(..., format=...) writes, with the answers of the tool."
        )

    def recognizes(self, path, items):
        """Whether the first item is one of this format; a list without items is of any."""
        if not isinstance(items, list):
            return False
        return not items or (isinstance(items[0], dict) and self.is_item(items[0]))

    def is_item(self, item):
        """Whether a dict is an item of this format."""
        return self.key in item


def read_json(path):
    """Return what a JSON file holds."""
    text = read_text(path)
    try:
        return json.loads(text, object_pairs_hook=_distinct)
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:  # JSONDecodeError names the line
        reason = str(error)
    raise ValueError(f"{os.fspath(path)} cannot be read as JSON: {reason}.")


def _distinct(pairs):
    """Return pairs as a dict; of equal keys, JSON would silently take the last one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {repeated!r} occurs twice in one object")
    return found


def _write_text(name, text):
    # Half of a character is written as \udc80, which is how JSON spells it.
    with open(name, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
