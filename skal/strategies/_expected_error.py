"""Expected error reduction: samples whose labels make the predictions for all others certain."""

import numpy as np
from joblib import Parallel, delayed

from .._base import (
    Integral,
    Interval,
    StrOptions,
    columns_like,
    draw_seed,
    hash_positions,
    num_rows,
    rows_given,
    take_rows,
)
from ..acquisition import _kernels
from ._refit_forms import form_of
from .base import ScoreStrategy

__all__ = ["ExpectedErrorReduction"]

LOSSES = {"log": _kernels.entropy, "zero_one": _kernels.least_confidence}


class ExpectedErrorReduction(ScoreStrategy):
    r"""Choose samples whose labels are expected to leave the least error on all others.

    For every sample x of the pool and every label y that it may have, the model is fitted again
    with (x, y) added to the labeled samples. The score is minus the expected error

    .. math:: \sum_y p(y \mid x) \; \frac{1}{|E|} \sum_{e \in E} \ell\bigl(p^{+(x, y)}(e)\bigr),

    where p are the probabilities of the present model, :math:`p^{+(x, y)}` those of the model
    fitted again, and E the samples on which the error counts. Labels of probability 0 are left
    out. The classifier needs `predict_proba`, and the pool a learner that can fit it again.

    The strategy is slow, as it fits the model n_samples * n_classes times, and short-sighted,
    as it looks one label ahead and believes the probabilities of a model that knows little. It
    suits small pools. No measurement of ours shows it to label better than margin sampling.
    ``Shortlist(UncertaintySampling(), ExpectedErrorReduction())`` scores uncertain samples only;
    E then are these samples, unless `evaluation` is given.

    Parameters
    ----------
    loss : {"log", "zero_one"}, default="log"
        The error of probabilities p: "log" is their entropy in bits, "zero_one" is 1 - max p.
    evaluation : rows of shape (n_evaluation, ...), default=None
        The samples E, unlabeled and of the kind of the pool. None stands for the pool, without
        the sample x itself.
    n_candidates : int, default=None
        Number of samples to score, at least 1, drawn at random from the pool's seed. All others
        get the score minus infinity. None scores all samples.

    See Also
    --------
    UncertaintySampling : Asks the present model only.
    Shortlist : Scores only the samples that another strategy prefers.

    Notes
    -----
    The models of these classifiers, with or without a `sample_weight`, are not fitted one by one,
    because it is known what a further sample, of weight 1, changes:

    - :class:`~sklearn.naive_bayes.GaussianNB`, :class:`~sklearn.naive_bayes.MultinomialNB` and
      :class:`~sklearn.naive_bayes.BernoulliNB`, by their sums;
    - :class:`~sklearn.neighbors.KNeighborsClassifier` with uniform weights, by one more neighbor.
      Where the new sample is as far as the last neighbor, the neighbor stays;
    - :class:`~sklearn.discriminant_analysis.LinearDiscriminantAnalysis` with the solver "svd" and
      covariance of full rank, by a change of rank one;
    - :class:`~sklearn.linear_model.LogisticRegression` with an l2 penalty and a solver other
      than "liblinear", "sag" and "saga", by a descent that starts from the present solution. It
      goes on until no entry of the gradient of the mean loss exceeds 1e-8, so that probabilities
      are those of a fit with a small `tol`. A fit that stops at the default `tol` differs from
      them by about 1e-3, one that stops at `max_iter`, with a warning, by more.

    They are found behind the transformers of a pipeline as well, if these learn nothing from the
    labeled samples, such as :class:`~sklearn.preprocessing.Normalizer`,
    :class:`~sklearn.feature_extraction.text.HashingVectorizer`, or any transformer in a
    :class:`~sklearn.frozen.FrozenEstimator`. Transformers that learn, such as a
    :class:`~sklearn.preprocessing.StandardScaler`, would learn from the new sample too, so that
    the whole pipeline is fitted again. So are all other classifiers and data, such as sparse X
    for a logistic regression; a learner with ``incremental=True`` goes on from its present model.
    The `n_jobs` threads of the learner share the work.

    References
    ----------
    N. Roy and A. McCallum (2001). Toward optimal active learning through sampling estimation of
    error reduction. ICML.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skal import ActiveLearner
    >>> from skal.strategies import ExpectedErrorReduction
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), ExpectedErrorReduction(), random_state=0)
    >>> learner.fit(X[::10], y[::10]).query(X[1::10], n=2).shape
    (2,)
    """

    _parameter_constraints = {
        "loss": [StrOptions(set(LOSSES))],
        "evaluation": "no_validation",  # rows of any kind
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
    }

    _scores_alone = False

    def __init__(self, loss="log", evaluation=None, n_candidates=None):
        self.loss = loss
        self.evaluation = evaluation
        self.n_candidates = n_candidates

    def score_samples(self, pool):
        """Return minus the expected error after the label of each sample.

        Parameters
        ----------
        pool : Pool
            The unlabeled samples, with `proba` and `refit`.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            From -log2(n_classes) or -(1 - 1 / n_classes) to 0; minus infinity for samples that
            are not scored.
        """
        proba, refit = pool.get("proba"), pool.get("refit")
        X_pool = pool.X
        X = X_pool if self.evaluation is None else self._rows_to_evaluate(X_pool)
        rows = self._candidates(pool)
        forms = [form_of(refit, X_pool, X, pool.classes), _Fits(refit, X_pool, X, pool.classes)]
        answers = (self._errors(form, pool, proba, rows) for form in forms if form is not None)
        scores = np.full(len(pool), -np.inf)
        scores[rows] = -next(errors for errors in answers if errors is not None)
        return scores

    def _rows_to_evaluate(self, X_pool):
        rows = rows_given(self.evaluation, "evaluation")
        if not num_rows(rows):
            raise ValueError(
                "evaluation must hold at least one sample on which the error counts, got none. "
                "Use evaluation=None for the pool."
            )
        return columns_like(rows, X_pool, "evaluation")

    def _candidates(self, pool):
        """Return the positions of the samples to score, in ascending order."""
        rows = np.arange(len(pool))
        if self.n_candidates is None or self.n_candidates >= len(rows):
            return rows
        hashes = hash_positions(draw_seed(pool.random_state), rows)
        return np.sort(np.argsort(hashes, kind="stable")[: self.n_candidates])

    def _errors(self, form, pool, proba, rows):
        """Return the expected error after each of `rows` is labeled, None if a form is unsure."""
        blocks = [
            (positions, k)
            for k in range(proba.shape[1])
            for positions in _split(rows[proba[rows, k] > 0], form.n_at_once)
        ]
        means = Parallel(
            n_jobs=getattr(pool.refit, "n_jobs", None), prefer="threads", return_as="generator"
        )(delayed(self._mean_losses)(form, positions, k) for positions, k in blocks)
        errors = np.zeros(len(pool))
        for (positions, k), mean in zip(blocks, means, strict=True):
            if mean is None:
                return None
            errors[positions] += proba[positions, k] * mean
        return errors[rows]

    def _mean_losses(self, form, positions, k):
        """Return the mean error after each sample was added with label `k`."""
        after = form.proba(positions, k)
        if after is None:
            return None
        n, n_evaluation, n_classes = after.shape
        losses = LOSSES[self.loss](after.reshape(-1, n_classes)).reshape(n, n_evaluation)
        if self.evaluation is None:
            losses[np.arange(n), positions] = 0
            n_evaluation = max(1, n_evaluation - 1)  # a pool of one sample leaves no error
        return losses.sum(axis=1) / n_evaluation


class _Fits:
    """The model fitted with one more sample, for any estimator."""

    n_at_once = 1

    def __init__(self, refit, X_pool, X_evaluation, classes):
        self.refit, self.X_pool, self.X_evaluation = refit, X_pool, X_evaluation
        self.classes = classes

    def proba(self, positions, k):
        """Return the probabilities after one sample was added with label `k`."""
        model = self.refit(take_rows(self.X_pool, positions), self.classes[[k]])
        return np.asarray(model.predict_proba(self.X_evaluation))[None]


def _split(rows, size):
    return [rows[start : start + size] for start in range(0, len(rows), size)]
