"""Draw what a strategy asks for on a pool of two dimensions, after 0, 10, 20 and 40 labels.

Every strategy is drawn on the same points; where its task is not one class for each sample, with
other labels. An animation shows batches of five instead::

    python docs/strategy_figures.py UncertaintyHerding -o figure.svg
    python docs/strategy_figures.py UncertaintyHerding --animate -o animation.svg
"""

import argparse
import pathlib
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from strategy_drawing import DIVIDER, draw_animation, draw_figure

from skal import ActiveLearner, Committee, strategies
from skal.loss_prediction import LossPredictingClassifier
from skal.pool import MissingOutputError
from skal.testing import all_strategies

BATCH_SIZE, STOPS = 10, (0, 10, 20, 40)
ANIMATED_BATCH_SIZE, ANIMATED_STOPS = 5, range(0, 45, 5)
ANIMATED = ("UncertaintyHerding", "UncertaintySampling", "CoreSet", "BADGE", "QueryByCommittee")


def make_points(seed):
    """Return points in the plane and the group of each.

    Three classes meet in the middle, each of a large and a small group. Twenty points are near
    copies of each other where two classes meet, and six are far from all others.
    """
    rng = np.random.RandomState(seed)
    centers = np.array(
        [[-2.5, 1.6], [-1.2, 2.9], [2.5, 1.5], [1.2, 0.4], [-0.8, -2.3], [1.1, -1.6]]
    )
    groups = np.repeat([0, 1, 2, 3, 4, 5], [70, 25, 70, 25, 70, 25])
    points = centers[groups] + 0.75 * rng.normal(size=(len(groups), 2))
    copies = [0.1, 2.0] + 0.06 * rng.normal(size=(20, 2))
    far = [[-4.6, 4.3], [-4.5, -3.8], [4.4, -3.6], [4.6, 4.4], [1.6, 4.5], [-4.7, -0.4]]
    nearest = [((point - centers) ** 2).sum(axis=1).argmin() for point in far]
    return np.vstack([points, copies, far]), np.concatenate([groups, np.full(20, 1), nearest])


@dataclass(frozen=True)
class Problem:
    """Points with labels, and the models to try, the simplest first.

    Parameters
    ----------
    kind : {"classes", "numbers", "labels"}
    label : callable
        Takes points and their groups, and returns their labels.
    models : list of estimator
        The first one that provides what a strategy reads is used.
    """

    kind: str
    label: object
    models: list

    def sample(self, seed=0):
        """Return points and their labels."""
        X, groups = make_points(seed)
        return X, self.label(X, groups)


def _hills(X, groups):
    """Return numbers that change much on the left and little on the right."""
    return np.sin(1.3 * X[:, 0]) * (X[:, 0] < 0) + 0.4 * X[:, 1] + 0.1 * X[:, 0]


PROBLEMS = {
    "classes": Problem(
        "classes",
        lambda X, groups: groups // 2,
        [LogisticRegression(C=10), Committee(LogisticRegression(C=10), n_members=10)],
    ),
    "numbers": Problem(
        "numbers",
        _hills,
        [
            GaussianProcessRegressor(RBF(1.5), alpha=1e-3, optimizer=None, normalize_y=True),
            Committee(make_pipeline(PolynomialFeatures(3), Ridge(0.1)), n_members=10),
        ],
    ),
    "labels": Problem(
        "labels",
        lambda X, groups: np.c_[X[:, 0] < 0.4, X[:, 1] > 0.4 * X[:, 0]].astype(int),
        [OneVsRestClassifier(LogisticRegression(C=10))],
    ),
}


def on_the_right(X):
    """Return which points are on the right of the line that some figures show."""
    return X[:, 0] > DIVIDER


# What EPIG is to predict: other points of the same groups.
TARGETS = make_points(1)[0]


@dataclass(frozen=True)
class Setting:
    """How a strategy is shown.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        None stands for the class with its default parameters.
    problem : str, default=None
        None stands for the first one for whose models the strategy can choose.
    model : estimator, default=None
        None stands for a model of the problem.
    prices : callable, default=None
        The prices of points.
    divided : bool, default=False
        Whether to draw a line between left and right.
    needs_labels : bool, default=False
        Whether the strategy refuses to choose before a label of its class is known.
    """

    strategy: object = None
    problem: str = None
    model: object = None
    prices: object = None
    divided: bool = False
    needs_labels: bool = False


