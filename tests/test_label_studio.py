"""A session and a project of Label Studio, with a server that a test can look into."""

import base64
import json
import logging
import pickle
import re
import threading
import urllib.request

import numpy as np
import pandas as pd
import pytest
from fake_label_studio import ANNA, BOB, TOKEN, parsed, running
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner
from skal.label_studio import (
    LabelStudio,
    LabelStudioError,
    RefusedError,
    ServerAwayError,
    Shown,
    role_of,
    sync,
)
from skal.session import LabelingSession, read_note
from skal.stopping import LabelBudget
from skal.strategies import RandomSampling, UncertaintySampling

TEXTS = [f"{'a good' if i % 3 else 'an ugly'} thing, number {i}" for i in range(40)]
CLASSES = ["pos", "neg"]
BOXES = """<View><Image name="i" value="$text"/>
<RectangleLabels name="box" toName="i"><Label value="a"/></RectangleLabels></View>"""


def config(choices=CLASSES, text="$text", **attributes):
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    tags = "".join(f'<Choice value="{name}"/>' for name in choices)
    return (
        f'<View><Text name="text" value="{text}"/>'
        f'<Choices name="label" toName="text"{more}>{tags}</Choices></View>'
    )


@pytest.fixture
def open_session(tmp_path):
    """Return a function that opens the session, as another run of a program does."""
    opened = []

    def open_session(X=TEXTS, *, classes=CLASSES, **arguments):
        model, cold_start = make_pipeline(TfidfVectorizer(), LogisticRegression()), None
        if not isinstance(X, list):  # nothing is predicted there
            model, cold_start = LogisticRegression(), RandomSampling()
        strategy = UncertaintySampling()
        learner = ActiveLearner(model, strategy, cold_start=cold_start, random_state=0)
        path = tmp_path / "texts.skal"
        opened.append(LabelingSession(path, learner, X, classes=classes, **arguments))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def session(open_session):
    return open_session()


def once(session, server, project=None, n=5, **arguments):
    return sync(session, server, project, n=n, once=True, **arguments)


def row_of(task):
    return task["data"]["skal_id"]


def open_tasks(studio):
    """Return the tasks without an answer by row, each row once."""
    done = {one["task"] for one in studio.annotations.values()}
    tasks = [one for one in studio.tasks.values() if one["id"] not in done]
    rows = {row_of(task): task for task in tasks}
    assert len(rows) == len(tasks)
    return rows


def truth(row):
    return "pos" if row % 3 else "neg"


def given(session):
    return {(one["id"], one["label"], one["annotator"]) for one in session.records()}


def label_next(studio, project, n, who=ANNA):
    """Answer the tasks that the server hands out; return their rows."""
    rows = []
    for _ in range(n):
        task = studio.next_task(project)
        rows.append(row_of(task))
        studio.annotate(task["id"], truth(rows[-1]), who)
    return rows


# The order


def test_the_order_of_the_project_is_that_of_the_session(studio, server, session):
    project = once(session, server).project
    assert label_next(studio, project, 5) == session.pending()
    for _ in range(4):
        once(session, server, project)
        # What the model would ask for, computed as a user would.
        pending = session.pending()
        texts = [TEXTS[row] for row in pending]
        best = session.model().query(texts, len(texts))
        assert len(pending) == 5 and len(open_tasks(studio)) == 5
        assert label_next(studio, project, 3) == [pending[i] for i in best[:3]]
    assert studio.projects[project]["sampling"] == "Uncertainty sampling"


def test_several_people_get_tasks_in_the_order_in_which_they_were_chosen(studio, server, session):
    studio.users[BOB] = "bob@example.org"
    project = once(session, server).project
    assert studio.projects[project]["sampling"] == "Sequential sampling"
    chosen = session.pending()
    assert label_next(studio, project, 4, BOB) == chosen[:4]
    once(session, server)
    assert studio.next_task(project)["data"]["skal_id"] == chosen[4]


def test_tasks_carry_the_prediction_of_the_present_model(studio, server, session):
    project = once(session, server).project
    assert all(one["predictions"][0]["result"] == [] for one in studio.tasks.values())
    label_next(studio, project, 4)
    once(session, server)
    version = studio.projects[project]["model_version"]
    for row, task in open_tasks(studio).items():
        (prediction,) = task["predictions"]
        (result,) = prediction["result"]
        share = session.model().predict_proba([TEXTS[row]])[0]
        assert prediction["model_version"] == version and 0 < prediction["score"] < 1
        assert result["value"]["choices"] == [session.model().predict([TEXTS[row]])[0]]
        assert result["score"] == pytest.approx(max(share))


