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
        It may be changed later; a blank then no longer `fits` it.
    seed : int or None
        Gives a seed to every `random_state` that is None; None leaves them.
    """

    def __init__(self, template, seed):
        self._parts = _parts(template)
        self._seed = seed
        self._estimator = clone(template)
        if seed is not None and not is_frozen(self._estimator):
            set_random_states(self._estimator, seed, only_missing=True)
        # What is frozen is shared by all copies, as by clones: it may be large.
        self._shared = [part for part in _parts(self._estimator) if is_frozen(part)]

    def fits(self, template, seed):
        """Whether a blank that is made now would be the same."""
        parts = _parts(template)
        same = len(parts) == len(self._parts) and all(map(operator.is_, parts, self._parts))
        return same and seed == self._seed

    def copy(self):
        """Return an estimator to fit."""
        return copy.deepcopy(self._estimator, {id(part): part for part in self._shared})


def _parts(template):
    """Return everything that an estimator is made of: its parameters, and those of its parts."""
    parts, to_do = [], [template]
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
