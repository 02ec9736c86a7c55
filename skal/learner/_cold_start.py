"""Cold start: the model's stand-in and the default strategy before labels suffice for one."""

import functools

import numpy as np

from .._base import concat_rows, numeric_rows, unfitted_transformers, warn_user
from ..strategies import MaxHerding, RandomSampling, has_space


class ColdModel:
    """Take the place of the model before labels suffice for one; its only output is `embed`.

    Parameters
    ----------
    template : classifier or regressor
        The unfitted estimator, whose transformers are fitted if they do not need labels.
    X_pool : rows of shape (n_pool, ...)
        The unlabeled samples.
    known : Labeled or None
        The samples labeled so far.
    task : Classification or Regression
    """

    classes_ = np.empty(0)

    def __init__(self, template, X_pool, known, task):
        # Ends the message of MissingOutputError.
        self.why_no_outputs = (
            f"{task.too_few}, so there is no model to give it. {task.way_out}, or give a strategy "
            "that needs no model as cold_start."
        )
        self._template = template
        self._X_pool = X_pool
        self._known = known

    @functools.cached_property
    def _transformers(self):
        transformers = unfitted_transformers(self._template)
        if transformers is None:
            return None
        X = self._X_pool
        # Labeled samples count as well: they may hold categories or words that the pool lacks.
        return transformers.fit(X if self._known is None else concat_rows(self._known.X, X))

    def fitted(self):
        """Return this stand-in with its transformers fitted, and without the samples."""
        if self._transformers is not None:
            self._X_pool = self._known = None
        return self

    @property
    def _embeds_as_given(self):
        return self._transformers is None

    def embed(self, X):
        """Return X after the estimator's transformers, else X itself, or None if not numeric."""
        if self._transformers is None:
            return numeric_rows(X)
        return numeric_rows(self._transformers.transform(X))


def default_cold_start(pool, n):
    """Return the strategy for a cold start of n samples if the user gave none.

    It is herding if distances can be measured, else random sampling, with a warning.
    """
    herding = MaxHerding()
    if has_space(herding, pool, n):
        return herding
    warn_user(
        "Without labels, distances between these samples cannot be measured (X is not numeric, "
        "or has missing values), so the first samples are chosen at random. Put transformers in "
        "front of the classifier, or give a cold_start strategy."
    )
    return RandomSampling()
