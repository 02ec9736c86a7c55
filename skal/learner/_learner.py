"""`ActiveLearner`, an estimator that chooses the samples to label next."""

import copy
import operator
import weakref

import numpy as np

from .._base import (
    Delegate,
    Integral,
    as_in_fit,
    check_columns,
    check_count,
    check_predictors,
    check_same_length,
    derive_seed,
    draw_seed,
    fit_predictor,
    fresh_seed,
    hints,
    is_collection,
    is_indicator,
    make_random_state,
    remember_columns,
    route,
    rows_given,
    validate_params,
    visual_block,
)
from ..committee import Committee
from ..dask import DaskPartitions, computed
from ..pool import PartitionedPool, Pool
from ..strategies import (
    QueryStrategy,
    check_strategy_given,
    find_strategy,
    given_or_default,
    within_budgets,
)
from ._blank import Blank
from ._cold_start import ColdModel, default_cold_start
from ._incremental import continue_fit, prepare_incremental
from ._labeled import Labeled
from ._partitions import cold_model_of_partitions, partitions_as_in_fit
from ._refit import refit_of
from ._stand_in import StandIn
from ._task import task_of
from ._trained import trained

__all__ = ["ActiveLearner"]


# The seeds of learners that have no `random_state` and are not fitted. They are kept outside of
# the learners, so that a query does not change its learner and still gives the same answer again.
_UNFITTED_SEEDS = weakref.WeakKeyDictionary()

# The blanks that learners fit; outside of them, as a fit that fails leaves a learner as it was.
_BLANKS = weakref.WeakKeyDictionary()


# What the number of samples to choose is called elsewhere.
_N_ELSEWHERE = dict.fromkeys(
    ["n_instances", "n_samples", "num_samples", "batch_size", "query_size", "size", "k"],
    "The number of samples to choose is n: query(X_pool, n=5).",
)

# How scores are asked for elsewhere.
_SCORES_ELSEWHERE = dict.fromkeys(
    ["return_metrics", "return_utilities", "return_score"],
    "Scores are in what select returns: select(X_pool, n=5).scores.",
)


