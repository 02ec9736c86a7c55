"""How to read models that are committees: lists, bagging, voting, forests and models of their own.

One reader for each kind says whether it recognizes a fitted model, who its members are and how the
model prepares X for them.
"""

import numpy as np
from joblib import Parallel, delayed
from sklearn.utils.validation import check_array

from .._base import (
    coded_classes,
    codes_of,
    columns_learned,
    is_forest,
    is_frozen,
    num_rows,
    one_column,
    split_predictor,
    transform_with,
    unmasked,
)


class Member:
    """One fitted classifier of a committee.

    Parameters
    ----------
    model : fitted classifier
        The member.
    classes : ndarray of shape (n_own_classes,)
        The labels that its own `classes_`, which may be codes, stand for.
    columns : ndarray of int, default=None
        The columns of X that it sees; None: all.
    **predict_params : dict
        Passed to its `predict_proba`.
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
        if not hasattr(self.model, "predict_proba"):
            # Looked up for the classes and not for the votes, of which there are many more.
            places = codes_of(self.classes, classes)
            voted = codes_of(one_column(self.model.predict(X)), self.model.classes_)
            proba[np.arange(len(proba)), places[voted]] = 1
            return
        own = self.model.predict_proba(X, **self.predict_params)
        if np.array_equal(self.classes, classes):
            proba[:] = own
        else:
            proba[:, codes_of(self.classes, classes)] = own


class _Reader:
    """Read one kind of committee."""

    def recognizes(self, model):
        """Whether the fitted model is of this kind."""
        raise NotImplementedError

    def members(self, model):
        """Return the members of a model of this kind."""
        raise NotImplementedError

    def count(self, model):
        """Return the number of members, or None if only their answers tell it."""
        return len(self.members(model))

    def classes(self, model):
        """Return the classes that the columns of the probabilities follow by default."""
        return model.classes_

    def prepared(self, model, X):
        """Return X as the model hands it to its members."""
        return X

    def proba(self, model, X, classes, n_jobs):
        """Return the probabilities by members, of shape (n_members, n_samples, n_classes)."""
        members, X = self.members(model), self.prepared(model, X)
        proba = np.zeros((len(members), num_rows(X), len(classes)))
        # Threads, so that every member writes into its part of one array.
        Parallel(n_jobs=n_jobs, require="sharedmem")(
            delayed(member.fill)(part, X, classes)
            for member, part in zip(members, proba, strict=True)
        )
        return proba


class _SelfMade(_Reader):
    """A model with a method `member_proba(X)`, and maybe an attribute `n_members_`."""

    def recognizes(self, model):
        return hasattr(model, "member_proba")

    def count(self, model):
        return getattr(model, "n_members_", None)

    def proba(self, model, X, classes, n_jobs):
        return _aligned(np.asarray(model.member_proba(X)), model.classes_, classes)


class _Listed(_Reader):
    """A list of fitted classifiers, each with classes of its own."""

    def recognizes(self, model):
        return isinstance(model, (list, tuple))

    def members(self, model):
        return [Member(one, np.asarray(one.classes_)) for one in model]

    def classes(self, model):
        return np.unique(np.concatenate([one.classes_ for one in model]))


class _Bagging(_Reader):
    """Bagging: members see some columns of X, and were fitted on codes of the classes."""

    def recognizes(self, model):
        return hasattr(model, "estimators_features_")

    def members(self, model):
        return [
            Member(one, _labels_of(one, model.classes_), columns)
            for one, columns in zip(model.estimators_, model.estimators_features_, strict=True)
        ]

    def prepared(self, model, X):
        # As bagging itself checks X. Members were fitted on arrays, also where X is a data frame.
        return check_array(
            columns_learned(model, X),
            accept_sparse=["csr", "csc"],
            dtype=None,
            ensure_all_finite=False,
            allow_nd=True,
        )


class _Voting(_Reader):
    """Voting, soft or hard: members were fitted on codes of the classes."""

    def recognizes(self, model):
        return hasattr(model, "le_")

    def members(self, model):
        return [Member(one, _labels_of(one, model.classes_)) for one in model.estimators_]


class _Forest(_Reader):
    """Forests: trees that see X as the forest validated it, once for all of them."""

    def recognizes(self, model):
        return is_forest(model)

    def members(self, model):
        return [Member(tree, model.classes_, check_input=False) for tree in model.estimators_]

    def prepared(self, model, X):
        return model._validate_X_predict(X)


def _labels_of(member, classes):
    """Return the labels of a member that was fitted on positions in `classes`."""
    if is_frozen(member):
        return np.asarray(member.classes_)  # it kept the labels it was fitted on
    return classes[np.asarray(member.classes_, dtype=np.intp)]


_READERS = (_Listed(), _SelfMade(), _Bagging(), _Voting(), _Forest())


def _reader_of(predictor):
    """Return the reader that recognizes a model behind its transformers, or None."""
    return next((one for one in _READERS if one.recognizes(predictor)), None)


def has_members(model):
    """Say whether a fitted model is a committee that `member_proba` understands.

    Parameters
    ----------
    model : fitted classifier or list of fitted classifiers
        The model; pipelines and searches are looked through.

    Returns
    -------
    has_members : bool

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skal.committee import has_members
    >>> model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    >>> has_members(model), has_members([model, model])
    (False, True)
    """
    return _reader_of(split_predictor(model)[1]) is not None


def count_members(model):
    """Return the number of members of a committee.

    Parameters
    ----------
    model : fitted classifier or list of fitted classifiers
        The committee.

    Returns
    -------
    n_members : int or None
        0 for a model that is not a committee. None where the model has a method `member_proba(X)`
        and no attribute `n_members_`, so that only its answers tell the number.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skal.committee import count_members
    >>> model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    >>> count_members(model), count_members([model, model])
    (0, 2)
    """
    predictor = split_predictor(model)[1]
    reader = _reader_of(predictor)
    return 0 if reader is None else reader.count(predictor)


def member_proba(estimator, X, classes=None, *, n_jobs=None):
    """Return the probabilities by each member of a committee.

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
        If the model is not a committee.
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
    reader = _reader_of(predictor)
    if reader is None:
        raise TypeError(
            f"{type(predictor).__name__} is not a committee. Use skal.Committee, a list of "
            "classifiers, a forest, bagging or voting classifier, or a model with a method "
            "member_proba(X)."
        )
    X = transform_with(transformers, unmasked(X))
    labels = None if isinstance(estimator, (list, tuple)) else coded_classes(estimator)
    if labels is not None:
        proba = reader.proba(predictor, X, np.arange(len(labels)), n_jobs)
        return proba if classes is None else _aligned(proba, labels, np.asarray(classes))
    classes = np.asarray(reader.classes(predictor) if classes is None else classes)
    return reader.proba(predictor, X, classes, n_jobs)


def _aligned(proba, own, classes):
    """Return probabilities whose columns follow `classes` in place of the classes `own`."""
    if np.array_equal(own, classes):
        return proba
    aligned = np.zeros((*proba.shape[:2], len(classes)), dtype=proba.dtype)
    aligned[:, :, codes_of(own, classes)] = proba
    return aligned
