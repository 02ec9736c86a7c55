"""The write-ahead log of a session, compared with a reader that goes word by word."""

import random
import shutil
import sqlite3
import struct

import numpy as np
import pytest
from reference_wal import checksum, replayed, written

from skal.session._wal import _first_damage, healed
from skal.session._wal_sums import Sums

PAGE = 512
FRAME = PAGE + 24


@pytest.fixture(params=["<", ">"])
def order(request):
    return request.param


def some_transactions(rng, sizes=(1, 3, 2)):
    return [[(rng.randrange(1, 40), rng.randbytes(PAGE)) for _ in range(n)] for n in sizes]


def with_word(content, start, change, order):
    """Return a log with a number added to one of its words."""
    content = bytearray(content)
    (word,) = struct.unpack_from(f"{order}I", content, start)
    struct.pack_into(f"{order}I", content, start, (word + change) % 2**32)
    return bytes(content)


def test_sums_are_those_of_a_loop_over_the_words(order):
    rng = random.Random(0)
    sums = Sums(big_endian=order == ">")
    for n_bytes in (8, 24, 520, 4104, 65544):
        rows = [rng.randbytes(n_bytes) for _ in range(3)]
        words = sums.words(np.array([list(row) for row in rows], np.uint8))
        before = np.array([[rng.randrange(2**32) for _ in range(2)] for _ in rows], np.uint32)
        slow = [checksum(row, one, order) for row, one in zip(rows, before.tolist(), strict=True)]
        np.testing.assert_array_equal(sums.after(before, words), slow)
        np.testing.assert_array_equal(
            sums.of(words), [checksum(row, (0, 0), order) for row in rows]
        )


@pytest.mark.parametrize("bit", range(32))
def test_the_words_that_can_be_wrong_are_those_that_explain_the_sum(order, bit):
    """Every single word is tried in the twin; the fast way must find the same ones."""
    rng = random.Random(bit)
    data, sums = rng.randbytes(8 * 40), Sums(big_endian=order == ">")
    stored = checksum(data, (0, 0), order)
    damaged = with_word(data, 4 * rng.randrange(80), 2**bit, order)
    now = checksum(damaged, (0, 0), order)
    error = np.array([(a - b) % 2**32 for a, b in zip(stored, now, strict=True)], np.uint32)
    found = sums.wrong_words(error, 80)
    slow = [
        (place, change)
        for place in range(80)
        for change in (2**bit, 2**32 - 2**bit)
        if checksum(with_word(damaged, 4 * place, change, order), (0, 0), order) == stored
    ]
    assert {(place, change % 2**32) for place, change in slow} <= set(found)
    for place, change in found:
        assert checksum(with_word(damaged, 4 * place, change, order), (0, 0), order) == stored


def test_a_whole_log_is_left_as_it_is(order):
    transactions = some_transactions(random.Random(0))
    content = written(transactions, order=order)
    assert replayed(content) == (transactions, 6)
    assert _first_damage(content) is None and healed(content) == content


def test_the_log_of_sqlite_is_what_the_twin_says(tmp_path):
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (x)")
    for i in range(5):
        connection.execute("INSERT INTO t VALUES (?)", ("x" * 1000 * i,))
    content = (tmp_path / "a.db-wal").read_bytes()
    transactions, n_whole = replayed(content)
    assert len(transactions) == 6 and _first_damage(content) is None
    assert n_whole == (len(content) - 32) // (24 + 4096)
    # What is left of a torn log is what SQLite reads of it.
    copy = tmp_path / "b.db"
    for cut in (len(content) - 1, len(content) - 5000, len(content) // 2):
        shutil.copyfile(path, copy)
        (tmp_path / "b.db-wal").write_bytes(content[:cut])
        rows = len(replayed(content[:cut])[0]) - 1
        other = sqlite3.connect(copy)
        assert other.execute("SELECT count(*) FROM t").fetchone() == (rows,)
        other.close()
    connection.close()


@pytest.mark.parametrize("kind", ["bit", "byte"])
def test_a_log_is_never_put_right_to_something_else(order, kind):
    """A wrong word is put right, or stays: no other word is changed on the way."""
    rng = random.Random(3)
    transactions = some_transactions(rng)
    content = written(transactions, order=order)
    n_right = 0
    for _ in range(150):
        place = rng.randrange(len(content))
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.randrange(8) if kind == "bit" else rng.randrange(1, 256)
        damaged = bytes(damaged)
        assert _first_damage(damaged)[1], place
        # All frames are there again, and SQLite reads each of them.
        now = healed(damaged)
        found, n_whole = replayed(now)
        assert n_whole == 6 and len(now) == len(content)
        bodies = {i: (content[i : i + 8], content[i + 24 : i + FRAME]) for i in starts(content)}
        for start, (head, page) in bodies.items():
            after = now[start : start + 8] + now[start + 24 : start + FRAME]
            before = damaged[start : start + 8] + damaged[start + 24 : start + FRAME]
            assert after in (head + page, before), place
        n_right += found == transactions
    assert n_right > 75


def starts(content):
    return range(32, len(content), FRAME)


def test_the_highest_bit_of_a_word_does_not_move_to_another_word(order):
    """Many words would explain the checksum: none of them is changed."""
    transactions = some_transactions(random.Random(5))
    content = written(transactions, order=order)
    for word in range(100):
        start = 32 + 24 + 4 * word
        damaged = with_word(content, start, 2**31, order)
        now = healed(damaged)
        assert now[56 : 56 + PAGE] in (content[56 : 56 + PAGE], damaged[56 : 56 + PAGE])
        assert now[32 + FRAME + 24 :][:PAGE] == content[32 + FRAME + 24 :][:PAGE]


def test_the_last_word_of_a_page_is_told_from_the_checksum_by_the_frame_behind(order):
    content = written(some_transactions(random.Random(6)), order=order)
    for start in (32 + FRAME - 4, 32 + 12 + 8):
        assert healed(with_word(content, start, 1, order)) == content


def test_the_order_of_bytes_is_found_again(order):
    content = written(some_transactions(random.Random(7)), order=order)
    damaged = bytes([content[0] ^ 1]) + content[1:3] + bytes([content[3] ^ 1]) + content[4:]
    assert _first_damage(damaged) == ("in its header", True)
    assert healed(damaged) == content


@pytest.mark.parametrize("change", [1, 2**7, 2**24, 2**31])
def test_no_word_of_the_last_frame_hides_that_it_was_whole(order, change):
    content = written(some_transactions(random.Random(8)), order=order)
    start = len(content) - FRAME
    for word in range(FRAME // 4):
        damaged = with_word(content, start + 4 * word, change, order)
        assert _first_damage(damaged) == ("frame 6 of 6", True), word
