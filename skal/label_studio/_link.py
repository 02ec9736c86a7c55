"""A session and a project of Label Studio, and what is done between them in one round."""

from typing import NamedTuple

from ._answers import Answers
from ._asked import asked_by
from ._config import make_config, read_question
from ._errors import LabelStudioError
from ._memory import begin, recall
from ._mirror import Mirror
from ._queue import Queue
from ._shown import shown_rows


class Asked(NamedTuple):
    """What the user says of the project: see :func:`sync`."""

    classes: list
    question: str
    title: str
    prelabel: bool


class Link:
    """Keep a session and a project in step.

    Parameters
    ----------
    session : LabelingSession
    memory : Memory
    mirror : Mirror
    answers : Answers
    queue : Queue
    report : callable
    """

    def __init__(self, session, memory, mirror, answers, queue, report):
        self._session = session
        self._memory = memory
        self._mirror = mirror
        self._answers = answers
        self._queue = queue
        self._report = report
        self._has_news = False
        # At first as well: there may be a new model, or it was stopped in mid-work.
        self._is_refitted = True
        self._told = set()

    @property
    def project(self):
        """The number of the project."""
        return self._memory.project

    @property
    def n_answers(self):
        """How many answers were taken so far."""
        return self._answers.n_taken

    @property
    def n_open(self):
        """How many tasks wait for an answer."""
        return len(self._queue.open_rows())

    def round(self):
        """Take what is new on the server and add tasks; return whether nothing is left."""
        n_before = self._answers.n_taken
        # What is noted here is to be done, also if the server is away in the meantime.
        self._has_news = self._mirror.read() or self._has_news
        if self._has_news:
            self._queue.delete_doubles()
            self._queue.release_deleted()
            self._answers.take(self._mirror.of_rows())
            self._queue.remember_tasks()
            self._has_news = False
        n_new = self._answers.n_taken - n_before
        self._is_refitted = self._is_refitted or n_new > 0
        n_added = self._queue.fill(refitted=self._is_refitted)
        self._is_refitted = False
        if n_added:
            # Somebody may have answered while tasks were added: the next round looks at that.
            self._has_news = True
            self._mirror.read()
            self._queue.remember_tasks()
        if n_new or n_added:
            self._tell(n_new, n_added)
        return not n_added and not self._queue.open_rows()

    def _tell(self, n_new, n_added):
        progress = self._session.progress()
        parts = [f"answers: {n_new}"] if n_new else []
        parts += [f"new tasks: {n_added}"] if n_added else []
        text = ", ".join(parts)
        done = f"{progress['n_labeled']} of {progress['n_rows']} rows are labeled"
        self._report(f"{text[0].upper()}{text[1:]}, open: {self.n_open}; {done}.")
        self._tell_once(progress["estimate"])
        if progress["stop"]:
            self._tell_once("There are enough labels, as the stopping criterion says.")

    def _tell_once(self, sentence):
        if sentence is not None and str(sentence) not in self._told:
            self._told.add(str(sentence))
            self._report(str(sentence))


def open_link(session, server, project, n, asked, shown, report):
    """Return the link of a session to a project, which is made where there is none."""
    shown = shown_rows(session) if shown is None else shown
    memory = recall(session.path)
    if project is None:
        project = _same_or_made(session, server, memory, asked, shown, report)
    question = _question(session, server, project, asked, shown, report)
    memory = _memory_of(session, server, project, memory, report)
    mirror = Mirror(server, project, question, memory.session, map(int, memory.tasks))
    answers = Answers(session, memory, question.asked, report)
    queue = Queue(session, server, memory, mirror, question, shown, n)
    return Link(session, memory, mirror, answers, queue, report)


def _same_or_made(session, server, memory, asked, shown, report):
    """Return the number of the project of before, or of one that is made."""
    if memory is not None and memory.url == server.url:
        return memory.project
    project = _made(session, server, asked, shown)
    report(f"Made project {project}: {server.url}/projects/{project}")
    return project


def _question(session, server, project, asked, shown, report):
    """Return the question of a project, if the project fits the session."""
    settings, name = server.project(project), f"Project {project} of {server.url}"
    question = read_question(
        settings["label_config"],
        asked=asked_by(session),
        project=name,
        question=asked.question,
        classes=_classes(session),
        fixed=session.classes is not None,
    )
    shown.check(question.variables, name)
    if settings["show_collab_predictions"]:
        report(
            f"Project {project} fills in predictions where people answer. So tasks that are open "
            "keep their predictions, and their order, when the model is fitted again."
        )
    return question


def _memory_of(session, server, project, memory, report):
    """Return what is remembered of a project; of another one, nothing is."""
    if memory is None:
        memory = begin(session.path, server.url, project)
        memory.save()
    elif (memory.url, memory.project) != (server.url, project):
        report(
            f"Until now it was project {memory.project} of {memory.url}. What was not answered "
            "there is asked here, and later answers there are not taken."
        )
        memory.forget_project(server.url, project)
        memory.save()
    return memory


def _made(session, server, asked, shown):
    """Make a project, and return its number."""
    classes, kind = [str(one) for one in asked.classes or _classes(session)], asked_by(session)
    if len(classes) < 2 and kind.choice is not None:
        raise LabelStudioError(
            f"classes must name at least two classes, as the choices of the project that is made, "
            f"got {classes}. On the command line, they are named by --classes A,B."
        )
    config = make_config(shown.tags(), classes, kind)
    return server.create_project(asked.title, config, prelabel=asked.prelabel)


def _classes(session):
    """Return the classes that a project must know, as text; numbers have none."""
    in_use = session.progress(estimate=False)["classes"] or ()
    return [str(one) for one in session.classes or in_use]
