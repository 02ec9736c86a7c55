"""The learners of a comparison: checked, named, with random sampling among them."""

from sklearn.base import clone

from .._base import InvalidParameterError, is_regressor
from ..learner import ActiveLearner, task_of
from ..strategies import RandomSampling, given_or_default

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


def named_learners(learners, y=None):
    """Return the learners as a dict from their names; `y` tells the task, and so the defaults."""
    if isinstance(learners, dict):
        return {name: _check_active(learner) for name, learner in learners.items()}
    learners = learners if isinstance(learners, (list, tuple)) else [learners]
    return dict(zip(_names([_check_active(one) for one in learners], y), learners, strict=True))


def _check_active(learner):
    if not isinstance(learner, ActiveLearner):
        check_learner(learner, "learners")
        raise TypeError(
            f"learners must be ActiveLearners, got {learner!r}. A classifier and a strategy make "
            "one, such as ActiveLearner(SVC(), strategy='margin')."
        )
    return learner


def _names(learners, y):
    """Name learners by the class of their strategies, in more detail where that is the same."""
    strategies = [_named_strategy(learner, y) for learner in learners]
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


def _named_strategy(learner, y):
    """Return the strategy by which a learner is called, the usual default if it has none."""
    if learner.strategy is not None:
        return given_or_default(learner.strategy)
    return task_of(learner.estimator, y).usual_strategy


def with_baseline(learners):
    """Return the learners, random sampling among them, and the name of the latter.

    The baseline asks at random from the first label on, before two classes are labeled as well.
    """
    if not learners:
        raise ValueError("learners must hold at least one ActiveLearner, got none.")
    _check_one_task(learners)
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


def _check_one_task(learners):
    """Refuse learners of classes and of numbers in one comparison."""
    kinds = {name: is_regressor(learner) for name, learner in learners.items()}
    if len(set(kinds.values())) > 1:
        numbers = [name for name, learns_numbers in kinds.items() if learns_numbers]
        classes = [name for name, learns_numbers in kinds.items() if not learns_numbers]
        raise InvalidParameterError(
            "learners must all be around classifiers or all around regressors, got "
            f"{classes[0]!r} around a classifier and {numbers[0]!r} around a regressor. Compare "
            "them in two calls."
        )


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
