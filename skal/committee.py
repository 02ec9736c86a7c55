"""Committees: several models asked the same question."""

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted

from ._base import (
    HasMethods,
    Integral,
    Interval,
    MetadataRouter,
    MethodMapping,
    check_labels,
    embed_with,
    is_forest,
    is_frozen,
    make_random_state,
    num_rows,
    remember_columns,
    route,
    set_random_states,
    split_predictor,
    take_over_tags,
    take_params,
    take_rows,
    validate_params,
)

__all__ = ["Committee", "has_members", "member_proba"]


class Committee(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Ask several classifiers the same question.

    One classifier is cloned `n_members` times, each clone with its own seed in place of the one
    it may have and, by default, its own bootstrap sample; or a list of classifiers is taken as
    it is. The committee predicts the class of the largest mean probability (the consensus); a
    member without `predict_proba` counts as certain of the class it votes for.

    Parameters
    ----------
    estimators : classifier or list of classifiers, default=None
        One classifier to clone, or the members themselves, each fitted on all samples.
        Members that are fitted already come in as
        :class:`~sklearn.frozen.FrozenEstimator`. None stands for
        :class:`~sklearn.linear_model.LogisticRegression`.
    n_members : int, default=10
        How often one classifier is cloned. A list speaks for itself.
    bootstrap : bool, default=True
        Whether clones see samples drawn with replacement rather than all of them. Every
        bootstrap sample has at least one sample of each class. A list is never resampled.
    n_jobs : int, default=None
        Number of members fitted, or asked, at the same time. The result does not depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the members' own seeds and bootstrap samples.

    Attributes
    ----------
    members_ : list of fitted classifiers
        The members.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
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
        "estimators": [HasMethods(["fit", "predict"]), list, tuple, None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "bootstrap": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimators=None, *, n_members=10, bootstrap=True, n_jobs=None, random_state=None
    ):
        self.estimators = estimators
        self.n_members = n_members
        self.bootstrap = bootstrap
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **fit_params):
        """Fit every member.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Training samples, in whatever form the members take.
        y : array-like of shape (n_samples,)
            Class labels.
        **fit_params : dict
            Passed to the members' `fit`; what has one entry per sample, like
            `sample_weight`, follows the bootstrap samples.

        Returns
        -------
        self : Committee
        """
        validate_params(self)
        members = self._unfitted_members()
        y = check_labels(y, type(self).__name__)
        check_consistent_length(X, y)
        fit_params = route(self, "fit", fit_params)
        random_state = make_random_state(self.random_state)
        draws = [self._draw(member, y, random_state) for member in members]
        members = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_member)(member, X, y, rows, fit_params)
            for member, rows in zip(members, draws, strict=True)
        )
        remember_columns(self, X)
        self.classes_ = _union([np.unique(y), *(member.classes_ for member in members)])
        self.members_ = members
        return self

    def member_proba(self, X):
        """Return what each member says.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes)
            A class that a member never saw has probability 0 there.
        """
        check_is_fitted(self)
        return member_proba(self.members_, X, self.classes_, n_jobs=self.n_jobs)

    def predict_proba(self, X):
        """Return the mean of the members' probabilities, of shape (n_samples, n_classes)."""
        return self.member_proba(X).mean(axis=0)

    def predict(self, X):
        """Return the classes of the largest mean probability, of shape (n_samples,)."""
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def embed(self, X):
        """Return X in the feature space of the first member, of shape (n_samples, n_dims)."""
        check_is_fitted(self)
        return embed_with(self.members_[0], X)

    def get_metadata_routing(self):
        """Say which metadata `fit` hands on to the members."""
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
        for position, template in enumerate(templates):
            if not (hasattr(template, "fit") and hasattr(template, "predict")):
                raise ValueError(
                    f"estimators must hold classifiers, but estimators[{position}] is "
                    f"{template!r}."
                )
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
        set_random_states(member, random_state.randint(2**31 - 1), only_missing=is_listed)
        if is_listed:
            return None
        return _bootstrap(y, random_state) if self.bootstrap else None


def _fit_member(member, X, y, rows, fit_params):
    if rows is not None:
        fit_params = take_params(fit_params, len(y), rows)
        X, y = take_rows(X, rows), y[rows]
    return member.fit(X, y, **fit_params)


def _bootstrap(y, random_state):
    """Draw rows with replacement such that no class is lost.

    A class that the draw missed takes the place of a row whose class is there twice.
    """
    codes = np.unique(y, return_inverse=True)[1]
    rows = random_state.randint(len(y), size=len(y))
    counts = np.bincount(codes[rows], minlength=codes.max() + 1)
    for missing in np.flatnonzero(counts == 0):
        place = random_state.choice(np.flatnonzero(counts[codes[rows]] > 1))
        counts[codes[rows[place]]] -= 1
        counts[missing] = 1
        rows[place] = random_state.choice(np.flatnonzero(codes == missing))
    return rows


def _union(labels):
    return np.unique(np.concatenate(labels))


# Anything that is like a committee ------------------------------------------------------


