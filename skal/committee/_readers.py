"""How to read models that are committees: lists, bagging, voting, forests and models of their own.

One reader for each kind says whether it recognizes a fitted model, who its members are and how the
model prepares X for them.
"""

import numpy as np
from joblib import Parallel, delayed
from sklearn.ensemble import VotingRegressor
from sklearn.utils.validation import check_array

from .._base import (
    coded_classes,
    codes_of,
    columns_learned,
    is_forest,
    is_frozen,
    label_proba,
    n_labels_of,
    num_rows,
    one_column,
    split_predictor,
    transform_with,
    unmasked,
)


class Member:
    """One fitted classifier or regressor of a committee.

    Parameters
    ----------
    model : fitted classifier or regressor
        The member.
    classes : ndarray of shape (n_own_classes,) or None
        The labels that its own `classes_`, which may be codes, stand for. None for a regressor.
    columns : ndarray of int, default=None
        The columns of X that it sees; None: all.
    **predict_params : dict
        Passed to its `predict_proba`, or to `predict` of a regressor.
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

    def fill_labels(self, proba, X):
        """Write the probabilities of labels into `proba`, of shape (n_samples, n_labels)."""
        if hasattr(self.model, "predict_proba"):
            proba[:] = label_proba(self.model, X, **self.predict_params)
        else:
            proba[:] = self.model.predict(X, **self.predict_params)

    def fill_numbers(self, predicted, X):
        """Write the numbers that this member predicts into `predicted`, of shape (n_samples,).

        Return their type.
        """
        if self.columns is not None:
            X = X[:, self.columns]
        own = one_column(self.model.predict(X, **self.predict_params))
        predicted[:] = own
        return own.dtype


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
        return _filled(self, model, X, (len(classes),), n_jobs, Member.fill, classes)[0]

    def labels(self, model, X, n_jobs):
        """Return the probabilities of labels, of shape (n_members, n_samples, n_labels)."""
        return _filled(self, model, X, (n_labels_of(model),), n_jobs, Member.fill_labels)[0]

    def numbers(self, model, X, n_jobs):
        """Return the numbers that members predict, of shape (n_members, n_samples)."""
        predicted, dtypes = _filled(self, model, X, (), n_jobs, Member.fill_numbers)
        # In single precision, scores that differ in their last digits are ties.
        is_single = all(dtype == np.float32 for dtype in dtypes)
        return predicted.astype(np.float32) if is_single else predicted


def _filled(reader, model, X, shape, n_jobs, fill, *args):
    """Let each member of a model fill its part of one array, and return what they returned, too.

    Parameters
    ----------
    reader : _Reader
    model : fitted model
    X : rows of shape (n_samples, ...)
    shape : tuple
        The shape of the answer for one sample.
    n_jobs : int or None
    fill : callable
        A method of `Member`, of the part, X as the model prepares it, and `args`.
    *args : object

    Returns
    -------
    filled : ndarray of shape (n_members, n_samples, *shape)
    returned : list of length n_members
    """
    members, X = reader.members(model), reader.prepared(model, X)
    filled = np.zeros((len(members), num_rows(X), *shape))
    # Threads, so that every member writes into its part of one array.
    returned = Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(fill)(member, part, X, *args) for member, part in zip(members, filled, strict=True)
    )
    return filled, returned


class _SelfMade(_Reader):
    """A model with a method that answers for its members, and maybe `n_members_`."""

    def recognizes(self, model):
        methods = ("member_proba", "member_prediction", "member_label_proba")
        return any(hasattr(model, method) for method in methods)

    def count(self, model):
        return getattr(model, "n_members_", None)

    def proba(self, model, X, classes, n_jobs):
        return _aligned(np.asarray(model.member_proba(X)), model.classes_, classes)

    def labels(self, model, X, n_jobs):
        return np.asarray(model.member_label_proba(X))

    def numbers(self, model, X, n_jobs):
        return np.asarray(model.member_prediction(X))


class _Listed(_Reader):
    """A list of fitted classifiers, each with classes of its own, or of regressors."""

    def recognizes(self, model):
        return isinstance(model, (list, tuple))

    def members(self, model):
        return [Member(one, getattr(one, "classes_", None)) for one in model]

    def classes(self, model):
        return np.unique(np.concatenate([one.classes_ for one in model]))


class _Bagging(_Reader):
    """Bagging: members see some columns of X, and were fitted on codes of the classes."""

    def recognizes(self, model):
        return hasattr(model, "estimators_features_")

    def members(self, model):
        return [
            Member(one, _labels_of(one, model), columns)
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
    """Voting: members of a classifier, soft or hard, were fitted on codes of the classes."""

    def recognizes(self, model):
        return hasattr(model, "le_") or isinstance(model, VotingRegressor)

    def members(self, model):
        return [Member(one, _labels_of(one, model)) for one in model.estimators_]


class _Forest(_Reader):
    """Forests: trees that see X as the forest validated it, once for all of them."""

    def recognizes(self, model):
        return is_forest(model)

    def members(self, model):
        classes = getattr(model, "classes_", None)
        return [Member(tree, classes, check_input=False) for tree in model.estimators_]

    def prepared(self, model, X):
        return model._validate_X_predict(X)


def _labels_of(member, model):
    """Return the labels of a member that was fitted on positions in the classes of its model."""
    if not hasattr(model, "classes_"):
        return None
    if is_frozen(member):
        return np.asarray(member.classes_)  # it kept the labels it was fitted on
    return model.classes_[np.asarray(member.classes_, dtype=np.intp)]


_READERS = (_Listed(), _SelfMade(), _Bagging(), _Voting(), _Forest())


def _reader_of(predictor):
    """Return the reader that recognizes a model behind its transformers, or None."""
    return next((one for one in _READERS if one.recognizes(predictor)), None)


def has_members(model):
    """Say whether a fitted model is a committee that the functions of this module understand.

    Parameters
    ----------
    model : fitted classifier or regressor, or list of them
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
    model : fitted classifier or regressor, or list of them
        The committee.

    Returns
    -------
    n_members : int or None
        0 for a model that is not a committee. None where the model itself answers for its members
        and has no attribute `n_members_`, so that only its answers tell the number.

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
    reader, predictor, X = _asked(estimator, X, "classifier", "member_proba")
    labels = None if isinstance(estimator, (list, tuple)) else coded_classes(estimator)
    if labels is not None:
        proba = reader.proba(predictor, X, np.arange(len(labels)), n_jobs)
        return proba if classes is None else _aligned(proba, labels, np.asarray(classes))
    classes = np.asarray(reader.classes(predictor) if classes is None else classes)
    return reader.proba(predictor, X, classes, n_jobs)


