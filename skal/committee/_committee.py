"""Committee: a classifier made of several classifiers, or a regressor made of regressors."""

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._base import (
    Documented,
    Integral,
    Interval,
    MetadataRouter,
    MethodMapping,
    as_learned,
    check_indicators,
    check_kind,
    check_labels,
    check_predictors,
    check_same_length,
    check_targets,
    draw_seed,
    embed_with,
    embeds_as_given,
    fit_predictor,
    hints,
    is_frozen,
    is_indicator,
    is_regressor,
    make_random_state,
    n_labels_of,
    remember_columns,
    route,
    rows_given,
    set_random_states,
    take_over_tags,
    take_params,
    take_rows,
    unmasked,
    validate_params,
    visual_block,
)
from ._readers import member_label_proba, member_prediction, member_proba


def _learns_numbers(committee):
    return is_regressor(committee._templates())


def _learns_classes(committee):
    return not _learns_numbers(committee)


def _learned_labels(committee):
    return hasattr(committee, "n_labels_")


def _asks_for_classes(committee):
    return _learns_classes(committee) and not _learned_labels(committee)


class Committee(Documented, MetaEstimatorMixin, BaseEstimator):
    """Ask several classifiers, or several regressors, the same question.

    One estimator is cloned `n_members` times. Each clone gets a seed of its own, in place of
    the one it may have, and by default a bootstrap sample of its own. A list of estimators is
    taken as it is. A committee of classifiers predicts the class of the largest mean probability
    (the consensus); a member without `predict_proba` counts as certain of the class it votes for.
    A committee of regressors predicts the mean of their numbers, and one of classifiers that were
    taught several labels a sample the labels whose mean probability is above 1/2.

    Parameters
    ----------
    estimators : classifier, regressor or list of either, default=None
        One estimator to clone, or the members themselves, each fitted on all samples.
        Members that are fitted already come in as
        :class:`~sklearn.frozen.FrozenEstimator`. None stands for
        :class:`~sklearn.linear_model.LogisticRegression`.
    n_members : int, default=10
        How often one estimator is cloned. Not used for a list.
    bootstrap : bool, default=True
        Whether clones see samples drawn with replacement rather than all of them. Every
        bootstrap sample of classes has at least one sample of each class. A list is never
        resampled.
    n_jobs : int, default=None
        Number of members that are fitted, or predict, at the same time. The result does not
        depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the members' own seeds and bootstrap samples.

    Attributes
    ----------
    members_ : list of fitted classifiers or regressors
        The members.
    n_members_ : int
        Number of members.
    classes_ : ndarray of shape (n_classes,)
        Class labels; only of a committee of classifiers. Of several labels a sample, a list with
        the values 0 and 1 of each label.
    n_features_in_ : int
        Number of features seen during `fit`, where X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    skal.strategies.QueryByCommittee : Ask for labels where members disagree.

    References
    ----------
    H. S. Seung, M. Opper and H. Sompolinsky (1992). Query by committee. COLT.

    N. Abe and H. Mamitsuka (1998). Query learning strategies using boosting and bagging. ICML.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skal import Committee
    >>> X, y = load_iris(return_X_y=True)
    >>> committee = Committee(DecisionTreeClassifier(), n_members=5, random_state=0).fit(X, y)
    >>> committee.member_proba(X[:4]).shape
    (5, 4, 3)
    """

    _parameter_constraints = {
        "estimators": "no_validation",  # checked as classifiers
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "bootstrap": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    @hints(learner_list="Pass a list of classifiers as estimators=.")
    def __init__(
        self, estimators=None, *, n_members=10, bootstrap=True, n_jobs=None, random_state=None
    ):
        self.estimators = estimators
        self.n_members = n_members
        self.bootstrap = bootstrap
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _sk_visual_block_(self):
        """Return the diagram of the committee: the members, or the one that is cloned."""
        given = self.estimators
        members = given if isinstance(given, (list, tuple)) else [given] if given else []
        return visual_block(self, [("estimators", member) for member in members])

    def fit(self, X, y, **fit_params):
        """Fit every member.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Training samples, in whatever form the members take.
        y : array-like of shape (n_samples,)
            Class labels, or numbers where the members are regressors.
        **fit_params : dict
            Passed to the members' `fit`; what has one entry per sample, like
            `sample_weight`, follows the bootstrap samples.

        Returns
        -------
        self : Committee
        """
        validate_params(self)
        members = self._unfitted_members()
        X = rows_given(X)
        y = self._check_y(y)
        check_same_length(X=X, y=y)
        fit_params = route(self, "fit", fit_params)
        random_state = make_random_state(self.random_state)
        # Drawn before any member is fitted, so that the result does not depend on n_jobs.
        draws = [self._draw(member, y, random_state) for member in members]
        members = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_member)(member, X, y, rows, fit_params)
            for member, rows in zip(members, draws, strict=True)
        )
        remember_columns(self, X)
        self._remember_labels(y, members)
        self.members_ = members
        return self

    def _check_y(self, y):
        if _learns_numbers(self):
            return check_targets(y, type(self).__name__)
        caller = type(self).__name__
        if is_indicator(y):
            return check_indicators(y, caller, self._templates())
        return check_labels(y, caller)

    def _remember_labels(self, y, members):
        if _learned_labels(self):
            del self.n_labels_
        if y.ndim == 2:
            self.n_labels_ = y.shape[1]
            self.classes_ = [np.array([0, 1])] * self.n_labels_
        elif _learns_classes(self):
            self.classes_ = np.unique(
                np.concatenate([np.unique(y), *(member.classes_ for member in members)])
            )

    @property
    def n_members_(self):
        """Number of members."""
        check_is_fitted(self)
        return len(self.members_)

    @available_if(_asks_for_classes)
    def member_proba(self, X):
        """Return the probabilities by each member.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes)
            A class that a member never saw has probability 0 there.
        """
        X = self._rows_for_members(X)
        return member_proba(self.members_, X, self.classes_, n_jobs=self.n_jobs)

    @available_if(_learned_labels)
    def member_label_proba(self, X):
        """Return the probability of each of several labels by each member.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        proba : ndarray of shape (n_members, n_samples, n_labels)
        """
        X = self._rows_for_members(X)
        return member_label_proba(self.members_, X, n_jobs=self.n_jobs)

    @available_if(_learns_numbers)
    def member_prediction(self, X):
        """Return the numbers that each member predicts.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        predicted : ndarray of shape (n_members, n_samples)
        """
        X = self._rows_for_members(X)
        return member_prediction(self.members_, X, n_jobs=self.n_jobs)

    def _rows_for_members(self, X):
        check_is_fitted(self)
        X = rows_given(X)
        check_kind(self, X)
        for member in self.members_:
            X = as_learned(self, member, X)
        return X

    @available_if(_learns_classes)
    def predict_proba(self, X):
        """Return the mean of the members' probabilities.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Of several labels, as forests of scikit-learn do, a list with an array of shape
            (n_samples, 2) for each label.
        """
        if not _learned_labels(self):
            return self.member_proba(X).mean(axis=0)
        proba = self.member_label_proba(X).mean(axis=0)
        return [np.column_stack([1 - has_it, has_it]) for has_it in proba.T]

    def predict(self, X):
        """Return the consensus of the members.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The classes of the largest mean probability, or the means of the numbers. Of several
            labels a matrix of shape (n_samples, n_labels): 1 where the mean is above 1/2.
        """
        if _learns_numbers(self):
            return self.member_prediction(X).mean(axis=0)
        if _learned_labels(self):
            return (self.member_label_proba(X).mean(axis=0) > 0.5).astype(np.int64)
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def score(self, X, y, sample_weight=None):
        """Return the accuracy on labeled samples, or the R^2 of a committee of regressors."""
        score = r2_score if _learns_numbers(self) else accuracy_score
        return score(y, self.predict(X), sample_weight=sample_weight)

    def embed(self, X):
        """Return X in the feature space of the first member, of shape (n_samples, n_dims)."""
        check_is_fitted(self)
        first = self.members_[0]
        return embed_with(first, as_learned(self, first, unmasked(X)))

    @property
    def _embeds_as_given(self):
        return embeds_as_given(self.members_[0])

    def get_metadata_routing(self):
        """Return the metadata that `fit` hands on to the members."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=type(self).__name__)
        return router.add(estimator=self._templates()[0], method_mapping=mapping)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        return take_over_tags(tags, self._templates())

    def _templates(self):
        if self.estimators is None:
            return [LogisticRegression()]
        if isinstance(self.estimators, (list, tuple)):
            return list(self.estimators)
        return [self.estimators]

    def _unfitted_members(self):
        templates = self._templates()
        check_predictors(self.estimators, "estimators", type(self).__name__, regressors=True)
        if not templates:
            raise ValueError("estimators must hold at least one classifier, got an empty list.")
        if not isinstance(self.estimators, (list, tuple)):
            templates = templates * self.n_members
        return [clone(template) for template in templates]

    def _draw(self, member, y, random_state):
        """Give a member its seed, and return the rows it is fitted on (None: all)."""
        if is_frozen(member):
            return None
        is_listed = isinstance(self.estimators, (list, tuple))
        # Members of a list keep the seeds that they were given.
        set_random_states(member, draw_seed(random_state), only_missing=is_listed)
        if is_listed:
            return None
        if not self.bootstrap:
            return None
        draw = draw_rows if _learns_numbers(self) or y.ndim == 2 else draw_bootstrap
        return draw(y, random_state)


def without_fit(committee, trained):
    """Return a fitted copy of a committee whose members are all trained, None for any other.

    Parameters
    ----------
    committee : Committee
    trained : callable
        From an estimator to the model that it is without a fit, or None.
    """
    members = [trained(template) for template in committee._templates()]
    if not members or any(member is None for member in members):
        return None
    fitted = clone(committee)
    is_listed = isinstance(committee.estimators, (list, tuple))
    fitted.members_ = members if is_listed else members * committee.n_members
    if _learns_classes(committee):
        _remember_trained(fitted, members)
    return fitted


def _remember_trained(committee, members):
    """Keep the classes of members that were trained before, or how many labels they predict."""
    n_labels = {n_labels_of(member) for member in members}
    if len(n_labels) > 1:
        numbers = ", ".join(str(number or 1) for number in n_labels)
        raise ValueError(
            "estimators must predict the same number of labels for each sample, but those that "
            f"were trained before predict {numbers}."
        )
    if n_labels == {None}:
        committee.classes_ = np.unique(np.concatenate([member.classes_ for member in members]))
    else:
        (committee.n_labels_,) = n_labels
        committee.classes_ = np.arange(committee.n_labels_)


def _fit_member(member, X, y, rows, fit_params):
    if rows is not None:
        fit_params = take_params(fit_params, len(y), rows)
        X, y = take_rows(X, rows), y[rows]
    return fit_predictor(member, X, y, fit_params)


def draw_rows(y, random_state):
    """Draw rows with replacement."""
    return random_state.randint(len(y), size=len(y)) if len(y) else np.empty(0, dtype=np.intp)


def draw_bootstrap(y, random_state):
    """Draw rows with replacement such that no class is lost.

    A class that the draw missed takes the place of a row whose class is there twice. Of no rows
    none are drawn, so that it is the member who says what it lacks.
    """
    if not len(y):
        return np.empty(0, dtype=np.intp)
    codes = np.unique(y, return_inverse=True)[1]
    rows = draw_rows(y, random_state)
    counts = np.bincount(codes[rows], minlength=codes.max() + 1)
    for missing in np.flatnonzero(counts == 0):
        place = random_state.choice(np.flatnonzero(counts[codes[rows]] > 1))
        counts[codes[rows[place]]] -= 1
        counts[missing] = 1
        rows[place] = random_state.choice(np.flatnonzero(codes == missing))
    return rows
