"""Ensembles of networks that are trained independently of each other."""

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._base import (
    Documented,
    HasMethods,
    Integral,
    Interval,
    draw_seed,
    is_regressor,
    make_random_state,
    set_random_states,
    take_over_tags,
    validate_params,
)
from ._classifier import TorchClassifier
from ._predict import FromProbabilities

__all__ = ["DeepEnsemble"]


def _learns_numbers(ensemble):
    return is_regressor(ensemble._template())


def _learns_classes(ensemble):
    return not _learns_numbers(ensemble)


class DeepEnsemble(Documented, FromProbabilities, MetaEstimatorMixin, BaseEstimator):
    """Train the same network several times, from other weights and in another order.

    All members are trained on all samples and only differ by their seeds. With `mc_dropout` each
    of them predicts with several dropout masks, so that there are n_members times
    ``estimator.n_members`` members in all, each with the same weight. An ensemble of regressors
    is a regressor, which predicts the mean of its members.

    Parameters
    ----------
    estimator : TorchClassifier or TorchRegressor, default=None
        The estimator to clone. Its `module` should be a function or a class: copies of a Module
        all start from the same weights. None means ``TorchClassifier()``.
    n_members : int, default=5
        Number of networks, at least 1.
    mc_dropout : bool, default=False
        Whether each network answers with several dropout masks.
    random_state : int, RandomState or None, default=None
        Seed of the networks' seeds.

    Attributes
    ----------
    members_ : list of TorchClassifier or of TorchRegressor
        The trained networks.
    classes_ : ndarray of shape (n_classes,)
        Class labels; only of an ensemble of classifiers.
    n_features_in_ : int
        Number of features, if X is an array.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X is a data frame whose column names are all strings.

    See Also
    --------
    skal.Committee : Ensembles of estimators of any kind, with bootstrap samples.

    References
    ----------
    B. Lakshminarayanan, A. Pritzel and C. Blundell (2017). Simple and scalable predictive
    uncertainty estimation using deep ensembles. NeurIPS. arXiv:1612.01474.

    R. Pop and P. Fulop (2018). Deep ensemble Bayesian active learning: addressing the mode
    collapse issue in Monte Carlo dropout via ensembles. arXiv:1811.03897.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal.torch import DeepEnsemble, TorchClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> ensemble = DeepEnsemble(TorchClassifier(), n_members=3, random_state=0).fit(X, y)
    >>> ensemble.member_proba(X[:4]).shape
    (3, 4, 3)

    Of regressors:

    >>> from sklearn.datasets import load_diabetes
    >>> from skal.torch import TorchRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> ensemble = DeepEnsemble(TorchRegressor(), n_members=3, random_state=0).fit(X, y)
    >>> ensemble.member_prediction(X[:4]).std(axis=0).shape
    (4,)
    """

    _parameter_constraints = {
        "estimator": [
            HasMethods(["fit", "predict_proba"]),
            HasMethods(["fit", "member_prediction"]),
            None,
        ],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "mc_dropout": ["boolean"],
        "random_state": ["random_state"],
    }

    # A network is the same function for every row, also with a fixed dropout mask.
    members_consistent = True

    def __init__(self, estimator=None, *, n_members=5, mc_dropout=False, random_state=None):
        self.estimator = estimator
        self.n_members = n_members
        self.mc_dropout = mc_dropout
        self.random_state = random_state

    @property
    def n_members_(self):
        """Number of members that answer."""
        check_is_fitted(self)
        return sum(member.n_members if self.mc_dropout else 1 for member in self.members_)

    def fit(self, X, y=None, **fit_params):
        """Train every network.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`TorchClassifier.fit`.
        y : array-like of shape (n_samples,), default=None
            Class labels, or numbers where the members are regressors.
        **fit_params : dict
            Passed to the `fit` of every network, such as `sample_weight`.

        Returns
        -------
        self : DeepEnsemble
        """
        validate_params(self)
        members = [member.fit(X, y, **fit_params) for member in self._unfitted_members()]
        return self._take_over(members)

    def partial_fit(self, X, y=None, **fit_params):
        """Continue the training of every network for one pass over the samples.

        Parameters
        ----------
        X, y, **fit_params
            As in :meth:`TorchClassifier.partial_fit`.

        Returns
        -------
        self : DeepEnsemble
        """
        validate_params(self)
        members = self.members_ if hasattr(self, "members_") else self._unfitted_members()
        return self._take_over([member.partial_fit(X, y, **fit_params) for member in members])

    def predict(self, X):
        """Return the consensus of the members.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The classes of the largest mean probability, or the means of the numbers.
        """
        if _learns_numbers(self):
            return self.member_prediction(X).mean(axis=0)
        return super().predict(X)

    def score(self, X, y, sample_weight=None):
        """Return the accuracy on labeled samples, or the R^2 of an ensemble of regressors."""
        score = r2_score if _learns_numbers(self) else accuracy_score
        return score(y, self.predict(X), sample_weight=sample_weight)

    @available_if(_learns_classes)
    def predict_proba(self, X):
        """Return the mean of the members' probabilities, of shape (n_samples, n_classes)."""
        return np.mean(self.member_proba(X), axis=0, dtype=np.float64)

    @available_if(_learns_classes)
    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, of shape (n_samples, n_classes)."""
        return super().predict_log_proba(X)

    @available_if(_learns_classes)
    def member_proba(self, X):
        """Return the probabilities of each member.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes)
            With `mc_dropout` the members of the first network come first.
        """
        check_is_fitted(self)
        if self.mc_dropout:
            return np.concatenate([member.member_proba(X) for member in self.members_])
        return np.stack([member.predict_proba(X) for member in self.members_])

    @available_if(_learns_numbers)
    def member_prediction(self, X):
        """Return the numbers that each member predicts.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        member_prediction : ndarray of shape (n_members, n_samples)
            With `mc_dropout` the members of the first network come first.
        """
        check_is_fitted(self)
        if self.mc_dropout:
            return np.concatenate([member.member_prediction(X) for member in self.members_])
        return np.stack([member.predict(X) for member in self.members_])

    def embed(self, X):
        """Return the features of all networks, joined to shape (n_samples, n_dims)."""
        check_is_fitted(self)
        return np.hstack([member.embed(X) for member in self.members_])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        return take_over_tags(tags, [self._template()])

    def _template(self):
        return TorchClassifier() if self.estimator is None else self.estimator

    def _unfitted_members(self):
        random_state = make_random_state(self.random_state)
        members = [clone(self._template()) for _ in range(self.n_members)]
        for member in members:
            set_random_states(member, draw_seed(random_state))
        return members

    def _take_over(self, members):
        self.members_ = members
        for name in ("classes_", "n_features_in_", "feature_names_in_"):
            if hasattr(members[0], name):
                setattr(self, name, getattr(members[0], name))
        return self
