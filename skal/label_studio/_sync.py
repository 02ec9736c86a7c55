"""The loop between a session and a project of Label Studio."""

import time
from typing import NamedTuple

from .._base import check_count
from ._errors import RefusedError, ServerAwayError
from ._link import Asked, open_link
from ._patience import Patience

N_TASKS = 20
EVERY = 5.0  # seconds between two looks at the server


class Synced(NamedTuple):
    """What was done, when :func:`sync` ends.

    Attributes
    ----------
    project : int
        The number of the project.
    n_answers : int
        How many answers were taken, changed or taken back.
    n_open : int
        How many tasks wait for an answer.
    """

    project: int
    n_answers: int
    n_open: int


def sync(
    session,
    server,
    project=None,
    *,
    n=N_TASKS,
    classes=None,
    question=None,
    title="skal",
    prelabel=False,
    shown=None,
    every=EVERY,
    once=False,
    report=None,
):
    """Let people label the rows of a session in Label Studio.

    The next rows become tasks of a project, with the prediction of the model. Answers become
    labels of the session as they come; then the model is fitted again, the open tasks are ordered
    anew, and further rows become tasks, so that there are always `n` open ones. It can be stopped
    and started at any moment, also by killing the process: everything is in the session or on the
    server.

    - An answer is a label, by the email address of who gave it. An answer that is changed there
      is changed in the session, and one that is deleted there is taken back.
    - A row that is skipped there, or submitted without an answer, is skipped. Where rows may have
      several labels, a task that is submitted without a choice is a row with none of them.
    - A row whose task is deleted there is released, unless it has an answer.
    - Tasks that are not of this session are left alone.

    Parameters
    ----------
    session : LabelingSession
        It is to be used by nobody else at the same time; other processes may have it open.
    server : LabelStudio
    project : int, default=None
        The number of the project. Its labeling config must have a tag that asks for the labels
        of the session: `Choices` with its classes, with ``choice="multiple"`` where rows have
        several labels, and `Number` or `Rating` where labels are numbers. None: the project that
        the session was synced with before; the first time, a project is made.
    n : int, default=20
        How many open tasks there are to be.
    classes : list of str, default=None
        The choices of a project that is made, in this order. None: the classes that the session
        allows, or else those in use. Numbers have none.
    question : str, default=None
        The name of the tag that asks. None: the only one that fits.
    title : str, default="skal"
        The title of a project that is made.
    prelabel : bool, default=False
        Whether a project that is made fills in the predictions where people answer. Answers come
        faster then, but those who only nod are not witnesses of how good the model is.
    shown : Shown, default=None
        What people see of the rows. None: all columns. Texts and images get a place of their
        own, all other values stand in a table.
    every : float, default=5.0
        Seconds between two looks at the server.
    once : bool, default=False
        Whether to return after one look, in place of waiting until nothing is left to label.
    report : callable, default=None
        Is given sentences for people, such as the address of the project. None: nobody is told.

    Returns
    -------
    synced : Synced
        The number of the project, how many answers were taken, and how many tasks are open.

    Raises
    ------
    LabelStudioError
        If the server is not Label Studio or does not accept the token, if there is no such
        project, or if its labeling config does not fit the session.
    ServerAwayError
        If the server does not answer at first. Later, it is waited for.

    See Also
    --------
    LabelingSession.export : Tasks as a file, without a server.

    Notes
    -----
    If the server has one user, tasks are handed out in the order in which the present model asks
    for them (the sampling of the project is "Uncertainty sampling", and the scores of predictions
    are places in that order). With several users, Label Studio would then draw tasks at random.
    So they are handed out in the order in which they were added ("Sequential sampling"), and what
    a new model asks for comes after the tasks that are open. With a small `n`, that is soon. The
    same holds for projects that fill in predictions, whose predictions must not be replaced while
    people look at them.

    Examples
    --------
    >>> from skal.label_studio import LabelStudio, sync
    >>> server = LabelStudio("http://localhost:8080")  # doctest: +SKIP
    >>> sync(session, server, report=print)  # doctest: +SKIP
    """
    report = report or (lambda sentence: None)
    server.check()
    asked = Asked(classes, question, title, prelabel)
    link = open_link(session, server, project, check_count(n, "n"), asked, shown, report)
    patience = Patience(report)
    while True:
        try:
            is_done = link.round()
        except (ServerAwayError, RefusedError) as error:
            if once:
                raise
            is_done = False
            patience.failed(error)
        else:
            patience.answered()
        if is_done or once:
            return Synced(link.project, link.n_answers, link.n_open)
        time.sleep(patience.seconds or every)
