"""Checks that every query strategy should pass, for authors of strategies.

:func:`check_strategy` runs all of them, and :func:`strategy_checks` returns them one by one for
`pytest.mark.parametrize`.
"""

from ._discovery import all_strategies
from ._runner import check_strategy, strategy_checks

__all__ = ["all_strategies", "check_strategy", "strategy_checks"]
