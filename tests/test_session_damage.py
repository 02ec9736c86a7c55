"""What a session does when its file was damaged or deleted, or written by an older skal."""

import importlib.util
import json
import os
import pathlib
import random
import shutil
import sqlite3
import warnings

import numpy as np
import pytest
from session_script import run_script
from sklearn.dummy import DummyClassifier

from skal import ActiveLearner
from skal.session import (
    DamagedSessionError,
    LabelingSession,
    read_note,
    salvage,
    update_note,
    write_note,
)
from skal.stopping import LabelBudget
from skal.strategies import RandomSampling

DATA = pathlib.Path(__file__).parent / "data"
N_ROWS = 60
IDS = [f"row {i}" for i in range(N_ROWS)]
X = np.arange(float(N_ROWS)).reshape(-1, 1)
# Both flips of bits and of bytes; the full number of a check of the file format is 200.
N_FLIPS = int(os.environ.get("SKAL_N_FLIPS", "25"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


def opened(path, X=X, ids=IDS):
    learner = ActiveLearner(
        DummyClassifier(), RandomSampling(), cold_start=RandomSampling(), random_state=0
    )
    return LabelingSession(path, learner, X, ids=ids, refit_every=10**9, stopping=LabelBudget(50))


def worked(path, n=20):
    """Return an open session with some of everything."""
    session = opened(path)
    for i in range(n):
        row = session.next(2, annotator=["anna", None, "bert"][i % 3])[0]
        session.label(row, f"class {i % 3}")
        if i % 5 == 3:
            session.skip(session.pending()[0])
        if i % 7 == 5:
            session.undo()
    write_note(path, "settings", {"model": "logistic"})
    return session


def content(session):
    return session.records(), session.offers(), session.skipped(), session.progress()


def labels_after_each_action(session):
    """Return what salvage may give: the labels after any number of whole actions."""
    numbers = range(session._log.record.seq + 1)
    records = map(session._log.record_at, numbers)
    return [
        [(json.loads(one.id), one.label, one.annotator) for one in record.entries()]
        for record in records
    ]


def copied(path, to):
    """Copy a session that is open, as it would be found after a kill."""
    to.mkdir(exist_ok=True)
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", to / f"{path.name}{end}")
    return to / path.name


# Damage


def flipped(data, rng, kind):
    data, place = bytearray(data), rng.randrange(len(data))
    data[place] ^= 1 << rng.randrange(8) if kind == "bit" else rng.randrange(1, 256)
    return bytes(data), place


@pytest.mark.parametrize("kind", ["bit", "byte"])
@pytest.mark.parametrize("end", ["", "-wal"])
def test_a_flip_is_harmless_or_reported(path, tmp_path, end, kind):
    session = worked(path)
    before, prefixes = content(session), labels_after_each_action(session)
    if end:
        path = copied(path, tmp_path / "copy")
    session.close()
    files = {name: pathlib.Path(f"{path}{name}").read_bytes() for name in {"", end}}
    rng, n_reported = random.Random(0), 0
    for i in range(N_FLIPS):
        damaged = tmp_path / f"{i}.skal"
        for name, data in files.items():
            pathlib.Path(f"{damaged}{name}").write_bytes(data)
        data, place = flipped(files[end], rng, kind)
        pathlib.Path(f"{damaged}{end}").write_bytes(data)
        try:
            with opened(damaged) as session:
                assert content(session) == before, place
            assert read_note(damaged, "settings") == {"model": "logistic"}, place
        except DamagedSessionError as error:
            assert str(damaged) in str(error) and "salvage" in str(error)
            n_reported += 1
            assert pathlib.Path(f"{damaged}{end}").read_bytes() == data
            salvaged = salvage(damaged)
            labels = [(one["id"], one["label"], one["annotator"]) for one in salvaged.records]
            assert labels == prefixes[salvaged.n_actions], place
            assert salvaged.problem.startswith("damaged"), place
        except ValueError as error:
            # Only a version that does not exist yet cannot be told from damage.
            assert "newer version" in str(error) and place in range(60, 64), place
    assert n_reported > 0


def test_every_word_of_the_last_frame_counts(path, tmp_path):
    """The end of the last call could be taken for one that was interrupted."""
    session = worked(path, n=3)
    copy = copied(path, tmp_path / "copy")
    session.close()
    wal = pathlib.Path(f"{copy}-wal")
    data = wal.read_bytes()
    # The header of the frame, and some of its page.
    for place in [
        *range(len(data) - 4120, len(data) - 4096),
        *range(len(data) - 4096, len(data), 97),
    ]:
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(data)
            damaged[place] ^= change
            wal.write_bytes(damaged)
            with pytest.raises(DamagedSessionError, match="a.skal-wal, frame [0-9]+ of"):
                opened(copy)
            assert wal.read_bytes() == damaged
    # Nothing but the number of transactions and the like was lost on the way.
    assert salvage(copy).n_actions == session._log.record.seq


def test_a_torn_end_of_the_write_ahead_log_is_no_damage(path, tmp_path):
    session = opened(path)
    session.label(IDS[0], "a")
    size = os.path.getsize(f"{path}-wal")
    session.label(IDS[1], "b")
    copy = copied(path, tmp_path / "copy")
    session.close()
    wal = pathlib.Path(f"{copy}-wal")
    data = wal.read_bytes()
    for end in (size, size + 10, size + 2000, len(data) - 4096, len(data) - 1):
        wal.write_bytes(data[:end])
        with opened(copy) as again:
            assert list(again.verdicts()) == [IDS[0]]
        copied(path, tmp_path / "copy") if path.exists() and wal.exists() else None
        shutil.copyfile(path, copy) if not wal.exists() else None
    # The last frame was begun in the place of an older one: told, as it may have been damage.
    wal.write_bytes(data[: len(data) - 4096] + bytes(4096))
    with pytest.warns(UserWarning, match="last write to .*a.skal-wal, frame .* is not complete"):
        opened(copy).close()


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("UPDATE actions SET kind = 'labek' WHERE seq = 17", "at action 17: the action is not"),
        ("UPDATE actions SET annotator = 'eve' WHERE seq = 17", "at action 17"),
        ("UPDATE actions SET time = '2020' WHERE seq = 17", "at action 17"),
        ("UPDATE actions SET details = '[' WHERE seq = 17", "at action 17"),
        ("UPDATE actions SET digest = x'00' WHERE seq = 17", "at action 17"),
        ("UPDATE entries SET label = '\"b\"' WHERE action = 18", "at action 18"),
        ("UPDATE entries SET row = 3 WHERE action = 17", "at action 17"),
        ("UPDATE entries SET id = '\"row 3\"' WHERE action = 17", "at action 17"),
        ("UPDATE entries SET price = 1 WHERE action = 17", "at action 17"),
        ("DELETE FROM entries WHERE action = 17", "at action 17"),
        ("DELETE FROM actions WHERE seq = 17", "at action 17: the action is missing"),
        ("DELETE FROM actions WHERE seq = (SELECT max(seq) FROM actions)", "is missing"),
        (
            "DELETE FROM actions WHERE seq >= 17; DELETE FROM entries WHERE action >= 17",
            "at action 17: the end of the log is missing",
        ),
        ("UPDATE actions SET seq = 99 WHERE seq = 17", "at action 17"),
        ("INSERT INTO entries SELECT 99, place, row, id, label, annotator, time, round, strategy, "
         "score, price FROM entries WHERE action = 17", "."),
        ("UPDATE head SET seq = 16", "the end of the log is missing"),
        ("DELETE FROM head", "number of the last action is gone"),
        ("UPDATE memory SET value = '{}'", "in its note"),
        ("DELETE FROM memory", "in its note"),
        ("DROP TABLE memory", "in its header"),
        ("PRAGMA application_id = 7", "in its header"),
        ("PRAGMA user_version = 1", "in its header"),
        ("PRAGMA user_version = 0", "in its header"),
    ],
)  # fmt: skip
def test_a_changed_log_is_refused_with_the_place(path, sql, place):
    with worked(path) as session:
        before, n_actions = content(session), session._log.record.seq
        prefixes = labels_after_each_action(session)
    with sqlite3.connect(path) as connection:
        connection.executescript(sql)
    connection.close()
    try:
        with opened(path) as session:
            session.progress()
            read_note(path, "settings")
            assert content(session) == before and place == "."
            return
    except DamagedSessionError as error:
        assert place in str(error) and "is damaged" in str(error)
    salvaged = salvage(path)
    labels = [(one["id"], one["label"], one["annotator"]) for one in salvaged.records]
    assert labels == prefixes[salvaged.n_actions]
    if "17" in place:
        assert salvaged.n_actions == 16
    elif "header" in place:
        assert salvaged.n_actions == n_actions


