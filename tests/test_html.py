"""What notebooks show: diagrams of learners and strategies, tables of sessions and curves."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from skal import ActiveLearner, Committee, LabelBudgetClassifier
from skal.embeddings import KernelEmbedding
from skal.session import LabelingSession
from skal.simulation import LabelCurves
from skal.stopping import LabelBudget
from skal.strategies import (
    BADGE,
    ClassBalanced,
    CoreSet,
    Mixture,
    QueryStrategy,
    RandomSampling,
    Schedule,
    TypiClust,
)

X, Y = load_iris(return_X_y=True)
ADDRESS = "https://example.org/skal"


class Mine(QueryStrategy):
    def _query(self, pool, n):
        return range(n)


@pytest.fixture
def pages(monkeypatch):
    """Return a function from an object to the pages of skal to which its diagram links."""
    monkeypatch.setenv("SKAL_DOCS", ADDRESS + "/")

    def pages(shown):
        # Newer versions of scikit-learn also link to the parameters, behind a #.
        start = re.escape(f"{ADDRESS}/reference/generated/")
        return re.findall(rf'href="{start}([^"#]+)\.html"', shown._repr_html_())

    return pages


def test_a_learner_shows_its_strategy_with_a_link(pages):
    learner = ActiveLearner(SVC(), BADGE())
    assert pages(learner) == ["skal.ActiveLearner", "skal.strategies.BADGE"]
    assert "strategy: BADGE" in learner._repr_html_()
    assert "SVC" in learner._repr_html_()


@pytest.mark.parametrize(
    "learner, chosen",
    [
        (ActiveLearner(), "strategy, by default: UncertaintyHerding"),
        (ActiveLearner(Ridge()), "strategy, by default: LCMD"),
        (ActiveLearner(strategy="entropy"), "strategy: UncertaintySampling"),
        (ActiveLearner(cold_start="typi_clust"), "cold_start: TypiClust"),
        (ActiveLearner([SVC(), GaussianNB()]), "estimator: Committee"),
    ],
)
def test_what_chooses_is_named(learner, chosen):
    assert chosen in learner._repr_html_()


def test_the_default_is_that_of_the_labels():
    learner = ActiveLearner(OneVsRestClassifier(LogisticRegression()))
    learner.fit([[0.0], [1.0], [2.0]], [[0, 1], [1, 0], [1, 1]])
    assert "strategy, by default: MultilabelUncertainty" in learner._repr_html_()


def test_a_learner_with_a_wrong_strategy_can_be_shown():
    for wrong in (BADGE, "zzz", 3):
        html = ActiveLearner(strategy=wrong)._repr_html_()
        assert "LogisticRegression" in html and "strategy:" not in html


def test_strategies_show_those_inside(pages):
    # scikit-learn links to the outermost object, and to those that have nothing in them.
    mixed = ClassBalanced(Mixture([BADGE(), CoreSet()]))
    names = ["ClassBalanced", "BADGE", "CoreSet"]
    assert pages(mixed) == [f"skal.strategies.{name}" for name in names]
    assert "strategy: Mixture" in mixed._repr_html_()
    schedule = Schedule([(TypiClust(), 20), RandomSampling()])
    names = ["Schedule", "TypiClust", "RandomSampling"]
    assert pages(schedule) == [f"skal.strategies.{name}" for name in names]


def test_every_public_object_links_to_its_own_page(pages):
    assert pages(Committee(SVC())) == ["skal.Committee"]
    assert pages(LabelBudget(5)) == ["skal.stopping.LabelBudget"]
    assert pages(KernelEmbedding()) == ["skal.embeddings.KernelEmbedding"]
    game = LabelBudgetClassifier(ActiveLearner(SVC(), BADGE()))
    assert pages(game) == ["skal.LabelBudgetClassifier", "skal.strategies.BADGE"]


def test_a_strategy_of_somebody_else_has_no_page(pages):
    assert pages(ActiveLearner(SVC(), Mine())) == ["skal.ActiveLearner"]
    assert "Mine" in ActiveLearner(SVC(), Mine())._repr_html_()


def test_without_an_address_there_is_no_link(monkeypatch):
    monkeypatch.delenv("SKAL_DOCS", raising=False)
    assert BADGE()._get_doc_link() == ""


def test_committees_show_their_members():
    html = Committee([SVC(), GaussianNB()])._repr_html_()
    assert "estimators: SVC" in html and "estimators: GaussianNB" in html
    voting = VotingClassifier([("a", SVC()), ("b", GaussianNB())])
    assert "GaussianNB" in ActiveLearner(voting)._repr_html_()


def test_label_curves_are_a_table_with_the_best_first():
    scores = {"<b>": [[0.5, 0.6]], "best": [[0.5, 0.9]], "random": [[0.5, 0.5]]}
    html = LabelCurves([10, 20], scores, baseline="random")._repr_html_()
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html) == (
        ["best", "0.7000", "0.9000", "&lt;b&gt;", "0.5500", "0.6000", "random", "0.5000", "0.5000"]
    )
    assert "score with 20 labels" in html


def test_curves_without_some_scores_are_shown():
    html = LabelCurves([10, 20], {"a": [[float("nan"), 0.5]], "b": [[0.1, 0.2]]})._repr_html_()
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html)[:3] == ["b", "0.1500", "0.2000"]


def test_a_comparison_is_the_table_that_is_printed():
    scores = {"margin": [[0.5, 0.8], [0.6, 0.9]], "random": [[0.5, 0.6], [0.6, 0.8]]}
    comparison = LabelCurves([10, 20], scores, baseline="random").compare()
    html = comparison._repr_html_()
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", html)
    # In the printed table, two spaces or more are between columns.
    assert cells == [
        cell for line in str(comparison).splitlines() for cell in re.split(" {2,}", line.strip())
    ]


def test_a_session_is_a_table_of_its_progress(tmp_path):
    prices = np.ones(len(X))
    with LabelingSession(
        tmp_path / "a.skal", ActiveLearner(), X, prices=prices, budget=10
    ) as session:
        session.label(session.next(3), ["<a>", "b", "b"], annotator="Anna & co")
        session.skip(session.next(1))
        html = session._repr_html_()
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html)
    shown = dict(zip(cells[::2], cells[1::2], strict=True))
    assert shown["labeled"] == "3 of 150" and shown["skipped"] == "1"
    assert shown["label b"] == "2" and shown["label &lt;a&gt;"] == "1"
    assert shown["by Anna &amp; co"] == "3" and shown["spent"] == "3 of 10"


def test_a_session_with_many_labels_shows_the_most_frequent(tmp_path):
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(), X) as session:
        session.label(range(40), [f"c{i % 20}" for i in range(40)])
        session.label([40], ["c7"])
        cells = re.findall(r"<td[^>]*>([^<]*)</td>", session._repr_html_())
    assert cells[cells.index("label c7") + 1] == "3"
    assert cells[cells.index("other labels") + 1] == "8"


def test_a_session_of_numbers_is_shown(tmp_path):
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(Ridge()), X) as session:
        session.label([0, 1], [1.5, 2.5])
        cells = re.findall(r"<td[^>]*>([^<]*)</td>", session._repr_html_())
    assert cells[cells.index("mean") + 1] == "2"