SETTINGS = {
    "CostAware": Setting(
        strategies.CostAware(), prices=lambda X: np.where(on_the_right(X), 10.0, 1.0), divided=True
    ),
    "EPIG": Setting(
        strategies.EPIG(target=TARGETS[on_the_right(TARGETS)]),
        # With ten members the disagreements of all places are nearly the same.
        model=Committee(LogisticRegression(C=10), n_members=40),
        divided=True,
    ),
    "ExpectedCost": Setting(strategies.ExpectedCost([[0, 1, 1], [1, 0, 1], [10, 10, 0]])),
    "GreedyX": Setting(problem="numbers"),
    "LCMD": Setting(problem="numbers"),
    "LearningLoss": Setting(
        model=LossPredictingClassifier(LogisticRegression(C=10), random_state=0)
    ),
    "Mixture": Setting(
        strategies.Mixture([strategies.UncertaintySampling(), strategies.RandomSampling()])
    ),
    "Relevance": Setting(strategies.Relevance(positive=2), needs_labels=True),
    "Schedule": Setting(
        strategies.Schedule([(strategies.KMeansSampling(), 20), strategies.UncertaintySampling()])
    ),
    "Shortlist": Setting(
        strategies.Shortlist(strategies.UncertaintySampling(), strategies.KMeansSampling())
    ),
    "Distinct": Setting(strategies.Distinct(min_distance=0.5)),
}


def setting_of(cls):
    """Return the setting of a strategy, complete."""
    given = SETTINGS.get(cls.__name__, Setting())
    setting = replace(given, strategy=given.strategy or cls())
    kinds = [given.problem] if given.problem else PROBLEMS
    for kind in kinds:
        for model in [given.model] if given.model is not None else PROBLEMS[kind].models:
            complete = replace(setting, problem=kind, model=model)
            if _can_choose(complete):
                return complete
    raise ValueError(
        f"No problem of docs/strategy_figures.py suffices for {setting.strategy!r}. Add a row to "
        "SETTINGS with a model that provides what it reads."
    )


def _can_choose(setting):
    X, y = PROBLEMS[setting.problem].sample()
    rows = np.arange(0, len(X), 10)
    learner = ActiveLearner(setting.model, setting.strategy, random_state=0).fit(X[rows], y[rows])
    try:
        _select(learner, X, setting, n=1)
    except MissingOutputError:
        return False
    return True


def _select(learner, X, setting, n):
    prices = None if setting.prices is None else setting.prices(X)
    return learner.select(X, n, prices=prices)


@dataclass(frozen=True)
class Stage:
    """What is known and what is asked for at one moment.

    Parameters
    ----------
    labeled, batch : ndarray of int
        Positions among all points.
    by : QueryStrategy
        The strategy that chose the batch.
    is_cold : bool
        Whether that was the cold start, in place of the strategy.
    learner : ActiveLearner
    score : float
        The accuracy, or R^2, on other points; NaN without labels.
    """

    labeled: np.ndarray
    batch: np.ndarray
    by: object
    is_cold: bool
    learner: object = field(repr=False)
    score: float = np.nan


def play(setting, batch_size, stops):
    """Return the stages of labeling by a strategy, from the first batch on."""
    X, y = PROBLEMS[setting.problem].sample()
    test = PROBLEMS[setting.problem].sample(seed=1)
    own = setting.strategy
    labeled = np.empty(0, dtype=np.intp)
    stages = []
    for n_labeled in range(0, max(stops) + 1, batch_size):
        learner = ActiveLearner(setting.model, own, cold_start=own, random_state=0)
        if n_labeled:
            learner.fit(X[labeled], y[labeled])
        rest = np.setdiff1d(np.arange(len(X)), labeled)
        selection, is_cold = _first_that_can(learner, X[rest], setting, batch_size)
        batch = rest[selection.positions]
        if n_labeled in stops:
            score = learner.score(*test) if n_labeled else np.nan
            stages.append(Stage(labeled, batch, selection.strategy, is_cold, learner, score))
        labeled = np.concatenate([labeled, batch])
    return stages


def _first_that_can(learner, X, setting, n):
    """Return what the strategy selects, or, where it cannot yet, the default cold start."""
    if not setting.needs_labels:
        try:
            return _select(learner, X, setting, n), False
        except MissingOutputError:
            pass
    learner.set_params(cold_start=None)
    selection = _select(learner, X, setting, n)
    return selection, type(selection.strategy) is not type(setting.strategy)


def figure_of(cls):
    """Return the figure of a strategy, after 0, 10, 20 and 40 labels."""
    setting = setting_of(cls)
    stages = play(setting, BATCH_SIZE, STOPS)
    return draw_figure(cls.__name__, setting, stages, *PROBLEMS[setting.problem].sample())


def animation_of(cls):
    """Return the animation of a strategy, batch by batch."""
    setting = setting_of(cls)
    stages = play(setting, ANIMATED_BATCH_SIZE, ANIMATED_STOPS)
    return draw_animation(cls.__name__, setting, stages, *PROBLEMS[setting.problem].sample())


def main(arguments=None):
    """Draw the figure of one strategy into a file."""
    classes = {cls.__name__: cls for cls in all_strategies()}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=classes, metavar="name", help="class in skal.strategies")
    parser.add_argument("-o", "--output", required=True, help="the SVG file to write")
    parser.add_argument("--animate", action="store_true", help="show batches of five, one by one")
    options = parser.parse_args(arguments)
    make = animation_of if options.animate else figure_of
    text = make(classes[options.name]).standalone()
    pathlib.Path(options.output).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