def test_damage_shows_in_a_session_that_is_open(path):
    with worked(path) as session:
        busy = sqlite3.connect(path)
        seq = session._log.record.seq
        busy.execute("UPDATE head SET seq = seq - 1")
        busy.commit()
        busy.close()
        with pytest.raises(DamagedSessionError, match=f"at action {seq}"):
            session.label(session.pending()[0], "class 1")


@pytest.mark.parametrize("n", [1, 2, 15, 16, 99, 300, 511, 600])
def test_a_short_file_is_not_written_over(path, n):
    worked(path, n=1).close()
    for data in (path.read_bytes()[:n], b"x" * n):
        path.write_bytes(data)
        for act in (lambda: read_note(path, "a"), lambda: opened(path)):
            with pytest.raises(ValueError, match="is damaged|is not a labeling session"):
                act()
        assert path.read_bytes() == data


@pytest.mark.parametrize("spoil", [pathlib.Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_write_ahead_log_without_its_session_is_not_dropped(path, tmp_path, spoil):
    session = worked(path, n=6)
    copy, seq, before = copied(path, tmp_path / "copy"), session._log.record.seq, content(session)
    session.close()
    spoil(copy)
    data = pathlib.Path(f"{copy}-wal").read_bytes()
    with pytest.raises(DamagedSessionError, match="damaged from its beginning: nothing is left"):
        opened(copy)
    assert pathlib.Path(f"{copy}-wal").read_bytes() == data
    salvaged = salvage(copy)
    assert salvaged.n_actions == seq and salvaged.problem.startswith("damaged from its beginning")
    assert [one["label"] for one in salvaged.records] == [one["label"] for one in before[0]]
    assert salvaged.notes["settings"] == {"model": "logistic"}


def test_the_size_in_the_last_frame_is_put_right(path, tmp_path):
    """With a smaller size, SQLite would cut the file, and all tables with it."""
    session = worked(path, n=6)
    copy, seq = copied(path, tmp_path / "copy"), session._log.record.seq
    session.close()
    wal = pathlib.Path(f"{copy}-wal")
    data = wal.read_bytes()
    for place in range(len(data) - 4116, len(data) - 4112):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            wal.write_bytes(damaged)
            assert salvage(copy).n_actions == seq


@pytest.mark.parametrize("size", [512, 4096])
def test_zeroed_sectors_are_harmless_or_reported(path, tmp_path, size):
    with worked(path) as session:
        before, prefixes = content(session), labels_after_each_action(session)
    data = path.read_bytes()
    reported = []
    for start in range(0, len(data), size):
        damaged = tmp_path / f"{start}.skal"
        damaged.write_bytes(data[:start] + bytes(size) + data[start + size :])
        try:
            with opened(damaged) as session:
                assert content(session) == before
            read_note(damaged, "settings")
        except ValueError as error:
            reported.append(start)
            assert "damaged" in str(error) or (start == 0 and "not a labeling" in str(error))
            salvaged = salvage(damaged)
            labels = [(one["id"], one["label"], one["annotator"]) for one in salvaged.records]
            assert labels == prefixes[salvaged.n_actions]
    assert reported


def test_the_beginning_of_a_file_can_be_missing(path):
    with worked(path) as session:
        records = session.records()
    data = bytearray(path.read_bytes())
    data[:100] = bytes(100)
    path.write_bytes(data)
    assert [one["label"] for one in salvage(path).records] == [one["label"] for one in records]


def test_how_tables_were_created_is_restored(path):
    with worked(path) as session:
        records = session.records()
    data = path.read_bytes()
    path.write_bytes(data.replace(b"annotator TEXT", b"annotator TEXU", 1))
    with pytest.raises(DamagedSessionError, match="in its header"):
        opened(path)
    path.write_bytes(data.replace(b"CREATE TABLE entries", b"CREATE\xffTABLE enties ", 1))
    with pytest.raises(DamagedSessionError):
        opened(path)
    assert [one["id"] for one in salvage(path).records] == [one["id"] for one in records]


def test_salvage_of_a_session_that_is_whole(path):
    with worked(path) as session:
        records = session.records()
        salvaged = salvage(path)
        assert salvaged.n_actions == session._log.record.seq
    assert salvaged.problem is None and salvaged.notes["settings"] == {"model": "logistic"}
    rows = [one.pop("row") for one in salvaged.records]
    assert salvaged.records == records and [IDS[row] for row in rows] == [
        one["id"] for one in records
    ]


def test_salvage_of_no_session(tmp_path):
    with pytest.raises(FileNotFoundError):
        salvage(tmp_path / "nothing.skal")
    file = tmp_path / "text.skal"
    file.write_text("id,label\n" * 1000)
    assert salvage(file).records == [] and "not a labeling session" in salvage(file).problem
    file.write_bytes(b"")
    assert salvage(file).records == []


# Files that were taken away


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "deleted"),
        (lambda path: path.rename(path.with_name("b.skal")), "deleted"),
        (lambda path: pathlib.Path(f"{path}-wal").unlink(), "deleted"),
        (lambda path: os.replace(shutil.copyfile(path, f"{path}2"), path), "replaced"),
        (lambda path: os.truncate(path, 0), "truncated"),
        (lambda path: os.truncate(path, 4096), "truncated"),
        (lambda path: os.truncate(f"{path}-wal", 32), "truncated"),
        (lambda path: path.write_text("mine"), "truncated"),
    ],
)  # fmt: skip
def test_a_file_that_is_gone_takes_no_label(path, spoil, message):
    worked(path, n=3).close()
    with opened(path) as session:
        ids = session.next(2)
        session.label(ids[0], "class 1")
        n_labels = len(session.records())
        spoil(path)
        for act in (
            lambda: session.label(ids[1], "class 2"),
            lambda: session.skip(ids[1]),
            lambda: session.undo(),
            lambda: session.next(),
        ):
            with pytest.raises(OSError, match=f"{message} while it was open.*export") as caught:
                act()
            assert str(path) in str(caught.value)
        assert session._log.record.seq and len(session._log.record.entries()) == n_labels


