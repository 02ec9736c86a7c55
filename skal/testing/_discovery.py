"""Discovery of the query strategies of skal."""

import inspect

from .. import strategies
from ..strategies import GreedyStrategy, QueryStrategy, ScoreStrategy

BASES = {QueryStrategy, ScoreStrategy, GreedyStrategy}


def all_strategies():
    """Return all strategy classes of :mod:`skal.strategies` except for the base classes.

    Returns
    -------
    classes : list of type
        Sorted by name.

    Examples
    --------
    >>> from skal.testing import all_strategies
    >>> "CoreSet" in [cls.__name__ for cls in all_strategies()]
    True
    """
    exported = [getattr(strategies, name) for name in sorted(strategies.__all__)]
    return [cls for cls in exported if _is_strategy(cls) and cls not in BASES]


def _is_strategy(exported):
    return inspect.isclass(exported) and issubclass(exported, QueryStrategy)
