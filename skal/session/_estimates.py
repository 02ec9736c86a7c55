"""The estimates of a session: from its audit rows and cross-fitted predictions."""

import math
from numbers import Real

import numpy as np

from .._base import InvalidParameterError
from ._cross_fit import cross_fitted
from ._estimate import MIN_AUDIT, Estimate
from ._failures import explained_failures
from ._intervals import Bounds, Sample, count_left, found_of
from ._scores import COUNTS, EVERY_KIND, OF_A_CLASS, scores_for

# Of labeled rows that are no audit rows, nothing is predicted where they can hardly matter.
NEGLIGIBLE = 0.002
# The estimate of `progress` is computed anew when there are so many labels for each 10 before.
GROWTH = 11


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
        scores = scores_for(self._rules)
        scoring = scores.usual if scoring is None else scoring
        self._check(scores, scoring, confidence)
        record = self._log.record
        rows, labels = self._verdict.labels(record)
        positive = self._class(scores, scoring, positive, labels)
        n_rows = record.data["n_rows"]
        is_audit, shares = record.draws.mean_shares(rows, record.skipped, record.pending, n_rows)
        sample = Sample(is_audit, shares)
        n_left = n_rows - len(rows) - len(record.skipped)
        bounds = None
        if not n_left:
            bounds = _nothing_left(scoring, scores.have(labels, positive).any())
        elif sample.n_audit >= MIN_AUDIT:
            bounds = self._bounds(
                scores, scoring, sample, rows, labels, positive, confidence, n_left
            )
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
            several_labels=self._rules.are_several,
        )

    def names_of_several(self):
        """Return the labels in use where rows have several, None where they have one."""
        if not self._rules.are_several:
            return None
        return self._rules.names(self._verdict.labels(self._log.record)[1])

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

    def _bounds(self, scores, scoring, sample, rows, labels, positive, confidence, n_left):
        """Return the numbers of an estimate, None if there are too few audit rows to say."""
        if scoring in COUNTS:
            has_class = scores.have(labels, positive)
            left = count_left(sample, has_class, n_left, confidence)
            if scoring == "found":
                return found_of(left, int(np.count_nonzero(has_class)))
            return Bounds(round(left.value), math.floor(left.low), math.ceil(left.high))
        if not scores.are_enough(scoring, sample, labels, positive):
            return None
        predicted = self._predictions(rows, labels, sample)
        if predicted is None:
            return None
        return scores.bounds(scoring, sample, labels, predicted, positive, confidence)

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
            self._predicted = key, predicted
        # An audit row has no prediction if all other labels are those of its copies.
        predicted = self._predicted[1]
        is_known = all(predicted[i] is not None for i in np.flatnonzero(sample.is_audit))
        return predicted if is_known else None

    def _check(self, scores, scoring, confidence):
        if not isinstance(scoring, str) or scoring not in scores.names:
            why = ""
            for other in EVERY_KIND:
                if isinstance(scoring, str) and scoring in other.names:
                    why = (
                        f" It is a score of {other.scores_of}, and the labels of this session "
                        f"are {scores.labels_are}."
                    )
            raise InvalidParameterError(
                f"scoring must be one of {', '.join(map(repr, scores.names))}, got {scoring!r}."
                f"{why}"
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

    def _class(self, scores, scoring, positive, labels):
        """Return `positive` as the session spells it, None for scores of the whole model."""
        classes = dict.fromkeys([*(self._rules.classes or ()), *scores.classes(labels)])
        named = f"the classes are {list(classes)}" if classes else "nothing is labeled yet"
        if scoring in scores.of_model:
            if positive is not None:
                raise InvalidParameterError(
                    f"positive must be None for scoring={scoring!r}, which is about "
                    f"{scores.about}, got {positive!r}. Scores of one class are "
                    f"{', '.join(OF_A_CLASS)}."
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


def _nothing_left(scoring, has_class):
    """Return what is certain where no rows are left, None for scores of a model on such rows."""
    if scoring == "n_left":
        return Bounds(0, 0, 0)
    if scoring == "found" and has_class:
        return Bounds(1.0, 1.0, 1.0)
    return None