def test_a_label_is_not_acknowledged_if_the_file_goes_while_it_is_written(path, monkeypatch):
    with opened(path) as session:
        append = session._store.append
        monkeypatch.setattr(
            session._store, "append", lambda action: path.unlink() or append(action)
        )
        with pytest.raises(OSError, match="deleted while it was open"):
            session.label(IDS[0], "a")


def test_a_session_behind_a_link_is_watched(path, tmp_path):
    link = tmp_path / "link.skal"
    opened(path).close()
    link.symlink_to(path)
    with opened(link) as session:
        session.label(IDS[0], "a")
        path.unlink()
        with pytest.raises(OSError, match="deleted"):
            session.label(IDS[1], "a")


# Sessions of the format before


spec = importlib.util.spec_from_file_location("make_sessions", DATA / "make_sessions.py")
old = importlib.util.module_from_spec(spec)
spec.loader.exec_module(old)
OLD_NAMES = [*old.IDS, "unclosed"]


@pytest.fixture
def old_session(tmp_path):
    """Return a function that copies a session of format 1, and what it held."""

    def old_session(name):
        path = tmp_path / f"{name}.skal"
        for file in DATA.glob(f"format_1_{name}.skal*"):
            shutil.copyfile(file, tmp_path / file.name.removeprefix("format_1_"))
        held = json.loads((DATA / f"format_1_{name}.json").read_text(encoding="utf-8"))
        for record in held["records"]:
            record["audit"] = False  # a column that there was not yet
        return path, old.IDS.get(name, old.IDS["texts"]), held

    return old_session


