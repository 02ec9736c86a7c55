"""Models fitted again with one more sample, in short ways that give the same probabilities."""

from dataclasses import dataclass

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from .._base import all_finite, codes_of, columns_like, is_frozen, numeric_rows
from ..pool import Refit
from ._refit_bayes import BernoulliForm, GaussianForm, MultinomialForm
from ._refit_discriminant import DiscriminantForm
from ._refit_logistic import LogisticForm
from ._refit_neighbors import NeighborsForm

# The short way of each classifier. Subclasses may learn in another way, so only the class counts.
FORMS = {
    GaussianNB: GaussianForm,
    MultinomialNB: MultinomialForm,
    BernoulliNB: BernoulliForm,
    KNeighborsClassifier: NeighborsForm,
    LinearDiscriminantAnalysis: DiscriminantForm,
    LogisticRegression: LogisticForm,
}

# Numbers in what a form computes at once.
_BLOCK_SIZE = 2**20


@dataclass
class Training:
    """What a classifier is fitted on, and asked of, as numbers behind all transformers.

    Attributes
    ----------
    X : {ndarray, csr} of shape (n_labeled, n_dims)
        The labeled samples.
    y : ndarray of shape (n_labeled,)
        Their classes as positions in `classes`.
    weights : ndarray of shape (n_labeled,)
        Their weights; that of a new sample is 1.
    weighted : bool
        Whether weights were given.
    classes : ndarray of shape (n_classes,)
    pool, evaluation : {ndarray, csr} with n_dims columns
        The samples that may be added, and those of which the probabilities are asked.
    """

    X: object
    y: np.ndarray
    weights: np.ndarray
    weighted: bool
    classes: np.ndarray
    pool: object
    evaluation: object


def form_of(refit, X_pool, X_evaluation, classes):
    """Return the short way in which a pool's model is fitted with one more sample, or None.

    Returns
    -------
    form : object or None
        Its method ``proba(positions, k)`` returns the probabilities of all samples to evaluate,
        of shape (n_positions, n_evaluation, n_classes), after each sample of the pool at the
        `positions` was added with the label ``classes[k]``. It returns None where it turns out
        not to be sure of them. `n_at_once` is how many positions to ask of at once.
    """
    estimator = refit.estimator() if isinstance(refit, Refit) else None
    transformers, estimator, name = _parts(estimator)
    kind = FORMS.get(type(estimator))
    if kind is None or not set(refit.params) <= {name} or not kind.suits(estimator):
        return None
    if not np.array_equal(np.unique(refit.y), classes):
        return None
    given = [columns_like(refit.X, X_pool), X_pool]
    if X_evaluation is not X_pool:
        given.append(X_evaluation)
    rows = [_numbers(X, transformers) for X in given]
    if any(X is None or X.shape[1:] != rows[0].shape[1:] for X in rows):
        return None  # the fit then says what is wrong
    weights = np.asarray(refit.params.get(name, np.ones(len(refit.y))), dtype=np.float64)
    y = codes_of(refit.y, classes)
    training = Training(rows[0], y, weights, name in refit.params, classes, rows[1], rows[-1])
    form = kind.of(estimator, training)
    if form is not None:
        # A constant in place of a setting of memory, which would change how sums round.
        n_numbers = training.evaluation.shape[0] * max(len(classes), training.X.shape[1])
        form.n_at_once = max(1, _BLOCK_SIZE // n_numbers)
    return form


def _parts(estimator):
    """Return transformers that learn nothing, the classifier, and the name of its weights."""
    if not isinstance(estimator, Pipeline):
        return [], estimator, "sample_weight"
    steps = [step for _, step in estimator.steps[:-1] if step not in (None, "passthrough")]
    if not all(_learns_nothing(step) for step in steps):
        return [], None, None
    name, last = estimator.steps[-1]
    return steps, last, f"{name}__sample_weight"


def _learns_nothing(step):
    if not hasattr(step, "transform"):
        return False
    # The hashers say that they learn nothing in newer versions of scikit-learn only.
    is_hasher = type(step) in (FeatureHasher, HashingVectorizer)
    return is_hasher or is_frozen(step) or not get_tags(step).requires_fit


def _numbers(X, transformers):
    for transformer in transformers:
        X = transformer.transform(X)
    rows = numeric_rows(X)
    if rows is None or not all_finite(rows):
        return None
    return rows.astype(np.float64, copy=False)
