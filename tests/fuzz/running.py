"""Try many inputs, and find the smallest input of each breach."""

import warnings

from .cases import LearnerCase, draw
from .learner_checks import Unbuildable, check_learner
from .messages import WarningWatch
from .outcomes import Breach
from .pool_checks import check_pool


def breach_of(case):
    """Try an input; return what it breaks in words that all inputs of a kind share, or None."""
    check = check_learner if isinstance(case, LearnerCase) else check_pool
    with warnings.catch_warnings(), WarningWatch() as watch:
        try:
            check(case)
        except Breach as breach:
            return str(breach)
        except Unbuildable:
            return None
    return watch.breaches[0] if watch.breaches else None


def smallest(case, breach):
    """Simplify an input, step by step, as long as it breaks the same."""
    for _ in range(200):
        for simpler in case.simpler():
            if _breaks(simpler, breach):
                case = simpler
                break
        else:
            return case
    return case


def _breaks(case, breach):
    try:
        return breach_of(case) == breach
    except Exception:
        return False


def breaches_of(seeds):
    """Try the inputs of seeds; return the first input of each breach, and how many there were."""
    found = {}
    for seed in seeds:
        case = draw(seed)
        breach = breach_of(case)
        if breach is not None:
            first, count = found.get(breach, (case, 0))
            found[breach] = first, count + 1
    return found
