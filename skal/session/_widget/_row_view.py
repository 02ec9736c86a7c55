"""Rows of data as HTML: images, texts and tables."""

import base64
import html

import numpy as np
import scipy.sparse as sp

from ...inspection import predictions
from ._image import is_image, png
from ._picture import picture_source
from ._style import CELL, ERROR, IMAGE, PICTURE, TEXT


class RowView:
    """Show rows by their ids.

    Parameters
    ----------
    rows : Rows
    image : tuple or callable, default=None
        How to draw a row: the shape of the image, (height, width) or (height, width, 3), or a
        function from the row to an array of such a shape. The row of a pandas frame is a
        Series, that of a polars frame a dict. Or the name of a column of paths or addresses.
    columns : list of str, default=None
        The columns of a frame to show. None: all of them, or none beside an image; beside an
        image that a column names, all others.
    folder : str, default="."
        Where relative paths of images begin.
    """

    def __init__(self, rows, image=None, columns=None, folder="."):
        self._rows = rows
        self._image = image
        self._columns = columns
        self._folder = folder
        if isinstance(image, str):
            self._columns = self._columns_beside(image)

    def __call__(self, id_):
        """Return a row as HTML."""
        row = _only(self._data(id_))
        picture = self._picture(row, id_)
        if picture and self._columns is None:
            return picture
        return picture + _row_html(row, self._columns)

    def _columns_beside(self, image):
        """Return the columns to show beside an image that a column names."""
        columns = list(getattr(self._rows.X, "columns", ()))
        if image not in columns:
            raise ValueError(
                f"image must be a column of X, which are {columns}, a shape or a function, got "
                f"{image!r}."
            )
        return [one for one in columns if one != image] if self._columns is None else self._columns

    def _data(self, id_):
        return self._rows.take([self._rows.ids.position(id_)])

    def _picture(self, row, id_):
        if isinstance(self._image, str):
            return self._picture_of_column(row, id_)
        if callable(self._image):
            array = self._image(row)
        elif self._image is not None:
            array = np.asarray(row if not hasattr(row, "values") else _values(row))
            array = array.reshape(self._image)
        else:
            array = row if is_image(row) else None
        if array is None:
            return ""
        data = base64.b64encode(png(array)).decode()
        return _image_html(IMAGE, f"Row {id_}", f"data:image/png;base64,{data}")

    def _picture_of_column(self, row, id_):
        value = row[self._image]
        try:
            source = picture_source(value, self._folder)
        except (ValueError, OSError) as error:  # the row can still be labeled by the rest of it
            return f'<div style="{ERROR}">{html.escape(str(error))}</div>'
        return _image_html(PICTURE, f"Row {id_}: {value}", source)

    def predicted(self, model, id_):
        """Return the predicted label of a row and its probability, None without."""
        labels, probabilities = predictions(model, self._data(id_))
        return labels[0], None if probabilities is None else float(probabilities[0])


def _image_html(style, alt, source):
    return f'<img style="{style}" alt="{html.escape(alt)}" src="{html.escape(source)}">'


def _only(rows):
    """Return the row of data that hold one."""
    if hasattr(rows, "iloc"):
        return rows.iloc[0]
    if hasattr(rows, "row") and hasattr(rows, "columns"):  # polars
        return rows.row(0, named=True)
    if sp.issparse(rows):
        return rows.tocsr()
    return rows[0]


def _values(row):
    return list(row.values()) if isinstance(row, dict) else row.values


def _row_html(row, columns):
    if isinstance(row, str):
        return f'<div style="{TEXT} max-width: 50em;">{html.escape(row)}</div>'
    values = _named(row)
    return _table([(name, values[name]) for name in (values if columns is None else columns)])


def _named(row):
    """Return what a row holds, by name; of a sparse row what is not zero."""
    if sp.issparse(row):
        # Of thousands of columns, as words are, a few are not zero.
        return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
    if hasattr(row, "items"):
        return dict(row.items())
    return dict(enumerate(np.ravel(np.asarray(row)).tolist()))


def _table(pairs):
    lines = [
        f'<tr><th style="{CELL}">{html.escape(str(name))}</th>'
        f'<td style="{CELL} {TEXT}">{html.escape(str(value))}</td></tr>'
        for name, value in pairs
    ]
    return f'<table style="max-width: 60em;">{"".join(lines)}</table>'
