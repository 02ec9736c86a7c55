"""LossPredictingClassifier: any classifier with a second predictor, of its own loss."""

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from .._base import (
    Delegate,
    HasMethods,
    Integral,
    Interval,
    as_learned,
    check_kind,
    check_labels,
    check_predictors,
    check_same_length,
    draw_seed,
    embed_with,
    fit_predictor,
    is_frozen,
    make_random_state,
    remember_columns,
    route,
    rows_given,
    set_random_states,
    validate_params,
)
from ..pool import Pool
from ._held_out import deal, hold_out, weighty
from ._losses import loss_of


class LossPredictingClassifier(Delegate):
    """Give any classifier a second predictor, of its own loss.

    For models without layers. This is a construction of this library and not the method of
    Yoo and Kweon (2019), who train a head on the layers of a network, together with the
    network and by the order of losses in pairs. Here, clones of the classifier are fitted on
    all but one part of the labeled samples at a time, and their losses on the part that was
    held out are computed. A regressor learns these losses from the features that the classifier
    sees and from the outputs of the clones on the held-out samples. The classifier itself is
    fitted on all labels; only it predicts classes.

    Parameters
    ----------
    estimator : classifier, default=None
        Any scikit-learn classifier. None stands for
        :class:`~sklearn.linear_model.LogisticRegression`.
    regressor : regressor, default=None
        Learns the losses; see the notes for what it sees. None stands for a
        :class:`~sklearn.ensemble.RandomForestRegressor` with at least ten samples in a leaf.
    cv : int, default=5
        Number of parts, at least 2; fewer labels are held out one by one. The members of a
        class are dealt out to the parts in turn. The classifier must be able to learn from
        the samples outside of one part.
    n_jobs : int, default=None
        Number of parts worked on at the same time. The result does not depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the parts, and of every `random_state` that is None in the classifier, the
        regressor and the estimators inside them.

    Attributes
    ----------
    estimator_ : classifier
        The classifier, fitted on all samples.
    regressor_ : regressor
        The fitted regressor.
    held_out_losses_ : ndarray of shape (n_samples,)
        The loss on each of the labeled samples, by the clone that it was held out from.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of features seen during `fit`, where X has features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    skal.strategies.LearningLoss : Asks for the labels of the largest predicted losses.

    Notes
    -----
    The loss is the log loss ``-log p(true class)`` if the classifier has `predict_proba`. If not,
    but it has a `decision_function`, the loss is the hinge loss ``max(0, 1 - lead)``, with the
    lead of the true class over its strongest rival (one-vs-one: in the duel of the two).
    Otherwise the loss is 1 for a wrong prediction and 0 for a right one. Log and hinge losses
    are cut off at ``MAX_LOSS = 5``.

    A class that the other parts lack, such as a class with a single label, gets the largest
    loss. Where the other parts hold one class only, that class is predicted with certainty. So
    a handful of labels does not raise an error, but teaches little: with one label per class
    all losses are equal. Below about 25 labels the default regressor predicts the same for all
    samples, so that :class:`~skal.strategies.LearningLoss` begins at random: its leaves take
    ten labels, and a bootstrap sample holds two thirds of them.

    The regressor sees the samples in the space of the classifier (its `embed`, else behind the
    transformers of its pipeline, else numeric X). Further columns hold the probabilities in
    falling order or, for a decision function, ``1 - tanh(lead / 2)``, which is 1 at the boundary
    and falls to 0.

    Parameters of `fit` reach only the classifier and its clones. Samples of `sample_weight` 0
    are left out by the regressor, too.

    References
    ----------
    D. Yoo and I. S. Kweon (2019). Learning loss for active learning. CVPR. arXiv:1905.03677.

    D. H. Wolpert (1992). Stacked generalization. Neural Networks.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> from skal.loss_prediction import LossPredictingClassifier
    >>> from skal.strategies import LearningLoss
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(LossPredictingClassifier(SVC()), LearningLoss(), random_state=0)
    >>> learner.fit(X[:100], y[:100]).query(X[100:], n=10).shape
    (10,)
    """

    _parameter_constraints = {
        "estimator": "no_validation",  # checked as a classifier
        "regressor": [HasMethods(["fit", "predict"]), None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(self, estimator=None, *, regressor=None, cv=5, n_jobs=None, random_state=None):
        self.estimator = estimator
        self.regressor = regressor
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **fit_params):
        """Fit the classifier, and the regressor on the losses of its clones.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Labeled samples, in whatever form the classifier takes.
        y : array-like of shape (n_samples,)
            Class labels.
        **fit_params : dict
            Passed to the `fit` of the classifier and its clones, or routed if metadata routing
            is enabled; what has one entry per sample follows the parts.

        Returns
        -------
        self : LossPredictingClassifier

        Raises
        ------
        ValueError
            If labels are missing or of another length than X, or if there is nothing to
            predict a loss from. Errors of the classifier and the regressor are raised as they
            are.
        """
        validate_params(self)
        check_predictors(self.estimator, "estimator", type(self).__name__)
        X = rows_given(X)
        y = check_labels(y, type(self).__name__)
        check_same_length(X=X, y=y)
        params = route(self, "fit", fit_params)
        random_state = make_random_state(self.random_state)
        template = _seeded(self._template(), random_state)
        regressor = _seeded(self._loss_regressor(), random_state)
        self.estimator_ = fit_predictor(clone(template), X, y, params)
        self.classes_ = self.estimator_.classes_
        remember_columns(self, X)
        losses, features = hold_out(
            template,
            X,
            y,
            params,
            deal(y, self.cv, random_state),
            loss=loss_of(Pool(self.estimator_, X)),
            classes=self.classes_,
            n_jobs=self.n_jobs,
        )
        learned_from = weighty(params, len(y))
        features = _joined(embed_with(self.estimator_, X), features)
        self.regressor_ = regressor.fit(features[learned_from], losses[learned_from])
        self.held_out_losses_ = losses
        return self

    def predict_loss(self, X):
        """Predict the loss of the classifier on each sample.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Samples.

        Returns
        -------
        losses : ndarray of shape (n_samples,)
            At least 0, in the units of the loss, see the notes of the class.
        """
        check_is_fitted(self)
        X = rows_given(X)
        check_kind(self, X)
        X = as_learned(self, self.estimator_, X)
        pool = Pool(self.estimator_, X)
        features = loss_of(pool).features(pool, len(self.classes_))
        features = _joined(embed_with(self.estimator_, X), features)
        return np.maximum(self.regressor_.predict(features), 0)

    def _template(self):
        return LogisticRegression() if self.estimator is None else self.estimator

    def _loss_regressor(self):
        if self.regressor is None:
            return RandomForestRegressor(min_samples_leaf=10)
        return self.regressor


def _seeded(template, random_state):
    """Return a clone in which every seed is set, so that its own clones learn alike."""
    seed = draw_seed(random_state)
    template = clone(template)
    if not is_frozen(template):
        set_random_states(template, seed, only_missing=True)
    return template


def _joined(embedding, features):
    """Return the columns that a regressor sees."""
    if embedding is None and not features.shape[1]:
        raise ValueError(
            "There is nothing to predict a loss from: X is not numeric, and the classifier has "
            "neither predict_proba nor decision_function. Put a transformer that makes numbers "
            "of X in front of the classifier (a Pipeline), or give it a method embed(X)."
        )
    if embedding is None:
        return features
    if sp.issparse(embedding):
        return sp.hstack([embedding, features], format="csr")
    return np.hstack([embedding, features])
