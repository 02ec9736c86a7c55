"""Files of annotation tools: a JSON list with an item for each row."""

import json
import os
from abc import ABC, abstractmethod

from ..._base import replace_file

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

    def write(self, path, content):
        """Write the tasks."""
        items = [self.item(task, content) for task in content.tasks()]
        # NaN is not JSON, and other programs would refuse the file: json_value has made it null.
        text = json.dumps(items, indent=1, ensure_ascii=False, allow_nan=False)
        replace_file(path, lambda name: _write_text(name, text))

    def read(self, path, question):
        """Return the answers of all items."""
        items = read_json(path)
        try:
            return [answer for item in items for answer in self.answers(item, question)]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{os.fspath(path)} cannot be read as JSON of {self.name}: {error!r}. Expected is "
                "a list of what export(..., format=...) writes, with the answers of the tool."
            ) from error

    def recognizes(self, path, items):
        """Whether the first item is one of this format; a list without items is of any."""
        if not isinstance(items, list):
            return False
        return not items or (isinstance(items[0], dict) and self.key in items[0])


def read_json(path):
    """Return what a JSON file holds."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _write_text(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
