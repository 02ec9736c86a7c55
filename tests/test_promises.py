"""The page "What skal promises" names tests that exist."""

import pathlib
import re

TESTS = pathlib.Path(__file__).parent
PAGE = TESTS.parent / "docs" / "user_guide" / "promises.rst"


def named_tests(page):
    """Yield pairs (file, test) in the order of the page; a test follows the name of its file."""
    file = None
    for name in re.findall(r"``((?:tests/)?[\w/]*test_\w+(?:\.py)?)``", page):
        if name.endswith(".py"):
            file = name
        else:
            yield file, name


def missing_tests(page):
    """Return the pairs of a page whose file has no test of that name."""
    return [
        (file, name)
        for file, name in named_tests(page)
        if f"\ndef {name}(" not in (TESTS.parent / file).read_text(encoding="utf-8")
    ]


def test_every_test_that_the_page_names_exists():
    page = PAGE.read_text(encoding="utf-8")
    assert len(list(named_tests(page))) > 40
    assert missing_tests(page) == []


def test_a_test_that_does_not_exist_is_found():
    page = "(``tests/test_pool.py``: ``test_pools_pickle``, ``test_nothing_of_the_kind``)"
    assert missing_tests(page) == [("tests/test_pool.py", "test_nothing_of_the_kind")]


def test_every_promise_names_its_tests():
    page = PAGE.read_text(encoding="utf-8")
    promises = re.findall(r"^\*\*(.+?\n\n)", page, flags=re.DOTALL | re.MULTILINE)
    assert len(promises) > 20
    assert [one for one in promises if not list(named_tests(one))] == []
