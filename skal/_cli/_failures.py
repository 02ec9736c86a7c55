"""Failures of models, strategies and sessions, in the words of the command line."""

import contextlib
import re

from ._messages import CommandError, command
from ._names import BUILT_IN

# What a strategy may ask for and a model may not give, by the name of the output.
OUTPUTS = {
    "proba": "gives no probabilities",
    "decision": "has no decision function",
    "member_proba": "is not a committee",
    "member_votes": "is not a committee",
    "predicted_loss": "predicts no losses",
    **dict.fromkeys(
        ("prediction", "prediction_std", "member_prediction", "label_proba"),
        "is a classifier, which predicts one class for each row",
    ),
}
# What sessions say, and what it means to somebody who has a table.
MEANINGS = {
    r"X is not the data of the session .*?: ": "",
    r"it has (\d+) rows, and had (\d+)\. .*": r"it has \1 rows, and had \2. Rows may be appended, "
    "not removed.",
    r"its columns are .*": "the session was begun with other columns, by another program.",
    r"the ids of the first (\d+) rows differ.*": r"the ids of the first \1 rows differ, in value "
    "or in order.",
    r"without ids, rows are told .*": "rows have changed.",
    r"The labels in the file are numbers.*": "the labels of the session are numbers. Use --task "
    "regression.",
    r"The labels in the file are classes.*": "the labels of the session are classes, and not "
    "numbers.",
    r"The rows of the file have several labels.*": "its rows have several labels each. Use --task "
    "multilabel.",
    r"The file has one label a row.*": "its rows have one label each, and not several.",
    r"y must hold labels of the same kind as in the session.*": "the labels of the session are "
    "numbers, and those of the command line are text.",
    r"y must be one of the classes \[(.*)\], got (.*)\. Open the .*": r"\2 is not one of the "
    r"classes \1.",
}


@contextlib.contextmanager
def plain_failures(settings):
    """Say which model or strategy failed, and what can be done, where one of ours does.

    The error of a model of the user's own comes through: whoever wrote it reads Python.

    Parameters
    ----------
    settings : Settings
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        if settings.model not in BUILT_IN:
            raise
        reason = str(error).partition(" No row was offered")[0]
        raise CommandError(
            f"The strategy {settings.strategy} failed with the model {settings.model}: {reason} "
            "No label is lost. Choose another --strategy or --model."
        ) from error


def what_is_missing(error, model):
    """Return what a strategy needs and a model does not have, as the rest of a sentence."""
    found = re.search(r"reads `pool\.(\w+)`", str(error))
    other_task = re.search(r"\b(is a classifier, which|is a regressor, which) [^.]+", str(error))
    if other_task is not None:
        return f"{model} {other_task[0]}"
    lacks = OUTPUTS.get(found[1]) if found else None
    return f"{model} {lacks or 'does not give what the strategy reads'}"


def plain_warning(text):
    """Return a warning in the words of the command line, "" for one that nobody needs."""
    if re.match(r"Label (not )?\d+ is present in all training examples", text):
        return ""  # a normal start, where rows have several labels
    found = re.match(r"Relevance looks for the positive class (.+?), but ", text)
    if found is None:
        return text
    return (
        f"No row of the class {found[1]} is labeled yet. Until one is, the rows are chosen as "
        "--strategy margin chooses them."
    )


def plain_server_error(error):
    """Return what is wrong with a server, its address or its project.

    Parameters
    ----------
    error : Exception or str
    """
    text = re.sub(r"\[Errno -?\d+\] ", "", str(error))
    text = text.replace("Say by question which", "Say by --question which")
    text = re.sub(r"^url must", "--label-studio must", text)
    return re.sub(r"^(classes|question) must", r"--\1 must", text)


def plain_scoring(error):
    """Return why strategies cannot be compared by a score."""
    text = re.sub(r"Use scoring='(\w+)'", r"Use --scoring \1", str(error))
    return text.replace("sklearn.metrics.get_scorer_names()", "the scorers of scikit-learn")


def what_differs(error):
    """Return in which way a table differs from that of its session."""
    text = str(error)
    for said, meant in MEANINGS.items():
        text = re.sub(said, meant, text, flags=re.DOTALL)
    return text


def what_is_damaged(error, path):
    """Return where the session of a table is damaged, and how to read what is left."""
    salvage = command("export", path, "--salvage", "-o", "labeled.csv")
    return (
        f"{error.path} is damaged {error.place}: {error.reason}. The file was left as it is. To "
        f"read what was written before this place: {salvage}. Or restore the file from a copy."
    )