def test_predictions_that_people_see_are_not_replaced(studio, server, session):
    """An answer names the prediction that was on the page, and is refused if that is gone."""
    said = []
    project = once(session, server, prelabel=True, report=said.append).project
    assert studio.projects[project]["show_collab_predictions"]
    assert any("keep their predictions, and their order" in one for one in said)
    assert studio.projects[project]["sampling"] == "Sequential sampling"
    chosen = session.pending()
    assert label_next(studio, project, 3) == chosen[:3]
    before = {row: task["predictions"] for row, task in open_tasks(studio).items()}
    once(session, server)
    after = {row: task["predictions"] for row, task in open_tasks(studio).items()}
    assert before.items() <= after.items() and len(after) == 5
    version = studio.projects[project]["model_version"]
    assert all(one["model_version"] == version for task in after.values() for one in task)
    assert label_next(studio, project, 5) == session.pending()


def test_predictions_are_replaced_where_people_do_not_see_them(studio, server, session):
    project = once(session, server).project
    assert not studio.projects[project]["show_collab_predictions"]


def test_a_thousand_tasks_take_a_few_requests(studio, server, open_session):
    texts = [f"text {i} of {i % 7}" for i in range(1200)]
    session = open_session(texts)
    session.label([0, 1], CLASSES)
    once(session, server, n=1000)
    assert len(open_tasks(studio)) == 1000 and len(studio.requests) < 20
    for task in list(studio.tasks)[:200]:
        studio.annotate(task, "pos")
    studio.requests.clear()
    once(session, server, n=1000)
    assert len(session.records()) == 202 and len(open_tasks(studio)) == 998
    assert len(studio.requests) < 30


def test_a_look_without_news_is_one_request(studio, server, session, monkeypatch):
    looks = []

    def sleep(seconds):
        looks.append(list(studio.requests))
        studio.requests.clear()
        if len(looks) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        sync(session, server, n=5)
    assert looks[1:] == [[("GET", "/api/tasks/")]] * 3


# Answers


def test_answers_become_labels_by_the_address_of_who_gave_them(studio, server, session):
    studio.users[BOB] = "bob@example.org"
    project = once(session, server).project
    first, second, third, *_ = [(task["id"], row_of(task)) for task in studio.tasks.values()]
    studio.annotate(first[0], "pos", ANNA)
    studio.annotate(first[0], "neg", BOB)
    studio.annotate(second[0], "neg", BOB)
    studio.annotate(third[0], None, ANNA)
    assert once(session, server, project)[1:] == (4, 5)
    assert given(session) == {
        (first[1], "pos", "anna@example.org"),
        (first[1], "neg", "bob@example.org"),
        (second[1], "neg", "bob@example.org"),
    }
    assert session.skipped() == [third[1]]
    assert once(session, server, project).n_answers == 0
    # The time is that of the answer, not of the look.
    assert {one["time"].year for one in session.records()} == {2024}


def test_an_answer_that_is_changed_or_deleted_is_changed_or_taken_back(studio, server, session):
    studio.users[BOB] = "bob@example.org"
    once(session, server)
    (first, row), (other, _), *_ = [(task["id"], row_of(task)) for task in studio.tasks.values()]
    mine = studio.annotate(first, "pos", ANNA)
    skip = studio.annotate(other, None, ANNA)
    once(session, server)
    studio.change(mine, "neg")
    studio.change(skip, "pos")
    assert once(session, server).n_answers == 3  # the skip is taken back first
    assert session.verdicts()[row] == "neg" and session.skipped() == []
    his = studio.annotate(first, "pos", BOB)
    once(session, server)
    studio.withdraw(mine)
    once(session, server)
    assert (row, "pos", "bob@example.org") in given(session)
    assert not any(id_ == row and who == "anna@example.org" for id_, _, who in given(session))
    assert row not in session.pending()
    studio.withdraw(his)
    once(session, server)
    # Nobody has an answer now: the row waits for one, as the task does.
    assert row not in session.verdicts() and row in session.pending()
    studio.annotate(first, "neg", ANNA)
    once(session, server)
    assert session.verdicts()[row] == "neg"
    studio.withdraw(skip)
    once(session, server)
    assert len(session.verdicts()) == 1


def test_all_answers_of_a_row_may_be_deleted_at_once(studio, server, session):
    studio.users[BOB] = "bob@example.org"
    once(session, server)
    task = next(iter(studio.tasks))
    both = [studio.annotate(task, "pos", ANNA), studio.annotate(task, "neg", BOB)]
    once(session, server)
    for one in both:
        studio.withdraw(one)
    once(session, server)
    assert session.records() == [] and len(session.pending()) == 6


