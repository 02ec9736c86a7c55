"""Schedule: one strategy after the other as the number of labeled samples grows."""

from .._base import InvalidParameterError, check_count
from ._named import NamedStrategies
from ._names import part_hint
from ._uncertainty import given_or_default
from .base import QueryStrategy

__all__ = ["Schedule"]


class Schedule(NamedStrategies, QueryStrategy):
    """Change the strategy as the number of labeled samples grows.

    Each batch is chosen by one strategy: the first one whose number of labeled samples has not
    been reached. A batch is not divided at that number.

    Parameters
    ----------
    strategies : list, default=None
        Pairs (strategy, until_n_labeled) in the order of their numbers, and at the end a strategy
        alone. Each strategy of a pair chooses as long as fewer than `until_n_labeled` samples are
        labeled, and the strategy at the end from then on. None stands for
        ``[UncertaintySampling("margin")]``. The names of the strategies' parameters begin with the
        lower-case name of the class, as in :class:`Mixture`.

    Raises
    ------
    ValueError
        In a query, if `strategies` is not such a list.

    See Also
    --------
    Mixture : Divide each batch among several strategies.

    Notes
    -----
    A cold start, before there is a model, is a matter of the parameter `cold_start` of
    :class:`~skal.ActiveLearner`, and not of a schedule.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import KMeansSampling, Schedule, UncertaintySampling
    >>> schedule = Schedule([(KMeansSampling(), 50), UncertaintySampling("entropy")])
    >>> known = Pool.from_arrays([[5.0]] * 50, y=[0, 1] * 25)
    >>> pool = Pool.from_arrays([[0.0], [1.0]], proba=[[0.5, 0.5], [0.9, 0.1]], labeled=known)
    >>> schedule.query(pool)
    array([0])
    >>> schedule.set_params(uncertaintysampling__measure="margin").strategies[1]
    UncertaintySampling()
    """

    # Checked as a whole in a query, because what is in the list matters as much.
    _parameter_constraints = {"strategies": "no_validation"}
    _reads_again = False

    def __init__(self, strategies=None):
        self.strategies = strategies

    def strategy_at(self, n_labeled):
        """Return the strategy that chooses when some samples are labeled.

        Parameters
        ----------
        n_labeled : int
            Number of labeled samples.

        Returns
        -------
        strategy : QueryStrategy

        Raises
        ------
        ValueError
            If `strategies` is not a list as described above.
        """
        *pairs, last = _checked(self.strategies)
        return next((strategy for strategy, until in pairs if n_labeled < until), last)

    def _query(self, pool, n):
        return self._strategy_for(pool).select(pool, n)

    def _inner(self, pool):
        # The budget of a strategy counts only while it chooses.
        return [self._strategy_for(pool)]

    def _strategy_for(self, pool):
        return self.strategy_at(len(pool.labeled))

    def _strategies_in(self, given):
        items = super()._strategies_in(given)
        return [item[0] if _is_pair(item) else item for item in items]

    def _with_strategies(self, strategies):
        return [
            (strategy, item[1]) if _is_pair(item) else strategy
            for strategy, item in zip(strategies, self.strategies, strict=True)
        ]


def _is_pair(item):
    return isinstance(item, (list, tuple)) and len(item) == 2


def _checked(strategies):
    """Return the list of a schedule, or raise an error that says what is wrong with it."""
    if strategies is None:
        return [given_or_default(None)]
    if not isinstance(strategies, (list, tuple)) or not len(strategies):
        raise _invalid(f"got {strategies!r}.")
    *pairs, last = strategies
    before = 0
    for position, pair in enumerate(pairs):
        if not _is_pair(pair) or not isinstance(pair[0], QueryStrategy):
            hint = part_hint(pair[0]) if _is_pair(pair) else ""
            raise _invalid(f"but strategies[{position}] is {pair!r}.{hint}")
        until = check_count(pair[1], f"strategies[{position}][1]")
        if until <= before:
            raise _invalid(
                f"but strategies[{position}] ends at {until} labeled samples, and the strategy "
                f"before it at {before}. Put them in increasing order."
            )
        before = until
    if not isinstance(last, QueryStrategy):
        raise _invalid(f"but the last item is {last!r}.{part_hint(last)}")
    return strategies


def _invalid(reason):
    return InvalidParameterError(
        "The 'strategies' parameter of Schedule must be a list of pairs (strategy, "
        "until_n_labeled) with a strategy alone at the end, such as [(KMeansSampling(), 50), "
        f"UncertaintySampling()], {reason}"
    )
