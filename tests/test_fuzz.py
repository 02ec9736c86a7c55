"""Generated inputs, right and wrong: no promise is broken and no message is raw.

The short run is part of every run of the tests. ``pytest -m fuzz`` tries more than 10,000 inputs.
To try inputs of other seeds and to see the smallest input of each breach, run
``python -m fuzz 0 1000`` in the folder of the tests.
"""

import pytest
from fuzz.cases import draw
from fuzz.known import KNOWN
from fuzz.running import breach_of, breaches_of

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


@pytest.mark.parametrize("breach", KNOWN)
def test_what_is_known_to_break_still_does(breach):
    """A line of `KNOWN` whose breach is mended must go."""
    assert breach_of(KNOWN[breach]) == breach


def test_inputs_follow_from_their_seeds():
    assert [repr(draw(seed)) for seed in range(200)] == [repr(draw(seed)) for seed in range(200)]
    assert len({repr(draw(seed)) for seed in range(200)}) == 200