def test_a_task_that_is_deleted_releases_its_row_and_keeps_its_label(studio, server, session):
    once(session, server)
    labeled, skipped, deleted, *_ = list(studio.tasks)
    row = row_of(studio.tasks[labeled])
    studio.annotate(labeled, "pos")
    studio.annotate(skipped, None)
    once(session, server)
    gone = row_of(studio.tasks[deleted])
    for task in (labeled, skipped, deleted):
        studio.delete_task(task)
    once(session, server)
    assert session.verdicts() == {row: "pos"} and len(session.skipped()) == 1
    # Released, the row may be asked for again, in a task of its own.
    tasks = open_tasks(studio)
    assert set(tasks) == set(session.pending()) and len(tasks) == 5
    assert gone not in tasks or tasks[gone]["id"] != deleted


def test_an_empty_answer_is_a_skip_and_two_choices_are_left_out(studio, server, session):
    once(session, server)
    empty, several, *_ = list(studio.tasks)
    studio.annotate(empty, [])
    twice = studio.annotate(several, ["pos", "neg"])
    said = []
    once(session, server, report=said.append)
    assert session.skipped() == [row_of(studio.tasks[empty])] and session.records() == []
    assert sum("several choices, 'pos', 'neg'" in one for one in said) == 1
    assert len(open_tasks(studio)) == 5  # neither of the two waits for an answer
    studio.change(twice, "neg")
    once(session, server)
    assert len(session.records()) == 1


def test_a_choice_that_is_no_class_is_told_and_left_out(studio, server, session):
    once(session, server)
    task = next(iter(studio.tasks))
    studio.annotate(task, "other")
    said = []
    once(session, server, report=said.append)
    assert any("y must be one of the classes" in one for one in said)
    assert session.records() == []


def test_labels_may_be_whole_numbers(studio, server, open_session):
    session = open_session(classes=[0, 1])
    once(session, server)
    task = next(iter(studio.tasks))
    mine = studio.annotate(task, "1")
    once(session, server)
    assert list(session.verdicts().values()) == [1]
    studio.change(mine, "0")
    once(session, server)
    assert list(session.verdicts().values()) == [0]


def test_ids_of_any_kind_find_their_rows(studio, server, open_session):
    days = pd.date_range("2024-01-01", periods=40)
    session = open_session(TEXTS, ids=days)
    once(session, server)
    for task in list(studio.tasks):
        studio.annotate(task, "pos")
    once(session, server)
    (gone, task), *_ = open_tasks(studio).items()
    studio.delete_task(task["id"])
    once(session, server)
    assert len(session.records()) == 5 and len(open_tasks(studio)) == 5
    assert str(days[0])[:4] == str(gone)[:4]


def test_a_label_that_was_corrected_here_stays(studio, server, session):
    once(session, server)
    task = next(iter(studio.tasks))
    studio.annotate(task, "pos")
    once(session, server)
    row = row_of(studio.tasks[task])
    session.relabel([row], ["neg"], annotator="carol")
    studio.annotate(list(studio.tasks)[1], "pos")
    once(session, server)
    assert session.verdicts()[row] == "neg"


# Stopped and started


def test_nothing_is_doubled_when_it_is_started_again(studio, server, open_session):
    for _ in range(5):
        session = open_session()
        project = once(session, server).project
        label_next(studio, project, 2)
        session.close()
    session = open_session()
    once(session, server)
    assert len(studio.projects) == 1
    rows = [row_of(task) for task in studio.tasks.values()]
    assert len(rows) == len(set(rows)) == 15 and len(session.records()) == 10


@pytest.mark.parametrize("is_heard", [False, True])
@pytest.mark.parametrize("fatal", range(1, 12))
def test_it_may_be_killed_at_any_request(
    studio, server, open_session, monkeypatch, fatal, is_heard
):
    class Killed(BaseException):
        """The process ends here."""

    session = open_session()
    project = once(session, server).project
    label_next(studio, project, 3)
    studio.annotate(studio.next_task(project)["id"], None)
    session.close()

    class Killer(urllib.request.OpenerDirector):
        n_asked = 0

        def open(self, *args, **kwargs):
            Killer.n_asked += 1
            if Killer.n_asked == fatal and not is_heard:
                raise Killed
            answer = super().open(*args, **kwargs)
            if Killer.n_asked == fatal:  # it was done there, but nobody heard of it here
                answer.close()
                raise Killed
            return answer

    session = open_session()
    with monkeypatch.context() as patch:
        patch.setattr(urllib.request, "OpenerDirector", Killer)
        try:
            once(session, LabelStudio(studio.url, TOKEN))
        except Killed:
            pass
    assert Killer.n_asked >= fatal or fatal > 9
    session.close()
    session = open_session()
    once(session, server)
    assert len(session.records()) == 3 and len(session.skipped()) == 1
    assert set(open_tasks(studio)) == set(session.pending()) and len(open_tasks(studio)) == 5
    for task in studio.tasks.values():
        assert len(task["predictions"]) <= 1


