"""How a learner fits its classifier again with further labels, for the pools that it gives."""

import copy
import functools

from ..pool import Refit
from ._labeled import Labeled


def refit_of(learner, labeled, seed):
    """Return how `teach` of a fitted learner would fit its classifier."""
    now = copy.copy(learner)  # goes on as it is, whatever the learner is taught later
    return Refit(
        functools.partial(_fit_more, now, labeled),
        labeled.X,
        labeled.y,
        labeled.params,
        None if learner.incremental else functools.partial(now._unfitted, seed),
        learner.n_jobs,
    )


def _fit_more(learner, labeled, X, y):
    new = Labeled.of(X, y, {})
    return learner._fit_with(labeled.joined(new), new)
