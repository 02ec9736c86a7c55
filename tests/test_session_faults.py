"""What a labeling session must survive."""

import contextlib
import errno
import functools
import os
import pathlib
import resource
import shutil
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from session_script import label_of, open_session, run_script
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import ScoreStrategy

X = np.arange(40.0).reshape(-1, 1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


# Processes


class Books:
    """What a session must hold after some actions."""

    def __init__(self, actions=()):
        self.actions = list(actions)

    def after(self, kind, ids):
        return Books(self.actions[:-1] if kind == "undo" else [*self.actions, (kind, ids)])

    def ids(self, wanted):
        return [id_ for kind, ids in self.actions for id_ in ids if kind == wanted]

    def hold(self, life):
        labels = [[id_, label_of(id_)] for id_ in self.ids("label")]
        same_skipped = sorted(life["skipped"]) == sorted(self.ids("skip"))
        return same_skipped and sorted(life["labels"]) == sorted(labels)


def test_no_acknowledged_label_is_lost_or_doubled_by_200_kills(path):
    books, n_done, n_cut_off = Books(), 0, 0
    for life in run_script("kill", path, 200, 0):
        announced = None
        for kind, ids in life["said"]:
            if kind == "done":
                books, announced = books.after(*announced), None
                n_done += 1
            else:
                announced = kind, ids
        # A call that was cut off counts as a whole or not at all.
        if announced is not None and not books.hold(life):
            books = books.after(*announced)
            n_cut_off += 1
        assert books.hold(life)
    assert n_done > 200 and n_cut_off > 0


def test_processes_at_work_on_one_file_share_the_rows(path):
    told = run_script("race", path, 3)
    assert told["codes"] == [0, 0, 0]
    said = [(name, id_) for spoken in told["said"] for name, ids in spoken for id_ in ids]
    assert Counter(id_ for _, id_ in said) == Counter(f"row {i}" for i in range(150))
    with open_session(path, 150) as session:
        records = session.records()
    assert sorted((one["annotator"], one["id"]) for one in records) == sorted(said)


@pytest.fixture
def impatient(monkeypatch):
    """Do not wait long for another process."""
    monkeypatch.setattr("skal.session._database.PATIENCE", 0.05)


def test_a_session_that_another_process_is_creating_is_no_foreign_file(
    path, monkeypatch, impatient
):
    connect, others = sqlite3.connect, []

    class Slow(sqlite3.Connection):
        def execute(self, sql, *parameters):
            if "application_id" not in sql or others:
                return super().execute(sql, *parameters)
            row = super().execute(sql, *parameters).fetchone()
            others.append("another process opens the file")
            with contextlib.suppress(TimeoutError), monkeypatch.context() as undone:
                undone.setattr(sqlite3, "connect", connect)
                LabelingSession(path, None, X).close()
            return SimpleNamespace(fetchone=lambda: row)

    monkeypatch.setattr(sqlite3, "connect", functools.partial(connect, factory=Slow))
    with LabelingSession(path, None, X) as session:
        assert session.progress()["n_pool"] == 40
    assert others


def test_two_sessions_see_what_the_other_one_does(path):
    with LabelingSession(path, None, X) as one, LabelingSession(path, None, X) as other:
        ids = one.next(3)
        assert other.pending() == ids
        assert not set(other.next(30)) & set(ids)
        other.label(ids[0], "a")
        assert one.progress()["n_labeled"] == 1
        with pytest.raises(ValueError, match="labeled already"):
            one.label(ids[0], "b")


def interrupted(interrupt):
    """A learner that chooses the first rows of the pool, and is interrupted while it does."""

    class FirstRows(ScoreStrategy):
        def score_samples(self, pool):
            interrupt()
            return -np.arange(len(pool))

    return ActiveLearner(cold_start=FirstRows())


def test_rows_taken_while_the_model_was_fitted_are_not_offered_twice(path):
    taken = []

    def take_the_same_rows():
        if not taken:
            taken.extend(other.next(5))

    learner = interrupted(take_the_same_rows)
    other = LabelingSession(path, interrupted(lambda: None), X)
    with other, LabelingSession(path, learner, X) as one:
        ids = one.next(5)
        assert len(taken) == len(ids) == 5
        assert not set(taken) & set(ids)
        assert taken == [0, 1, 2, 3, 4]


def test_two_sessions_do_not_spend_the_same_money(path):
    limits = {"prices": np.ones(len(X)), "budget": 7, "refit_every": 100}

    def spend():
        if not other.progress()["n_labeled"]:
            # Other rows than the first five, so that only the money runs short.
            other.label(range(5, 11), ["a"] * 6)

    other = LabelingSession(path, None, X, **limits)
    with other, LabelingSession(path, interrupted(spend), X, **limits) as one:
        assert len(one.next(5)) == 1
        assert one.next(5) == []


def test_another_process_that_writes_for_too_long_is_named(path, impatient):
    with LabelingSession(path, None, X) as session:
        busy = sqlite3.connect(path, isolation_level=None)
        busy.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError, match="Another process"):
            session.label(3, "a")
        busy.execute("ROLLBACK")
        busy.close()
        session.label(3, "a")
        assert session.progress()["n_labeled"] == 1


