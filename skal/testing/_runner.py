"""The public functions that run or list the checks of a query strategy."""

import functools

from ._checks import CHECKS
from ._examples import example_for


def check_strategy(strategy):
    """Run all checks on a query strategy.

    The checks cover the properties that users of any strategy rely on: a strategy consists only of
    its parameters; it returns distinct positions, best first; the same seed gives the same answer;
    the pool and global state are not changed; the order of rows does not matter; the model is
    called once per sample; and invalid input raises a clear error.

    Parameters
    ----------
    strategy : QueryStrategy
        An instance, which should work on a pool that has every output of a classifier, on one
        that has every output of a regressor, or on one of several labels a sample.

    Raises
    ------
    AssertionError
        If a check fails. The message says which property is violated.

    Examples
    --------
    >>> from skal.strategies import UncertaintySampling
    >>> from skal.testing import check_strategy
    >>> check_strategy(UncertaintySampling("entropy"))
    """
    example = example_for(strategy)
    for check in CHECKS:
        _run(check, strategy, example)


def strategy_checks():
    """Return the checks as functions of a strategy, for `pytest.mark.parametrize`.

    Returns
    -------
    checks : list of callable
        Each takes a strategy and raises an AssertionError if the check fails.

    Examples
    --------
    >>> from skal.testing import strategy_checks
    >>> strategy_checks()[0].__name__
    'check_holds_only_parameters'
    """
    return [_on_its_task(check) for check in CHECKS]


def _run(check, strategy, example):
    """Run a check, and say by its first line which rule is broken."""
    try:
        check(strategy, example)
    except Exception as error:
        rule = check.__doc__.splitlines()[0]
        raise AssertionError(
            f"{type(strategy).__name__} fails {check.__name__}. {rule} It ended with "
            f"{type(error).__name__}: {error}"
        ) from error


def _on_its_task(check):
    """Return a check as a function of the strategy alone."""

    @functools.wraps(check)
    def run(strategy):
        _run(check, strategy, example_for(strategy))

    del run.__wrapped__  # or pytest would look for a fixture `example`
    return run