def test_it_may_be_killed_between_a_label_and_its_note(studio, server, open_session, monkeypatch):
    session = open_session()
    project = once(session, server).project
    label_next(studio, project, 3)
    with monkeypatch.context() as patch:
        patch.setattr("skal.label_studio._memory.write_note", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            once(session, server)
    assert len(session.records()) == 3
    assert once(session, server).n_answers == 0
    assert len(session.records()) == 3
    # What is not known to come from there cannot be taken back by itself, which is said.
    studio.withdraw(next(iter(studio.annotations)))
    said = []
    once(session, server, report=said.append)
    assert any("was deleted there, but stays here" in one for one in said)
    assert len(session.records()) == 3


def test_tasks_that_were_made_twice_are_deleted_where_nobody_answered(studio, server, session):
    project = once(session, server).project
    first, second, *_ = list(studio.tasks.values())
    for task in (first, second):
        studio.add_task(project, task["data"], task["meta"])
    last = list(studio.tasks)[-1]
    studio.annotate(last, "pos")
    once(session, server)
    assert session.verdicts() == {row_of(second): "pos"} and first["id"] in studio.tasks
    assert len(open_tasks(studio)) == 5 and second["id"] not in studio.tasks


def test_tasks_of_others_are_left_alone(studio, server, session):
    project = studio.add_project(config())
    foreign = studio.add_task(project, {"text": "?", "skal_id": 3}, {"skal_session": "another"})
    odd = [studio.add_task(project, {"text": "?", "skal_id": one}) for one in (None, [3], {})]
    plain = studio.add_task(project, {"text": "no id"})
    for task in (foreign, plain, *odd):
        studio.annotate(task["id"], "pos")
    once(session, server, project)
    assert session.records() == [] and len(studio.tasks) == 10
    # Not even tasks that were imported twice are deleted.
    first = row_of(list(studio.tasks.values())[-1])
    studio.add_task(project, {"text": "?", "skal_id": first})
    once(session, server, project)
    assert len(studio.tasks) == 11


def test_tasks_of_an_export_are_adopted(studio, server, session, tmp_path):
    project = studio.add_project(config())
    session.next(3)
    session.export(tmp_path / "tasks.json", format="label-studio")
    for item in json.loads((tmp_path / "tasks.json").read_text()):
        studio.add_task(project, item["data"])
    once(session, server, project)
    assert len(studio.tasks) == 5 and len(open_tasks(studio)) == 5
    label_next(studio, project, 5)
    once(session, server, project)
    assert len(session.records()) == 5


def test_an_estimate_of_the_audit_is_told_when_it_changes(studio, server, open_session):
    session, said = open_session(audit=0.5), []
    for _ in range(12):
        project = once(session, server, report=said.append).project
        label_next(studio, project, 3)
    estimate = session.progress()["estimate"]
    assert estimate.n_audit > 10 and said.count(str(estimate)) == 1
    assert any("too few audit rows" in one for one in said)


def test_what_a_stopping_criterion_says_is_told_once(studio, server, open_session):
    session, said = open_session(stopping=LabelBudget(3)), []
    for _ in range(4):
        project = once(session, server, report=said.append).project
        label_next(studio, project, 2)
    assert sum("There are enough labels" in one for one in said) >= 1


def test_rows_of_others_are_not_shown(studio, server, session):
    theirs = session.next(3, annotator="carol")
    once(session, server)
    assert not set(theirs) & set(open_tasks(studio)) and session.pending("carol") == theirs


def test_an_answer_that_comes_while_tasks_are_added_is_taken(studio, server, session, monkeypatch):
    project = once(session, server).project
    add_tasks = server.add_tasks

    def add_and_answer(*args):
        add_tasks(*args)
        label_next(studio, project, 1)

    monkeypatch.setattr(server, "add_tasks", add_and_answer)
    label_next(studio, project, 1)
    looks = []

    def sleep(seconds):
        looks.append(len(session.records()))
        if len(looks) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        sync(session, server, n=5)
    assert looks == [1, 2, 3, 4]


def test_it_ends_when_nothing_is_left(studio, server, open_session, monkeypatch):
    session = open_session(TEXTS[:8])
    said = []
    monkeypatch.setattr("time.sleep", lambda seconds: label_next(studio, 1, 1))
    synced = sync(session, server, n=3, report=said.append)
    assert synced == (1, 8, 0) and session.progress()["n_labeled"] == 8
    assert said[-1] == "Answers: 1, open: 0; 8 of 8 rows are labeled."


# Servers that do not answer


def test_a_server_that_is_away_is_waited_for(studio, server, session, monkeypatch):
    waited, said = [], []

    def sleep(seconds):
        waited.append(seconds)
        if len(waited) == 1:
            label_next(studio, 1, 2)
            studio.stop()
        if len(waited) == 8:
            studio.start()
        if len(waited) == 10:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        sync(session, server, n=5, every=7, report=said.append)
    assert waited == [7, 1, 2, 4, 8, 16, 32, 60, 7, 7]
    assert sum("does not answer" in one for one in said) == 1
    assert "The server answers again." in said
    assert len(session.records()) == 2 and len(open_tasks(studio)) == 5


@pytest.mark.parametrize("failure", [502, 429, "lost"])
@pytest.mark.parametrize("after", range(9))
def test_nothing_is_doubled_where_an_answer_is_lost(
    studio, server, session, monkeypatch, failure, after
):
    project = once(session, server).project
    label_next(studio, project, 2)
    n_slept = 0

    def sleep(seconds):
        nonlocal n_slept
        n_slept += 1
        if n_slept == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    studio.failures = [None] * (3 + after) + [failure]
    with pytest.raises(KeyboardInterrupt):
        sync(session, server, n=5)
    assert not studio.failures
    assert len(session.records()) == 2 and set(open_tasks(studio)) == set(session.pending())
    assert len(open_tasks(studio)) == 5
    # The order is that of the present model, in spite of all.
    ranked = [one["id"] for one in session.ranked()]
    assert label_next(studio, project, 5) == ranked


def test_a_refusal_for_good_ends_it(studio, server, session, monkeypatch):
    once(session, server)
    studio.annotate(next(iter(studio.tasks)), "pos")
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    def refuse(*args, **kwargs):
        raise RefusedError("no")

    monkeypatch.setattr(server, "add_predictions", refuse)
    with pytest.raises(RefusedError):
        sync(session, server, n=5)


def test_a_server_that_is_not_there_is_an_error(session):
    with running() as gone:
        url = gone.url
    with pytest.raises(ServerAwayError, match="does not answer: .*refused"):
        once(session, LabelStudio(url, TOKEN))


# Bad input


@pytest.mark.parametrize(
    ("labeling", "message"),
    [
        (BOXES, "no Choices tag .*asks for 'RectangleLabels'.*Give a project that has one"),
        (
            config(["pos", "meh"]),
            r"has the choices 'pos', 'meh', but not 'neg'.*Add <Choice value=\"neg\"/>",
        ),
        (config([*CLASSES, "meh"]), "has the choices 'meh', which are not among the classes"),
        (config(choice="multiple"), 'choice="multiple".*Write choice="single"'),
        (config(text="$review"), r"shows \$review.*have the columns 'text'"),
        ("<View><Choices", "cannot be read as XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><View/>', "DOCTYPE"),
    ],
)
def test_a_project_that_does_not_fit_is_refused(studio, server, session, labeling, message):
    frame = labeling.find("$review") > 0
    project = studio.add_project(labeling)
    if frame:
        shown = Shown({"text": "text", "stars": "value"}, lambda ids: [])
        with pytest.raises(LabelStudioError, match=r"shows \$review.*'text', 'stars'"):
            once(session, server, project, shown=shown)
        return
    with pytest.raises(LabelStudioError, match=message):
        once(session, server, project)
    assert session.pending() == [] and studio.tasks == {}


def test_a_project_that_does_not_exist_is_refused(server, session):
    with pytest.raises(LabelStudioError, match=r"There is no project 77 on .*a project is made"):
        once(session, server, 77)


def test_one_of_several_questions_is_chosen(studio, server, session):
    two = config().replace(
        "</View>",
        '<Choices name="mood" toName="text"><Choice value="x"/></Choices></View>',
    )
    project = studio.add_project(two)
    once(session, server, project)
    studio.annotate(next(iter(studio.tasks)), "x", name="mood")
    once(session, server, project)
    assert session.records() == [] and len(session.skipped()) == 1
    with pytest.raises(LabelStudioError, match="question must be .*'label', 'mood', got 'topic'"):
        once(session, server, project, question="topic")
    same = studio.add_project(two.replace('value="x"', 'value="pos"').replace('"neg"', '"pos"'))
    with pytest.raises(LabelStudioError, match="several Choices tags, 'label', 'mood'.*question"):
        once(session, server, same)


def test_a_new_project_needs_two_classes(studio, server, open_session):
    session = open_session(classes=None)
    with pytest.raises(LabelStudioError, match="at least two classes.*--classes A,B"):
        once(session, server)
    assert studio.projects == {} and session.pending() == []
    once(session, server, classes=["a", "b"])
    assert len(studio.tasks) == 5


def test_the_project_is_remembered_and_can_be_another(studio, server, session):
    first = once(session, server).project
    assert once(session, server).project == first
    second, said = studio.add_project(config()), []
    assert once(session, server, second, report=said.append).project == second
    assert any(f"Until now it was project {first}" in one for one in said)
    per_project = [one["project"] for one in studio.tasks.values()]
    assert per_project.count(first) == per_project.count(second) == 5
    assert once(session, server).project == second


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost:8080", "url must be the address"),
        ("ftp://localhost", "url must be the address"),
        ("http://anna:secret@localhost", "must not hold a name or a password"),
        ("http://localhost/projects/5/data?tab=3", "server alone, such as http://localhost, got"),
    ],
)
def test_an_address_is_checked(url, message):
    with pytest.raises(LabelStudioError, match=message) as caught:
        LabelStudio(url, TOKEN)
    assert "secret" not in str(caught.value)


