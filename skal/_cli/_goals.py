"""When to stop, as it is said on the command line."""

from dataclasses import dataclass

from .. import stopping
from ._messages import CommandError, listed

NONE = "none"  # takes back what was said before
FORMS = (
    "score:0.95",
    "score:0.9:balanced_accuracy",
    "score:0.9:f1:CLASS",
    "recall:0.95:CLASS",
    "stable",
    "budget:500",
)
SCORINGS, OF_A_CLASS = ("accuracy", "balanced_accuracy"), ("f1", "recall")


@dataclass(frozen=True)
class Goal:
    """A goal, and what is estimated for it.

    Attributes
    ----------
    text : str
        The goal as it was written.
    criterion : StoppingCriterion
    scoring : str or None
        What is estimated; None where nothing is.
    positive : str or None
        The class that the goal is about.
    """

    text: str
    criterion: object
    scoring: str = None
    positive: str = None


def goals(texts):
    """Return the goals that are written as texts, or raise a CommandError."""
    return [_goal(text) for text in texts if text != NONE]


def make_criterion(texts):
    """Return what stops as soon as one of several goals is reached, None without a goal."""
    criterion = None
    for one in goals(texts):
        criterion = one.criterion if criterion is None else criterion | one.criterion
    return criterion


def scorings(texts, are_numbers=False):
    """Return pairs of a scoring and a class: accuracy, and what goals are about."""
    if are_numbers:
        return [("r2", None)]
    found = [(one.scoring, one.positive) for one in goals(texts) if one.scoring is not None]
    return list(dict.fromkeys([("accuracy", None), *found]))


def check_goals(texts, classes, audit):
    """Refuse goals about a class that does not exist, and estimates without audit rows.

    Parameters
    ----------
    texts : list of str
    classes : collection of str
        The classes that are known; empty where there are none yet.
    audit : float or None
        The share of the rows that are drawn at random.
    """
    for one in goals(texts):
        if one.positive is not None and classes and one.positive not in classes:
            raise CommandError(
                f"--stop {one.text} names the class {one.positive!r}, which is not one of the "
                f"classes {listed(map(repr, sorted(classes)), 20)}. To add it, use --add-class."
            )
        if one.scoring is not None and not audit:
            raise CommandError(
                f"--stop {one.text} needs rows that are drawn at random, to estimate how good the "
                "model is. Add --audit 0.1, or take the goal back with --stop none."
            )


def check_number_goals(texts, audit):
    """Refuse goals about classes where labels are numbers, and estimates without audit rows."""
    for one in goals(texts):
        if one.text.startswith("recall:") or one.text.count(":") > 1:
            raise CommandError(
                f"--stop {one.text} is about classes, but labels are numbers here. Use "
                "score:0.9, which is R^2 then, stable or budget:500."
            )
    check_goals(texts, (), audit)


def check_strategy_class(strategy, classes):
    """Refuse a strategy that looks for a class that does not exist, such as relevance:spam."""
    name, _, positive = strategy.partition(":")
    if positive and classes and positive not in classes:
        raise CommandError(
            f"--strategy {strategy} looks for the class {positive!r}, which is not one of the "
            f"classes {listed(map(repr, sorted(classes)), 20)}. To add it, use --add-class."
        )


def _goal(text):
    name, _, rest = text.partition(":")
    if name == "stable" and not rest:
        return Goal(text, stopping.StabilizingPredictions())
    if name == "budget" and rest.isdecimal() and int(rest) > 0:
        return Goal(text, stopping.LabelBudget(int(rest)))
    # The name of a class may hold colons.
    number, _, rest = rest.partition(":")
    threshold = _threshold(number)
    if name == "recall" and threshold and rest:
        return Goal(text, stopping.TargetRecall(threshold, positive=rest), "found", rest)
    if name == "score" and threshold:
        scoring, _, positive = rest.partition(":")
        if not rest:  # accuracy, or R^2 where labels are numbers
            return Goal(text, stopping.TargetScore(threshold), "accuracy")
        positive = positive or None
        if scoring in (SCORINGS if positive is None else OF_A_CLASS):
            criterion = stopping.TargetScore(threshold, scoring=scoring, positive=positive)
            return Goal(text, criterion, scoring, positive)
    raise CommandError(
        f"--stop must be one of {listed(FORMS)}, with numbers between 0 and 1 for scores, or "
        f"none, got {text!r}."
    )


def _threshold(text):
    """Return the number in a text if it is above 0 and below 1, else None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1 else None
