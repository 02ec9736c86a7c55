"""The game: spend a label budget on labeled data, for classes and for numbers."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._base import (
    Delegate,
    HasMethods,
    Integral,
    Interval,
    StrOptions,
    check_columns,
    remember_columns,
    route,
    take_rows,
)
from ..strategies import QueryStrategy
from ._opening import check_rules, learner_of, open_game
from ._oracle import Oracle
from ._stopping import StoppingWatch


class Game(Delegate):
    """Play the game: the base of :class:`LabelBudgetClassifier` and :class:`LabelBudgetRegressor`.

    Subclasses name the kind of their learner, "classification" or "regression", as `_task`.
    """

    _inner = "learner"

    _parameter_constraints = {
        "learner": [HasMethods(["query", "teach", "predict"]), None],
        "n_initial": [Interval(Integral, 0, None, closed="left")],
        "initial": [
            StrOptions({"random", "stratified"}),
            QueryStrategy,
            HasMethods("query"),
            "array-like",
        ],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "budget": [Interval(Integral, 1, None, closed="left")],
        "stopping": [HasMethods(["start", "update"]), None],
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
        self : object

        Raises
        ------
        ValueError
            If a parameter is wrong, X and y differ in length, or a label that was asked for
            is missing. Errors of the estimator come through as they are.
        """
        check_rules(self)
        params = route(self, "fit", fit_params, to="learner")
        return play_game(self, Oracle(X, y, params, caller=type(self).__name__), X)

    def _rounds(self, oracle, learner, first, seed, choose):
        """Teach the learner batch by batch, and yield each after it was learned."""
        free = np.setdiff1d(np.arange(oracle.n_samples), first)
        budget = min(self.budget, oracle.n_samples)
        watch = StoppingWatch(self.stopping, oracle, free, seed)
        batch, n_labels = first, len(first)
        while True:
            if n_labels:
                learner = oracle.teach(learner, batch)
                yield batch
            n = min(self.batch_size, budget - n_labels)
            if n == 0 or (n_labels and not watch.goes_on(learner, n_labels)):
                return
            batch = choose(oracle, learner, free, n)
            if not len(batch):  # a strategy may fall short of n, down to nothing
                return _refuse_nothing(n_labels)
            free = np.setdiff1d(free, batch)
            n_labels += len(batch)

    def _keep(self, X, learner, batches, staged):
        self.learner_ = learner
        self.query_indices_ = np.concatenate(batches)
        self.n_labels_ = np.cumsum([len(batch) for batch in batches])
        self.staged_estimators_ = staged
        if hasattr(learner, "classes_"):
            self.classes_ = learner.classes_
        remember_columns(self, X)
        return self

    def _template(self):
        return learner_of(self)

    def staged_predict(self, X):
        """Predict labels with the model of every round.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Yields
        ------
        y : ndarray of shape (n_samples,)
            The predictions after as many labels as `n_labels_` says.
        """
        check_is_fitted(self, "learner_")
        check_columns(self, X)
        return (estimator.predict(X) for estimator in self.staged_estimators_)


class LabelBudgetClassifier(Game):
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
        Number of labels to begin with. With 0 the game begins without a label: the learner
        chooses the first batch by its `cold_start`, and the first entry of `n_labels_` is the
        size of that batch. A first batch of a single class gives a model that predicts it.
    initial : {"random", "stratified"}, QueryStrategy or array-like of int, default="random"
        Which samples are labeled first.

        - "random": any, the same ones for every learner given the same `random_state`;
        - "stratified": one of each class, then any. Papers often start like this. It peeks: to
          know where the classes are it looks at all labels, beyond the budget;
        - a strategy that does not need a model, such as ``MaxHerding()`` or ``RandomSampling()``;
        - distinct positions in the X given to :meth:`fit`, instead of `n_initial`. A boolean
          mask is refused.
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
        The number of labels after each round. The first entry is that of the initial ones, or
        of the first batch where there are none.
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
    LabelBudgetRegressor : The same game for numbers.
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

    _task = "classification"


class LabelBudgetRegressor(Game):
    """Learn numbers from no more than a budget of the labels, chosen by an active learner.

    The game is that of :class:`LabelBudgetClassifier`, for a learner around a regressor: the
    numbers in `y` are hidden, and revealed where the learner asks for them. The result is a
    regressor like any other, so that the tools of scikit-learn compare and tune active learners.

    Parameters
    ----------
    learner : ActiveLearner, default=None
        The learner that asks, around a regressor. None stands for ``ActiveLearner(Ridge())``.
    n_initial : int, default=10
        Number of labels to begin with. With 0 the learner chooses the first batch by its
        `cold_start`.
    initial : "random", QueryStrategy or array-like of int, default="random"
        Which samples are labeled first: any, the same ones for every learner given the same
        `random_state`; those that a strategy chooses that does not need a model; or distinct
        positions in the X given to :meth:`fit`, instead of `n_initial`.
    batch_size : int, default=10
        How many labels to ask for in each round; the last round may ask for fewer.
    budget : int, default=100
        How many labels may be looked at altogether, the initial ones included.
    stopping : StoppingCriterion, default=None
        When to stop before the budget is spent, see :mod:`skal.stopping`. None: never.
    random_state : int, RandomState or None, default=None
        Seed of the first samples and of the stop set, and of the learner where its own
        `random_state` is None.

    Attributes
    ----------
    learner_ : ActiveLearner
        The fitted learner after the last round.
    query_indices_ : ndarray of shape (n_labels_[-1],)
        Positions of the samples in the order in which their labels were asked for.
    n_labels_ : ndarray of shape (n_rounds,)
        The number of labels after each round.
    staged_estimators_ : list of n_rounds regressors
        The fitted regressor of each round.
    n_features_in_ : int
        Number of features seen during :meth:`fit`, where X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    LabelBudgetClassifier : The same game for classes.
    label_curve : Compare learners on the same folds and the same first labels.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skal import ActiveLearner, LabelBudgetRegressor
    >>> from skal.strategies import MaxHerding, RandomSampling
    >>> X, y = load_diabetes(return_X_y=True)
    >>> game = LabelBudgetRegressor(ActiveLearner(Ridge(0.1)), budget=60, random_state=0)
    >>> len(game.fit(X, y).query_indices_)
    60
    >>> search = GridSearchCV(game, {"learner__strategy": [RandomSampling(), MaxHerding()]})
    >>> search.fit(X, y).cv_results_["mean_test_score"].shape
    (2,)
    """

    _task = "regression"


def ask(oracle, learner, free, n):
    """Return the rows that a learner asks for, of those that have no label."""
    return free[learner.query(take_rows(oracle.X, free), n)]


def _refuse_nothing(n_labels):
    if not n_labels:
        raise ValueError(
            "cold_start must choose at least one sample when n_initial=0, got none: nothing was "
            "learned. Give a strategy that chooses as many samples as it is asked for."
        )


def play_game(game, oracle, X, choose=ask):
    """Return the game after it was played.

    X is as it was given, for the names of its columns. `choose` returns the rows of a batch.
    """
    learner, first, seed = open_game(game, oracle)
    batches, staged = [], []
    for batch in game._rounds(oracle, learner, first, seed, choose):
        batches.append(batch)
        staged.append(learner.estimator_)
    return game._keep(X, learner, batches, staged)