def version(path):
    connection = sqlite3.connect(path)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return found


@pytest.mark.parametrize("name", OLD_NAMES)
def test_a_session_of_the_format_before_goes_on(old_session, name):
    path, ids, held = old_session(name)
    for _ in range(2):
        with old.open_session(path, ids) as session:
            now = old.content(session)
            assert now["progress"].items() >= held["progress"].items()
            assert {**now, "progress": None} == {**held, "progress": None}
        assert version(path) == 2
    assert salvage(path).problem is None
    with old.open_session(path, ids) as session:
        n_rounds = session.progress()["n_rounds"]
        session.undo()
        pending = session.pending()
        session.label(pending, ["cat"] * len(pending))
        session.label(session.next(3), ["cat", "dög", "cat"])
        assert session.progress()["n_rounds"] == n_rounds + 1
    with old.open_session(path, ids) as session:
        assert len(session.next(3)) == 3
        assert session.progress()["stop"] in (False, True)


def test_a_migrated_session_asks_what_it_would_have_asked(old_session):
    """The file of the format before, replayed without any migration, is the twin."""
    path, ids, held = old_session("numbers")
    with old.open_session(path, ids) as session:
        offered = session.next(5)
        seed = session._log.record.seed
    connection = sqlite3.connect(DATA / "format_1_numbers.skal")
    details = connection.execute("SELECT details FROM actions WHERE kind = 'created'").fetchone()
    connection.close()
    assert json.loads(details[0])["seed"] == seed
    open_rows = {record["id"] for record in held["records"]} | set(held["skipped"])
    assert len(offered) == 5 and not open_rows & set(offered)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE actions SET kind = 'labek' WHERE seq = 17",
        "UPDATE actions SET kind = 'apply' WHERE seq = 17",
        "UPDATE actions SET details = '[1' WHERE seq = 17",
        "DELETE FROM actions WHERE seq = 17",
        "UPDATE entries SET label = 'cat' WHERE action = 17",
        "UPDATE entries SET label = '[1]' WHERE action = 17",
        "UPDATE entries SET label = NULL WHERE action = 17",
    ],
)
def test_a_damaged_session_of_the_format_before_is_left_as_it_is(old_session, sql):
    path, ids, _ = old_session("texts")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE actions SET kind = 'label' WHERE seq = 17")
        if "entries" in sql:
            kinds = dict(connection.execute("SELECT seq, kind FROM actions"))
            seq = next(seq for seq, kind in kinds.items() if kind == "label" and seq > 6)
            sql = sql.replace("17", str(seq))
        connection.rollback()
        connection.executescript(sql)
    connection.close()
    with pytest.raises(DamagedSessionError, match="damaged at action [0-9]+"):
        old.open_session(path, ids)
    assert version(path) == 1
    assert salvage(path).n_actions > 5 and salvage(path).problem is not None


