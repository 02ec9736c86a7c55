"""`skal review`: go through the labels that are probably wrong."""

from ._failures import plain_failures
from ._keys import KEEP, KEYS_OF_REVIEW, LEAVE, MORE, NEW, SKIP, UNDO
from ._messages import CommandError, command, listed, say, starting
from ._number_column import shown_number
from ._project import open_project
from ._questions import Leave, Questions
from ._several_column import shown_names
from ._taken import why_not_undone
from ._terminal import open_terminal

N_OF_NUMBERS = 10  # labels, where they are numbers
N_EACH = 5  # labels of each of two classes, for less than which nothing is compared


def review(options):
    """Show the labels that are probably wrong, one at a time. Returns the exit code."""
    with open_project(options.data, to_take=True, model=options.model) as project:
        suspects = _suspects(project, options.n)
        if not suspects:
            say("No label looks wrong.")
            return 0
        Review(project, open_terminal(), suspects, options.annotator).run()
    return 0


def _suspects(project, n):
    """Return the rows whose labels look wrong, each with what the session says of it."""
    starting("Comparing the labels with predictions")
    if not project.settings.are_several:
        _check_can_doubt(project)
    try:
        with plain_failures(project.settings):
            found = project.session.suspects(n, return_details=True)
    except CommandError as error:
        if not project.settings.are_several or error.__cause__ is None:
            raise
        more = f"Label more rows first: {command('label', project.table.path)}"
        reason = str(error.__cause__).replace("Label rows that next() offers.", more)
        raise CommandError(f"The labels cannot be reviewed: {reason}") from error
    rows = {project.row_of(one["id"]): one for one in found}
    return {row: one for row, one in rows.items() if row is not None}


def _check_can_doubt(project):
    """Refuse what a session would refuse in the words of Python."""
    if project.settings.are_numbers:
        n_labeled = project.counts()["n_labeled"]
        if n_labeled < N_OF_NUMBERS:
            raise CommandError(
                f"There are too few labels to say which of them look wrong: at least "
                f"{N_OF_NUMBERS} are needed, got {n_labeled}. Label more rows first: "
                f"{command('label', project.table.path)}"
            )
        return
    classes = project.counts()["classes"]
    if sum(count >= N_EACH for count in classes.values()) < 2:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(classes.items()))
        raise CommandError(
            f"There are too few labels to say which of them look wrong: at least {N_EACH} of each "
            f"of two classes are needed, got {counts or 'none'}. Label more rows first: "
            f"{command('label', project.table.path)}"
        )
    if not hasattr(project.model(), "predict_proba"):
        raise CommandError(
            "A review needs a model that gives probabilities. Name another one for it: "
            f"{command('review', project.table.path, '--model', 'logistic')}"
        )


def _in_doubt(found):
    """Return which of the several labels of a row are in doubt, for the sentence about it."""
    names = [*found.get("missing", ()), *found.get("extra", ())]
    return f"in doubt: {listed(names)}, " if names else ""


class Review(Questions):
    """One person who goes through the labels that are probably wrong.

    Parameters
    ----------
    project : Project
    terminal : Lines
    suspects : dict
        For each row, the most suspicious first, what the session says of it.
    annotator : str or None
        Who changes labels; None changes the only label of a row, and settles the others.
    """

    keys = KEYS_OF_REVIEW
    meanings = {
        SKIP: "Leave the label as it is for now. The row is shown again the next time.",
        NEW: "Change the label to a class that has no key, or to a new one.",
        MORE: "Show the row again, with long texts to their end.",
        UNDO: "Take back your last answer, and show its row again.",
        LEAVE: "Stop. All answers are saved.",
    }

    def __init__(self, project, terminal, suspects, annotator):
        super().__init__(project, terminal)
        self._suspects = suspects
        self._annotator = annotator
        self._rows = list(suspects)
        self._done = []  # rows with the actions that answered them, None where there is none

    def run(self):
        """Show all rows, or as many as the person wants to see."""
        say(f"Labels that look wrong: {len(self._rows)}.")
        self.say_help()
        try:
            while self._rows:
                self.ask(self._rows[0])
        except (Leave, EOFError, KeyboardInterrupt):
            say()
        self._project.remember_spellings()
        kinds = [kind for _, _, kind in self._done]
        n_left = len(self._rows) + kinds.count("skipped")
        say(
            f"Labels kept: {kinds.count('kept')}, changed: {kinds.count('changed')}, not decided: "
            f"{n_left}. Everything is saved."
        )

    def commands(self):
        return {**super().commands(), KEEP: self._keep, SKIP: self._skip, UNDO: self._undo}

    def remark(self, row):
        found = self._suspects[row]
        predicted, chance = found["predicted"], found["probability"]
        self._likely = list(map(str, predicted if self._are_several else [predicted]))
        say(f"\n  The label: {self._project.opinions(row)}")
        expected = shown_number(predicted) if self._are_numbers else shown_names(self._likely)
        chance = "" if chance is None else f" ({_in_doubt(found)}{chance:.0%})"
        say(f"  The model, without this label: {expected}{chance}")

    def is_open(self, row):
        return bool(self._rows) and self._rows[0] == row

    def answer(self, row, name):
        kind = "kept" if name == self._project.labels().get(row) else "changed"
        rows = self._project.labeled_alike(row)
        names = [name] * len(rows)
        # A label that is given once more is confirmed, and not suspicious any more.
        self._session.relabel(self._project.ids(rows), names, annotator=self._annotator)
        self._done.append((self._session.last_action, row, kind))
        self._rows = [one for one in self._rows if one not in rows]

    def _keep(self, row):
        self.answer(row, self._project.labels()[row])

    def _skip(self, row):
        self._done.append((None, row, "skipped"))
        self._rows.remove(row)

    def _undo(self, row):
        if not self._done:
            say("There is nothing to undo in this sitting.")
            return
        action, shown, _ = self._done.pop()
        try:
            if action is not None:
                self._session.undo(actions=[action])
        except ValueError as error:
            say(f"Not undone: {why_not_undone(error)}")
            return
        say(f"Undone: {self._project.name(shown)}.")
        self._rows.insert(0, shown)
