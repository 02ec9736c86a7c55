"""Sessions and a real Label Studio: nothing is lost on either side, and nothing doubled."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from studio import ANNA, TOKEN

from skal import ActiveLearner
from skal.label_studio import LabelStudio, LabelStudioError, sync
from skal.session import LabelingSession
from skal.strategies import UncertaintySampling

TEXTS = [f"{'a good' if i % 3 else 'an ugly'} thing, number {i}" for i in range(40)]
CLASSES = ["pos", "neg"]
BOXES = """<View><Image name="i" value="$text"/>
<RectangleLabels name="box" toName="i"><Label value="a"/></RectangleLabels></View>"""
OTHERS = """<View><Text name="text" value="$text"/><Choices name="mood" toName="text">
<Choice value="glad"/><Choice value="sad"/></Choices></View>"""


@pytest.fixture
def server(studio):
    return LabelStudio(studio.url, TOKEN)


@pytest.fixture
def open_session(tmp_path):
    opened = []

    def open_session(X=TEXTS):
        model = make_pipeline(TfidfVectorizer(), LogisticRegression())
        learner = ActiveLearner(model, UncertaintySampling(), random_state=0)
        opened.append(LabelingSession(tmp_path / "a.skal", learner, X, classes=CLASSES))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


def once(session, server, project=None, n=5, **arguments):
    return sync(session, server, project, n=n, once=True, **arguments)


def truth(row):
    return "pos" if row % 3 else "neg"


def by_row(studio, project):
    """Return the tasks of a project by row, of which each has one."""
    tasks = studio.tasks(project)
    rows = {task["data"]["skal_id"]: task for task in tasks}
    assert len(rows) == len(tasks)
    return rows


def open_rows(studio, project):
    return {row for row, task in by_row(studio, project).items() if not task["annotations"]}


def label_next(studio, project, n):
    """Answer the tasks that the server hands out; return their rows."""
    rows = []
    for _ in range(n):
        task = studio.next_task(project)
        rows.append(task["data"]["skal_id"])
        studio.annotate(task["id"], truth(rows[-1]))
    return rows


def test_the_order_of_the_project_is_that_of_the_session(studio, server, open_session):
    session = open_session()
    project = once(session, server).project
    assert label_next(studio, project, 5) == list(session.pending())
    for _ in range(3):
        once(session, server, project)
        pending = session.pending()
        best = session.model().query([TEXTS[row] for row in pending], len(pending))
        assert len(pending) == 5 and open_rows(studio, project) == set(pending)
        expected = [pending[i] for i in best[:3]]
        assert label_next(studio, project, 3) == expected
        # Predictions of earlier models are gone.
        for row in open_rows(studio, project):
            (prediction,) = by_row(studio, project)[row]["predictions"]
            (label,) = session.model().predict([TEXTS[row]])
            assert prediction["result"][0]["value"]["choices"] == [label]


def test_two_people_get_tasks_in_the_order_in_which_they_were_chosen(
    studio, server, open_session, bob
):
    session = open_session()
    project = once(session, server).project
    chosen = session.pending()
    first = studio.next_task(project)
    assert first["data"]["skal_id"] == chosen[0]
    studio.annotate(first["id"], truth(chosen[0]), bob)
    assert label_next(studio, project, 3) == chosen[1:4]
    once(session, server)
    assert label_next(studio, project, 1) == chosen[4:]
    once(session, server)
    who = {one["id"]: one["annotator"] for one in session.records()}
    assert who == {chosen[0]: "bob@example.org", **dict.fromkeys(chosen[1:], ANNA)}


def test_answers_change_and_go(studio, server, open_session, bob):
    session = open_session()
    project = once(session, server).project
    first, second, third, fourth, _ = session.pending()
    task = {row: one["id"] for row, one in by_row(studio, project).items()}
    mine = studio.annotate(task[first], "pos")
    his = studio.annotate(task[first], "neg", bob)
    skip = studio.annotate(task[second], None)
    studio.annotate(task[third], [])
    assert once(session, server).n_answers == 4
    assert session.disagreements() == {first: {ANNA: "pos", "bob@example.org": "neg"}}
    assert session.skipped() == [second, third]
    studio.change(mine, "neg")
    studio.withdraw(his)
    studio.change(skip, "pos")
    studio.delete_task(task[fourth])
    once(session, server)
    assert session.verdicts() == {first: "neg", second: "pos"}
    assert session.skipped() == [third] and session.progress()["n_disagreements"] == 0
    tasks = by_row(studio, project)
    assert fourth not in tasks or tasks[fourth]["id"] != task[fourth]
    assert open_rows(studio, project) == set(session.pending()) and len(session.pending()) == 5
    studio.withdraw(mine)
    once(session, server)
    assert session.verdicts() == {second: "pos"} and first in session.pending()
    assert once(session, server).n_answers == 0


def test_hundreds_of_tasks_take_a_few_requests(studio, server, open_session, monkeypatch):
    session = open_session([f"{TEXTS[i % 40]} again {i}" for i in range(600)])
    asked, send = [], urllib.request.OpenerDirector.open

    def counted(*args, **kwargs):
        asked.append(args)
        return send(*args, **kwargs)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", counted)
    project = once(session, server, n=500).project
    assert len(open_rows(studio, project)) == 500 and len(asked) < 20


class Loop:
    """`sync` in a thread, with a session of its own."""

    def __init__(self, open_session, studio, **arguments):
        self.said, self._error = [], None

        def report(sentence):
            self.said.append(sentence)

        def run():
            session = open_session()  # by the thread that uses it
            try:
                sync(
                    session,
                    LabelStudio(studio.url, TOKEN),
                    every=0.3,
                    report=report,
                    **arguments,
                )
            except BaseException as error:
                self._error = error
            finally:
                session.close()

        self.thread = threading.Thread(target=run)
        self.thread.start()

    def join(self):
        self.thread.join(180)
        assert not self.thread.is_alive()
        if self._error is not None:
            raise self._error


def test_the_server_is_restarted_in_mid_loop_and_away_for_a_while(studio, server, open_session):
    texts = TEXTS[:16]
    project = once(open_session(texts), server, n=4).project
    loop = Loop(lambda: open_session(texts), studio, n=4)
    n_done = 0
    while n_done < 16:
        task = studio.next_task(project)
        if task is None:  # the next ones come in a moment
            time.sleep(0.2)
            continue
        row = task["data"]["skal_id"]
        studio.annotate(task["id"], truth(row))
        n_done += 1
        if n_done == 6:
            studio.stop()
            time.sleep(6)
            studio.start()
    loop.join()
    assert sum("does not answer" in one for one in loop.said) == 1
    assert "The server answers again." in loop.said
    session = open_session(texts)
    assert session.verdicts() == {row: truth(row) for row in range(16)}
    assert len(session.records()) == 16 and len(by_row(studio, project)) == 16


def run_cli(studio, table, *options):
    command = [sys.executable, "-m", "skal", "sync", table, "--label-studio", studio.url]
    env = {
        **os.environ,
        "LABEL_STUDIO_API_KEY": TOKEN,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return subprocess.Popen(
        [*command, *map(str, options)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def table(tmp_path):
    frame = pd.DataFrame({"text": [f"{one}, and more words" for one in TEXTS], "mood": ""})
    frame.to_csv(tmp_path / "texts.csv", index=False)
    return str(tmp_path / "texts.csv")


def test_the_command_may_be_killed_at_any_moment(studio, table):
    """People go on labeling while the command is killed and started again."""
    begun = run_cli(studio, table, "--label", "mood", "--classes", "pos,neg", "--once", "-n", 4)
    said, _ = begun.communicate(timeout=120)
    assert begun.returncode == 0 and f"{studio.url}/projects/" in said
    project = int(said.split("/projects/")[1].split()[0])
    draw, n_done = np.random.RandomState(0), 0
    for _ in range(5):
        process = run_cli(studio, table, "--every", 1, "-n", 4)
        deadline = time.monotonic() + 2.5 + 2 * draw.rand()
        while time.monotonic() < deadline:
            task = studio.next_task(project)
            if task is not None and draw.rand() < 0.7:
                studio.annotate(task["id"], truth(task["data"]["skal_id"] - 1))
                n_done += 1
            time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    last = run_cli(studio, table, "--once", "-n", 4)
    said, _ = last.communicate(timeout=120)
    assert last.returncode == 0 and f"{n_done} of 40 rows are labeled" in said
    rows = by_row(studio, project)
    done = {row - 1 for row, task in rows.items() if task["annotations"]}
    assert len(done) == n_done and len(rows) == n_done + min(4, 40 - n_done)
    out = Path(table).with_name("out.csv")
    command = [sys.executable, "-m", "skal", "export", table, "-o", str(out)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run(command, check=True, env=env, capture_output=True)
    labels = pd.read_csv(out)["mood"].dropna()
    assert labels.to_dict() == {row: truth(row) for row in done}


def test_what_does_not_fit_is_refused(studio, server, open_session):
    session = open_session()
    with pytest.raises(LabelStudioError, match="does not accept the token: Invalid token"):
        once(session, LabelStudio(studio.url, "wrong"))
    with pytest.raises(LabelStudioError, match="There is no project 9999"):
        once(session, server, 9999)
    with pytest.raises(LabelStudioError, match="no Choices tag.*'RectangleLabels'"):
        once(session, server, studio.add_project(BOXES))
    with pytest.raises(LabelStudioError, match="not 'pos', 'neg'.*Add <Choice value="):
        once(session, server, studio.add_project(OTHERS))
    assert session.pending() == []


def test_a_personal_access_token_opens_the_door(studio, open_session):
    token = studio.ask("POST", "/api/token/", {})["token"]
    assert token.count(".") == 2
    assert once(open_session(), LabelStudio(studio.url, token)).n_open == 5


def test_exports_of_the_server_are_imported(studio, server, open_session, bob, tmp_path):
    session = open_session()
    project = once(session, server).project
    first, second, third, *_ = session.pending()
    task = {row: one["id"] for row, one in by_row(studio, project).items()}
    studio.annotate(task[first], "pos")
    studio.annotate(task[first], "neg", bob)
    studio.annotate(task[second], None)
    studio.annotate(task[third], "neg", bob)
    for kind, n_skipped in (("JSON", 1), ("JSON_MIN", 0)):
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(studio.export(project, kind)))
        with LabelingSession(tmp_path / f"{kind}.skal", None, TEXTS) as other:
            assert other.import_labels(file) == 3
            assert other.verdicts() == {first: "pos", third: "neg"}
            assert other.disagreements() == {first: {"1": "pos", str(bob): "neg"}}
            assert len(other.skipped()) == n_skipped


@pytest.fixture
def several(tmp_path):
    model = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
    learner, tags = ActiveLearner(model, random_state=0), ["cheap", "new", "quiet"]
    path = tmp_path / "several.skal"
    with LabelingSession(path, learner, TEXTS, classes=tags, several_labels=True) as session:
        yield session


def test_several_choices_go_both_ways(studio, server, several, bob):
    project = once(several, server, n=8).project
    truth = {row: ["cheap", "quiet"] if row % 3 else ["new"] for row in range(40)}
    first, second, *_ = several.pending()
    truth[first] = []
    task = {row: one["id"] for row, one in by_row(studio, project).items()}
    answers = {row: studio.annotate(task[row], truth[row]) for row in several.pending()}
    assert once(several, server, n=8).n_answers == 8
    assert several.verdicts() == {row: truth[row] for row in answers}
    # What the model predicts stands with the open tasks.
    for row, found in by_row(studio, project).items():
        if row in several.pending():
            (prediction,) = found["predictions"]
            (expected,) = several.ranked([row])
            choices = [one["value"]["choices"] for one in prediction["result"]]
            assert choices == ([expected["predicted"]] if expected["predicted"] else [])
    studio.change(answers[second], ["new", "quiet"])
    studio.annotate(task[first], ["cheap"], bob)
    once(several, server, n=8)
    assert several.verdicts()[second] == ["new", "quiet"]
    assert several.disagreements() == {first: {ANNA: [], "bob@example.org": ["cheap"]}}
    studio.withdraw(answers[second])
    once(several, server, n=8)
    assert second in several.pending()


@pytest.fixture
def numbers(tmp_path):
    learner = ActiveLearner(make_pipeline(TfidfVectorizer(), Ridge()), random_state=0)
    with LabelingSession(tmp_path / "numbers.skal", learner, TEXTS) as session:
        yield session


def test_numbers_go_both_ways(studio, server, numbers):
    project = once(numbers, server, n=8).project
    truth = {row: 3.25 if row % 3 else -9 for row in range(40)}
    task = {row: one["id"] for row, one in by_row(studio, project).items()}
    answers = {row: studio.annotate(task[row], truth[row]) for row in numbers.pending()}
    assert once(numbers, server, n=8).n_answers == 8
    assert numbers.verdicts() == {row: truth[row] for row in answers}
    for row, found in by_row(studio, project).items():
        if row in numbers.pending():
            (prediction,) = found["predictions"]
            (expected,) = numbers.ranked([row])
            (result,) = prediction["result"]
            assert result["type"] == "number"
            assert result["value"]["number"] == pytest.approx(expected["predicted"], rel=1e-5)
    row, mine = next(iter(answers.items()))
    studio.change(mine, 0.5)
    once(numbers, server, n=8)
    assert numbers.verdicts()[row] == 0.5
    with pytest.raises(LabelStudioError, match="no Number or Rating tag.*asks for 'Choices'"):
        once(numbers, server, studio.add_project(OTHERS))
