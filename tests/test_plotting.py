import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.datasets import load_iris, make_friedman1, make_multilabel_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner, LabelBudgetClassifier
from skal.embeddings import GradientEmbedding
from skal.plotting import (
    ClassBalanceDisplay,
    DifferenceDisplay,
    LabelCurveDisplay,
    QueryDisplay,
)
from skal.simulation import LabelCurves, label_curve
from skal.strategies import CoreSet, Selection

matplotlib.use("Agg")


N_LABELS = [10, 20, 40]
SCORES = {
    "worse": [[0.4, 0.6, 0.7], [0.2, 0.6, 0.7]],
    "better": [[0.5, 0.8, 0.9], [0.5, 0.8, 1.0]],
    "random": [[0.4, 0.5, 0.6], [0.4, 0.5, 0.6]],
}
CURVES = LabelCurves(N_LABELS, SCORES, baseline="random", score_name="balanced accuracy")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def legend_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_lines_are_means_over_runs():
    display = LabelCurveDisplay.from_label_curves(CURVES)
    assert set(display.lines_) == set(SCORES)
    for name, line in display.lines_.items():
        assert_allclose(line.get_xdata(), N_LABELS)
        assert_allclose(line.get_ydata(), np.mean(SCORES[name], axis=0))


def test_bands_are_one_standard_deviation_wide():
    display = LabelCurveDisplay.from_label_curves(CURVES)
    heights = display.bands_["worse"].get_paths()[0].vertices
    assert_allclose([heights[:, 1].min(), heights[:, 1].max()], [0.2, 0.7])
    assert set(display.bands_) == set(SCORES)


def test_no_bands_if_none_are_wanted_or_there_is_one_run():
    assert LabelCurveDisplay.from_label_curves(CURVES, spread=False).bands_ == {}
    single = {name: scores[:1] for name, scores in SCORES.items()}
    assert LabelCurveDisplay(N_LABELS, single).plot().bands_ == {}


def test_the_legend_ranks_learners_by_area():
    display = LabelCurveDisplay.from_label_curves(CURVES)
    assert legend_of(display) == ["0.800  better", "0.583  worse", "0.517  random"]
    assert display.ax_.get_legend().get_title().get_text() == "Area under the curve"


def test_the_baseline_is_dashed_and_gray():
    lines = LabelCurveDisplay.from_label_curves(CURVES).lines_
    assert lines["random"].get_linestyle() == "--"
    red, green, blue = matplotlib.colors.to_rgb(lines["random"].get_color())
    assert red == green == blue
    assert lines["better"].get_linestyle() == "-"


def test_every_learner_looks_different():
    scores = {f"learner {i}": [[0.1, 0.2, 0.3]] for i in range(13)}
    lines = LabelCurveDisplay(N_LABELS, {**scores, **SCORES}, baseline="random").plot().lines_
    looks = {(to_hex(line.get_color()), line.get_linestyle()) for line in lines.values()}
    assert len(looks) == len(lines) == 16


@pytest.mark.parametrize("n_others, beside", [(1, False), (8, True)])
def test_many_names_stand_beside_the_axes(n_others, beside):
    scores = {f"other {i}": [[0.5, 0.7, 0.9]] for i in range(n_others)}
    curves = LabelCurves(N_LABELS, {**scores, "random": [[0.4, 0.5, 0.6]]}, baseline="random")
    display = LabelCurveDisplay.from_label_curves(curves)
    display.figure_.canvas.draw()
    legend = display.ax_.get_legend().get_window_extent()
    assert (legend.x0 > display.ax_.get_window_extent().x1) == beside
    assert legend.x1 <= display.figure_.bbox.x1  # and within the figure


def test_axes_are_named():
    display = LabelCurveDisplay.from_label_curves(CURVES)
    assert display.ax_.get_xlabel() == "Labels"
    assert display.ax_.get_ylabel() == "Balanced accuracy"


