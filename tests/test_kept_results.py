"""The tables of the documentation are what the scripts make of the raw results that are kept."""

import json
import pathlib
import sys

import pytest

import skal.strategies

ROOT = pathlib.Path(__file__).parent.parent
BENCHMARKS = ROOT / "examples" / "benchmarks"
DATA, DOCS = BENCHMARKS / "data", ROOT / "docs"


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture
def script(monkeypatch):
    """Return a function that imports a script by its name."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield __import__
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and BENCHMARKS.samefile(
            pathlib.Path(sys.modules[name].__file__).parent
        ):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "results", "page"),
    [
        ("compare_strategies", "results.jsonl", "results.inc"),
        ("compare_regression", "regression.jsonl", "results_regression.inc"),
    ],
)
def test_tables_of_results_are_made_of_the_kept_ones(
    script, monkeypatch, tmp_path, name, results, page
):
    module = script(name)
    words = [f"examples/benchmarks/{name}.py", "page", results, f"docs/{page}"]
    monkeypatch.setattr(sys, "argv", words)
    options = module.parse()
    options.results, options.page = DATA / results, tmp_path / page
    module.page(options)
    assert text_of(tmp_path / page) == text_of(DOCS / page)


def test_the_summary_of_results_is_made_of_the_kept_ones(script):
    plot_results = script("plot_results")
    results = plot_results.read(DATA / "results.jsonl")
    plot_results.add_outcomes(results)
    assert plot_results.summary(results) == text_of(DOCS / "results_summary.inc")


@pytest.mark.parametrize(
    ("function", "name"), [("page_of", "performance"), ("page_of_peers", "performance_peers")]
)
def test_tables_of_performance_are_made_of_the_kept_results(script, function, name):
    kept = json.loads(text_of(DATA / f"{name}.json"))
    made = getattr(script("query_tables"), function)(kept)
    assert made == text_of(DOCS / f"{name}.inc")


def test_every_strategy_is_in_a_table_of_performance(script):
    query_tables = script("query_tables")
    cases = " ".join(case for table in query_tables.TABLES.values() for case in table)
    public = set(skal.strategies.__all__) - query_tables.NOT_MEASURED
    assert {name for name in public if f"{name}(" not in cases} == set()


def test_every_case_of_performance_was_measured_or_has_a_reason(script):
    query_tables = script("query_tables")
    queries = json.loads(text_of(DATA / "performance.json"))
    cases = [(name, case) for name, table in query_tables.TABLES.items() for case in table]
    assert {(one["table"], one["case"]) for one in queries} == set(cases)
    assert all("cpu" in one or one["stopped"] in query_tables.WHY_NOT for one in queries)
