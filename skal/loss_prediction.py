"""Predicted losses: what a model will probably lose on samples whose labels are unknown."""

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ._base import (
    Delegate,
    HasMethods,
    Integral,
    Interval,
    Real,
    check_labels,
    embed_with,
    is_frozen,
    make_random_state,
    remember_columns,
    route,
    sample_aligned,
    set_random_states,
    take_params,
    take_rows,
    validate_params,
)
from .acquisition import _kernels, decision_margin
from .pool import Pool

__all__ = ["MAX_LOSS", "LossPredictingClassifier", "pairwise_ranking_loss"]

# What a log or hinge loss is cut off at, so that no single label rules the regression. The
# log loss reaches it where the true class had a probability of 0.7 % or less.
MAX_LOSS = 5.0


def pairwise_ranking_loss(predicted, losses, *, margin=1.0):
    r"""Compare predicted losses with true ones by their order within pairs.

    The loss of a model shrinks while the model learns, so a predictor of it is better trained
    to rank samples than to meet a scale that moves. Of the B samples of a batch, the pairs
    (0, 1), (2, 3), ... are compared:

    .. math:: L = \frac{2}{B} \sum_{(i, j)} \max(0, -s_{ij} (\hat l_i - \hat l_j) + \xi),

    where :math:`s_{ij}` is 1 if :math:`l_i > l_j`, else -1.

    Parameters
    ----------
    predicted : array-like of shape (n_samples,)
        Predicted losses :math:`\hat l`, at least two. The last one of an odd number is left out.
    losses : array-like of shape (n_samples,)
        True losses l. Of a pair that ties, the second counts as the larger one.
    margin : float, default=1.0
        The margin :math:`\xi` by which the larger loss should be predicted larger, above 0.

    Returns
    -------
    value : float
        The ranking loss L.
    gradient : ndarray of shape (n_samples,)
        Its derivative by `predicted`: 0 for a sample left out, and for a pair that is exactly
        the margin apart.

    Raises
    ------
    ValueError
        If there are fewer than two samples, the lengths differ, a value is not finite, or
        `margin` is not a finite number above 0.

    See Also
    --------
    skal.strategies.LearningLoss : Ask for the labels of the largest predicted losses.

    References
    ----------
    D. Yoo and I. S. Kweon (2019). Learning loss for active learning. CVPR. arXiv:1905.03677.

    Examples
    --------
    The first pair is in the wrong order, the second in the right one and far enough apart.

    >>> from skal.loss_prediction import pairwise_ranking_loss
    >>> value, gradient = pairwise_ranking_loss([0.5, 1.0, 3.0, 0.0], [2.0, 1.0, 2.0, 1.0])
    >>> value
    0.75
    >>> gradient
    array([-0.5,  0.5,  0. ,  0. ])
    """
    predicted = _checked_losses(predicted, "predicted")
    losses = _checked_losses(losses, "losses")
    check_consistent_length(predicted, losses)
    if not isinstance(margin, Real) or not 0 < margin < np.inf:
        raise ValueError(f"margin must be a finite number above 0, got {margin!r}.")
    return _pairwise_ranking_loss(predicted, losses, float(margin))


def _pairwise_ranking_loss(predicted, losses, margin):
    n_pairs = len(predicted) // 2
    first, second = predicted[: 2 * n_pairs].reshape(-1, 2).T
    of_first, of_second = losses[: 2 * n_pairs].reshape(-1, 2).T
    sign = np.where(of_first > of_second, 1.0, -1.0)
    terms = np.maximum(margin - sign * (first - second), 0)
    pull = np.where(terms > 0, sign, 0) / n_pairs
    gradient = np.zeros(len(predicted))
    gradient[0 : 2 * n_pairs : 2] -= pull
    gradient[1 : 2 * n_pairs : 2] += pull
    return float(terms.sum() / n_pairs), gradient


def _checked_losses(values, name):
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            f"{name} must have the shape (n_samples,) with at least two samples, got shape "
            f"{values.shape}."
        )
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{name} must be finite, but {name}[{row}] is {values[row]}.")
    return values


