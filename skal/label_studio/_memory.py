"""What the file of a session remembers of Label Studio, beside the labels."""

import json
import uuid
from dataclasses import asdict, dataclass, field

from ..session import read_note, write_note

KEY = "label studio"


@dataclass
class Answer:
    """An answer that the session has taken.

    Attributes
    ----------
    choice : str, list of str, float or None
    actions : list of int
        The actions of the session that took it, which can be undone.
    """

    choice: object
    actions: list = field(default_factory=list)


@dataclass
class Memory:
    """The project of a session, and what was taken from there.

    The token of the server is not part of it.

    Attributes
    ----------
    path : str
        The file of the session.
    url : str
    project : int
    session : str
        A name for the session, which its tasks carry.
    tasks : dict of str to str
        The row of each task, both as text, see :func:`key_of`.
    answers : dict of str to dict
        For each row, the answer of each person that was taken.
    """

    path: str
    url: str
    project: int
    session: str
    tasks: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)

    def save(self):
        """Write it to the file of the session."""
        kept = asdict(self)
        del kept["path"]
        write_note(self.path, KEY, kept)

    def forget_project(self, url, project):
        """Begin with another project."""
        self.url, self.project = url, project
        self.tasks, self.answers = {}, {}


def recall(path):
    """Return what the file of a session remembers, None if it knows no project."""
    kept = read_note(path, KEY)
    if kept is None:
        return None
    answers = {
        row: {name: Answer(**one) for name, one in given.items()}
        for row, given in kept.pop("answers").items()
    }
    return Memory(path, answers=answers, **kept)


def begin(path, url, project):
    """Return a memory without anything in it."""
    return Memory(path, url, project, uuid.uuid4().hex)


def plain(id_):
    """Return an id as a task holds it, from which the session finds the row again."""
    return id_ if isinstance(id_, (str, bool, int)) else str(id_)


def key_of(id_):
    """Return an id of a row as text that tells it from all others."""
    return json.dumps(plain(id_))