def test_a_session_belongs_to_a_thread(path):
    with LabelingSession(path, None, X) as session, ThreadPoolExecutor(1) as pool:
        with pytest.raises(RuntimeError, match="belongs to the thread that opened it"):
            pool.submit(session.label, 1, "a").result()
        session.label(1, "a")


def test_a_session_is_not_used_across_a_fork(path):
    with LabelingSession(path, None, X) as session:
        child = os.fork()
        if not child:
            try:
                session.label(1, "a")
            except RuntimeError as error:
                os._exit(0 if "fork" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        session.label(1, "b")


# Disks


@pytest.fixture
def connection(monkeypatch):
    """Return the connection to the database that the session opened last."""
    opened, connect = [], sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *args, **kw: opened.append(connect(*args, **kw)) or opened[-1]
    )
    return lambda: opened[-1]


def fill_by_pages(path, connection):
    n_pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {n_pages}")
    return lambda: connection.execute("PRAGMA max_page_count = 1000000")


def fill_by_file_size(path, connection):
    size = max(file.stat().st_size for file in path.parent.iterdir())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5000, before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("fill", [fill_by_pages, fill_by_file_size])
def test_a_disk_that_is_full_loses_nothing_that_was_acknowledged(path, fill, connection):
    X = np.zeros((5000, 1))
    with LabelingSession(path, None, X) as session:
        session.label(0, "a")
        free_space = fill(path, connection())
        acknowledged, error = {0}, None
        try:
            for start in range(1, 5000, 200):
                ids = range(start, min(start + 200, 5000))
                session.label(ids, ["b"] * len(ids))
                acknowledged |= set(ids)
        except OSError as caught:
            error = caught
            assert set(session.verdicts()) == acknowledged
        finally:
            free_space()
        assert error is not None and str(path) in str(error)
        session.label(start, "c")
        acknowledged.add(start)
    with LabelingSession(path, None, X) as session:
        assert set(session.verdicts()) == acknowledged


def test_a_full_disk_is_called_by_its_name(path, connection):
    with LabelingSession(path, None, np.zeros((5000, 1))) as session:
        fill_by_pages(path, connection())
        with pytest.raises(OSError, match="disk is full") as caught:
            session.label(range(5000), ["a"] * 5000)
        assert caught.value.errno == errno.ENOSPC
        assert session.progress()["n_labeled"] == 0


def test_every_commit_is_synced(path, connection):
    with LabelingSession(path, None, X):
        assert connection().execute("PRAGMA synchronous").fetchone()[0] >= 2
        assert connection().execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_write_torn_by_power_loss_takes_no_earlier_label_with_it(path, tmp_path):
    with LabelingSession(path, None, X) as session:
        sizes = []
        for id_ in range(8):
            session.label(id_, "a")
            sizes.append(os.path.getsize(f"{path}-wal"))
        for n_labels, size in enumerate(sizes, start=1):
            torn = tmp_path / f"torn-{n_labels}.skal"
            shutil.copy(path, torn)
            whole = pathlib.Path(f"{path}-wal").read_bytes()
            # All of the commits up to here, and the beginning of the next one.
            pathlib.Path(f"{torn}-wal").write_bytes(whole[:size] + whole[size : size + 1000])
            with LabelingSession(torn, None, X) as recovered:
                assert list(recovered.verdicts()) == list(range(n_labels))


# Files


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_text("id,label\n1,cat\n" * 500)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="not a labeling session"):
        LabelingSession(path, None, X)
    assert path.read_bytes() == before


@pytest.mark.parametrize("pragma", ["", "PRAGMA user_version = 3"])
def test_a_database_of_another_program_is_refused_and_left_alone(path, pragma):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE actions (seq INTEGER)")
    connection.execute(pragma)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ValueError, match="database of another program"):
        LabelingSession(path, None, X)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused(path):
    LabelingSession(path, None, X).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(ValueError, match="newer version of skal: its format is 7.* up to 2"):
        LabelingSession(path, None, X)


def test_a_damaged_file_is_refused(path):
    with LabelingSession(path, None, X) as session:
        session.label(range(40), ["a"] * 40)
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        LabelingSession(path, None, X)


def test_an_empty_file_is_a_new_session(path):
    path.touch()
    with LabelingSession(path, None, X) as session:
        assert session.progress()["n_pool"] == 40


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        LabelingSession(tmp_path / "nowhere" / "a.skal", None, X)


def test_a_closed_session_says_so(path):
    session = LabelingSession(path, None, X)
    session.close()
    session.close()
    with pytest.raises(ValueError, match="is closed. Open it again"):
        session.label(1, "a")


def test_an_error_of_the_estimator_reaches_the_user_and_offers_nothing(path):
    class Refuses(LogisticRegression):
        def fit(self, X, y):
            raise ArithmeticError("no")

    with LabelingSession(path, ActiveLearner(Refuses()), X, y=[0, 1, *[None] * 38]) as session:
        with pytest.raises(ArithmeticError, match="no"):
            session.next(3)
        assert session.pending() == []
