"""The labels of several annotators, one entry for each label that was given."""

from typing import NamedTuple

import numpy as np

from .._base import is_missing, label_array
from ._checks import checked_classes, columns_of


class Opinions(NamedTuple):
    """Labels as three arrays of shape (n_labels,): the table of them has many empty cells.

    Entry i says that the annotator ``annotators[i]`` gave the class ``codes[i]`` to the sample
    ``samples[i]``.
    """

    samples: np.ndarray
    annotators: np.ndarray
    codes: np.ndarray
    n_samples: int
    n_annotators: int
    n_classes: int

    def votes(self):
        """Return how often each class was given to each sample: (n_samples, n_classes)."""
        pairs = self.samples * self.n_classes + self.codes
        votes = np.bincount(pairs, minlength=self.n_samples * self.n_classes)
        return votes.reshape(self.n_samples, self.n_classes)

    def n_labels(self):
        """Return how many labels each sample has."""
        return np.bincount(self.samples, minlength=self.n_samples)


def checked_opinions(labels, classes, n_classes=None):
    """Return a table of labels as `Opinions`, and the classes.

    Parameters
    ----------
    labels : array-like of shape (n_samples, n_annotators)
        None or NaN where an annotator gave no label.
    classes : array-like of shape (n_classes,) or None
    n_classes : int, default=None
        The number of columns of the probabilities that go with the labels. Without any, None for
        `classes` stands for the distinct labels in order.
    """
    table = np.asarray(labels, dtype=object)
    if table.ndim != 2:
        raise ValueError(
            "labels must have shape (n_samples, n_annotators), a column for each annotator, with "
            f"None or NaN for no label, got shape {table.shape}."
        )
    is_given = [not is_missing(label) for label in table.ravel()]
    samples, annotators = np.nonzero(np.reshape(is_given, table.shape))
    if not len(samples):
        raise ValueError("labels must hold at least one label, got none.")
    given = np.asarray(label_array(table[samples, annotators].tolist(), "labels"))
    if n_classes is None:
        classes = np.unique(given) if classes is None else np.asarray(classes)
        classes = checked_classes(classes, len(classes), "classes")
    else:
        classes = checked_classes(classes, n_classes, "proba has columns")
    codes = columns_of(given, classes, "labels")
    return Opinions(samples, annotators, codes, *table.shape, len(classes)), classes
