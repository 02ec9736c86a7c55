"""Parameters of strategies that stand in a list, by names as in a pipeline."""

from collections import Counter

from .base import QueryStrategy


class NamedStrategies:
    """Let `get_params` and `set_params` reach the strategies of the parameter `strategies`.

    The names begin with the lower-case name of the class, numbered if there are several of one
    class: ``uncertaintysampling__measure``, ``bald-1__...``. A subclass whose list holds more than
    strategies says in `_strategies_in` and `_with_strategies` where they stand.
    """

    def get_params(self, deep=True):
        """Return the parameters, and those of the strategies in the list.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the strategies by name, and their parameters.

        Returns
        -------
        params : dict of str to object
        """
        params = super().get_params(deep=False)
        if deep:
            for name, strategy in self._named():
                params[name] = strategy
                # What is not a strategy is refused by a query, with a better message.
                if isinstance(strategy, QueryStrategy):
                    nested = strategy.get_params(deep=True)
                    params.update({f"{name}__{key}": value for key, value in nested.items()})
        return params

    def set_params(self, **params):
        """Set parameters, or those of the strategies in the list as ``name__parameter``.

        Parameters
        ----------
        **params : dict of str to object
            The new values.

        Returns
        -------
        self : QueryStrategy
        """
        if "strategies" in params:
            self.strategies = params.pop("strategies")
        old = [strategy for _, strategy in self._named()]
        new = [params.pop(name, strategy) for name, strategy in self._named()]
        # A list that the user passed is kept unless a strategy in it is replaced.
        if any(a is not b for a, b in zip(old, new, strict=True)):
            self.strategies = self._with_strategies(new)
        super().set_params(**params)
        return self

    def _named(self):
        """Return pairs of a name and a strategy."""
        strategies = self._strategies_in(self.strategies)
        names = [type(strategy).__name__.lower() for strategy in strategies]
        count, seen = Counter(names), Counter()
        named = []
        for name, strategy in zip(names, strategies, strict=True):
            seen[name] += 1
            named.append((name if count[name] == 1 else f"{name}-{seen[name]}", strategy))
        return named

    def _strategies_in(self, given):
        return list(given) if isinstance(given, (list, tuple)) else []

    def _with_strategies(self, strategies):
        return strategies