def test_what_is_not_label_studio_is_refused(studio, session):
    for status, text in ((200, b"<html>Hello</html>"), (200, b"[]"), (404, b'{"a": 1}')):
        studio.respond = lambda *args, answer=(status, text): answer
        with pytest.raises(LabelStudioError, match="is not Label Studio.*address of the server"):
            once(session, LabelStudio(studio.url, TOKEN))


def test_the_token_is_not_sent_to_where_an_answer_leads(studio, session):
    studio.respond = lambda *args: (302, b"")
    with pytest.raises(LabelStudioError, match="sends elsewhere, to http://elsewhere.invalid/log"):
        once(session, LabelStudio(studio.url, TOKEN))


# The token


def test_the_token_is_shown_nowhere(studio, session, tmp_path, monkeypatch, caplog):
    secret = "wrong-0123456789"
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", secret)
    server = LabelStudio(studio.url)
    with pytest.raises(
        LabelStudioError, match="does not accept the token.*Account & Settings"
    ) as e:
        once(session, server)
    assert secret not in str(e.value) + repr(server) + repr(vars(server)) + caplog.text
    with pytest.raises(TypeError, match="holds a token"):
        pickle.dumps(server)
    once(session, LabelStudio(studio.url, TOKEN))
    for file in tmp_path.iterdir():
        assert TOKEN.encode() not in file.read_bytes()


