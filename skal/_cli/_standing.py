"""How good the model is, how fast the labeling goes, and whether there are enough labels."""

from ..session import MIN_AUDIT
from ._failures import plain_failures
from ._goals import scorings
from ._messages import command, starting
from ._parser import AUDIT


def standing(project):
    """Return what is known of a session besides its counts, as lines.

    Models are fitted for this, so that it is not said for every row.

    Parameters
    ----------
    project : Project

    Returns
    -------
    lines : list of str
    """
    counts = project.counts()
    return [*_estimates(project, counts), *_speed(counts), *_goal(project, counts)]


def _estimates(project, counts):
    """Return the accuracy, and what the stopping criterion looks at besides."""
    if not counts["n_labeled"] or project.features is None:
        return []
    if not project.settings.audit and not any(one["audit"] for one in project.session.records()):
        return [
            "How good the model is cannot be said, since no rows are drawn at random. To have "
            f"some drawn, use {command('label', project.table.path, '--audit', AUDIT)}."
        ]
    starting("Estimating how good the model is")
    found = []
    with plain_failures(project.settings):
        for scoring, positive in scorings(project.settings.stop, project.settings.task):
            if positive is None or positive in counts["classes"]:
                found.append(project.session.estimate(scoring, positive=positive))
    lines = list(map(str, found))
    if any(one.value is None and one.n_audit < MIN_AUDIT for one in found):
        more = command("label", project.table.path, "--audit", "0.5")
        lines.append(f"To have every second of the next rows drawn at random, use {more}.")
    return lines


def _speed(counts):
    speed = counts["labels_per_hour"]
    return [] if speed is None else [f"Labels per hour: {speed:.0f}."]


def _goal(project, counts):
    return [reached(project)] if counts["stop"] else _not_reached(project)


def _not_reached(project):
    goals = " or ".join(project.settings.stop)
    return [f"There are not enough labels yet: {goals} is not reached."] if goals else []


def reached(project):
    """Return the sentence that says that there are enough labels."""
    return f"There are enough labels: {' or '.join(project.settings.stop)} is reached."
