"""Estimates against the truth, in simulated sessions: ``pytest -m simulation``, some minutes.

``examples/benchmarks/check_estimate.py`` does the same with more sessions, and says more.
"""

import itertools
import pathlib
import sys

import numpy as np
import pytest

BENCHMARKS = pathlib.Path(__file__).parent.parent / "examples" / "benchmarks"


@pytest.fixture
def check_estimate(monkeypatch):
    seeds = itertools.count(1)
    monkeypatch.setattr("skal.session._log.fresh_seed", lambda: next(seeds))
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield __import__("check_estimate")
    sys.modules.pop("check_estimate", None)


@pytest.mark.simulation
def test_intervals_hold_the_truth_and_estimates_are_right_on_average(check_estimate):
    every, found = check_estimate.cases(), {}
    for number in range(20 * len(every)):
        played = check_estimate.play(every[number % len(every)], number)
        for one in played["looks"]:
            for scoring in one.keys() - {"n"}:
                found.setdefault(scoring, []).append(one[scoring])
    for scoring in ("accuracy", "found", "n_left"):
        value, low, high, truth = np.array(found[scoring]).T
        covers = np.mean((low <= truth) & (truth <= high))
        # Two looks at a session are not independent: its number counts.
        assert covers >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / (20 * len(every))), scoring
    value, _, _, truth = np.array(found["accuracy"]).T
    error = np.std(value - truth) / np.sqrt(20 * len(every))
    assert abs(np.mean(value - truth)) <= 0.01 + 2 * error


@pytest.mark.simulation
def test_an_audit_costs_few_labels(check_estimate):
    every = check_estimate.cases()
    costs = [check_estimate.both(every[i % len(every)], i)["cost"] for i in range(10 * len(every))]
    assert np.mean(costs) <= 0.003 + 2 * np.std(costs) / np.sqrt(len(costs))


def test_a_simulated_session_is_looked_at(check_estimate):
    """A small one, so that the script is tried in every run of the tests."""
    load, *_, models = check_estimate.CASES["yeast"]
    check_estimate.CASES["yeast"] = (load, 60, 20, models)
    played = check_estimate.both(("yeast", "tree", "margin"), 0)
    assert [one["n"] for one in played["looks"]] == [40, 60] and abs(played["cost"]) < 0.2
