"""What stands in for the model, and chooses, while there is no model."""

import functools

import numpy as np

from .._base import (
    all_finite,
    concat_rows,
    embed_with,
    is_frozen,
    numeric_rows,
    unfitted_transformers,
    warn_user,
)
from ..pool import MissingOutputError
from ..strategies import CoreSet, RandomSampling


class ColdModel:
    """What stands for the model while there is none: at most a space to measure distances in."""

    classes_ = np.empty(0)
    why_no_outputs = (
        "fewer than two classes are labeled so far, so there is no model to give it. Label "
        "samples of two classes, or give a strategy that needs no model as cold_start."
    )

    def __init__(self, template, X_pool, known):
        self._template = template
        self._X_pool = X_pool
        self._known = known

    @functools.cached_property
    def _transformers(self):
        transformers = unfitted_transformers(self._template)
        if transformers is None:
            return None
        X = self._X_pool
        return transformers.fit(X if self._known is None else concat_rows(self._known.X, X))

    def embed(self, X):
        """Return X behind the estimator's transformers, else numeric X; None if there is none."""
        if is_frozen(self._template):
            return embed_with(self._template.estimator, X)
        if self._transformers is None:
            return numeric_rows(X)
        return numeric_rows(self._transformers.transform(X))


def default_cold_start(pool):
    """Return the strategy that begins where none was named.

    It covers the pool where distances have a meaning; else it chooses at random and says so.
    """
    if not len(pool) or _has_space(pool):
        return CoreSet()
    warn_user(
        "Without labels there is no space in which to spread over these samples (X is not "
        "numeric, or misses values), so the first ones are chosen at random. Put "
        "transformers in front of the classifier, or give a cold_start strategy."
    )
    return RandomSampling()


def _has_space(pool):
    try:
        return all_finite(pool.embedding)
    except MissingOutputError:
        return False
