"""Rows of data as HTML: images, texts and tables."""

import base64
import html

import numpy as np
import scipy.sparse as sp

from ...inspection import predictions
from ._image import is_image, png
from ._style import CELL, IMAGE, TEXT


class RowView:
    """Show rows by their ids.

    Parameters
    ----------
    rows : Rows
    image : tuple or callable, default=None
        How to draw a row: the shape of the image, (height, width) or (height, width, 3), or a
        function from the row to an array of such a shape. The row of a pandas frame is a
        Series, that of a polars frame a dict.
    columns : list of str, default=None
        The columns of a frame to show. None: all of them, or none beside an image.
    """

    def __init__(self, rows, image=None, columns=None):
        self._rows = rows
        self._image = image
        self._columns = columns

    def __call__(self, id_):
        """Return a row as HTML."""
        row = _only(self._data(id_))
        picture = self._picture(row, id_)
        if picture and self._columns is None:
            return picture
        return picture + _row_html(row, self._columns)

    def _data(self, id_):
        return self._rows.take([self._rows.ids.position(id_)])

    def _picture(self, row, id_):
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
        alt = html.escape(f"Row {id_}")
        return f'<img style="{IMAGE}" alt="{alt}" src="data:image/png;base64,{data}">'

    def predicted(self, model, id_):
        """Return the predicted label of a row and its probability, None without."""
        labels, probabilities = predictions(model, self._data(id_))
        return labels[0], None if probabilities is None else float(probabilities[0])


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