class _Member:
    """One fitted classifier of a committee: what it needs of X, and the classes it knows.

    `classes` are the labels that its own `classes_`, which may be codes, stand for.
    """

    def __init__(self, model, classes, columns=None, **predict_params):
        self.model = model
        self.classes = classes
        self.columns = columns
        self.predict_params = predict_params

    def fill(self, proba, X, classes):
        """Write this member's probabilities into `proba`, whose columns follow `classes`."""
        if self.columns is not None:
            X = X[:, self.columns]
        if hasattr(self.model, "predict_proba"):
            said = self.model.predict_proba(X, **self.predict_params)
            if np.array_equal(self.classes, classes):
                proba[:] = said
            else:
                proba[:, _columns_of(self.classes, classes)] = said
        else:
            voted = self.classes[np.searchsorted(self.model.classes_, self.model.predict(X))]
            proba[np.arange(len(proba)), _columns_of(voted, classes)] = 1


def has_members(model):
    """Whether `member_proba` understands the fitted `model` as a committee."""
    if isinstance(model, (list, tuple)):
        return True
    predictor = split_predictor(model)[1]
    return hasattr(predictor, "member_proba") or _members(predictor) is not None


def count_members(model):
    """Return the number of members of a committee-like `model`; None if it cannot be told."""
    predictor = split_predictor(model)[1]
    if isinstance(predictor, Committee):
        return len(predictor.members_)
    if hasattr(predictor, "member_proba"):
        return getattr(predictor, "n_members_", None)
    return len(_members(predictor) or ())


def member_proba(estimator, X, classes=None, *, n_jobs=None):
    """Return the probabilities given by each member of a committee.

    Understands a :class:`Committee`, a list of fitted classifiers, voting, bagging, forests,
    pipelines and searches that end in one, and every model with a method `member_proba(X)`.

    Parameters
    ----------
    estimator : fitted classifier or list of fitted classifiers
        The committee.
    X : rows of shape (n_samples, ...)
        Samples.
    classes : array-like of shape (n_classes,), default=None
        Class labels that the columns follow; None stands for the committee's own.
    n_jobs : int, default=None
        Number of members asked at the same time, in threads.

    Returns
    -------
    proba : ndarray of shape (n_members, n_samples, n_classes)
        A class that a member never saw has probability 0 there; a member without
        `predict_proba` gives 1 to the class it predicts.

    Raises
    ------
    TypeError
        If the model is no committee.
    ValueError
        If a member knows a class that is not in `classes`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skal.committee import member_proba
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=7, random_state=0).fit(X, y)
    >>> member_proba(forest, X[:2], forest.classes_).shape
    (7, 2, 3)
    """
    transformers, predictor = split_predictor(estimator)
    if classes is None:
        classes = _own_classes(predictor)
    classes = np.asarray(classes)
    for transformer in transformers:
        X = transformer.transform(X)
    if hasattr(predictor, "member_proba"):
        return _aligned(np.asarray(predictor.member_proba(X)), predictor.classes_, classes)
    members = _members(predictor)
    if members is None:
        raise TypeError(
            f"{type(predictor).__name__} is no committee. Use skal.Committee, a list of "
            "classifiers, a forest, bagging or voting classifier, or a model with a method "
            "member_proba(X)."
        )
    X = _as_members_take_it(predictor, X)
    proba = np.zeros((len(members), num_rows(X), len(classes)))
    Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(member.fill)(row, X, classes) for member, row in zip(members, proba, strict=True)
    )
    return proba


def _own_classes(predictor):
    if isinstance(predictor, (list, tuple)):
        return _union([member.classes_ for member in predictor])
    return predictor.classes_


def _members(model):
    """Return the members of a fitted committee-like model, or None if it is none."""
    if isinstance(model, (list, tuple)):
        return [_Member(member, np.asarray(member.classes_)) for member in model]
    inner = getattr(model, "estimators_", None)
    if hasattr(model, "estimators_features_"):  # bagging
        return [
            _Member(member, _decoded(member, model.classes_), columns)
            for member, columns in zip(inner, model.estimators_features_, strict=True)
        ]
    if hasattr(model, "le_"):  # voting
        return [_Member(member, _decoded(member, model.classes_)) for member in inner]
    if is_forest(model):
        return [_Member(tree, model.classes_, check_input=False) for tree in inner]
    return None


def _decoded(member, classes):
    """Return the labels of a member that was fitted on positions in `classes`."""
    if is_frozen(member):
        return np.asarray(member.classes_)  # it kept the labels it was fitted on
    return classes[np.asarray(member.classes_, dtype=np.intp)]


def _as_members_take_it(model, X):
    """Return X as the ensemble hands it to its members."""
    if is_forest(model):
        return model._validate_X_predict(X)
    if hasattr(model, "estimators_features_"):
        return check_array(
            X, accept_sparse=["csr", "csc"], dtype=None, ensure_all_finite=False, allow_nd=True
        )
    return X


def _columns_of(labels, classes):
    order = np.argsort(classes)
    place = np.searchsorted(classes, labels, sorter=order)
    columns = order[np.minimum(place, len(classes) - 1)]
    unknown = classes[columns] != labels
    if np.any(unknown):
        raise ValueError(
            f"classes must hold every class that a member knows, got {classes.tolist()} without "
            f"{np.unique(np.asarray(labels)[unknown]).tolist()}."
        )
    return columns


def _aligned(proba, own_classes, classes):
    """Return member probabilities with their columns in the order of `classes`."""
    if np.array_equal(own_classes, classes):
        return proba
    aligned = np.zeros((*proba.shape[:2], len(classes)), dtype=proba.dtype)
    aligned[:, :, _columns_of(own_classes, classes)] = proba
    return aligned