class LossPredictingClassifier(Delegate):
    """Give any classifier a second predictor, of its own loss.

    For models without layers. This is a construction of this library and not the method of
    Yoo and Kweon (2019), who train a head on the layers of a network, together with the
    network and by the order of losses in pairs. Here, clones of the classifier are fitted on
    all but one part of the labeled samples at a time, and lose what they lose on the part
    that was held out; a regressor learns these losses from the features that the classifier
    sees and from what the clones said of the samples before they knew the label. The
    classifier itself is fitted on all labels, and is all that predicts classes.

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
        what is left without one part.
    n_jobs : int, default=None
        Number of parts worked on at the same time. The result does not depend on it.
    random_state : int, RandomState or None, default=None
        Seed of the parts, and of every `random_state` that the classifier, the regressor and
        what they consist of leave at None.

    Attributes
    ----------
    estimator_ : classifier
        The classifier, fitted on all samples.
    regressor_ : regressor
        The fitted regressor.
    held_out_losses_ : ndarray of shape (n_samples,)
        What was lost on each of the labeled samples.
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
    What is lost is the log loss ``-log p(true class)`` where there is `predict_proba`; else,
    where there is a `decision_function`, the hinge loss ``max(0, 1 - lead)``, the lead of the
    true class over its strongest rival (one-vs-one: in the duel of the two); else 1 for a
    wrong prediction and 0 for a right one. Log and hinge losses end at ``MAX_LOSS = 5``.

    A class that was not among the other parts, such as one with a single label, costs the most
    there is. Where only one class was, that class is predicted without a doubt. So a handful of
    labels is no error, but they teach little: with one label per class all losses are equal.
    Below about 25 labels the default regressor predicts the same for all samples, so that
    :class:`~skal.strategies.LearningLoss` begins at random: its leaves take ten labels, and
    a bootstrap sample holds two thirds of them.

    The regressor sees the samples in the space of the classifier (its `embed`, else behind the
    transformers of its pipeline, else numeric X), and behind that, where the classifier
    gives them, its probabilities in falling order, or one column with
    ``1 - tanh(lead / 2)`` of its decision function, which is 1 at the boundary and falls to 0.

    What is passed to `fit` reaches the classifier and its clones alone. Samples of
    `sample_weight` 0 are not learned from, here neither.

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
        "estimator": [HasMethods(["fit", "predict"]), None],
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
        """Fit the classifier, and the regressor on losses that its clones had.

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
            predict a loss from. Errors of the classifier and the regressor come through as
            they are.
        """
        validate_params(self)
        y = check_labels(y, type(self).__name__)
        check_consistent_length(X, y)
        params = route(self, "fit", fit_params)
        random_state = make_random_state(self.random_state)
        template = _seeded(self._template(), random_state)
        regressor = _seeded(self._loss_regressor(), random_state)
        self.estimator_ = clone(template).fit(X, y, **params)
        self.classes_ = self.estimator_.classes_
        remember_columns(self, X)
        parts = _deal(y, self.cv, random_state)
        losses, opinions = self._hold_out(template, X, y, params, parts)
        counts = _that_count(params, len(y))
        features = _joined(embed_with(self.estimator_, X), opinions)
        self.regressor_ = regressor.fit(features[counts], losses[counts])
        self.held_out_losses_ = losses
        return self

    def predict_loss(self, X):
        """Predict what the classifier loses on each sample.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            Samples.

        Returns
        -------
        losses : ndarray of shape (n_samples,)
            At least 0, in the units of the loss that is explained in the notes of the class.
        """
        check_is_fitted(self)
        pool = Pool(self.estimator_, X)
        opinions = _opinions(pool, _kind(pool), self.classes_)
        features = _joined(embed_with(self.estimator_, X), opinions)
        return np.maximum(self.regressor_.predict(features), 0)

    def _hold_out(self, template, X, y, params, parts):
        """Return the losses and opinions of clones on the parts that they were not fitted on."""
        kind = _kind(Pool(self.estimator_, X))
        answers = Parallel(n_jobs=self.n_jobs)(
            delayed(_held_out)(template, X, y, params, parts == part, kind, self.classes_)
            for part in np.unique(parts)
        )
        losses = np.empty(len(y))
        opinions = np.empty((len(y), answers[0][1].shape[1]))
        for part, answer in zip(np.unique(parts), answers, strict=True):
            losses[parts == part], opinions[parts == part] = answer
        return losses, opinions

    def _template(self):
        return LogisticRegression() if self.estimator is None else self.estimator

    def _loss_regressor(self):
        if self.regressor is None:
            return RandomForestRegressor(min_samples_leaf=10)
        return self.regressor


# Parts that are held out ----------------------------------------------------------------


def _seeded(template, random_state):
    """Return a clone whose open seeds are set, so that its own clones learn alike."""
    seed = random_state.randint(2**31 - 1)
    template = clone(template)
    if not is_frozen(template):
        set_random_states(template, seed, only_missing=True)
    return template


def _deal(y, n_parts, random_state):
    """Return the part of each sample, the members of a class dealt out in turn.

    Parts differ in size by one at most, and two labels of a class are never in the same part
    before every part has one.
    """
    codes = np.unique(y, return_inverse=True)[1]
    order = random_state.permutation(len(y))
    order = order[np.argsort(codes[order], kind="stable")]
    parts = np.empty(len(y), dtype=np.intp)
    parts[order] = np.arange(len(y)) % n_parts
    return parts


def _that_count(params, n_samples):
    """Return which samples do not weigh 0."""
    if "sample_weight" not in sample_aligned(params, n_samples):
        return np.ones(n_samples, dtype=bool)
    return np.asarray(params["sample_weight"]) != 0


def _held_out(template, X, y, params, held_out, kind, classes):
    """Fit a clone on the samples that are not held out; return what it says of the others."""
    rows = np.flatnonzero(~held_out & _that_count(params, len(y)))
    others, n_others = y[held_out], np.count_nonzero(held_out)
    if len(np.unique(y[rows])) < 2 and not is_frozen(template):
        losses = np.where(np.isin(others, y[rows]), 0.0, WORST[kind])
        return losses, _no_doubt(kind, n_others, len(classes))
    model = clone(template).fit(
        _part(template, X, rows, rows), y[rows], **take_params(params, len(y), rows)
    )
    pool = Pool(model, _part(template, X, np.flatnonzero(held_out), rows))
    return _losses(pool, kind, others), _opinions(pool, kind, classes)


def _part(template, X, rows, fitted_rows):
    """Return rows of X, and of a precomputed kernel its values with the rows fitted on."""
    part = take_rows(X, rows)
    if not get_tags(template).input_tags.pairwise:
        return part
    return part[:, fitted_rows]


# What a model loses ---------------------------------------------------------------------


def _kind(pool):
    """Return the output of a model that its loss is read off."""
    return next(kind for kind in LOSSES if pool.has(kind))


def _losses(pool, kind, y):
    """Return the loss of a model on each labeled sample of its pool."""
    is_class = np.asarray(y)[:, None] == pool.classes
    losses = LOSSES[kind](pool, is_class.argmax(axis=1))
    return np.where(is_class.any(axis=1), losses, WORST[kind])


def _log_loss(pool, codes):
    proba = pool.proba[np.arange(len(codes)), codes]
    return -np.log(np.maximum(proba, np.exp(-MAX_LOSS)))


def _hinge_loss(pool, codes):
    lead = _lead(pool.decision, pool.decision_kind, codes, len(pool.classes))
    return np.clip(1 - lead, 0, MAX_LOSS)


def _zero_one_loss(pool, codes):
    return (pool.predicted != codes).astype(float)


LOSSES = {"proba": _log_loss, "decision": _hinge_loss, "predicted": _zero_one_loss}
WORST = {"proba": MAX_LOSS, "decision": MAX_LOSS, "predicted": 1.0}


def _lead(decision, kind, codes, n_classes):
    """Return how far each sample's class `codes` is ahead of its strongest rival."""
    if decision.ndim == 1:
        return np.where(codes == 1, decision, -decision)
    rows, own, rivals = np.arange(len(codes)), codes[:, None], np.arange(n_classes)
    if kind == "ovo":
        duels = decision[rows[:, None], _kernels.pair_position(own, rivals, n_classes)]
        leads = np.where(own < rivals, duels, -duels)
    else:
        leads = decision[rows, codes][:, None] - decision
    leads[rows, codes] = np.inf
    return leads.min(axis=1)


