"""Simple margin: choose the samples closest to the separating hyperplane."""

from functools import partial

from ..acquisition import decision_margin
from .base import ScoreStrategy

__all__ = ["SimpleMargin"]


class SimpleMargin(ScoreStrategy):
    """Choose the samples nearest to the hyperplane that separates the classes.

    For two classes these are the samples of the smallest ``|f(x)|``. For more classes the columns
    of the decision function are first divided by the norms of their weight vectors, which makes
    them distances that can be compared. For `SVC` and `NuSVC` the one-vs-one values are used, and
    the score is ``-|d_ab|``, with the distance to the hyperplane between the two leading classes.
    For models with one hyperplane per class (`LinearSVC`, `RidgeClassifier`, ...) the score is
    minus the difference of the two largest distances. A decision function without known weight
    vectors, such as that of boosted trees or of an `SVC` with a precomputed kernel, is used
    unchanged.

    See Also
    --------
    UncertaintySampling : Choose by predicted probabilities.

    References
    ----------
    S. Tong and D. Koller (2001). Support vector machine active learning with applications to
    text classification. JMLR 2.

    G. Schohn and D. Cohn (2000). Less is more: active learning with support vector machines.
    ICML.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> from skal.strategies import SimpleMargin
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(SVC(), strategy=SimpleMargin()).fit(X[::10], y[::10])
    >>> learner.query(X, n=3).shape
    (3,)
    """

    _scores_alone = True

    def score_samples(self, pool):
        """Return minus the distance to the nearest boundary, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        return partial(decision_margin, kind=pool.decision_kind), "distance"
