"""Samples whose labels are hidden until they are asked for."""

import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import indexable

from .._base import (
    as_array,
    check_labels,
    check_same_length,
    is_indicator,
    is_missing,
    num_rows,
    take_params,
    take_rows,
)


class Oracle:
    """Answer with the labels of some samples, and with what was passed to `fit` for them.

    Only the labels asked for are looked at; of the others not even the type matters. `names` are
    the positions of the samples that error messages tell; None stands for those in X. `caller` is
    the class of the game, for messages.
    """

    def __init__(self, X, y, params=None, names=None, caller="LabelBudgetClassifier"):
        check_same_length(X=X, y=y)
        self.X, y = indexable(X, y)
        self._y = _one_dimensional(y, caller)
        self._params = params or {}
        self._names = names
        self.n_samples = num_rows(self.X)
        if not self.n_samples:
            raise ValueError("X must hold at least one sample, got 0 sample(s).")

    def teach(self, learner, rows):
        """Return the learner taught the labels of some rows."""
        X, y = self.answer(rows)
        return learner.teach(X, y, **take_params(self._params, self.n_samples, rows))

    def answer(self, rows):
        """Return some samples and their labels."""
        y = plain_labels(take_rows(self._y, rows))
        _refuse_missing(y, rows if self._names is None else self._names[rows])
        return take_rows(self.X, rows), y

    def peek(self):
        """Return all labels, which the game does not allow."""
        if is_indicator(self._y):
            raise ValueError(
                'initial="stratified" takes one sample of each class, and y holds several labels '
                'a sample. Use initial="random", or a strategy such as MaxHerding().'
            )
        return check_labels(plain_labels(self._y), "LabelBudgetClassifier")


def _one_dimensional(y, caller):
    """Return y with the shape (n_samples,), without a look at what it holds."""
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if is_indicator(y):  # several labels a sample; the learner says whether it takes them
        return y
    if sp.issparse(y):
        raise ValueError("y must be a dense array of shape (n_samples,), got a sparse matrix.")
    shape = getattr(y, "shape", (0,))
    if len(shape) == 2 and shape[1] == 1:
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected. Please change the "
            "shape of y to (n_samples,), for example using ravel().",
            DataConversionWarning,
            stacklevel=4,
        )
        return np.asarray(y)[:, 0]
    if len(shape) != 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {tuple(shape)} instead.")
    return y


def plain_labels(labels):
    """Return labels as an array of their own type, whatever held them."""
    if labels is None or sp.issparse(labels):
        return labels
    labels = as_array(labels, "y")
    # A slice of a column of objects, once the missing ones are gone, often is of one type. Labels
    # that were not asked for must not decide how the others are represented.
    is_object = labels.dtype.kind == "O" and labels.ndim == 1
    if is_object and len({type(label) for label in labels}) == 1:
        plain = np.asarray(labels.tolist())
        return plain if plain.shape == labels.shape else labels
    return labels


def _refuse_missing(labels, rows):
    """Name the position in the whole y, which the learner cannot know."""
    if labels.ndim == 2 or labels.dtype.kind not in "Of":
        return  # of several labels the learner says which one is missing
    for row, label in zip(rows, labels, strict=True):
        if is_missing(label):
            raise ValueError(
                f"y must hold a label for every sample that is asked for, but y[{row}] is "
                "missing. Leave samples without a label out."
            )
