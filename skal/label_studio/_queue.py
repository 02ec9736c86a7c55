"""The open tasks of a project: which rows they are, and in which order people get them."""

import re

from ._memory import key_of, plain
from ._mirror import ID, SESSION

# To whom the rows are offered that wait on the server, until somebody there answers.
OFFERED_TO = "Label Studio"
BY_SCORE, BY_NUMBER = "Uncertainty sampling", "Sequential sampling"
# The version of predictions that are not replaced; others have a number behind it.
FIXED_VERSION = "skal"
VERSION = re.compile(rf"{FIXED_VERSION}(?: ([0-9]+))?")


class Queue:
    """Keep so many open tasks on the server, in the order of the session.

    If the server has one user, Label Studio can hand out tasks by the score of their predictions,
    the lowest first. The scores are written anew for each model.

    With several users, it would then draw among all tasks. So it is told to go by the numbers of
    the tasks, which is the order in which they were chosen. The same holds where predictions are
    filled in on the page (the project "prelabels"): an answer names the prediction that it began
    with, and would be refused if that had been replaced meanwhile.

    Parameters
    ----------
    session : LabelingSession
    server : LabelStudio
    memory : Memory
    mirror : Mirror
    question : Question
    shown : Shown
    n : int
        How many tasks there are to be.
    """

    def __init__(self, session, server, memory, mirror, question, shown, n):
        self._session = session
        self._server = server
        self._memory = memory
        self._mirror = mirror
        self._question = question
        self._shown = shown
        self._n = n

    def open_rows(self):
        """Return the rows that wait for an answer on the server, in the order offered."""
        rows = self._mirror.of_rows()
        return [
            row
            for row in map(plain, self._session.pending())
            if row in rows and not any(task.given for task in rows[row])
        ]

    def release_deleted(self):
        """Give rows back whose tasks were deleted on the server."""
        gone = [one for one in self._memory.tasks if int(one) not in self._mirror.tasks]
        if not gone:
            return
        pending = {key_of(id_): id_ for id_ in self._session.pending()}
        rows = set(map(key_of, self._mirror.of_rows()))
        keys = {self._memory.tasks.pop(one) for one in gone} - rows
        for key in keys:
            # The labels that were taken stay: a project may be tidied up.
            self._memory.answers.pop(key, None)
        if keys & pending.keys():
            self._session.release([pending[key] for key in pending if key in keys])
        self._memory.save()

    def delete_doubles(self):
        """Delete tasks that were made twice, as the server did not answer in time."""
        doubles = [
            task.id for tasks in self._mirror.of_rows().values() for task in _superfluous(tasks)
        ]
        if doubles:
            self._server.delete_tasks(self._memory.project, doubles)
            self._mirror.forget(doubles)

    def fill(self, *, refitted):
        """Add tasks until there are enough, and order all of them anew.

        Parameters
        ----------
        refitted : bool
            Whether there may be a new model.

        Returns
        -------
        n_added : int
        """
        before = self.open_rows()
        new = self._new_rows(self._n - len(before)) if len(before) < self._n else []
        if new or (refitted and before):
            self._write(before, new)
        return len(new)

    def _new_rows(self, n):
        """Return up to n rows that have no task yet, or more if they were offered before."""
        n_left = n - len(self._without_task())
        if n_left > 0:
            self._session.next(n_left, annotator=OFFERED_TO)
        return self._without_task()

    def _without_task(self):
        rows = self._mirror.of_rows()
        return [id_ for id_ in map(plain, self._session.pending(OFFERED_TO)) if id_ not in rows]

    def _write(self, before, new):
        """Write the tasks of new rows, and the predictions of those that are open."""
        number = self._memory.project
        project = self._server.project(number)
        if project["show_collab_predictions"]:
            if new:
                self._add(new, self._predictions(new, FIXED_VERSION))
                self._change(project, FIXED_VERSION, BY_NUMBER)
            return
        versions = [one for one in self._server.model_versions(number) if VERSION.fullmatch(one)]
        latest = max((int(VERSION.fullmatch(one)[1] or 0) for one in versions), default=0)
        version = f"{FIXED_VERSION} {latest + 1}"
        predictions = self._predictions([*before, *new], version)
        numbers = {row: tasks[0].id for row, tasks in self._mirror.of_rows().items()}
        self._server.add_predictions(
            number, [{"task": numbers[row], **predictions[row]} for row in before]
        )
        self._add(new, predictions)
        is_alone = len(self._server.people()) == 1
        self._change(project, version, BY_SCORE if is_alone else BY_NUMBER)
        # Only now: people who ask for a task meanwhile get one by the earlier order.
        for one in versions:
            self._server.delete_predictions(number, one)

    def _change(self, project, version, sampling):
        """Let a project hand out its tasks by the predictions of one version."""
        wanted = {"model_version": version, "sampling": sampling}
        changes = {key: value for key, value in wanted.items() if project[key] != value}
        if changes:
            self._server.change_project(self._memory.project, **changes)

    def _predictions(self, rows, version):
        """Return the prediction of each row; the one to be labeled first has the lowest score."""
        ids = {plain(id_): id_ for id_ in self._session.pending()}
        ranked = self._session.ranked([ids[row] for row in rows])
        return {
            plain(one["id"]): self._prediction(one, place / (len(ranked) + 1), version)
            for place, one in enumerate(ranked, 1)
        }

    def _prediction(self, ranked, score, version):
        return {
            "model_version": version,
            "score": score,
            "result": self._question.result(ranked["predicted"], ranked["probability"]),
        }

    def _add(self, rows, predictions):
        """Add the tasks of rows, in the order in which they were chosen."""
        if not rows:
            return
        ids = {plain(id_): id_ for id_ in self._session.pending()}
        data = self._shown.data([ids[row] for row in rows], self._question.variables)
        tasks = [
            {
                "data": {**values, ID: row},
                "meta": {SESSION: self._memory.session},
                "predictions": [predictions[row]],
            }
            for row, values in zip(rows, data, strict=True)
        ]
        self._server.add_tasks(self._memory.project, tasks)

    def remember_tasks(self):
        """Remember which tasks there are, to notice when one is deleted."""
        found = {
            str(task.id): key_of(row)
            for row, tasks in self._mirror.of_rows().items()
            for task in tasks
        }
        if found != self._memory.tasks:
            self._memory.tasks = found
            self._memory.save()


def _superfluous(tasks):
    """Return those tasks of a row that nobody needs to answer."""
    kept = next((task for task in tasks if task.given), tasks[0])
    return [task for task in tasks if task.is_ours and not task.given and task is not kept]
