"""Generated inputs, right and wrong: no promise is broken and no message is raw.

The short run is part of every run of the tests. ``pytest -m fuzz`` tries more than 10,000 inputs.
To try inputs of other seeds and to see the smallest input of each breach, run
``python -m fuzz 0 1000`` in the folder of the tests.
"""

import numpy as np
import pytest
from fuzz.calls import Call, Space
from fuzz.cases import LearnerCase, draw
from fuzz.known import KNOWN
from fuzz.messages import judge
from fuzz.running import breach_of, breaches_of, smallest

from skal import ActiveLearner, Pool
from skal._base import codes_of, num_rows
from skal.strategies import CoreSet, UncertaintySampling

SHORT = range(20_000, 20_300)
LONG = [range(start, start + 500) for start in range(0, 10_500, 500)]


def report(breaches):
    return "\n".join(f"{count} x {breach}: {case}" for breach, (case, count) in breaches.items())


def unknown_breaches(seeds):
    breaches = breaches_of(seeds)
    return {breach: found for breach, found in breaches.items() if breach not in KNOWN}


def test_a_few_inputs():
    breaches = unknown_breaches(SHORT)
    assert not breaches, report(breaches)


@pytest.mark.fuzz
@pytest.mark.parametrize("seeds", LONG, ids=lambda seeds: f"from {seeds[0]}")
def test_ten_thousand_inputs(seeds):
    breaches = unknown_breaches(seeds)
    assert not breaches, report(breaches)


def test_what_is_known_to_break_still_does():
    """A line of `KNOWN` whose breach is mended must go."""
    assert [breach for breach, case in KNOWN.items() if breach_of(case) != breach] == []


def test_inputs_follow_from_their_seeds():
    assert [repr(draw(seed)) for seed in range(200)] == [repr(draw(seed)) for seed in range(200)]
    assert len({repr(draw(seed)) for seed in range(200)}) == 200


@pytest.mark.parametrize(
    "sin, breach",
    [
        ("state", "query changed its ActiveLearner"),
        ("global generator", "query uses NumPy's global generator"),
        ("two answers", "query asked twice gives two answers"),
        ("samples", "query changed what it was given"),
    ],
)
def test_a_strategy_that_breaks_a_promise_is_caught(sin, breach):
    assert breach_of(LearnerCase(strategy=Call("Sinner", sin=repr(sin)))) == breach


def test_a_case_is_made_smaller():
    call = Call("Shortlist", scorer=Call("BALD"), strategy=Call("Sinner", sin="'state'"))
    case = LearnerCase(model="committee", strategy=call, n="1", n_pool=40, seed=9)
    breach = breach_of(case)
    assert smallest(case, breach) == LearnerCase(strategy=Call("Sinner"))


def raised_by(function):
    try:
        function()
    except Exception as error:
        return error


def test_raw_messages_are_told_from_good_ones():
    pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.9, 0.1]])
    good = [
        lambda: UncertaintySampling().query(pool, 0),
        lambda: UncertaintySampling(3).query(pool),
        lambda: CoreSet().query(pool),
        lambda: ActiveLearner().fit([[1.0], [2.0]], [0, np.nan]),
        lambda: ActiveLearner(random_state="0").fit([[1.0], [2.0]], [0, 1]),
        lambda: CoreSet(embedding=Space("short")).query(pool),
        # These are errors of the user's own code.
        lambda: ActiveLearner().fit([["a"], ["b"]], [0, 1]),
        lambda: UncertaintySampling(lambda proba: proba["a"]).query(pool),
    ]
    assert [judge(raised_by(function)) for function in good] == [None] * len(good)
    # Nothing in these messages is wrong, but they do not say which parameter was.
    raw = [lambda: num_rows(3), lambda: codes_of([[1, 2], [3]], [1])]
    assert all(judge(raised_by(function)).startswith("raw ") for function in raw)