class ActiveLearner(Delegate):
    """Wrap a classifier or a regressor so that it chooses the samples to label next.

    The learner holds a fitted estimator and the samples labeled so far. :meth:`query` chooses
    samples from a pool of unlabeled samples: it presents the pool, as the estimator sees it, to
    the query strategy. :meth:`teach` adds the new labels and fits the estimator again. All other
    methods are those of the wrapped estimator, which gets X unchanged, and whose exceptions are
    not caught. Around a regressor the learner is a regressor, and labels are numbers.

    Parameters
    ----------
    estimator : classifier, regressor or list of either, default=None
        Any scikit-learn classifier, with or without `predict_proba`, or regressor, including
        pipelines, searches and :class:`Committee`. A list stands for a committee. None stands for
        :class:`~sklearn.linear_model.LogisticRegression`.
    strategy : QueryStrategy or str, default=None
        The strategy by which :meth:`query` chooses, or its name as on the command line, such as
        "entropy" or "badge". None stands for :class:`~skal.strategies.UncertaintyHerding` where
        distances between samples can be measured, else for ``UncertaintySampling("margin")``.
        Both work on every classifier that has `predict_proba` or `decision_function`, and on
        committees. Distances are measured in the output of the estimator's transformers, or its
        own `embed`, else in X itself, which must then be numeric and finite. For regressors None
        stands for :class:`~skal.strategies.LCMD`, or :class:`~skal.strategies.MaxHerding` where
        samples are in partitions, for several labels a sample for
        :class:`~skal.strategies.MultilabelUncertainty`.
    cold_start : QueryStrategy or str, default=None
        The strategy by which :meth:`query` chooses as long as fewer than two classes are
        labeled, or fewer than two samples where labels are numbers. It must not need a model. None
        stands for :class:`~skal.strategies.MaxHerding`, which chooses samples that are typical of
        large groups. Distances are measured in the output of the estimator's transformers if they
        can be fitted without labels, else in X itself. If X is not numeric or has missing values,
        samples are chosen at random, with a warning.
    incremental : bool, default=False
        Whether :meth:`teach` continues from the current model instead of fitting from scratch:
        by the estimator's `partial_fit` on the new samples, else with `warm_start` on all labeled
        samples, in which case ensembles grow by their original size. If a new class appears, the
        estimator is fitted from scratch.
    n_jobs : int, default=None
        Number of threads in which the model predicts parts of the pool. The result does not
        depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the random choices of the strategy. Unless it is None, it also seeds every
        `random_state` of the estimator and its nested estimators that is None, so an int makes
        the whole loop reproducible.

    Attributes
    ----------
    estimator_ : classifier or regressor
        The fitted estimator. As long as only one class is labeled, it is a stand-in that predicts
        this class; after a single number, one that predicts this number.
    classes_ : ndarray of shape (n_classes,)
        The classes seen so far; only where the estimator is a classifier.
    X_labeled_ : rows of shape (n_labeled, ...)
        The samples labeled so far, of the same kind as given.
    y_labeled_ : ndarray of shape (n_labeled,)
        Their labels.
    n_teaches_ : int
        Number of calls of :meth:`teach` since :meth:`fit`.
    n_features_in_ : int
        Number of features seen during :meth:`fit`, if X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X is a data frame whose column names are all strings.

    See Also
    --------
    LabelBudgetClassifier : Simulate active learning on labeled data.
    skal.strategies : The query strategies.

    References
    ----------
    B. Settles (2009). Active learning literature survey. University of Wisconsin-Madison.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(SVC(), random_state=0).fit(X[:50], y[:50])
    >>> X_pool, y_pool = X[50:1000], y[50:1000]
    >>> i = learner.query(X_pool, n=20)
    >>> learner.teach(X_pool[i], y_pool[i]).score(X[1000:], y[1000:]) > 0.8
    True
    """

    _parameter_constraints = {
        "estimator": "no_validation",  # checked as a classifier
        "strategy": "no_validation",  # a strategy or its name
        "cold_start": "no_validation",
        "incremental": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    @hints(
        query_strategy="Pass a strategy from skal.strategies as strategy=.",
        X_training="Pass the first labeled samples to fit(X, y).",
        y_training="Pass the first labeled samples to fit(X, y).",
    )
    def __init__(
        self,
        estimator=None,
        strategy=None,
        *,
        cold_start=None,
        incremental=False,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.strategy = strategy
        self.cold_start = cold_start
        self.incremental = incremental
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **fit_params):
        """Fit the estimator on labeled samples, which replace all samples given before.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Labeled samples, of any kind that the estimator accepts.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, of which a single class is enough, or numbers for a regressor. Several
            labels a sample are an indicator matrix of shape (n_samples, n_labels), dense or csr,
            for estimators that learn them.
        **fit_params : dict
            Passed to the estimator's `fit`, or routed if metadata routing is enabled. Parameters
            with one entry per sample, like `sample_weight`, are kept with the samples.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        ValueError
            If labels are missing, or not of the kind that the estimator learns, or X and y differ
            in length. Errors of the estimator are raised unchanged.
        """
        self._check_parameters()
        # The seed is kept, so that `teach` seeds every new clone of the estimator alike.
        seed = draw_seed(make_random_state(self.random_state))
        labeled = self._check_labeled(X, y, fit_params)
        estimator = self._fit_from_scratch(labeled, seed)
        remember_columns(self, labeled.X)
        return self._keep(labeled, estimator, seed=seed, n_teaches=0)

    @hints(only_new="To learn from the new samples alone, give the learner incremental=True.")
    def teach(self, X, y, **fit_params):
        """Add newly labeled samples and fit the estimator again.

        On a learner that is not fitted, `teach` is the same as :meth:`fit`. If it fails, the
        learner stays unchanged.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Newly labeled samples, of the same kind as in :meth:`fit`.
        y : array-like of shape (n_samples,)
            Their labels, which may be new classes.
        **fit_params : dict
            As in :meth:`fit`, for the new samples. If only some calls have a `sample_weight`,
            the other samples have the weight 1.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        ValueError
            If the samples are not of the kind of the samples labeled so far, or if `incremental`
            is True and the estimator has neither `partial_fit` nor `warm_start`.
        """
        if not self._is_fitted():
            return self.fit(X, y, **fit_params)
        self._check_parameters()
        X = as_in_fit(self, rows_given(X))
        new = self._check_labeled(X, y, fit_params)
        labeled = self._labeled.joined(new)
        estimator = self._fit_with(labeled, new)
        return self._keep(labeled, estimator, seed=self._seed, n_teaches=self.n_teaches_ + 1)

    def _fit_with(self, labeled, new):
        """Return the estimator fitted on all labeled samples, of which the last ones are new."""
        goes_on = self.incremental and self._has_model()
        if goes_on and self._task.continues(self.estimator_, new.y):
            return continue_fit(self.estimator_, self._template(), labeled, new)
        return self._fit_from_scratch(labeled, self._seed)

    def _check_parameters(self):
        """Check the parameters, unless they are the same objects that were checked in `fit`."""
        # On a small pool, a query would spend much of its time on the check.
        checked = getattr(self, "_checked", ())
        if not checked or not all(map(operator.is_, checked, self._parameters())):
            validate_params(self)
            owner = type(self).__name__
            check_predictors(self.estimator, "estimator", owner, regressors=True)
            check_strategy_given(self.strategy, "strategy", owner, QueryStrategy)
            check_strategy_given(self.cold_start, "cold_start", owner, QueryStrategy)

    def _parameters(self):
        return [getattr(self, name) for name in self._parameter_constraints]

    def _check_labeled(self, X, y, fit_params):
        X = rows_given(X)
        label_names = list(y.columns) if is_indicator(y) and hasattr(y, "columns") else None
        y = task_of(self.estimator, y).check_y(y, type(self).__name__)
        check_same_length(X=X, y=y)
        return Labeled.of(X, y, route(self, "fit", fit_params), label_names)

    def _fit_from_scratch(self, labeled, seed):
        task = task_of(self.estimator, labeled.y)
        estimator = self._unfitted(seed)
        if self.incremental:
            prepare_incremental(estimator)
        y = labeled.weighted_y
        if not task.allows_a_model(y) and trained(estimator) is None:
            return task.stand_in(y)
        return fit_predictor(estimator, labeled.X, labeled.y, labeled.params)

    def _keep(self, labeled, estimator, *, seed, n_teaches):
        """Store the new state, in one place and after every step that can fail."""
        self._checked = self._parameters()
        self._labeled = labeled
        self._seed = seed
        self.estimator_ = estimator
        self.n_teaches_ = n_teaches
        return self

    @property
    def _task(self):
        return task_of(self.estimator, self._labeled.y if self._is_fitted() else None)

    def _template(self):
        """Return the estimator as the parameters describe it."""
        if self.estimator is None:
            return self._task.default_estimator()
        if isinstance(self.estimator, (list, tuple)):
            return Committee(list(self.estimator), n_jobs=self.n_jobs)
        return self.estimator

    def _sk_visual_block_(self):
        """Return the diagram of the learner: its estimator, and the strategies that choose."""
        parts = [("estimator", self._template())]
        if self.strategy is None:
            parts.append(("strategy, by default", self._task.usual_strategy))
        for name in ("strategy", "cold_start"):
            given = getattr(self, name)
            if isinstance(given, str) and find_strategy(given):
                given = given_or_default(given)
            # What is not a strategy is refused by `fit`, not where the learner is shown.
            if isinstance(given, QueryStrategy):
                parts.append((name, given))
        return visual_block(self, parts)

    def _unfitted(self, seed):
        """Return a clone to fit; `seed` is used only if the learner has a `random_state`."""
        given, seed = (self.estimator, self.n_jobs), None if self.random_state is None else seed
        blank = _BLANKS.get(self)
        if blank is None or not blank.fits(given, seed):
            _BLANKS[self] = blank = Blank(self._template(), given, seed)
        return blank.copy()

    @hints(**_N_ELSEWHERE, **_SCORES_ELSEWHERE)
    def query(self, X_pool, n=1, *, prices=None):
        """Choose the samples to label next.

        A query does not change the learner: the same learner, pool and `n` give the same answer
        again. Only :meth:`teach` and :meth:`fit` change the seed of random choices.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...), or a dask array or data frame of them
            Unlabeled samples, of the same kind as in :meth:`fit`. Those of a dask collection are
            visited where they are; strategies that need them in one place are refused.
        n : int, default=1
            Number of samples to choose, at least 1. If it exceeds the size of the pool, all
            samples are returned, best first, with a warning.
        prices : array-like or dask array of shape (n_pool,), default=None
            Price of the label of each sample, above 0, for :class:`~skal.strategies.CostAware`.

        Returns
        -------
        positions : ndarray of shape (n,), dtype intp
            Distinct positions in `X_pool`, best first.

        Raises
        ------
        ValueError
            If `n` is not a positive integer, the pool is empty, its columns are not those
            seen in :meth:`fit`, or the strategy reads all samples of a dask collection at once.
        MissingOutputError
            If the strategy reads an output that the classifier does not provide.
        """
        return self.select(X_pool, n, prices=prices).positions

    @hints(**_N_ELSEWHERE, **_SCORES_ELSEWHERE)
    def select(self, X_pool, n=1, *, prices=None):
        """Choose samples like :meth:`query`, and return their scores and the strategy as well.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...), or a dask array or data frame of them
            Unlabeled samples, of the same kind as in :meth:`fit`.
        n : int, default=1
            Number of samples to choose, at least 1.
        prices : array-like or dask array of shape (n_pool,), default=None
            Price of the label of each sample, above 0.

        Returns
        -------
        selection : Selection
            `positions` are the positions that :meth:`query` returns. `scores` are the scores by
            which they were chosen, None if the strategy does not score samples. `strategy` is
            the strategy that chose them, which may be the default or the cold start strategy.

        Raises
        ------
        ValueError
            As in :meth:`query`.
        MissingOutputError
            As in :meth:`query`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> X, y = load_iris(return_X_y=True)
        >>> selection = ActiveLearner().fit(X[::10], y[::10]).select(X, n=2)
        >>> selection.strategy, selection.scores.shape
        (UncertaintyHerding(), (2,))
        """
        self._check_parameters()
        # Checked before a cold start fits transformers on the pool.
        n = check_count(n, "n")
        pool = self.pool(X_pool, prices=prices)
        selection = self._strategy_for(pool, n).select(pool, n)
        if self.strategy is None or self._has_model():
            return selection
        # A budget holds for the first batches as well, which the strategy does not choose.
        return within_budgets(given_or_default(self.strategy), pool, selection)

    def _strategy_for(self, pool, n):
        """Return the strategy to use now, which is the cold start as long as there is no model."""
        if self._has_model():
            strategy, default = self.strategy, self._task.default_strategy
        else:
            strategy, default = self.cold_start, default_cold_start
        return default(pool, n) if strategy is None else given_or_default(strategy)

    def pool(self, X_pool, *, prices=None):
        """Return the pool as the strategy sees it.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...), or a dask array or data frame of them
            Unlabeled samples.
        prices : array-like or dask array of shape (n_pool,), default=None
            Price of the label of each sample, above 0.

        Returns
        -------
        pool : Pool
            The unlabeled samples, with the samples labeled so far as `pool.labeled`. Outputs of a
            dask collection are read by :meth:`Pool.map`, or of some samples by :meth:`Pool.take`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.strategies import UncertaintySampling
        >>> X, y = load_iris(return_X_y=True)
        >>> learner = ActiveLearner().fit(X[::10], y[::10])
        >>> UncertaintySampling("entropy").score_samples(learner.pool(X)).shape
        (150,)
        """
        if is_collection(X_pool):
            partitions = DaskPartitions(X_pool)
            if self._is_fitted():
                partitions = partitions_as_in_fit(self, partitions)
            return self._pool_of(partitions, computed(prices), PartitionedPool)
        X_pool = rows_given(X_pool, "X_pool")
        if self._is_fitted():
            X_pool = as_in_fit(self, X_pool)
        return self._pool_of(X_pool, prices, Pool)

    def _pool_of(self, X_pool, prices, make):
        """Return the pool that `make` makes of samples or of partitions of them."""
        known = self._labeled if self._is_fitted() else None
        model, refit = self._model(), None
        if model is None:
            cold = ColdModel if make is Pool else cold_model_of_partitions
            model = cold(self._template(), X_pool, known, self._task)
        elif known is not None and trained(self._template()) is None:
            refit = refit_of(self, known, self._seed)  # else labels change nothing
        return make(
            model,
            X_pool,
            # Seen by the same model, so that distances to labeled samples are comparable.
            labeled=None if known is None else Pool(model, known.X, y=known.y, random_state=0),
            n_jobs=self.n_jobs,
            random_state=self._pool_seed(),
            prices=prices,
            refit=refit,
        )

    def _pool_seed(self):
        """Return a seed that only `fit` and `teach` change."""
        if self._is_fitted():
            return derive_seed(self._seed, self.n_teaches_)
        if isinstance(self.random_state, np.random.RandomState):
            # Drawn from a copy: neither a query nor the pool it sees may move it on.
            return draw_seed(copy.deepcopy(self.random_state))
        if self.random_state is not None:
            return self.random_state
        return _UNFITTED_SEEDS.setdefault(self, fresh_seed())

    def _answering(self):
        """Return the fitted estimator, or the unfitted one instead of a stand-in."""
        # A stand-in has other methods than the estimator whose place it takes.
        model = self._model()
        return self._template() if model is None else model

    def _fitted_inner(self):
        return self.estimator_ if self._is_fitted() else self._model()

    def _check_answer(self, method, X):
        has_model = self._has_model()
        if self._is_fitted() or not has_model:
            super()._check_answer(method, X)
        if has_model:
            return
        if method == "decision_function":
            if self.y_labeled_.ndim == 2:
                needed, way_out = f"a model, but {self._task.too_few}", self._task.way_out
            else:
                needed = f"two classes, but only {self.classes_[0]!r} is labeled so far"
                way_out = "Teach samples of another class"
            raise ValueError(f"decision_function needs {needed}. {way_out} first.")
        check_columns(self, X)  # the stand-in accepts any X

    def _is_fitted(self):
        return hasattr(self, "estimator_")

    def _model(self):
        """Return the fitted estimator, None as long as the labels do not suffice for one.

        An estimator that was trained before is a model without any labels.
        """
        if not self._is_fitted():
            return trained(self._template())
        return None if isinstance(self.estimator_, StandIn) else self.estimator_

    def _has_model(self):
        return self._model() is not None

    @property
    def classes_(self):
        """The classes seen so far."""
        model = self._model()
        return self._fitted("estimator_").classes_ if model is None else model.classes_

    @property
    def X_labeled_(self):
        """The samples labeled so far."""
        return self._fitted("_labeled").X

    @property
    def y_labeled_(self):
        """The labels of the samples labeled so far."""
        return self._fitted("_labeled").y

    def _fitted(self, name):
        if not self._is_fitted():
            raise AttributeError(f"This {type(self).__name__} is not fitted yet.")
        return getattr(self, name)
