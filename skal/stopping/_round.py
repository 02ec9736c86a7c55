"""A round of learning, as a criterion sees it."""

import numpy as np

from .._base import Integral, is_regressor, num_rows, take_rows


class Round:
    """Give a stopping criterion the learner and the pool after a round of learning.

    Predictions of the model are computed when a criterion first asks for them, and only once for
    criteria that ask for the same samples.

    Parameters
    ----------
    learner : fitted ActiveLearner
        The learner after this round.
    X_pool : rows of shape (n_pool, ...)
        The pool as it was when the criterion was started; positions refer to it.
    n_labels : int, default=None
        How many labels have been given so far. None stands for those of the learner.
    estimate : callable, default=None
        From a scoring, a class or None, and a confidence to an estimate of the score of the
        learner, with the attributes `value`, `low` and `high`, as
        :meth:`skal.session.LabelingSession.estimate` returns it. None: there is none.
    classes : array-like of shape (n_classes,), default=None
        The classes that the learner knows, or of several labels a sample their names. None stands
        for those of the learner, which are numbers of columns where there are several labels.

    Attributes
    ----------
    classes : array-like of shape (n_classes,)
        As above. Not there where the learner has a regressor.
    predicts_numbers : bool
        Whether the learner has a regressor.
    predicts_several : bool
        Whether the learner predicts several labels for each sample.
    has_model : bool
        Whether there are labels enough for a model.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.stopping import Round
    >>> X, y = load_iris(return_X_y=True)
    >>> one = Round(ActiveLearner().fit(X[::10], y[::10]), X)
    >>> one.n_labels, one.predict_proba([0, 1]).shape
    (15, (2, 3))
    """

    def __init__(self, learner, X_pool, n_labels=None, estimate=None, classes=None):
        self.learner = learner
        self.X_pool = X_pool
        self.estimate = estimate
        self._classes = classes
        self.n_labels = len(learner.y_labeled_) if n_labels is None else n_labels
        if not isinstance(self.n_labels, Integral) or self.n_labels < 0:
            raise ValueError(f"n_labels must be an integer, from 0 on, got {self.n_labels!r}.")
        self._known = {}

    @property
    def predicts_numbers(self):
        """Whether the learner has a regressor."""
        return is_regressor(self.learner)

    @property
    def predicts_several(self):
        """Whether the learner predicts several labels for each sample."""
        return np.ndim(getattr(self.learner, "y_labeled_", ())) == 2

    @property
    def has_model(self):
        """Whether there are labels of two kinds, or two numbers: fewer do not make a model."""
        if self.predicts_several:
            labels = self.learner.y_labeled_
            return bool((labels != labels[:1]).any())
        known = self.learner.y_labeled_ if self.predicts_numbers else self.classes
        return len(known) >= 2

    @property
    def classes(self):
        """The classes that the learner knows."""
        return self.learner.classes_ if self._classes is None else self._classes

    def predict(self, rows):
        """Return the predicted classes or numbers of some rows of the pool, of shape (n_rows,).

        Where a sample may have several labels, the shape is (n_rows, n_labels).
        """
        return self._answer("predict", rows)

    def predict_proba(self, rows):
        """Return the probabilities at some rows of the pool, of shape (n_rows, n_classes)."""
        return self._answer("predict_proba", rows)

    def _answer(self, method, rows):
        rows = _positions(rows, num_rows(self.X_pool))
        key = method, rows.tobytes()
        if key not in self._known:
            answer = np.asarray(getattr(self.learner, method)(take_rows(self.X_pool, rows)))
            shape = (len(rows), *self._columns(method))
            if answer.shape != shape:
                raise ValueError(
                    f"{method} of {self.learner} must give an array of shape {shape} for "
                    f"{len(rows)} samples, got shape {answer.shape}."
                )
            self._known[key] = answer
        return self._known[key]

    def _columns(self, method):
        """Return the shape of what a method says of one row."""
        if self.predicts_several:
            return self.learner.y_labeled_.shape[1:]
        return () if method == "predict" else (len(self.classes),)


def _positions(rows, n_pool):
    """Return positions in the pool; a mask or a negative number would stand for other samples."""
    rows = np.asarray(rows)
    if rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
        raise ValueError(
            "rows must hold positions in the pool, integers in one dimension, got an array of "
            f"shape {rows.shape} and dtype {rows.dtype}."
        )
    if len(rows) and not (0 <= rows.min() and rows.max() < n_pool):
        raise ValueError(
            f"rows must hold positions in the pool of {n_pool} samples, got {rows.min()} to "
            f"{rows.max()}. The pool must be the one with which the criterion was started."
        )
    return rows.astype(np.intp)
