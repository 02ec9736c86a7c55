"""What stands on the server: the tasks of a project, and the answers that people gave."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# The data of a task tell its row, its meta data the session.
ID, SESSION = "skal_id", "skal_session"
# Changes become visible when they are committed, a moment later than the time they carry.
OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Given:
    """The answer of a person to a task.

    Attributes
    ----------
    choice : str, list of str, float or None
        A class, several labels or a number. None where the task was skipped, or submitted without
        an answer.
    problem : str
        Why the answer cannot be taken, "" if it can.
    time : str
        When it was given, or changed last.
    """

    choice: object
    problem: str = ""
    time: str = field(default=None, compare=False)


@dataclass
class Task:
    """A task of the project.

    Attributes
    ----------
    id : int
    row : str, bool, int or None
        The id of its row; None for a task of somebody else.
    is_ours : bool
        Whether it was made here, and not by somebody who imported a file.
    given : dict of str to Given
        The latest answer of each person.
    """

    id: int
    row: object
    is_ours: bool = False
    given: dict = field(default_factory=dict)


class Mirror:
    """A copy of the tasks of a project, kept up to date by few requests.

    Parameters
    ----------
    server : LabelStudio
    project : int
    question : Question
    session : str
        What tasks of this session carry.
    expected : iterable of int
        Tasks that there were when it was last read.

    Attributes
    ----------
    tasks : dict of int to Task
        All tasks by number, also those that are not of this session.
    """

    def __init__(self, server, project, question, session, expected=()):
        self.tasks = {}
        self._expected = set(expected)
        self._server = server
        self._project = project
        self._question = question
        self._session = session
        self._people = {}
        self._latest = None  # when a task was changed last
        self._told = None  # the tasks when it was last told whether something has changed

    def read(self):
        """Read what has changed on the server; return whether something has."""
        if self._latest is None or not self._read_latest():
            self._read_all()
            # A page may be missed while tasks are deleted. What is missing twice is not there.
            if self._expected - self.tasks.keys():
                once = self.tasks
                self._read_all()
                self.tasks = {**once, **self.tasks}
        # Not what there was when this began: an earlier call may have been cut off in mid-work.
        before, self._told = self._told, self.tasks
        self._expected = set(self.tasks)
        return self.tasks != before

    def of_rows(self):
        """Return the tasks of each row of the session, the oldest first."""
        rows = {}
        for number in sorted(self.tasks):
            task = self.tasks[number]
            if task.row is not None:
                rows.setdefault(task.row, []).append(task)
        return rows

    def forget(self, numbers):
        """Remove tasks that were deleted from here."""
        self.tasks = {key: task for key, task in self.tasks.items() if key not in set(numbers)}
        self._expected = set(self.tasks)

    def _read_latest(self):
        """Read the tasks that have changed; return whether their number is as it must be."""
        mark, total = self._latest - OVERLAP, 0
        self.tasks = dict(self.tasks)
        for page, total in self._server.tasks(self._project, latest_first=True):  # noqa: B007
            times = [self._keep(one) for one in page]
            if min(times) < mark:
                break
        return total == len(self.tasks)

    def _read_all(self):
        self.tasks = {}
        for page, _ in self._server.tasks(self._project):
            for one in page:
                self._keep(one)

    def _keep(self, found):
        """Keep a task as the server describes it, and return when it was changed."""
        row = found["data"].get(ID) if isinstance(found["data"], dict) else None
        whose = (found.get("meta") or {}).get(SESSION)
        is_known = whose in (None, self._session) and isinstance(row, (str, int))
        task = Task(found["id"], row if is_known else None, whose == self._session)
        for annotation in sorted(found.get("annotations") or (), key=_last_change):
            task.given[self._name(annotation)] = _given(annotation, self._question)
        self.tasks[task.id] = task
        when = _time(found["updated_at"])
        self._latest = when if self._latest is None else max(self._latest, when)
        return when

    def _name(self, annotation):
        """Return the name of the person who made an annotation, "" if nobody knows."""
        person = annotation.get("completed_by")
        if isinstance(person, dict):
            return str(person.get("email") or person.get("id"))
        if person is None:
            return ""
        if person not in self._people:
            self._people = self._server.people()
        return str(self._people.get(person) or person)


def _last_change(annotation):
    return annotation["updated_at"], annotation["id"]


def _time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _given(annotation, question):
    time = annotation["updated_at"]
    if annotation.get("was_cancelled"):
        return Given(None, time=time)
    return Given(*question.answer(annotation.get("result") or ()), time)
