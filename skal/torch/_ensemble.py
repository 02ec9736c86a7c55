"""Ensembles of networks that were trained apart."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from .._base import (
    HasMethods,
    Integral,
    Interval,
    draw_seed,
    make_random_state,
    set_random_states,
    take_over_tags,
    validate_params,
)
from ._classifier import TorchClassifier
from ._predict import FromProbabilities

__all__ = ["DeepEnsemble"]


class DeepEnsemble(FromProbabilities, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Train the same network several times, from other weights and in another order.

    Members see all samples and differ by their seeds alone. With `mc_dropout` each of them is
    asked with several dropout masks on top, so that there are n_members times
    ``estimator.n_members`` members in all, each of the same weight.

    Parameters
    ----------
    estimator : TorchClassifier, default=None
        What is cloned; its `module` should be a function or a class, since a Module has its
        weights already. None stands for ``TorchClassifier()``.
    n_members : int, default=5
        Number of networks.
    mc_dropout : bool, default=False
        Whether `member_proba` asks each network with several dropout masks.
    random_state : int, RandomState or None, default=None
        Seed of the networks' seeds.

    Attributes
    ----------
    members_ : list of TorchClassifier
        The trained networks.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of features, where X is an array.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    skal.Committee : For classifiers of any kind, with bootstrap samples.

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
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "mc_dropout": ["boolean"],
        "random_state": ["random_state"],
    }

    # Networks are functions, and so are networks with a fixed dropout mask.
    members_consistent = True

    def __init__(self, estimator=None, *, n_members=5, mc_dropout=False, random_state=None):
        self.estimator = estimator
        self.n_members = n_members
        self.mc_dropout = mc_dropout
        self.random_state = random_state

    @property
    def n_members_(self):
        """How many members `member_proba` has."""
        check_is_fitted(self)
        return sum(member.n_members if self.mc_dropout else 1 for member in self.members_)

    def fit(self, X, y=None, **fit_params):
        """Train every network.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`TorchClassifier.fit`.
        y : array-like of shape (n_samples,), default=None
            Class labels.
        **fit_params : dict
            Passed to the networks' `fit`, as `sample_weight`.

        Returns
        -------
        self : DeepEnsemble
        """
        validate_params(self)
        members = [member.fit(X, y, **fit_params) for member in self._unfitted_members()]
        return self._take_over(members)

    def partial_fit(self, X, y=None, **fit_params):
        """Go on with the training of every network, for one pass over the samples.

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

    def predict_proba(self, X):
        """Return the mean of the members' probabilities, of shape (n_samples, n_classes)."""
        return np.mean(self.member_proba(X), axis=0, dtype=np.float64)

    def member_proba(self, X):
        """Return what each member says.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes)
            With `mc_dropout` the masks of the first network come first.
        """
        check_is_fitted(self)
        if self.mc_dropout:
            return np.concatenate([member.member_proba(X) for member in self.members_])
        return np.stack([member.predict_proba(X) for member in self.members_])

    def embed(self, X):
        """Return the features of all networks side by side, of shape (n_samples, n_dims)."""
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
        self.classes_ = members[0].classes_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(members[0], name):
                setattr(self, name, getattr(members[0], name))
        return self
