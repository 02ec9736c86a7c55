"""What people see of a row: the columns of the data, as texts, images or a table."""

import base64
import mimetypes
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from .._base import json_value, num_rows, take_rows
from ._config import ROW, ROWS_OF_TABLE, table_variable
from ._errors import LabelStudioError

TEXT, IMAGE, VALUE = "text", "image", "value"
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg")
LARGEST_IMAGE = 5 * 2**20  # bytes of a file that is sent within the task
WORDS, CHARACTERS = 5, 40  # on average, from which on a column is a text
N_LOOKED_AT = 200  # rows that tell what a column holds
# What Label Studio gives a meaning of its own, or a task holds beside the row.
RESERVED = {"skal_id", "data", "annotations", "predictions", "meta", "id"}


@dataclass
class Shown:
    """What people see of the rows of a session.

    Each text and each image has a place of its own; all other values stand in one table.

    Parameters
    ----------
    columns : dict of str to str
        How each column is shown: "text", "image" or "value".
    rows : callable
        From a list of ids to a list of dicts, the values of each row by column.
    folder : str, default="."
        Where the files of images lie, if their paths are not absolute. The files are sent within
        the tasks; addresses (``https://...``) stay as they are.

    Examples
    --------
    >>> from skal.label_studio import Shown
    >>> photos = {1: "cat.png", 2: "dog.png"}
    >>> shown = Shown({"photo": "image"}, lambda ids: [{"photo": photos[id_]} for id_ in ids])
    >>> shown.tags()
    [('Image', 'photo', None)]
    """

    columns: dict
    rows: Callable
    folder: str = "."

    def tags(self):
        """Return the tag, the variable and the title of everything that is shown."""
        variables = self._variables()
        large = [
            ("Image" if self.columns[name] == IMAGE else "Text", variable, name)
            for variable, name in variables.items()
        ]
        tables = [("Table", name, None) for name in self._tables()]
        # A single text needs no title.
        if len(large) + len(tables) == 1:
            return [(tag, variable, None) for tag, variable, _ in large + tables]
        return large + tables

    def check(self, variables, project):
        """Refuse a labeling config that shows what the rows do not have."""
        missing = [name for name in variables if self._source(name, variables) is None]
        if missing:
            raise LabelStudioError(
                f"The labeling config of {project} shows ${missing[0]}, but the rows have the "
                f"columns {', '.join(map(repr, self.columns))}. Name one of them in the config, "
                f'such as value="${next(iter(self._names()))}", or ${ROW} in a Table tag for '
                "all short ones."
            )

    def data(self, ids, variables):
        """Return the data of the task of each row: what the config shows, and nothing else."""
        rows = self.rows(ids)
        sources = {name: self._source(name, variables) for name in variables}
        return [
            {name: self._value(row, source) for name, source in sources.items()} for row in rows
        ]

    def _source(self, variable, variables):
        """Return the column that a variable shows, a list of columns, or None."""
        names, tables = self._names(), self._tables()
        if variable in names:
            return names[variable]
        if variable == ROW and table_variable(1) not in variables:
            return self._values() or list(self.columns)
        if variable in tables:
            return tables[variable]
        # With one of each, it does not matter what they are called.
        others = [name for name in variables if name not in names and name not in tables]
        return next(iter(self.columns)) if len(self.columns) == len(others) == 1 else None

    def _value(self, row, source):
        if isinstance(source, list):
            return {name: json_value(row[name]) for name in source}
        value = json_value(row[source])
        if self.columns[source] == IMAGE and value:
            return self._image(str(value))
        # The tags that show text show nothing for numbers and null.
        return "" if value is None else str(value)

    def _image(self, place):
        """Return the address of an image; a file is sent as part of the task."""
        if re.match(r"(https?|s3|gs|azure-blob|data):|/data/", place):
            return place
        path = os.path.join(self.folder, place)
        if not _is_image(place):
            raise LabelStudioError(f"The image {path} must end with {', '.join(IMAGE_ENDINGS)}.")
        try:
            size = os.path.getsize(path)
            if size > LARGEST_IMAGE:
                raise LabelStudioError(
                    f"{path} has {size:,} bytes, and images of more than {LARGEST_IMAGE:,} bytes "
                    "are not sent within tasks. Give their addresses (https://...), or add the "
                    "folder to Label Studio as a storage."
                )
            with open(path, "rb") as file:
                content = base64.b64encode(file.read()).decode()
        except OSError as error:
            raise LabelStudioError(f"The image {path} cannot be read: {error}.") from error
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return f"data:{kind};base64,{content}"

    def _tables(self):
        """Return the columns of each table; of a longer one, people would see the first page."""
        values = self._values()
        starts = range(0, len(values), ROWS_OF_TABLE)
        return {
            table_variable(number): values[start : start + ROWS_OF_TABLE]
            for number, start in enumerate(starts)
        }

    def _values(self):
        return [name for name, role in self.columns.items() if role == VALUE]

    def _names(self):
        """Return the column of each variable; every column has one by its own name as well."""
        return {**{name: name for name in self.columns}, **self._variables()}

    def _variables(self):
        """Return the column of each variable of a text or an image."""
        large = [name for name, role in self.columns.items() if role != VALUE]
        variables = {}
        for i, name in enumerate(large, 1):
            is_plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name not in RESERVED
            variables[name if is_plain else f"{self.columns[name]}_{i}"] = name
        return variables


def shown_rows(session, folder="."):
    """Return how to show the rows of a session, by what they hold."""
    X = session.rows()
    looked_at = _named_values(take_rows(X, slice(0, min(N_LOOKED_AT, num_rows(X)))))
    columns = {name: role_of([row[name] for row in looked_at]) for name in looked_at[0]}
    if list(columns) == [TEXT] and columns[TEXT] == VALUE:
        columns = {TEXT: TEXT}  # a list of texts, however short
    return Shown(columns, lambda ids: _named_values(session.rows(ids)), folder)


def role_of(values):
    """Return how a column is best shown to people.

    Parameters
    ----------
    values : list
        The first values of the column, or all of them.

    Returns
    -------
    role : {"text", "image", "value"}
        "image" if the values are paths or addresses of images, "text" if they are of many words
        or characters, else "value".

    Examples
    --------
    >>> from skal.label_studio import role_of
    >>> role_of(["a.png", "https://example.org/b.jpg"])
    'image'
    >>> role_of(["red", "green"])
    'value'
    """
    values = [json_value(value) for value in values[:N_LOOKED_AT]]
    values = [value for value in values if value is not None and value != ""]
    if not values or not all(isinstance(value, str) for value in values):
        return VALUE
    if all(map(_is_image, values)):
        return IMAGE
    n_words = sum(len(text.split()) for text in values) / len(values)
    n_characters = sum(map(len, values)) / len(values)
    return TEXT if n_words >= WORDS or n_characters >= CHARACTERS else VALUE


def _is_image(text):
    path = text.strip().lower().partition("?")[0]
    return path.endswith(IMAGE_ENDINGS) or path.startswith("data:image/")


def _named_values(X):
    """Return rows of any kind as dicts of values by column."""
    if hasattr(X, "columns"):
        columns = {str(name): X[name].to_list() for name in X.columns}
        return [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
    X = X.toarray() if hasattr(X, "toarray") else X
    return [_named(row) for row in X]


def _named(row):
    row = row.tolist() if hasattr(row, "tolist") else row
    if isinstance(row, (list, tuple)):
        return {f"x{i}": value for i, value in enumerate(row)}
    return {TEXT: row}