def test_without_a_token_there_is_an_error(monkeypatch):
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    with pytest.raises(LabelStudioError, match="environment variable LABEL_STUDIO_API_KEY"):
        LabelStudio("http://localhost")
    for token in ("", "two words", "Ключ", "line\nbreak"):
        with pytest.raises(LabelStudioError, match="token must be what the page") as caught:
            LabelStudio("http://localhost", token)
        assert not token or token not in str(caught.value)


def test_a_personal_access_token_is_exchanged_and_renewed(studio, session):
    """Such a token is exchanged for a key that expires after minutes."""
    respond, keys = studio.respond, []

    def exchanging(method, path, body, headers):
        if path == "/api/token/refresh/":
            assert body == {"refresh": "a.b.c"} and "Authorization" not in headers
            keys.append(f"key {len(keys)}")
            return 200, {"access": keys[-1]}
        if headers.get("Authorization") == f"Bearer {keys[-1]}" and exchanging.n_left > 0:
            exchanging.n_left -= 1
            return respond(method, path, body, {"Authorization": f"Token {TOKEN}"})
        exchanging.n_left = 3
        return 401, {"detail": "Token is expired"}

    exchanging.n_left = 3
    studio.respond = exchanging
    once(session, LabelStudio(studio.url, "a.b.c"))
    assert len(open_tasks(studio)) == 5 and len(keys) > 1


# What people see