def test_it_draws_on_given_axes():
    figure, ax = plt.subplots()
    display = LabelCurveDisplay.from_label_curves(CURVES, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure


def test_plot_can_be_called_again():
    display = LabelCurveDisplay(N_LABELS, SCORES)
    first = display.plot().ax_
    assert display.plot().ax_ is not first


def test_a_single_round_is_a_point():
    display = LabelCurveDisplay([10], {"a": [[0.5], [0.7]]}).plot()
    assert display.lines_["a"].get_marker() == "o"
    assert legend_of(display) == ["0.600  a"]


def test_from_learners_computes_and_draws():
    X, y = load_iris(return_X_y=True)
    params = {"cv": 3, "budget": 30, "batch_size": 5, "n_repeats": 2, "random_state": 0}
    learner = ActiveLearner(GaussianNB())
    display = LabelCurveDisplay.from_learners({"nb": learner}, X, y, **params)
    curves = label_curve({"nb": learner}, X, y, **params)
    assert_allclose(display.lines_["nb"].get_ydata(), curves.mean()["nb"])
    assert display.baseline == "random"


def test_a_missing_matplotlib_is_said_before_anything_is_computed(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    way_out = r'Plotting needs matplotlib: pip install "scikit-skal\[plot\]"\.'
    with pytest.raises(ImportError, match=way_out):
        LabelCurveDisplay(N_LABELS, SCORES).plot()
    with pytest.raises(ImportError, match=way_out):
        LabelCurveDisplay.from_learners("no learner", None, None)


def test_matplotlib_is_imported_only_to_plot():
    code = "import sys, skal.plotting; print('matplotlib' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


COUNTS = {"collapsed": [[8, 0, 0], [0, 8, 0]], "random": [[4, 2, 2], [2, 3, 3]]}


def balance_display(**params):
    display = ClassBalanceDisplay(COUNTS, [20, 50, 30], baseline="random", **params)
    return display.plot()


def test_balance_is_the_relative_entropy_of_a_run():
    balance = balance_display().balance_
    assert balance["collapsed"] == 0  # in each run, though not in the mean over runs
    entropies = [1.5, 2 * 3 / 8 * np.log2(8 / 3) + 1 / 4 * 2]
    assert_allclose(balance["random"], np.mean(entropies) / np.log2(3))


def test_points_are_shares_of_the_labels_from_the_most_frequent_class_on():
    display = balance_display(classes=["a", "b", "c"])
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["b", "c", "a"]
    assert_allclose(display.points_["random"].lines[0].get_ydata(), [31.25, 31.25, 37.5])
    assert_allclose(display.points_["collapsed"].lines[0].get_ydata(), [50, 0, 50])
    assert_allclose([bar.get_height() for bar in display.ax_.patches], [50, 30, 20])


def test_balance_counts_what_the_learner_asked_for_and_not_the_first_labels():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    learner = ActiveLearner(GaussianNB())
    game = {"n_repeats": 2, "n_initial": 6, "batch_size": 4, "budget": 14, "random_state": 3}
    display = ClassBalanceDisplay.from_learners({"margin": learner}, X, names, **game)
    again = ClassBalanceDisplay.from_learners({"margin": learner}, X, names, **game)
    assert set(display.counts) == {"margin", "random"}
    for name, counts in display.counts.items():
        assert_allclose(np.sum(counts, axis=1), 14 - 6)
        assert_allclose(counts, again.counts[name])
    assert not np.array_equal(display.counts["margin"], display.counts["random"])


def test_balance_of_curves_counts_what_their_runs_asked():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    curves = label_curve(
        {"margin": ActiveLearner(GaussianNB())}, X, names, cv=3, budget=30, random_state=0
    )
    display = ClassBalanceDisplay.from_label_curves(curves)
    assert display.baseline == "random"
    assert_array_equal(display.classes, ["setosa", "versicolor", "virginica"])
    assert_array_equal(display.pool_counts, [100, 100, 100])
    for name, runs in curves.runs.items():
        for counts, run in zip(display.counts[name], runs, strict=True):
            assert_array_equal(counts, np.bincount(y[run.query_indices[10:]], minlength=3))


def test_balance_of_curves_plays_nothing(monkeypatch):
    X, y = load_iris(return_X_y=True)
    curves = label_curve(ActiveLearner(GaussianNB()), X, y, cv=2, budget=20, random_state=0)

    def refuse(*args, **kwargs):
        raise AssertionError("a model is fitted")

    monkeypatch.setattr(GaussianNB, "fit", refuse)
    monkeypatch.setattr(ActiveLearner, "fit", refuse)
    ClassBalanceDisplay.from_label_curves(curves)
    LabelCurveDisplay.from_label_curves(curves)


def test_balance_needs_runs_and_their_labels():
    with pytest.raises(ValueError, match="curves must hold runs and y.*runs=None"):
        ClassBalanceDisplay.from_label_curves(CURVES)
    X, y = load_iris(return_X_y=True)
    unknown = np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]
    unknown[7] = None
    split = (np.r_[5:10, 40:149], np.arange(5))  # row 7 may be asked for, row 149 may not
    learner = ActiveLearner(GaussianNB(), CoreSet())
    game = {"initial": [40, 80], "budget": 2, "cv": [split], "random_state": 0}
    curves = label_curve(learner, X, unknown, **game)
    with pytest.raises(ValueError, match=r"y must hold a label for every row.*y\[7\] is missing"):
        ClassBalanceDisplay.from_label_curves(curves)


@pytest.mark.parametrize("display", [LabelCurveDisplay, ClassBalanceDisplay])
def test_parameters_of_curves_are_handed_on(display):
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(GaussianNB())
    game = LabelBudgetClassifier(n_initial=6, batch_size=4, budget=14, random_state=1)
    one = display.from_learners(learner, X, y, game=game)
    two = display.from_learners(
        learner, X, y, n_initial=6, batch_size=4, budget=14, random_state=1
    )
    values = ["scores", "counts"][display is ClassBalanceDisplay]
    for name, numbers in getattr(one, values).items():
        assert_array_equal(numbers, getattr(two, values)[name])
    with pytest.raises(TypeError, match="unexpected keyword argument 'budgets'"):
        display.from_learners(learner, X, y, budgets=20)


def test_what_was_selected_is_drawn_and_nothing_is_asked(iris, monkeypatch):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(random_state=0).fit(X, y)
    monkeypatch.setattr(ActiveLearner, "query", None)
    display = QueryDisplay.from_learner(learner, X_pool, Selection([8, 2]), n=5)
    assert list(display.batch) == [8, 2]
    with pytest.raises(TypeError, match="selection must be what learner.select.*got 5"):
        QueryDisplay.from_learner(learner, X_pool, 5)


def test_query_display_draws_the_pool_what_is_known_and_what_is_asked(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(random_state=0).fit(X, y)
    display = QueryDisplay.from_learner(learner, X_pool, n=4, pending=[7, 9])
    projection = PCA(2).fit(X_pool)
    assert_allclose(np.abs(display.pool_.get_offsets()), np.abs(projection.transform(X_pool)))
    asked = learner.query(X_pool, n=4)
    assert_allclose(display.batch_.get_offsets(), display.pool_.get_offsets()[asked])
    assert [text.get_text() for text in display.ax_.texts] == ["1", "2", "3", "4"]
    for label, points in display.labeled_.items():
        assert len(points.get_offsets()) == np.count_nonzero(y == label)
    known = np.concatenate([points.get_offsets() for points in display.labeled_.values()])
    expected = projection.transform(X[np.argsort(y, kind="stable")])
    assert_allclose(np.abs(known), np.abs(expected), atol=1e-6)
    assert {"pending", "asked for", "pool"} <= set(legend_of(display))
    assert "principal component" in display.ax_.get_xlabel()


def test_two_dimensions_are_drawn_as_they_are(iris):
    X, y, X_pool, _ = iris
    for width in (1, 2):
        learner = ActiveLearner(random_state=0).fit(X[:, :width], y)
        display = QueryDisplay.from_learner(learner, X_pool[:, :width], Selection([0, 5]))
        assert_allclose(display.pool_.get_offsets()[:, :width], X_pool[:, :width])
        assert list(display.batch) == [0, 5]


def test_query_display_of_texts_and_of_nothing_labeled():
    texts = ["red apple", "green apple", "red car", "green car", "blue car"]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    learner = ActiveLearner(model, random_state=0).fit(texts[:2], ["fruit", "thing"])
    display = QueryDisplay.from_learner(learner, texts, n=2)
    assert "singular vector" in display.ax_.get_xlabel()
    new = ActiveLearner(random_state=0)
    assert QueryDisplay.from_learner(new, np.eye(5), n=2).labeled_ == {}


def test_query_display_needs_rows(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner().fit(X, y)
    with pytest.raises(ValueError, match="dense or csr rows to be drawn.*OuterRows"):
        QueryDisplay.from_learner(learner, X_pool, embedding=GradientEmbedding())


@pytest.mark.parametrize(
    ("n_labels", "scores", "message"),
    [
        ([], {}, "n_labels must hold at least one"),
        (N_LABELS, {}, "at least one learner"),
        (N_LABELS, {"a": [[0.1, 0.2]]}, "shape"),
        ([10, 40, 20], {"a": [[0.1, 0.2, 0.3]]}, "must increase"),
        (N_LABELS, {"a": [[np.nan] * 3]}, "In each of the 1 runs, a learner has no score"),
        (N_LABELS, {"a": [[1, 2, 3]], "b": [[1, 2, np.nan]]}, "no score after the last round"),
    ],
)
def test_scores_that_cannot_be_drawn_are_refused(n_labels, scores, message):
    with pytest.raises(ValueError, match=message):
        LabelCurveDisplay(n_labels, scores).plot()
    assert not plt.get_fignums()


def test_missing_scores_are_told_in_the_legend():
    scores = {
        "a": [[np.nan, 0.6, 0.7], [0.2, 0.6, 0.8], [0.2, 0.6, 0.8]],
        "random": [[np.nan, 0.5, 0.6], [0.2, 0.5, 0.6], [0.2, 0.5, np.nan]],
    }
    display = LabelCurveDisplay(N_LABELS, scores, baseline="random").plot()
    assert_allclose(display.lines_["a"].get_xdata(), [20, 40])
    assert_allclose(display.lines_["a"].get_ydata(), [0.6, 0.75])
    assert legend_of(display) == ["0.675  a", "0.550  random"]
    title = display.ax_.get_legend().get_title().get_text()
    assert title == "Area under the curve\n(20 labels or more, 2 of 3 runs)"


@pytest.mark.parametrize(
    ("counts", "pool_counts", "params", "message"),
    [
        ({}, [1, 1], {}, "at least one learner"),
        ({"a": [[0, 0]]}, [1, 1], {}, r"counts\['a'\] must hold at least one label in each run"),
        ({"a": [[1, np.nan]]}, [1, 1], {}, "numbers of labels, from 0 on"),
        ({"a": [[1, -1]]}, [1, 1], {}, "numbers of labels, from 0 on"),
        ({"a": [[1, 2, 3]]}, [1, 1], {}, "with the 2 classes of pool_counts"),
        ({"a": [[1, 2], [1]]}, [1, 1], {}, "rows of equal length"),
        ({"a": []}, [1, 1], {}, "at least one count"),
        ({"a": [[1, 2]]}, [0, 0], {}, "pool_counts must hold at least one label"),
        ({"a": [[1, 2]]}, [[1, 1], [1, 1]], {}, "pool_counts must be of shape"),
        ({"a": [[1, 2]]}, [1, 1], {"classes": ["x"]}, "classes must name each of the 2"),
        ({"a": [[1, 2]]}, [1, 1], {"baseline": "random"}, "baseline must be"),
    ],
)
def test_counts_that_cannot_be_drawn_are_refused(counts, pool_counts, params, message):
    with pytest.raises(ValueError, match=message):
        ClassBalanceDisplay(counts, pool_counts, **params).plot()


def test_balance_of_games_that_end_with_the_initial_labels_is_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="budget must be larger than n_initial"):
        ClassBalanceDisplay.from_learners(ActiveLearner(), X, y, n_initial=9, budget=9)


POINTS = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("points", "batch", "params", "message"),
    [
        (np.empty((0, 2)), [], {}, "points must hold at least one sample"),
        ([[1.0, 2.0, 3.0]], [0], {}, r"points must be of shape \(n_samples, 2\)"),
        ([[0.0, np.nan], [1.0, 0.0]], [0], {}, "points must be finite.*row 0"),
        (POINTS, [3], {}, "batch must hold positions in the pool, from 0 to 2"),
        (POINTS, [-1], {}, "batch must hold positions"),
        (POINTS, [True, False, True], {}, "batch must hold positions.*dtype bool"),
        (POINTS, [0.5], {}, "batch must hold positions"),
        (POINTS, [0], {"pending": [7]}, "pending must hold positions"),
        (POINTS, [0], {"labeled": [[0.0, 1.0]]}, "must be given together"),
        (POINTS, [0], {"labeled": [[0.0, 1.0]], "labels": ["a", "b"]}, "each of the 1 labeled"),
        (POINTS, [0], {"labeled": [[np.inf, 1.0]], "labels": ["a"]}, "labeled must be finite"),
    ],
)
def test_points_that_cannot_be_drawn_are_refused(points, batch, params, message):
    with pytest.raises(ValueError, match=message):
        QueryDisplay(points, batch, **params).plot()


def test_an_empty_batch_is_drawn():
    assert not len(QueryDisplay(POINTS, []).plot().batch_.get_offsets())


def test_differences_are_points_with_intervals_the_largest_on_top():
    display = DifferenceDisplay.from_label_curves(CURVES)
    rows = CURVES.compare()
    assert set(display.points_) == {"worse", "better"}
    assert [text.get_text() for text in display.ax_.get_yticklabels()] == ["worse", "better"]
    for place, name in enumerate(["worse", "better"]):
        point, _, (bar,) = display.points_[name]
        assert point.get_xydata().tolist() == [[rows[name].difference, place]]
        assert_allclose(bar.get_segments()[0][:, 0], [rows[name].low, rows[name].high])
    assert display.ax_.get_xlabel() == "Difference to random sampling in mean balanced accuracy"
    assert legend_of(display) == ["not clearly different"]


def test_wins_and_losses_look_different():
    scores = {"up": [[0.5, 0.9]] * 3, "down": [[0.5, 0.6]] * 3, "random": [[0.5, 0.7]] * 3}
    curves = LabelCurves([10, 20], scores, baseline="random")
    display = DifferenceDisplay.from_label_curves(curves)
    colors = {name: points[0].get_color() for name, points in display.points_.items()}
    assert colors["up"] != colors["down"]
    assert legend_of(display) == ["better than random sampling", "worse than random sampling"]


def test_a_difference_of_one_run_has_no_interval():
    curves = LabelCurves([10, 20], {"a": [[0.5, 0.9]], "random": [[0.5, 0.6]]}, baseline="random")
    assert not DifferenceDisplay.from_label_curves(curves).points_["a"].has_xerr


def test_without_learners_there_are_no_differences():
    curves = LabelCurves([10, 20], {"random": [[0.5, 0.6]] * 3}, baseline="random")
    with pytest.raises(ValueError, match="at least one learner besides the baseline"):
        DifferenceDisplay.from_label_curves(curves)


def test_the_oracle_is_dotted_and_takes_no_color():
    with_oracle = LabelCurves(
        N_LABELS, {"oracle": SCORES["better"], **SCORES}, baseline="random", oracle="oracle"
    )
    lines = LabelCurveDisplay.from_label_curves(with_oracle).lines_
    plain = LabelCurveDisplay.from_label_curves(CURVES).lines_
    assert lines["oracle"].get_color() not in {line.get_color() for line in plain.values()}
    for name, line in plain.items():
        assert lines[name].get_color() == line.get_color()


def test_numbers_are_drawn_on_a_scale_and_not_counted():
    X, y = make_friedman1(60, random_state=0)
    learner = ActiveLearner(Ridge(), random_state=0).fit(X[:20], y[:20])
    display = QueryDisplay.from_learner(learner, X[20:], n=3)
    assert_array_equal(display.labeled_["labeled"].get_array(), y[:20])
    assert display.figure_.axes[-1].get_ylabel() == "label"
    whole = np.arange(60) % 11
    for game in (
        lambda: ClassBalanceDisplay.from_learners(ActiveLearner(Ridge()), X, whole, budget=20),
        lambda: ClassBalanceDisplay.from_label_curves(
            label_curve(ActiveLearner(Ridge()), X, y, cv=2, budget=20, random_state=0)
        ),
    ):
        with pytest.raises(ValueError, match="must hold classes to be counted, got numbers"):
            game()


def test_several_labels_are_drawn_as_labeled_and_not_counted():
    X, y = make_multilabel_classification(60, n_classes=3, random_state=0)
    learner = ActiveLearner(RandomForestClassifier(3), random_state=0).fit(X[:20], y[:20])
    display = QueryDisplay.from_learner(learner, X[20:], n=3)
    assert len(display.labeled_["labeled"].get_offsets()) == 20
    with pytest.raises(ValueError, match="to be counted, got several labels a sample"):
        ClassBalanceDisplay.from_learners(learner, X, csr_array(y), budget=20, n_repeats=1)


# What a first guess would be ------------------------------------------------------------------


def lines_of(display):
    return {name: line.get_xydata().tolist() for name, line in display.lines_.items()}


def test_curves_draw_themselves():
    expected = lines_of(LabelCurveDisplay.from_label_curves(CURVES))
    assert lines_of(CURVES.plot()) == expected
    assert lines_of(LabelCurveDisplay(CURVES).plot()) == expected
    ax = plt.subplots()[1]
    display = CURVES.plot(ax, spread=False)
    assert display.ax_ is ax and display.bands_ == {}
    assert ax.get_ylabel() == "Balanced accuracy"


def test_a_comparison_draws_itself():
    drawn = CURVES.compare().plot()
    assert isinstance(drawn, DifferenceDisplay)
    for display in (DifferenceDisplay(CURVES).plot(), DifferenceDisplay.from_label_curves(CURVES)):
        assert list(display.points_) == list(drawn.points_) == ["worse", "better"]
        assert (
            display.ax_.get_xlabel() == "Difference to random sampling in mean balanced accuracy"
        )


def test_the_balance_of_curves_is_that_of_their_display():
    learner = ActiveLearner(GaussianNB(), strategy="margin")
    X, y = load_iris(return_X_y=True)
    curves = label_curve({"margin": learner}, X, y, budget=20, random_state=0)
    expected = ClassBalanceDisplay.from_label_curves(curves).balance_
    assert ClassBalanceDisplay(curves).plot().balance_ == expected


@pytest.mark.parametrize(
    "guess, way_out",
    [
        (lambda learner: LabelCurveDisplay(learner).plot(), "from_learners"),
        (lambda learner: ClassBalanceDisplay({"a": [[1, 2]]}).plot(), "pool_counts"),
        (lambda learner: DifferenceDisplay(learner).plot(), r"curves.compare\(\)"),
        (lambda learner: DifferenceDisplay({"a": CURVES}).plot(), "LabelCurves that label_curve"),
        (lambda learner: QueryDisplay(learner, [0]).plot(), r"from_learner\(learner, X_pool\)"),
    ],
)
def test_a_wrong_guess_is_told_what_to_write(guess, way_out):
    with pytest.raises(TypeError, match=way_out):
        guess(ActiveLearner())
