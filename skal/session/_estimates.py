"""The estimates of a session: from its audit rows and cross-fitted predictions."""

import math
from numbers import Real

import numpy as np

from .._base import InvalidParameterError
from ._cross_fit import cross_fitted
from ._estimate import MIN_AUDIT, MIN_OF_CLASS, Estimate
from ._failures import explained_failures
from ._intervals import Bounds, Sample, count_left, f1_of, found_of, mean_of, share_of
from ._number_intervals import r2_of, rmse_of

# Of labeled rows that are no audit rows, nothing is predicted where they can hardly matter.
NEGLIGIBLE = 0.002
# The estimate of `progress` is computed anew when there are so many labels for each 10 before.
GROWTH = 11

WHOLE_MODEL = ("accuracy", "balanced_accuracy")
OF_A_CLASS = ("f1", "recall", "found", "n_left")
OF_NUMBERS = ("r2", "rmse")


class Estimates:
    """Estimate how good the present model is, and how much of a class is found.

    Parameters
    ----------
    audit : Audit
    log : Log
    models : Models
    verdict : Verdict
    rules : LabelRules
    groups : ndarray of int of shape (n_rows,) or None
        The number of each row's group of copies.
    """

    def __init__(self, audit, log, models, verdict, rules, groups=None):
        self._audit = audit
        self._log = log
        self._models = models
        self._verdict = verdict
        self._rules = rules
        self._groups = groups
        self._predicted = None
        self._latest = None

    @property
    def has_audit(self):
        """Whether there are audit rows, or will be."""
        return bool(self._audit.share or self._log.record.draws.rows)

    def of(self, scoring=None, positive=None, confidence=0.95):
        """Return an estimate from what the record knows."""
        if self._rules.are_several:
            self._rules.refuse("estimate()", "Label a random part of the rows apart.")
        if scoring is None:
            scoring = "r2" if self._rules.are_numbers else "accuracy"
        self._check(scoring, confidence)
        record = self._log.record
        rows, labels = self._verdict.labels(record)
        positive = self._class(scoring, positive, labels)
        n_rows = record.data["n_rows"]
        is_audit, shares = record.draws.mean_shares(rows, record.skipped, record.pending, n_rows)
        sample = Sample(is_audit, shares)
        n_left = n_rows - len(rows) - len(record.skipped)
        bounds = None
        if not n_left:
            bounds = _nothing_left(scoring, positive, labels)
        elif sample.n_audit >= MIN_AUDIT:
            bounds = self._bounds(scoring, sample, rows, labels, positive, confidence, n_left)
        bounds = bounds or Bounds(None, None, None)
        return Estimate(
            value=bounds.value,
            low=bounds.low,
            high=bounds.high,
            n_audit=sample.n_audit,
            scoring=scoring,
            confidence=float(confidence),
            n_labels=len(rows),
            positive=positive,
            n_unlabeled=n_left,
            n_skipped=sum(record.draws.rows.get(row, -1) >= 0 for row in record.skipped),
        )

    def latest(self):
        """Return a score that is not much older than the labels, None without an audit."""
        if not self.has_audit:
            return None
        record = self._log.record
        n_labels = record.n_given + len(record.known)
        if self._latest is not None:
            estimate, changed_at, n_before = self._latest
            if changed_at == record.changed_at and 10 * n_labels < GROWTH * n_before:
                return estimate
        estimate = self.of()
        self._latest = estimate, record.changed_at, n_labels
        return estimate

    def _bounds(self, scoring, sample, rows, labels, positive, confidence, n_left):
        """Return the numbers of an estimate, None if there are too few audit rows to say."""
        if self._rules.are_numbers:
            return self._number_bounds(scoring, sample, rows, labels, confidence)
        y = _objects(labels)
        if scoring in ("found", "n_left"):
            has_class = y == positive
            left = count_left(sample, has_class, n_left, confidence)
            if scoring == "found":
                return found_of(left, int(np.count_nonzero(has_class)))
            return Bounds(round(left.value), math.floor(left.low), math.ceil(left.high))
        if (
            positive is not None
            and np.count_nonzero(y[sample.is_audit] == positive) < MIN_OF_CLASS
        ):
            return None
        if scoring == "balanced_accuracy" and not _has_enough(y, sample):
            return None
        predicted = self._predictions(rows, labels, sample)
        if predicted is None:
            return None
        right = predicted == y
        if scoring == "accuracy":
            return share_of(sample, right, np.ones(len(y), bool), confidence)
        if scoring == "f1":
            return f1_of(sample, y == positive, predicted == positive, confidence)
        if scoring == "recall":
            return share_of(sample, right & (y == positive), y == positive, confidence)
        recalls = [
            share_of(sample, right & (y == one), y == one, confidence)
            for one in dict.fromkeys(labels)
        ]
        return None if None in recalls else mean_of(recalls)

    def _number_bounds(self, scoring, sample, rows, labels, confidence):
        y = np.array(labels, dtype=np.float64)
        predicted = self._predictions(rows, labels, sample)
        if predicted is None:
            return None
        # What was not predicted hardly matters, and counts as predicted without an error.
        errors = np.array(
            [0.0 if p is None else p - one for p, one in zip(predicted, y.tolist(), strict=True)]
        )
        if scoring == "rmse":
            return rmse_of(sample, errors, confidence)
        return r2_of(sample, y, errors, confidence)

    def _predictions(self, rows, labels, sample):
        """Return predictions that did not see the labels of their rows; the last are kept.

        None if there is an audit row that no model could predict.
        """
        with_rest = sample.shares[~sample.is_audit].sum() > NEGLIGIBLE * (1 - sample.shares.sum())
        key = rows, labels, sample.is_audit.tolist(), bool(with_rest)
        if self._predicted is None or self._predicted[0] != key:
            with explained_failures():
                predicted = cross_fitted(
                    self._models.predictor,
                    rows,
                    labels,
                    sample.is_audit,
                    with_rest=with_rest,
                    seed=self._log.record.seed,
                    groups=self._groups,
                    stratify=not self._rules.are_numbers,
                )
            self._predicted = key, _objects(predicted)
        # An audit row has no prediction if all other labels are those of its copies.
        is_known = all(one is not None for one in self._predicted[1][sample.is_audit])
        return self._predicted[1] if is_known else None

    def _check(self, scoring, confidence):
        numbers, classes = OF_NUMBERS, (*WHOLE_MODEL, *OF_A_CLASS)
        known, others = (numbers, classes) if self._rules.are_numbers else (classes, numbers)
        if not isinstance(scoring, str) or scoring not in known:
            why = ""
            if isinstance(scoring, str) and scoring in others:
                kinds = "numbers", "classes"
                what, is_for = kinds if self._rules.are_numbers else kinds[::-1]
                why = f" It is a score of {is_for}, and the labels of this session are {what}."
            raise InvalidParameterError(
                f"scoring must be one of {', '.join(map(repr, known))}, got {scoring!r}.{why}"
            )
        is_number = isinstance(confidence, Real) and not isinstance(confidence, (bool, np.bool_))
        if not is_number or not 0 < confidence < 1:
            raise InvalidParameterError(
                f"confidence must be a number between 0 and 1, such as 0.95, got {confidence!r}."
            )
        if not self.has_audit:
            raise ValueError(
                "estimate() needs audit rows, which next() draws at random, and this session has "
                "none. Open it with audit=0.1, and label the rows that next() offers."
            )

    def _class(self, scoring, positive, labels):
        """Return `positive` as the session spells it, None for scores of the whole model."""
        classes = dict.fromkeys([*(self._rules.classes or ()), *labels])
        named = f"the classes are {list(classes)}" if classes else "nothing is labeled yet"
        if scoring in (*WHOLE_MODEL, *OF_NUMBERS):
            if positive is not None:
                about = "numbers" if scoring in OF_NUMBERS else "all classes"
                raise InvalidParameterError(
                    f"positive must be None for scoring={scoring!r}, which is about {about}, "
                    f"got {positive!r}. Scores of one class are {', '.join(OF_A_CLASS)}."
                )
            return None
        if positive is None:
            raise InvalidParameterError(
                f"scoring={scoring!r} is about one class: name it by positive=; {named}."
            )
        positive = positive.item() if isinstance(positive, np.generic) else positive
        positive = positive.strip() if isinstance(positive, str) else positive
        if isinstance(positive, float) and positive.is_integer():
            positive = int(positive)  # as labels are
        for one in classes:
            if type(one) is type(positive) and one == positive:
                return one
        raise InvalidParameterError(f"positive must be a class, got {positive!r}; {named}.")


def _nothing_left(scoring, positive, labels):
    """Return what is certain where no rows are left, None for scores of a model on such rows."""
    if scoring == "n_left":
        return Bounds(0, 0, 0)
    if scoring == "found" and positive in labels:
        return Bounds(1.0, 1.0, 1.0)
    return None


def _objects(values):
    """Return values as an array of objects, of which 1 and "1" stay different."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _has_enough(y, sample):
    return all(
        np.count_nonzero(y[sample.is_audit] == one) >= MIN_OF_CLASS for one in dict.fromkeys(y)
    )
