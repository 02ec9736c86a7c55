"""Unfitted copies of an estimator, for every round of a loop."""

import copy
import operator

from sklearn.base import clone

from .._base import is_frozen, set_random_states


class Blank:
    """An unfitted, seeded copy of an estimator.

    To clone an estimator and to seed the copy means to look up the signatures of all its parts. A
    loop that fits the same estimator in every round copies the blank instead.

    Parameters
    ----------
    template : estimator
    given : tuple
        The parameters from which the template was made, such as a list of estimators. They may
        be changed later; the blank then no longer `fits` them.
    seed : int or None
        Gives a seed to every `random_state` that is None; None leaves them.
    """

    def __init__(self, template, given, seed):
        self._parts = _parts(given)
        self._seed = seed
        self._estimator = clone(template)
        if seed is not None and not is_frozen(self._estimator):
            set_random_states(self._estimator, seed, only_missing=True)
        # What is frozen is shared by all copies, as by clones: it may be large.
        self._shared = [part for part in _parts([self._estimator]) if is_frozen(part)]

    def fits(self, given, seed):
        """Whether a blank that is made now would be the same."""
        parts = _parts(given)
        same = len(parts) == len(self._parts) and all(map(operator.is_, parts, self._parts))
        return same and seed == self._seed

    def copy(self):
        """Return an estimator to fit."""
        return copy.deepcopy(self._estimator, {id(part): part for part in self._shared})


def _parts(given):
    """Return all that estimators are made of: their parameters, and those of their parts."""
    parts, to_do = [], list(given)
    while to_do:
        one = to_do.pop()
        parts.append(one)
        if isinstance(one, (list, tuple)):
            to_do.extend(one)
        elif isinstance(one, dict):
            to_do.extend(one.values())
        elif hasattr(one, "get_params") and not isinstance(one, type):
            to_do.extend(vars(one).values())
    return parts
