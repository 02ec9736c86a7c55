"""`skal status`: how far the labeling is, without changing anything."""

from ._messages import command, listed, say
from ._names import BUILT_IN
from ._project import open_project
from ._standing import standing


def status(options):
    """Print how far the labeling is, and what to do next. Returns the exit code."""
    with open_project(
        options.data, to_ask=False, to_predict=True, to_keep=False, model=options.model
    ) as project:
        counts = project.counts()
        lines = [project.progress(), *_new_rows(project, counts)]
        lines += [*_classes(project, counts), *_people(counts)]
        for line in [*lines, *standing(project), *_without_model(project)]:
            say(line)
        say(f"Next: {_next_command(project, counts)}")
    return 0


def _new_rows(project, counts):
    """Say that rows were appended, which the commands that ask for labels take in."""
    numbers = map(project.number, range(len(project.table)))
    n_new = sum(number > counts["n_rows"] for number in numbers)
    if not n_new:
        return []
    take = command("label", project.table.path)
    line = f"New rows in the table, which are not counted here: {n_new}. {take} takes them in."
    if any(one["audit"] for one in project.session.records()):
        line += " What is said of the model then begins anew, with rows drawn from all."
    return [line]


def _classes(project, counts):
    """Return the classes that nobody has used yet, which the first line leaves out."""
    in_use = counts["classes"] or ()
    unused = [name for name in project.classes() if name not in in_use]
    return [f"Classes without a label: {listed(unused, 20)}."] if unused else []


def _people(counts):
    lines = []
    people = {who: n for who, n in counts["annotators"].items() if who is not None}
    if people:
        lines.append(f"Labels by {listed(f'{who}: {n}' for who, n in sorted(people.items()))}.")
    if counts["n_disagreements"]:
        lines.append(f"Rows on which people disagree: {counts['n_disagreements']}.")
    return lines


def _without_model(project):
    """Say what to type where the model of the session is not run without being named."""
    if project.features is not None or project.settings.model in BUILT_IN:
        return []
    named = command("status", project.table.path, "--model", project.settings.model)
    return [f"To see how good the model is: {named}"]


def _next_command(project, counts):
    path = project.table.path
    if counts["stop"] or not counts["n_pool"] + counts["n_pending"]:
        more = (
            ["--predict"]
            if project.has_model() and counts["n_labeled"] < len(project.table)
            else []
        )
        return command("export", path, "-o", "labeled.csv", *more)
    if not counts["n_pool"] and project.waits_in_batches():
        return command("add", path, "BATCH")
    return command("label", path)
