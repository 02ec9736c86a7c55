"""When to stop, as it is said on the command line."""

from dataclasses import dataclass

from .. import stopping
from ._messages import CommandError, listed, note

NONE = "none"  # takes back what was said before
FORMS = (
    "score:0.95",
    "score:0.9:balanced_accuracy",
    "score:0.9:f1:CLASS",
    "recall:0.95:CLASS",
    "rmse:12",
    "stable",
    "budget:500",
)
SCORINGS, OF_A_CLASS = ("accuracy", "balanced_accuracy"), ("f1", "recall")
OF_SEVERAL = ("accuracy", "f1_micro", "f1_macro")  # where rows have several labels
OF_NUMBERS = ("rmse",)


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


def scorings(texts, task=None):
    """Return pairs of a scoring and a class: the usual scores, and what goals are about."""
    found = [(one.scoring, one.positive) for one in goals(texts) if one.scoring is not None]
    if task == "regression":
        # A goal without the name of a score is about R^2 then.
        return [("r2", None), *dict.fromkeys(one for one in found if one[0] in OF_NUMBERS)]
    usual = [("accuracy", None), *([("f1_micro", None)] if task == "multilabel" else [])]
    return list(dict.fromkeys([*usual, *found]))


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
    _check_scorings(texts, SCORINGS, "one label")
    _check_goals(texts, classes, audit)


def _check_goals(texts, classes, audit):
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
                "score:0.9, which is R^2 then, rmse:12, stable or budget:500."
            )
    _check_goals(texts, (), audit)


def check_several_goals(texts, classes, audit):
    """Refuse goals of other kinds where rows have several labels; see :func:`check_goals`."""
    _check_scorings(texts, OF_SEVERAL, "several labels")
    _check_goals(texts, classes, audit)


def _check_scorings(texts, known, rows_have):
    """Refuse scores that rows with another number of labels have."""
    for one in goals(texts):
        if one.scoring in {*SCORINGS, *OF_SEVERAL, *OF_NUMBERS} and one.scoring not in known:
            raise CommandError(
                f"--stop {one.text} names the score {one.scoring}, but rows have {rows_have} "
                f"here, for which the scores are {listed(known)}."
            )


def check_strategy_class(strategy, classes):
    """Say which class is looked for if none is named, and refuse one that does not exist."""
    name, _, positive = strategy.partition(":")
    if strategy == "relevance":
        note(f"--strategy relevance looks for {_class_looked_for(sorted(classes))}.")
    if positive and classes and positive not in classes:
        raise CommandError(
            f"--strategy {strategy} looks for the class {positive!r}, which is not one of the "
            f"classes {listed(map(repr, sorted(classes)), 20)}. To add it, use --add-class."
        )


def _class_looked_for(classes):
    """Return which class is taken where none is named, and how to take another one."""
    if len(classes) != 2:
        return "the class with the fewest labels; relevance:CLASS looks for one of your choice"
    first, second = classes
    return f"the second class, {second!r}; relevance:{first} looks for {first!r}"


def _goal(text):
    name, _, rest = text.partition(":")
    if name == "stable" and not rest:
        return Goal(text, stopping.StabilizingPredictions())
    if name == "budget" and rest.isdecimal() and int(rest) > 0:
        return Goal(text, stopping.LabelBudget(int(rest)))
    if name == "rmse" and _positive(rest):
        criterion = stopping.TargetScore(_positive(rest), scoring="rmse")
        return Goal(text, criterion, "rmse")
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
        if scoring in ((*SCORINGS, *OF_SEVERAL) if positive is None else OF_A_CLASS):
            criterion = stopping.TargetScore(threshold, scoring=scoring, positive=positive)
            return Goal(text, criterion, scoring, positive)
    raise CommandError(
        f"--stop must be one of {listed(FORMS)}, with numbers between 0 and 1 for scores, or "
        f"none, got {text!r}."
    )


def _threshold(text):
    """Return the number in a text if it is above 0 and below 1, else None."""
    number = _positive(text)
    return number if number is not None and number < 1 else None


def _positive(text):
    """Return the number in a text if it is above 0 and finite, else None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