def test_an_id_that_is_not_that_of_its_row_is_found(old_session):
    path, ids, _ = old_session("texts")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET row = (row + 1) % 40 WHERE action = 6")
    connection.close()
    with pytest.raises(
        DamagedSessionError, match="at action 6: it is about the id .* whose id is"
    ):
        old.open_session(path, ids)


def test_an_error_in_the_middle_of_a_migration_leaves_the_format_before(old_session, monkeypatch):
    path, ids, held = old_session("texts")
    with monkeypatch.context() as patched:
        patched.setattr("skal.session._migration.begin_head", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            old.open_session(path, ids)
    assert version(path) == 1
    with old.open_session(path, ids) as session:
        assert old.content(session)["records"] == held["records"]


def test_a_kill_during_a_migration_loses_nothing(old_session):
    path, ids, held = old_session("texts")
    told = run_script("migrate", path, 20, 0)
    assert told["n_killed"] == 20
    assert set(told["after"]) == {told["before"]}
    with old.open_session(path, ids) as session:
        assert old.content(session)["records"] == held["records"]


def test_an_older_version_that_has_the_file_open_acknowledges_nothing(old_session):
    path, ids, _ = old_session("texts")
    older = sqlite3.connect(path, isolation_level=None)
    older.execute("SELECT * FROM actions").fetchall()
    old.open_session(path, ids).close()
    with pytest.raises(sqlite3.IntegrityError, match="digest"):
        older.execute("INSERT INTO actions (kind, time, details) VALUES ('label', '', '{}')")
    with pytest.raises(sqlite3.OperationalError):
        older.execute("INSERT OR REPLACE INTO memory VALUES ('stopping', '{}')")
    older.close()


# Notes


def test_notes_are_compared_with_their_digests(path):
    worked(path, n=1).close()
    update_note(path, "settings", lambda before: {**before, "more": 1})
    assert read_note(path, "settings") == {"model": "logistic", "more": 1}
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE memory SET value = '{}' WHERE key = 'settings'")
    connection.close()
    with pytest.raises(DamagedSessionError, match="in its note 'settings', beside the log"):
        read_note(path, "settings")
    with pytest.raises(DamagedSessionError):
        update_note(path, "settings", lambda before: before)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "settings" not in salvage(path).notes


@pytest.mark.parametrize("key", [None, 5, 1.5, True, b"k", ("a",), "", "a\0b", "\ud800"])
def test_a_key_that_is_no_text_is_refused_and_damages_nothing(path, key):
    worked(path, n=1).close()
    for act in (
        lambda: read_note(path, key),
        lambda: write_note(path, key, 1),
        lambda: update_note(path, key, lambda before: 1),
    ):
        with pytest.raises((TypeError, ValueError), match="key must be .*text.* got") as caught:
            act()
        assert not isinstance(caught.value, UnicodeError)
    assert read_note(path, "settings") == {"model": "logistic"}
    opened(path).close()


@pytest.mark.parametrize("value", [{1: 2}, [{"a": {None: 1}}], {1, 2}, b"x", object()])
def test_a_note_that_is_no_json_is_refused(path, value):
    write_note(path, "a", 1)
    with pytest.raises(TypeError, match="note 'a' must be"):
        write_note(path, "a", value)
    assert read_note(path, "a") == 1


def test_reading_a_note_writes_nothing(path):
    assert read_note(path, "a") is None and not path.exists()
    path.write_bytes(b"")
    assert read_note(path, "a") is None and path.read_bytes() == b""
    with pytest.raises(ValueError, match="path must be that of a file"):
        read_note("", "a")
    write_note(path, "a", 1)
    assert read_note(path, "a") == 1