# What a model says without knowing the label --------------------------------------------


def _opinions(pool, kind, classes):
    """Return what a model says of its pool, in columns that do not depend on the classes."""
    if kind == "proba":
        unseen = len(classes) - len(pool.classes)
        return np.pad(np.sort(pool.proba, axis=1)[:, ::-1], ((0, 0), (0, unseen)))
    if kind == "decision":
        lead = -decision_margin(pool.decision, kind=pool.decision_kind)
        return 1 - np.tanh(lead / 2)[:, None]
    return np.empty((len(pool), 0))


def _no_doubt(kind, n_samples, n_classes):
    """Return the opinions of a model that is certain of the only class it knows."""
    if kind == "proba":
        return np.tile(np.eye(1, n_classes), (n_samples, 1))
    return np.zeros((n_samples, 1 if kind == "decision" else 0))


def _joined(embedding, opinions):
    """Return the columns that a regressor sees."""
    if embedding is None and not opinions.shape[1]:
        raise ValueError(
            "There is nothing to predict a loss from: X is not numeric, and the classifier has "
            "neither predict_proba nor decision_function. Put a transformer that makes numbers "
            "of X in front of the classifier (a Pipeline), or give it a method embed(X)."
        )
    if embedding is None:
        return opinions
    if sp.issparse(embedding):
        return sp.hstack([embedding, opinions], format="csr")
    return np.hstack([embedding, opinions])
