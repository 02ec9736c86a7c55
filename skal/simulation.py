"""Simulate active learning on labeled data, to see what a label budget would have bought."""

import sys
import time
import warnings
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from scipy.integrate import trapezoid
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.exceptions import DataConversionWarning
from sklearn.metrics import check_scoring
from sklearn.model_selection import StratifiedKFold, check_cv
from sklearn.utils import indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from . import _sklearn
from .learner import ActiveLearner
from .stopping import Round
from .strategies import QueryStrategy, RandomSampling, UncertaintySampling

__all__ = ["LabelBudgetClassifier", "LabelCurves", "area_under_label_curve", "label_curve"]

MAX_SEED = 2**31 - 1


# One learner ------------------------------------------------------------------------------


def _learner_has(method):
    """Say whether the learner, fitted or not, has a method."""

    def check(classifier):
        fitted = hasattr(classifier, "learner_")
        getattr(classifier.learner_ if fitted else classifier._template(), method)
        return True

    return check


class LabelBudgetClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Learn from no more than a budget of the labels, chosen by an active learner.

    `fit` plays the game for which pools of unlabeled samples are a stand-in: the labels in
    `y` are hidden, `n_initial` of them are revealed, and then the learner asks for `batch_size`
    more, round by round, until `budget` labels are spent, no sample is left or `stopping` says
    so. The labels that were not asked for are never looked at.

    The result is a classifier like any other, so that the tools of scikit-learn compare and
    tune active learners: a grid search over `learner__strategy` compares strategies.

    Parameters
    ----------
    learner : ActiveLearner, default=None
        The learner that asks. None stands for ``ActiveLearner()``.
    n_initial : int, default=10
        Number of labels to begin with.
    initial : {"random", "stratified"} or QueryStrategy, default="random"
        Which samples are labeled first.

        - "random": any, the same ones for every learner given the same `random_state`;
        - "stratified": one of each class, then any. A habit of papers that peeks: to know
          where the classes are it looks at all labels, beyond the budget;
        - a strategy that needs no model, such as ``CoreSet()`` or ``RandomSampling()``.
    batch_size : int, default=10
        How many labels to ask for in each round; the last round may ask for fewer.
    budget : int, default=100
        How many labels may be looked at altogether, the initial ones included. More than
        there are samples: all of them.
    stopping : StoppingCriterion, default=None
        When to stop before the budget is spent, see :mod:`skal.stopping`. None: never.
    random_state : int, RandomState or None, default=None
        Seed of the first samples and of the stop set. Where the learner or a part of it has a
        `random_state` of None, that gets a seed from here too, so that an int makes the whole
        game repeat itself.

    Attributes
    ----------
    learner_ : ActiveLearner
        The fitted learner after the last round.
    query_indices_ : ndarray of shape (n_labels_[-1],)
        Positions of the samples in the order in which their labels were asked for, the initial
        ones first.
    n_labels_ : ndarray of shape (n_rounds,)
        The number of labels after each round. The first entry is that of the initial ones.
    staged_estimators_ : list of n_rounds classifiers
        The fitted classifier of each round.
    classes_ : ndarray of shape (n_classes,)
        The classes among the labels that were revealed.
    n_features_in_ : int
        Number of features seen during :meth:`fit`, where X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    area_under_label_curve : Score all rounds at once, for use in a search.
    label_curve : Compare learners on the same folds and the same first labels.

    Notes
    -----
    What surrounds the game has the labels as usual: the folds of a cross-validation are
    stratified by all of `y`, and scores are computed on fully labeled test samples.

    With an int as `random_state` the first samples have the same positions in folds of the same
    size, and a class that is not among them may never be asked for: shuffle the folds, or use
    :func:`label_curve`, which gives every fold a seed of its own.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner, LabelBudgetClassifier
    >>> from skal.strategies import RandomSampling, UncertaintySampling
    >>> X, y = load_digits(return_X_y=True)
    >>> game = LabelBudgetClassifier(ActiveLearner(SVC()), budget=120, random_state=0)
    >>> len(game.fit(X[:1000], y[:1000]).query_indices_)
    120
    >>> strategies = [RandomSampling(), UncertaintySampling("margin")]
    >>> search = GridSearchCV(game, {"learner__strategy": strategies})
    >>> search.fit(X, y).best_params_
    {'learner__strategy': UncertaintySampling()}
    """

    _parameter_constraints = {
        "learner": [_sklearn.HasMethods(["query", "teach", "predict"]), None],
        "n_initial": [_sklearn.Interval(_sklearn.Integral, 1, None, closed="left")],
        "initial": [
            _sklearn.StrOptions({"random", "stratified"}),
            QueryStrategy,
            _sklearn.HasMethods("query"),
        ],
        "batch_size": [_sklearn.Interval(_sklearn.Integral, 1, None, closed="left")],
        "budget": [_sklearn.Interval(_sklearn.Integral, 1, None, closed="left")],
        "stopping": [_sklearn.HasMethods(["start", "update"]), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        learner=None,
        *,
        n_initial=10,
        initial="random",
        batch_size=10,
        budget=100,
        stopping=None,
        random_state=None,
    ):
        self.learner = learner
        self.n_initial = n_initial
        self.initial = initial
        self.batch_size = batch_size
        self.budget = budget
        self.stopping = stopping
        self.random_state = random_state

    # The game -----------------------------------------------------------------------------

    def fit(self, X, y, **fit_params):
        """Let the learner ask for labels until the budget is spent.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            The samples, in whatever form the learner's estimator takes.
        y : array-like of shape (n_samples,)
            Their labels, of which at most `budget` are looked at. The others may be anything.
        **fit_params : dict
            Passed to the learner, or routed if metadata routing is enabled. Of what has one
            entry per sample, like `sample_weight`, the learner gets the entries of the samples
            that are labeled.

        Returns
        -------
        self : LabelBudgetClassifier

        Raises
        ------
        ValueError
            If a parameter is wrong, X and y differ in length, or a label that was asked for
            is missing. Errors of the estimator come through as they are.
        """
        self._check_parameters()
        oracle = _Oracle(X, y, _sklearn.route(self, "fit", fit_params, to="learner"))
        learner, first, seed = self._open(oracle)
        batches, staged = [], []
        for batch in self._rounds(oracle, learner, first, seed):
            batches.append(batch)
            staged.append(learner.estimator_)
        return self._keep(X, learner, batches, staged)

    def _check_parameters(self):
        _check_learner(self.learner)
        _sklearn.validate_params(self)
        if self.n_initial > self.budget:
            raise ValueError(
                f"n_initial must be at most the budget, which includes the initial labels, got "
                f"n_initial={self.n_initial} and budget={self.budget}."
            )

    def _open(self, oracle):
        """Return the learner, the first rows it is taught and the seed of the stop set."""
        # One seed for each purpose, so that the first rows do not depend on the learner.
        seeds = _sklearn.random_state(self.random_state).randint(MAX_SEED, size=3).tolist()
        learner = clone(self._template())
        _sklearn.set_random_states(learner, seeds[0], only_missing=True)
        return learner, self._first_rows(oracle, learner, seeds[1]), seeds[2]

    def _first_rows(self, oracle, learner, seed):
        n = min(self.n_initial, oracle.n_samples)
        order = _sklearn.random_state(seed).permutation(oracle.n_samples)
        if self.initial == "random":
            return order[:n]
        if self.initial == "stratified":
            return _one_per_class(oracle.peek(), order, n)
        return np.asarray(self.initial.query(learner.pool(oracle.X), n))

    def _rounds(self, oracle, learner, first, seed):
        """Teach the learner batch by batch, and yield each after it was learned."""
        free = np.setdiff1d(np.arange(oracle.n_samples), first)
        budget = min(self.budget, oracle.n_samples)
        goes_on = _GoesOn(self.stopping, oracle, free, seed)
        batch, n_labels = first, len(first)
        while True:
            learner = oracle.teach(learner, batch)
            yield batch
            n = min(self.batch_size, budget - n_labels)
            if n == 0 or not goes_on(learner, n_labels):
                return
            batch = free[learner.query(_sklearn.take_rows(oracle.X, free), n)]
            free = np.setdiff1d(free, batch)
            n_labels += n

    def _keep(self, X, learner, batches, staged):
        self.learner_ = learner
        self.query_indices_ = np.concatenate(batches)
        self.n_labels_ = np.cumsum([len(batch) for batch in batches])
        self.staged_estimators_ = staged
        self.classes_ = learner.classes_
        _sklearn.remember_columns(self, X)
        return self

    def _template(self):
        return ActiveLearner() if self.learner is None else self.learner

    # The classifier -----------------------------------------------------------------------

    def predict(self, X):
        """Predict classes with the model of the last round.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        return self._answer("predict", X)

    @available_if(_learner_has("predict_proba"))
    def predict_proba(self, X):
        """Return the probabilities of the last round, of shape (n_samples, n_classes)."""
        return self._answer("predict_proba", X)

    @available_if(_learner_has("predict_log_proba"))
    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, of shape (n_samples, n_classes)."""
        return self._answer("predict_log_proba", X)

    @available_if(_learner_has("decision_function"))
    def decision_function(self, X):
        """Return the last decision function, of shape (n_samples,) or (n_samples, k)."""
        return self._answer("decision_function", X)

    def score(self, X, y, **score_params):
        """Return the score of the last round.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
        y : array-like of shape (n_samples,)
        **score_params : dict
            Passed on, such as `sample_weight`.

        Returns
        -------
        score : float
            What the learner's estimator scores, by default the accuracy.
        """
        check_is_fitted(self, "learner_")
        return self.learner_.score(
            X, y, **_sklearn.route(self, "score", score_params, to="learner")
        )

    def staged_predict(self, X):
        """Predict classes with the model of every round.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Yields
        ------
        y : ndarray of shape (n_samples,)
            The predictions after as many labels as `n_labels_` says.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import LabelBudgetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> game = LabelBudgetClassifier(budget=40, random_state=0).fit(X, y)
        >>> errors = [int((predicted != y).sum()) for predicted in game.staged_predict(X)]
        >>> len(errors), errors[-1] < errors[0]
        (4, True)
        """
        check_is_fitted(self, "learner_")
        _sklearn.check_columns(self, X)
        return (estimator.predict(X) for estimator in self.staged_estimators_)

    def _answer(self, method, X):
        check_is_fitted(self, "learner_")
        return getattr(self.learner_, method)(X)

    def get_metadata_routing(self):
        """Say which metadata `fit` and `score` hand on to the learner."""
        mapping = _sklearn.MethodMapping().add(caller="fit", callee="fit")
        mapping.add(caller="score", callee="score")
        router = _sklearn.MetadataRouter(owner=type(self).__name__)
        return router.add(learner=self._template(), method_mapping=mapping)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        return _sklearn.take_over_tags(tags, [self._template()])


class _Oracle:
    """Samples whose labels are hidden, and what was passed to `fit` for them.

    Only the labels asked for are looked at; of the others not even the type matters.
    """

    def __init__(self, X, y, params):
        self.X, y = indexable(X, y)
        self._y = _one_dimensional(y)
        self._params = params
        self.n_samples = _sklearn.num_rows(self.X)
        if not self.n_samples:
            raise ValueError("X must hold at least one sample, got 0 sample(s).")

    def teach(self, learner, rows):
        """Return the learner taught the labels of some rows."""
        y = _plain(_sklearn.take_rows(self._y, rows))
        _refuse_missing(y, rows)
        params = _sklearn.take_params(self._params, self.n_samples, rows)
        return learner.teach(_sklearn.take_rows(self.X, rows), y, **params)

    def peek(self):
        """Return all labels, which is not what the game allows."""
        return _sklearn.check_labels(_plain(self._y), "LabelBudgetClassifier")


def _one_dimensional(y):
    """Return y with the shape (n_samples,), without a look at what it holds."""
    if y is None:
        raise ValueError(
            "LabelBudgetClassifier requires y to be passed, but the target y is None."
        )
    if sp.issparse(y):
        raise ValueError("y must be a dense array of shape (n_samples,), got a sparse matrix.")
    shape = getattr(y, "shape", (0,))
    if len(shape) == 2 and shape[1] == 1:
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected. Please change the "
            "shape of y to (n_samples,), for example using ravel().",
            DataConversionWarning,
            stacklevel=4,
        )
        return np.asarray(y)[:, 0]
    if len(shape) != 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {tuple(shape)} instead.")
    return y


def _plain(labels):
    """Return labels as an array of their own type, whatever held them."""
    labels = np.asarray(labels)
    if labels.dtype.kind == "O" and len({type(label) for label in labels}) == 1:
        plain = np.asarray(labels.tolist())
        return plain if plain.shape == labels.shape else labels
    return labels


def _refuse_missing(labels, rows):
    """Name the position in the whole y, which the learner cannot know."""
    if labels.dtype.kind != "O":
        return
    for row, label in zip(rows, labels, strict=True):
        if label is None or type(label).__name__ == "NAType" or label != label:
            raise ValueError(
                f"y must hold a label for every sample that is asked for, but y[{row}] is "
                "missing. Leave samples without a label out."
            )


def _one_per_class(y, order, n):
    """Return `n` rows in which every class occurs, else in the given order."""
    first = np.sort(np.unique(y[order], return_index=True)[1])
    if len(first) > n:
        raise ValueError(
            f"n_initial must be at least the number of classes, {len(first)}, when "
            f'initial="stratified", got n_initial={n}.'
        )
    return np.concatenate([order[first], np.delete(order, first)])[:n]


class _GoesOn:
    """Ask a stopping criterion, if there is one, whether the game goes on."""

    def __init__(self, criterion, oracle, pool_rows, seed):
        self._criterion = criterion
        if criterion is not None:
            self._X_pool = _sklearn.take_rows(oracle.X, pool_rows)
            self._state = criterion.start(len(pool_rows), seed)

    def __call__(self, learner, n_labels):
        if self._criterion is None:
            return True
        now = Round(learner, self._X_pool, n_labels)
        self._state, stop = self._criterion.update(self._state, now)
        return not stop


def _check_learner(learner, name="learner"):
    """Refuse a classifier that cannot ask, with the way out."""
    asks = all(hasattr(learner, method) for method in ("query", "teach"))
    if learner is None or asks or isinstance(learner, type) or not hasattr(learner, "predict"):
        return
    raise _sklearn.InvalidParameterError(
        f"{name} must be an ActiveLearner, got {learner!r}, which cannot ask for labels. Wrap "
        f"it: ActiveLearner({type(learner).__name__}(...))."
    )


def area_under_label_curve(estimator, X, y, *, scoring="accuracy"):
    """Average the scores of all rounds of a game over the labels spent.

    The score after every round, as a function of the number of labels, is integrated by the
    trapezoidal rule and divided by the labels between the first round and the last. So it is a
    score as well: that of a model met at a random point of the labeling. A game of a single
    round has the score of its only model.

    Parameters
    ----------
    estimator : fitted LabelBudgetClassifier
        The game.
    X : rows of shape (n_samples, ...)
        Test samples.
    y : array-like of shape (n_samples,)
        Their labels.
    scoring : str, callable or None, default="accuracy"
        A scorer ``scorer(estimator, X, y)`` or its name; None is the estimator's own `score`.
        While only one class is labeled, models predict that class: some scorers refuse it,
        and ``initial="stratified"`` or a larger `n_initial` helps.

    Returns
    -------
    area : float

    See Also
    --------
    LabelBudgetClassifier : The game.

    Examples
    --------
    This function can be used as it is where scikit-learn takes `scoring`; another score is
    given by ``functools.partial(area_under_label_curve, scoring="balanced_accuracy")``.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from skal import LabelBudgetClassifier
    >>> from skal.simulation import area_under_label_curve
    >>> X, y = load_iris(return_X_y=True)
    >>> game = LabelBudgetClassifier(initial="stratified", budget=50, random_state=0)
    >>> areas = cross_val_score(game, X, y, scoring=area_under_label_curve)
    >>> bool(areas.mean() > 0.8)
    True
    """
    if not hasattr(type(estimator), "staged_predict"):
        raise TypeError(
            f"area_under_label_curve needs a LabelBudgetClassifier, got "
            f"{type(estimator).__name__}. Wrap the learner, transformers included: "
            "LabelBudgetClassifier(ActiveLearner(make_pipeline(...)))."
        )
    check_is_fitted(estimator, "staged_estimators_")
    return float(_area(estimator.n_labels_, _stage_scores(estimator, X, y, scoring)))


def _stage_scores(game, X, y, scoring):
    scorer = check_scoring(game.staged_estimators_[0], scoring=scoring)
    return np.array([float(scorer(estimator, X, y)) for estimator in game.staged_estimators_])


def _area(n_labels, scores):
    """Return the mean height of curves, of shape (..., n_rounds), over the labels spent."""
    if len(n_labels) == 1:
        return scores[..., 0]
    return trapezoid(scores, n_labels) / (n_labels[-1] - n_labels[0])


# Many learners ----------------------------------------------------------------------------


def label_curve(
    learners,
    X,
    y,
    *,
    cv=5,
    scoring="accuracy",
    n_repeats=1,
    n_initial=10,
    initial="random",
    batch_size=10,
    budget=100,
    n_jobs=None,
    verbose=0,
    random_state=None,
):
    """Compare active learners: the score on test samples against the labels spent.

    Every learner plays the game of :class:`LabelBudgetClassifier` on the same folds, with the
    same seeds, from the same first labels. Random sampling always plays along: what does not
    beat it saves no labels.

    Parameters
    ----------
    learners : ActiveLearner, list or dict of them
        The learners. In a dict the keys are their names, else the names are those of their
        strategies. If none of them has the strategy ``RandomSampling()``, the first one's
        estimator with that strategy joins them as "random".
    X : rows of shape (n_samples, ...)
        The samples, in whatever form the learners' estimators take.
    y : array-like of shape (n_samples,)
        Their labels.
    cv : int, splitter or iterable of (train, test), default=5
        How samples are divided into a pool and a test part. An int: stratified folds,
        shuffled anew in every repeat.
    scoring : str, callable or None, default="accuracy"
        A scorer ``scorer(estimator, X, y)`` or its name; None is the estimator's own `score`.
    n_repeats : int, default=1
        How often to go over all folds with other seeds.
    n_initial, initial, batch_size, budget
        As in :class:`LabelBudgetClassifier`. Where the smallest training part holds less than
        the budget, its size is the budget of all. A strategy as `initial` sees the samples as
        the first learner does.
    n_jobs : int, default=None
        Number of processes that play. The result does not depend on it.
    verbose : int, default=0
        1 shows a progress bar on stderr.
    random_state : int, RandomState or None, default=None
        Seed of the folds and of every game, see :class:`LabelBudgetClassifier`.

    Returns
    -------
    curves : LabelCurves

    Raises
    ------
    ValueError
        If a parameter is wrong. Errors of the estimators come through as they are.

    See Also
    --------
    skal.plotting.LabelCurveDisplay : Draw the curves.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> from skal.simulation import label_curve
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(SVC())
    >>> curves = label_curve({"margin": learner}, X, y, cv=3, budget=150, random_state=0)
    >>> curves.names
    ['margin', 'random']
    >>> area = {name: areas.mean() for name, areas in curves.area().items()}
    >>> bool(area["margin"] > area["random"])
    True
    """
    n_repeats = _sklearn.check_count(n_repeats, "n_repeats")
    learners, baseline = with_baseline(named_learners(learners))
    game = LabelBudgetClassifier(
        next(iter(learners.values())),
        n_initial=n_initial,
        initial=initial,
        batch_size=batch_size,
        budget=budget,
    )
    game._check_parameters()
    check_scoring(game.learner, scoring=scoring)
    runs = _prepare_runs(game, X, y, cv, n_repeats, _sklearn.random_state(random_state))
    tasks = [
        delayed(_play)(run, learner, X, y, scoring)
        for learner in learners.values()
        for run in runs
    ]
    played = Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    played = list(_show_progress(played, len(tasks)) if verbose else played)
    scores = np.array([scores for _, scores in played])
    return LabelCurves(
        played[0][0],
        dict(zip(learners, scores.reshape(len(learners), len(runs), -1), strict=True)),
        baseline=baseline,
        score_name=_score_name(scoring),
    )


def named_learners(learners):
    """Return the learners as a dict from their names."""
    if isinstance(learners, dict):
        return {name: _check_active(learner) for name, learner in learners.items()}
    learners = learners if isinstance(learners, (list, tuple)) else [learners]
    return dict(zip(_names([_check_active(one) for one in learners]), learners, strict=True))


def _check_active(learner):
    if not isinstance(learner, ActiveLearner):
        _check_learner(learner, "learners")
        raise TypeError(f"learners must be ActiveLearners, got {learner!r}.")
    return learner


def _names(learners):
    """Name learners by the class of their strategies, in more detail where that is the same."""
    strategies = [
        UncertaintySampling() if learner.strategy is None else learner.strategy
        for learner in learners
    ]
    names = [
        "random" if isinstance(strategy, RandomSampling) else type(strategy).__name__
        for strategy in strategies
    ]
    details = [" ".join(repr(strategy).split()) for strategy in strategies]
    names = [
        name if names.count(name) == 1 else detail
        for name, detail in zip(names, details, strict=True)
    ]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    ]


def with_baseline(learners):
    """Return the learners, random sampling among them, and the name of the latter."""
    if not learners:
        raise ValueError("learners must hold at least one ActiveLearner, got none.")
    for name, learner in learners.items():
        if isinstance(learner.strategy, RandomSampling):
            return learners, name
    if "random" in learners:
        raise ValueError(
            'The name "random" is that of the baseline, but the learner of that name has the '
            f"strategy {learners['random'].strategy!r}. Name it otherwise."
        )
    baseline = clone(next(iter(learners.values()))).set_params(strategy=RandomSampling())
    return {**learners, "random": baseline}, "random"


def _prepare_runs(game, X, y, cv, n_repeats, generator):
    """Return for each fold and repeat the game that every learner plays."""
    if not isinstance(cv, Integral):
        cv = check_cv(cv)
    splits = [split for _ in range(n_repeats) for split in _splits(X, y, cv, generator)]
    smallest = min(len(train) for train, _ in splits)
    # All runs have the same numbers of labels, so that their scores can be averaged.
    game = game.set_params(
        budget=min(game.budget, smallest), n_initial=min(game.n_initial, smallest)
    )
    return [
        _Run.of(clone(game).set_params(random_state=generator.randint(MAX_SEED)), X, y, *split)
        for split in splits
    ]


def _splits(X, y, cv, generator):
    if isinstance(cv, Integral):
        cv = StratifiedKFold(cv, shuffle=True, random_state=generator.randint(MAX_SEED))
    return list(cv.split(X, y))


@dataclass
class _Run:
    """A game with its first rows, and the samples to play it on."""

    game: LabelBudgetClassifier
    train: np.ndarray
    test: np.ndarray

    @classmethod
    def of(cls, game, X, y, train, test):
        oracle = _Oracle(_sklearn.take_rows(X, train), _sklearn.take_rows(y, train), {})
        first = game._open(oracle)[1]
        return cls(game.set_params(initial=_These(first)), train, test)


class _These(QueryStrategy):
    """Choose the samples that were chosen already."""

    def __init__(self, rows):
        self.rows = rows

    def _query(self, pool, n):
        return self.rows


def _play(run, learner, X, y, scoring):
    """Return the numbers of labels of a run, and the scores after each round."""
    game = clone(run.game).set_params(learner=learner)
    game.fit(_sklearn.take_rows(X, run.train), _sklearn.take_rows(y, run.train))
    X_test, y_test = _sklearn.take_rows(X, run.test), _sklearn.take_rows(y, run.test)
    return game.n_labels_, _stage_scores(game, X_test, y_test, scoring)


def _show_progress(results, total):
    """Yield results and show on stderr how many there are."""
    started, tenths = time.monotonic(), 0
    for done, result in enumerate(results, 1):
        yield result
        if sys.stderr.isatty():
            print("\r" + _bar(done, total, started), end="", file=sys.stderr, flush=True)
        elif 10 * done // total > tenths:  # a log gets a few lines, not a moving bar
            tenths = 10 * done // total
            print(_bar(done, total, started), file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _bar(done, total, started):
    filled = 20 * done // total
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f"[{'#' * filled}{'-' * (20 - filled)}] {done}/{total} games, {minutes}:{seconds:02d}"


def _score_name(scoring):
    return scoring.replace("_", " ") if isinstance(scoring, str) else "score"


class LabelCurves:
    """Hold the scores of several learners against the labels they had spent.

    Made by :func:`label_curve`.

    Parameters
    ----------
    n_labels : array-like of shape (n_rounds,)
        The numbers of labels, the same for all.
    scores : dict of str to array-like of shape (n_runs, n_rounds)
        The scores by the name of the learner. A run is one fold in one repeat, and the same
        row is the same run for all learners.
    baseline : str, default=None
        The name of the learner that asks at random.
    score_name : str, default="score"
        What the scores are.

    Attributes
    ----------
    names : list of str
        The names of the learners.

    See Also
    --------
    skal.plotting.LabelCurveDisplay : Draw the curves.

    Examples
    --------
    >>> from skal.simulation import LabelCurves
    >>> scores = {"margin": [[0.5, 0.8, 0.9]], "random": [[0.5, 0.6, 0.8]]}
    >>> curves = LabelCurves([10, 20, 30], scores, baseline="random")
    >>> curves.labels_to_reach(0.8)
    {'margin': 20.0, 'random': 30.0}
    >>> curves.labels_saved(0.8)
    {'margin': 10.0, 'random': 0.0}
    """

    def __init__(self, n_labels, scores, *, baseline=None, score_name="score"):
        self.n_labels = np.asarray(n_labels)
        self.scores = {name: np.atleast_2d(values) for name, values in scores.items()}
        self.baseline = baseline
        self.score_name = score_name

    @property
    def names(self):
        """The names of the learners."""
        return list(self.scores)

    def __repr__(self):
        n_runs = len(next(iter(self.scores.values())))
        return (
            f"LabelCurves({', '.join(map(str, self.names))}: {n_runs} runs, "
            f"{self.n_labels[0]} to {self.n_labels[-1]} labels)"
        )

    def mean(self):
        """Return for each learner the mean over runs, of shape (n_rounds,)."""
        return {name: scores.mean(axis=0) for name, scores in self.scores.items()}

    def std(self):
        """Return for each learner the standard deviation over runs, of shape (n_rounds,)."""
        return {name: scores.std(axis=0) for name, scores in self.scores.items()}

    def area(self):
        """Return for each learner the areas under its curves, of shape (n_runs,).

        They are divided by the labels between the first round and the last, as by
        :func:`area_under_label_curve`, and belong to the same runs for all learners.
        """
        return {name: _area(self.n_labels, scores) for name, scores in self.scores.items()}

    def labels_to_reach(self, target):
        """Find the first number of labels at which the mean curves reach a score.

        Parameters
        ----------
        target : float
            The score.

        Returns
        -------
        n_labels : dict of str to float
            By the name of the learner; NaN where the mean curve never reaches the target.
        """
        return {name: self._first_reaching(mean, target) for name, mean in self.mean().items()}

    def _first_reaching(self, mean, target):
        reached = np.flatnonzero(mean >= target)
        return float(self.n_labels[reached[0]]) if len(reached) else float("nan")

    def labels_saved(self, target=None):
        """Count the labels that a learner needs less than the baseline to reach a score.

        Parameters
        ----------
        target : float, default=None
            The score. None stands for the mean score with which the baseline ends.

        Returns
        -------
        saved : dict of str to float
            By the name of the learner; negative where it needs more than the baseline, NaN
            where one of the two never reaches the target.

        Raises
        ------
        ValueError
            If there is no baseline.
        """
        if self.baseline is None:
            raise ValueError("labels_saved compares with the baseline, but baseline is None.")
        if target is None:
            target = self.mean()[self.baseline][-1]
        needed = self.labels_to_reach(target)
        return {name: needed[self.baseline] - n_labels for name, n_labels in needed.items()}

    def to_frame(self):
        """Return all scores as a pandas data frame in long format.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns learner, run, n_labels and score, one row per learner, run and
            round.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_frame needs pandas: pip install pandas.") from error
        frames = [
            pd.DataFrame(
                {
                    "learner": name,
                    "run": np.repeat(np.arange(len(scores)), len(self.n_labels)),
                    "n_labels": np.tile(self.n_labels, len(scores)),
                    "score": scores.ravel(),
                }
            )
            for name, scores in self.scores.items()
        ]
        return pd.concat(frames, ignore_index=True)
