"""The learners of a comparison: checked, named, with random sampling among them."""

from sklearn.base import clone

from .._base import InvalidParameterError
from ..learner import ActiveLearner
from ..strategies import RandomSampling, UncertaintyHerding, given_or_default

# Nobody should take it for a strategy.
UPPER_BOUND = "oracle (sees labels)"


def check_learner(learner, name="learner"):
    """Refuse a classifier that cannot ask, with the way out."""
    asks = all(hasattr(learner, method) for method in ("query", "teach"))
    if learner is None or asks or isinstance(learner, type) or not hasattr(learner, "predict"):
        return
    raise InvalidParameterError(
        f"{name} must be an ActiveLearner, got {learner!r}, which cannot ask for labels. Wrap "
        f"it: ActiveLearner({type(learner).__name__}(...))."
    )


def named_learners(learners):
    """Return the learners as a dict from their names."""
    if isinstance(learners, dict):
        return {name: _check_active(learner) for name, learner in learners.items()}
    learners = learners if isinstance(learners, (list, tuple)) else [learners]
    return dict(zip(_names([_check_active(one) for one in learners]), learners, strict=True))


def _check_active(learner):
    if not isinstance(learner, ActiveLearner):
        check_learner(learner, "learners")
        raise TypeError(
            f"learners must be ActiveLearners, got {learner!r}. A classifier and a strategy make "
            "one, such as ActiveLearner(SVC(), strategy='margin')."
        )
    return learner


def _names(learners):
    """Name learners by the class of their strategies, in more detail where that is the same."""
    strategies = [_named_strategy(learner) for learner in learners]
    names = [
        "random" if isinstance(strategy, RandomSampling) else type(strategy).__name__
        for strategy in strategies
    ]
    details = [" ".join(repr(strategy).split()) for strategy in strategies]
    names = [
        name if names.count(name) == 1 else detail
        for name, detail in zip(names, details, strict=True)
    ]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    ]


def _named_strategy(learner):
    """Return the strategy by which a learner is called, the usual default if it has none."""
    return UncertaintyHerding() if learner.strategy is None else given_or_default(learner.strategy)


def with_baseline(learners):
    """Return the learners, random sampling among them, and the name of the latter.

    The baseline asks at random from the first label on, before two classes are labeled as well.
    """
    if not learners:
        raise ValueError("learners must hold at least one ActiveLearner, got none.")
    at_random = {"strategy": RandomSampling(), "cold_start": RandomSampling()}
    for name, learner in learners.items():
        if _is_random(learner):
            return {**learners, name: clone(learner).set_params(**at_random)}, name
    if "random" in learners:
        raise ValueError(
            'The name "random" is that of the baseline, but the learner of that name has the '
            f"strategy {learners['random'].strategy!r} and the cold start "
            f"{learners['random'].cold_start!r}. Give it another name."
        )
    baseline = clone(next(iter(learners.values()))).set_params(**at_random)
    return {**learners, "random": baseline}, "random"


def _is_random(learner):
    """Whether a learner always asks at random; no cold start is given means it may."""
    if not isinstance(given_or_default(learner.strategy), RandomSampling):
        return False
    cold_start = learner.cold_start
    return cold_start is None or isinstance(given_or_default(cold_start), RandomSampling)


def with_upper_bound(learners, baseline):
    """Return the learners and one more that is to see the labels, and the name of the latter."""
    if UPPER_BOUND in learners:
        raise ValueError(
            f"The name {UPPER_BOUND!r} is that of the curve that oracle=True adds. Give the "
            "learner another name."
        )
    return {**learners, UPPER_BOUND: learners[baseline]}, UPPER_BOUND