def member_prediction(estimator, X, *, n_jobs=None):
    """Return the numbers that each member of a committee of regressors predicts.

    Understands a :class:`Committee`, a list of fitted regressors, voting, bagging, forests,
    pipelines and searches that end in one, and every model with a method `member_prediction(X)`.

    Parameters
    ----------
    estimator : fitted regressor or list of fitted regressors
        The committee.
    X : rows of shape (n_samples, ...)
        Samples.
    n_jobs : int, default=None
        Number of members asked at the same time, in threads.

    Returns
    -------
    predicted : ndarray of shape (n_members, n_samples)

    Raises
    ------
    TypeError
        If the model is not a committee.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from skal.committee import member_prediction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> forest = RandomForestRegressor(n_estimators=7, random_state=0).fit(X, y)
    >>> member_prediction(forest, X[:2]).shape
    (7, 2)
    """
    reader, predictor, X = _asked(estimator, X, "regressor", "member_prediction")
    return reader.numbers(predictor, X, n_jobs)


def member_label_proba(estimator, X, *, n_jobs=None):
    """Return the probability of each label by each member of a committee.

    Understands a :class:`Committee`, a list of fitted classifiers of several labels, forests,
    pipelines and searches that end in one, and every model with a method `member_label_proba(X)`.

    Parameters
    ----------
    estimator : fitted classifier or list of fitted classifiers
        The committee.
    X : rows of shape (n_samples, ...)
        Samples.
    n_jobs : int, default=None
        Number of members asked at the same time, in threads.

    Returns
    -------
    proba : ndarray of shape (n_members, n_samples, n_labels)
        A member without `predict_proba` gives 1 to the labels that it predicts.

    Raises
    ------
    TypeError
        If the model is not a committee.

    Examples
    --------
    >>> from sklearn.datasets import make_multilabel_classification
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skal.committee import member_label_proba
    >>> X, y = make_multilabel_classification(n_classes=4, random_state=0)
    >>> forest = RandomForestClassifier(n_estimators=7, random_state=0).fit(X, y)
    >>> member_label_proba(forest, X[:2]).shape
    (7, 2, 4)
    """
    reader, predictor, X = _asked(estimator, X, "classifier", "member_label_proba")
    return reader.labels(predictor, X, n_jobs)


def _asked(estimator, X, kind, method):
    """Return the reader of a committee, the committee behind its transformers, and X for it."""
    transformers, predictor = split_predictor(estimator)
    reader = _reader_of(predictor)
    if reader is None:
        raise TypeError(
            f"{type(predictor).__name__} is not a committee. Use skal.Committee, a list of "
            f"{kind}s, a forest, bagging or voting {kind}, or a model with a method {method}(X)."
        )
    return reader, predictor, transform_with(transformers, unmasked(X))


def _aligned(proba, own, classes):
    """Return probabilities whose columns follow `classes` in place of the classes `own`."""
    if np.array_equal(own, classes):
        return proba
    aligned = np.zeros((*proba.shape[:2], len(classes)), dtype=proba.dtype)
    aligned[:, :, codes_of(own, classes)] = proba
    return aligned