def test_a_table_shows_texts_images_and_the_rest(studio, server, open_session, tmp_path):
    (tmp_path / "cat.png").write_bytes(b"not really")
    rows = [
        {"body text": TEXTS[i], "photo": photo, "Größe": size, "secret": "x"}
        for i, (photo, size) in enumerate([("cat.png", 1.5), ("https://a.org/b.jpg", None)] * 20)
    ]
    columns = {"body text": "text", "photo": "image", "Größe": "value"}
    shown = Shown(columns, lambda ids: [rows[id_] for id_ in ids], str(tmp_path))
    session = open_session(classes=['a "b" <c>', "d & e"])
    project = once(session, server, shown=shown).project
    made = parsed(studio.projects[project]["label_config"])
    assert [(tag.tag, tag.get("value")) for tag in made] == [
        ("Header", "body text"),
        ("Text", "$text_1"),
        ("Header", "photo"),
        ("Image", "$photo"),
        ("Table", "$skal_row"),
        ("Choices", None),
    ]
    assert [tag.get("value") for tag in made.iter("Choice")] == session.classes
    encoded = base64.b64encode(b"not really").decode()
    for row, task in open_tasks(studio).items():
        photo = rows[row]["photo"] if row % 2 else f"data:image/png;base64,{encoded}"
        assert task["data"] == {
            "text_1": TEXTS[row],
            "photo": photo,
            "skal_row": {"Größe": rows[row]["Größe"]},
            "skal_id": row,
        }


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("gone.png", "The image .*gone.png cannot be read"),
        ("/etc/passwd", "The image /etc/passwd must end with .png, .jpg"),
        ("large.png", "large.png has 6,000,000 bytes.*Give their addresses"),
    ],
)
def test_an_image_that_cannot_be_sent_is_named(server, session, tmp_path, place, message):
    (tmp_path / "large.png").write_bytes(bytes(6_000_000))
    shown = Shown({"a": "image"}, lambda ids: [{"a": place} for _ in ids], str(tmp_path))
    with pytest.raises(LabelStudioError, match=message):
        once(session, server, shown=shown)


def test_many_columns_stand_in_several_tables(studio, server, session):
    """Label Studio shows ten lines of a table, and the others on a further page."""
    columns = {f"c{i}": "value" for i in range(23)}
    shown = Shown(columns, lambda ids: [dict.fromkeys(columns, id_) for id_ in ids])
    project = once(session, server, shown=shown).project
    made = parsed(studio.projects[project]["label_config"])
    assert [tag.get("value") for tag in made.iter("Table")] == [
        *("$skal_row", "$skal_row_2", "$skal_row_3"),
    ]
    for row, task in open_tasks(studio).items():
        sizes = [len(task["data"][name]) for name in ("skal_row", "skal_row_2", "skal_row_3")]
        assert sizes == [10, 10, 3] and task["data"]["skal_row_3"]["c22"] == row
    # A config of one's own may have one table for all.
    own = '<View><Table name="text" value="$skal_row"/>' + config().partition("/>")[2]
    once(session, server, studio.add_project(own), shown=shown)
    assert len(list(studio.tasks.values())[-1]["data"]["skal_row"]) == 23


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (TEXTS, "text"),
        (["one two", "three"], "value"),
        (["x" * 50], "text"),
        (["a.png", "b/c.JPG", None], "image"),
        (["https://example.org/a.jpeg?size=9"], "image"),
        ([1.5, float("nan")], "value"),
        ([None], "value"),
        ([], "value"),
        (["a.png", "red"], "value"),
    ],
)
def test_columns_are_shown_by_what_they_hold(values, role):
    assert role_of(values) == role


@pytest.mark.parametrize("kind", ["array", "frame", "polars", "sparse"])
def test_rows_of_any_kind_are_shown(studio, server, open_session, kind):
    import polars as pl
    import scipy.sparse as sp

    numbers = np.arange(80.0).reshape(40, 2) % 7
    X = {
        "array": numbers,
        "frame": pd.DataFrame(numbers, columns=["x0", "x1"]),
        "polars": pl.DataFrame({"x0": numbers[:, 0], "x1": numbers[:, 1]}),
        "sparse": sp.csr_matrix(numbers),
    }[kind]
    session = open_session(X)
    once(session, server)
    for row, task in open_tasks(studio).items():
        assert task["data"]["skal_row"] == dict(zip(["x0", "x1"], numbers[row], strict=True))


def test_what_the_project_does_not_show_is_not_sent(studio, server, open_session):
    frame = pd.DataFrame({"text": TEXTS, "secret": range(40)})
    session = open_session(frame)
    once(session, server, studio.add_project(config()))
    assert all(set(task["data"]) == {"text", "skal_id"} for task in studio.tasks.values())


# In the notebook of what was done


