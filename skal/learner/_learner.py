"""The learner: a classifier that says what it wants labeled next."""

import copy
import operator
import weakref

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_consistent_length

from .._base import (
    Delegate,
    HasMethods,
    Integral,
    check_columns,
    check_count,
    derive_seed,
    draw_seed,
    fresh_seed,
    grow,
    is_frozen,
    make_random_state,
    remember_columns,
    route,
    set_random_states,
    validate_params,
)
from ..committee import Committee
from ..pool import Pool
from ..strategies import QueryStrategy
from ._cold_start import ColdModel, default_cold_start
from ._labeled import Labeled
from ._task import OnlyClass, task_of

__all__ = ["ActiveLearner"]


# The seeds of learners that are neither seeded nor fitted. Kept outside of the learners, so that
# a query leaves them as they are and yet answers the same when it is repeated.
_UNFITTED_SEEDS = weakref.WeakKeyDictionary()


class ActiveLearner(Delegate):
    """Wrap a classifier so that it says which samples it wants labeled next.

    The learner holds a fitted classifier and the samples labeled so far. Asked to
    :meth:`query` a pool of unlabeled samples, it shows the pool to its strategy as the
    classifier sees it; :meth:`teach` adds the labels that came back. For everything else it
    is the classifier it wraps: X reaches that untouched, and so do its exceptions reach you.

    Parameters
    ----------
    estimator : classifier or list of classifiers, default=None
        Any scikit-learn classifier, with or without `predict_proba`; also a pipeline, a
        search or a :class:`Committee`. A list of classifiers is a committee. None stands for
        :class:`~sklearn.linear_model.LogisticRegression`.
    strategy : QueryStrategy, default=None
        How :meth:`query` chooses. None stands for ``UncertaintySampling("margin")``, which
        works on every classifier that has `predict_proba` or `decision_function`.
    cold_start : QueryStrategy, default=None
        How :meth:`query` chooses as long as fewer than two classes are labeled: a strategy
        that needs no model. None stands for :class:`~skal.strategies.CoreSet`, which spreads
        over the pool, in the space of the estimator's transformers where they can be fitted
        without labels, else on numeric X itself; for X in which it cannot measure distances,
        such as raw texts, the choice is random, with a warning.
    incremental : bool, default=False
        Whether :meth:`teach` goes on from the present model rather than fitting from scratch:
        by the estimator's `partial_fit` on the new samples, else by its `warm_start` on all of
        them (ensembles then grow by their original size). A class that is new needs, and
        gets, a fit from scratch.
    n_jobs : int, default=None
        Number of threads in which the model predicts parts of the pool. The answer does not
        depend on it.
    random_state : int, RandomState or None, default=None
        Seed of whatever the strategy draws. Where it is given, it also seeds every
        `random_state` that the estimator and its parts leave at None, so an int makes the
        whole loop repeat itself from run to run.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier; a stand-in that predicts the only class while there is but one.
    classes_ : ndarray of shape (n_classes,)
        The classes seen so far.
    X_labeled_ : rows of the same kind as given
        The samples labeled so far.
    y_labeled_ : ndarray of shape (n_labeled,)
        Their labels.
    n_teaches_ : int
        How often :meth:`teach` was called since :meth:`fit`.
    n_features_in_ : int
        Number of features seen during :meth:`fit`, where X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    LabelBudgetClassifier : Simulate the loop on labeled data.
    skal.strategies : The strategies there are.

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
        "estimator": [HasMethods(["fit", "predict"]), list, tuple, None],
        "strategy": [QueryStrategy, None],
        "cold_start": [QueryStrategy, None],
        "incremental": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

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

    # Learning ---------------------------------------------------------------------------

    def fit(self, X, y, **fit_params):
        """Fit the classifier on the samples labeled so far, forgetting earlier ones.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Labeled samples, in whatever form the estimator takes.
        y : array-like of shape (n_samples,)
            Class labels. A single class is a normal start.
        **fit_params : dict
            Passed to the estimator's `fit`, or routed if metadata routing is enabled. What has
            one entry per sample, like `sample_weight`, is kept with the samples.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        ValueError
            If labels are missing, not discrete or of another length than X. Errors of the
            estimator come through as they are.
        """
        self._check_parameters()
        seed = draw_seed(make_random_state(self.random_state))
        labeled = self._check_labeled(X, y, fit_params)
        estimator = self._fit_from_scratch(labeled, seed)
        self._keep(labeled, estimator, seed=seed, n_teaches=0)
        remember_columns(self, X)
        return self

    def teach(self, X, y, **fit_params):
        """Add newly labeled samples and learn from them.

        On a learner that was never fitted this is :meth:`fit`. If it fails, the learner stays
        as it was.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Newly labeled samples, of the same kind as in :meth:`fit`.
        y : array-like of shape (n_samples,)
            Their labels; new classes are welcome.
        **fit_params : dict
            As in :meth:`fit`, for the new samples. Where only one of the calls had a
            `sample_weight`, the other samples weigh 1.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        ValueError
            If the samples do not fit those labeled so far, or with `incremental=True` the
            estimator has neither `partial_fit` nor `warm_start`.
        """
        if not self._is_fitted():
            return self.fit(X, y, **fit_params)
        self._check_parameters()
        new = self._check_labeled(X, y, fit_params)
        check_columns(self, X)
        labeled = self._labeled.joined(new)
        if self._can_go_on(new):
            estimator = self._fit_onwards(labeled, new)
        else:
            estimator = self._fit_from_scratch(labeled, self._seed)
        return self._keep(labeled, estimator, seed=self._seed, n_teaches=self.n_teaches_ + 1)

    def _check_parameters(self):
        """Check the parameters, unless they are the very objects that were checked in `fit`."""
        checked = getattr(self, "_checked", ())
        if not checked or not all(map(operator.is_, checked, self._parameters())):
            validate_params(self)

    def _parameters(self):
        return [getattr(self, name) for name in self._parameter_constraints]

    def _check_labeled(self, X, y, fit_params):
        y = self._task.check_y(y, type(self).__name__)
        check_consistent_length(X, y)
        return Labeled.of(X, y, route(self, "fit", fit_params))

    def _fit_from_scratch(self, labeled, seed):
        estimator = self._unfitted(seed)
        if self.incremental:
            _prepare_to_go_on(estimator)
        y = labeled.weighted_y
        if not self._task.makes_a_model(y) and not is_frozen(estimator):
            return self._task.stand_in(y)
        return estimator.fit(labeled.X, labeled.y, **labeled.params)

    def _can_go_on(self, new):
        if not self.incremental or self._is_stand_in():
            return False
        return bool(np.isin(new.y, self.classes_).all())

    def _fit_onwards(self, labeled, new):
        estimator = copy.deepcopy(self.estimator_)
        if hasattr(estimator, "partial_fit"):
            return estimator.partial_fit(new.X, new.y, classes=self.classes_, **new.params)
        grow(estimator, clone(self._template()))
        return estimator.fit(labeled.X, labeled.y, **labeled.params)

    def _keep(self, labeled, estimator, *, seed, n_teaches):
        """Change the state, all at once and only when nothing can fail any more."""
        self._checked = self._parameters()
        self._labeled = labeled
        self._seed = seed
        self.estimator_ = estimator
        self.n_teaches_ = n_teaches
        return self

    @property
    def _task(self):
        return task_of(self.estimator)

    def _template(self):
        """Return the estimator as the parameters describe it."""
        if self.estimator is None:
            return self._task.default_estimator()
        if isinstance(self.estimator, (list, tuple)):
            return Committee(list(self.estimator), n_jobs=self.n_jobs)
        return self.estimator

    def _unfitted(self, seed):
        """Return a clone to be fitted; a given `random_state` also seeds what it left open."""
        estimator = clone(self._template())
        if self.random_state is not None and not is_frozen(estimator):
            set_random_states(estimator, seed, only_missing=True)
        return estimator

    # Asking -----------------------------------------------------------------------------

    def query(self, X_pool, n=1, *, prices=None):
        """Choose the samples whose labels are wanted most.

        Pure: the same learner, pool and `n` give the same answer; :meth:`teach` moves the
        random stream on.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...)
            Unlabeled samples, of the same kind as in :meth:`fit`.
        n : int, default=1
            How many samples to choose. More than the pool holds: all of them, best first,
            with a warning.
        prices : array-like of shape (n_pool,), default=None
            What the label of each sample costs, above 0; read by
            :class:`~skal.strategies.CostAware`.

        Returns
        -------
        positions : ndarray of shape (n,), dtype intp
            Distinct positions in `X_pool`, best first.

        Raises
        ------
        ValueError
            If `n` is not a positive integer, the pool is empty or does not fit the samples seen
            in :meth:`fit`.
        MissingOutputError
            If the strategy reads something that the classifier cannot give.
        """
        return self.select(X_pool, n, prices=prices).positions

    def select(self, X_pool, n=1, *, prices=None):
        """Choose samples as :meth:`query` does, and say who chose them by which scores.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...)
            Unlabeled samples, of the same kind as in :meth:`fit`.
        n : int, default=1
            How many samples to choose.
        prices : array-like of shape (n_pool,), default=None
            The price of the label of each sample, above 0.

        Returns
        -------
        selection : Selection
            `positions` are what :meth:`query` returns. `scores` are the scores that chose them,
            None where the strategy has none. `strategy` is the strategy that was asked: the
            default or the cold start where these chose.

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
        (UncertaintySampling(), (2,))
        """
        self._check_parameters()
        n = check_count(n, "n")
        pool = self.pool(X_pool, prices=prices)
        return self._strategy_for(pool).select(pool, n)

    def _strategy_for(self, pool):
        """Return the strategy that chooses now: while there is no model, the cold start."""
        if self._knows_classes():
            return self._task.default_strategy() if self.strategy is None else self.strategy
        return default_cold_start(pool) if self.cold_start is None else self.cold_start

    def pool(self, X_pool, *, prices=None):
        """Return the pool as a strategy sees it.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...)
            Unlabeled samples.
        prices : array-like of shape (n_pool,), default=None
            What the label of each sample costs, above 0.

        Returns
        -------
        pool : Pool
            With the samples labeled so far as `pool.labeled`.

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
        if self._is_fitted():
            check_columns(self, X_pool)
        known = self._labeled if self._is_fitted() else None
        if self._knows_classes():
            model = self.estimator_
        else:
            model = ColdModel(self._template(), X_pool, known)
        return Pool(
            model,
            X_pool,
            labeled=None if known is None else Pool(model, known.X, y=known.y),
            n_jobs=self.n_jobs,
            random_state=self._pool_seed(),
            prices=prices,
        )

    def _knows_classes(self):
        return self._is_fitted() and not self._is_stand_in()

    def _pool_seed(self):
        """Return a seed that only `teach` changes."""
        if self._is_fitted():
            return derive_seed(self._seed, self.n_teaches_)
        if self.random_state is not None:
            return copy.deepcopy(self.random_state)  # a generator must not move on by a query
        return _UNFITTED_SEEDS.setdefault(self, fresh_seed())

    # The classifier ---------------------------------------------------------------------

    def _answering(self):
        """Return the wrapped estimator, not its stand-in for one class."""
        return self._template() if self._is_stand_in() else self.estimator_

    def _check_answer(self, method, X):
        super()._check_answer(method, X)
        if not self._is_stand_in():
            return
        if method == "decision_function":
            raise ValueError(
                f"decision_function needs two classes, but only {self.classes_[0]!r} is "
                "labeled so far. Teach samples of another class first."
            )
        check_columns(self, X)  # the stand-in would take anything

    def _is_fitted(self):
        return hasattr(self, "estimator_")

    def _is_stand_in(self):
        """Whether there is no model of at least two classes yet."""
        return isinstance(getattr(self, "estimator_", None), (OnlyClass, type(None)))

    @property
    def classes_(self):
        """The classes seen so far."""
        return self._fitted("estimator_").classes_

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

    def __sklearn_is_fitted__(self):
        return self._is_fitted()


def _prepare_to_go_on(estimator):
    if hasattr(estimator, "partial_fit"):
        return
    if "warm_start" not in estimator.get_params(deep=False):
        raise ValueError(
            f"incremental=True needs an estimator with partial_fit or warm_start, but "
            f"{type(estimator).__name__} has neither. Use incremental=False to fit from scratch."
        )
    estimator.set_params(warm_start=True)