def test_the_session_remembers_no_more_than_it_must(studio, server, session):
    project = once(session, server).project
    label_next(studio, project, 1)
    once(session, server)
    note = read_note(session.path, "label studio")
    assert set(note) == {"url", "project", "session", "tasks", "answers"}
    ((row, answers),) = note["answers"].items()
    assert answers["anna@example.org"]["choice"] == truth(int(row))


def test_it_runs_beside_another_thread_that_labels(studio, server, open_session):
    """Two programs have the session open; neither takes what the other was offered."""
    session = open_session()
    once(session, server)
    label_next(studio, 1, 3)
    once(session, server)
    done = []

    def label():
        with LabelingSession(session.path, ActiveLearner(), TEXTS, classes=CLASSES) as mine:
            ids = mine.pending()
            done.extend(ids)

    thread = threading.Thread(target=label)
    thread.start()
    thread.join()
    assert set(done) == set(open_tasks(studio))


# The command line


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    frame = pd.DataFrame(
        {
            "review": [f"{text}, and so on for a while" for text in TEXTS],
            "stars": np.arange(40) % 5,
            "mood": [""] * 40,
        }
    )
    path = tmp_path / "reviews.csv"
    frame.to_csv(path, index=False)
    return str(path)


def label_all(studio):
    """Answer all open tasks by the row of the table, which is counted from 1."""
    for row, task in open_tasks(studio).items():
        studio.annotate(task["id"], truth(row - 1))


def test_the_command_keeps_a_table_and_a_project_in_step(studio, run, table, tmp_path):
    command = ["sync", table, "--label-studio", studio.url, "--once", "-n", 6]
    code, said = run(*command, "--label", "mood", "--classes", "pos,neg")
    assert code == 0 and f"Made project 1: {studio.url}/projects/1" in said
    assert "0 of 40 rows are labeled, 6 pending." in said
    assert studio.projects[1]["title"] == "reviews.csv"
    task = next(iter(studio.tasks.values()))
    place = task["data"]["skal_id"] - 1
    assert task["data"]["review"].startswith(TEXTS[place])
    assert task["data"]["skal_row"] == {"stars": str(place % 5)}
    label_all(studio)
    code, said = run(*command)
    assert code == 0 and "Answers: 6, new tasks: 6, open: 6; 6 of 40 rows are labeled." in said
    assert run("export", table, "-o", tmp_path / "out.csv")[0] == 0
    labels = pd.read_csv(tmp_path / "out.csv")["mood"]
    assert labels.notna().sum() == 6
    assert all(label == truth(row) for row, label in labels.dropna().items())


def test_the_command_ends_when_nothing_is_left(studio, run, table, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: label_all(studio))
    common = ["sync", table, "--label-studio", studio.url, "--label", "mood"]
    code, said = run(*common, "--classes", "pos,neg", "-n", 15)
    assert code == 0 and "40 of 40 rows are labeled" in said and "Nothing is left" in said


def test_ctrl_c_is_the_way_to_stop_the_command(studio, run, table, monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    common = ["sync", table, "--label-studio", studio.url, "--label", "mood"]
    code, said = run(*common, "--classes", "pos,neg")
    assert code == 0 and "Tasks that are open stay open" in said and "20 pending" in said


def test_wrong_input_of_the_command_ends_with_two(studio, run, table, monkeypatch):
    boxes, meh = studio.add_project(BOXES), studio.add_project(config(["pos", "meh"]))
    common = ["sync", table, "--label", "mood", "--once", "--label-studio"]
    classes = ["--classes", "pos,neg"]
    wrong = {
        (studio.url,): "at least two classes.*--classes A,B",
        (studio.url, "--project", 77, *classes): "There is no project 77",
        (studio.url, "--project", boxes, *classes): "no Choices tag",
        (studio.url, "--project", meh, *classes): "not 'neg'",
        ("http://127.0.0.1:9", *classes): "does not answer",
        ("localhost:8080", *classes): "--label-studio must be the address",
    }
    for options, message in wrong.items():
        code, said = run(*common, *options)
        assert code == 2 and re.search(message, said) and "Traceback" not in said
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "wrong-secret")
    code, said = run(*common, studio.url, *classes)
    assert code == 2 and "does not accept the token" in said and "wrong-secret" not in said
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    code, said = run(*common, studio.url, *classes)
    assert code == 2 and "LABEL_STUDIO_API_KEY must hold a token" in said
    assert studio.tasks == {}


def test_a_person_is_asked_for_the_token(studio, run, table, monkeypatch):
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda question: TOKEN)
    common = ["sync", table, "--label", "mood", "--once", "--label-studio", studio.url]
    code, said = run(*common, "--classes", "pos,neg")
    assert code == 0 and len(studio.tasks) == 20 and TOKEN not in said
