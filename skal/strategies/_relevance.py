"""Relevance: find the samples of a rare class."""

from functools import partial

import numpy as np

from .._base import Interval, Real, warn_user
from ..acquisition import _kernels
from ._selection import concatenated
from ._uncertainty import given_or_default
from .base import QueryStrategy, ScoreStrategy

__all__ = ["Relevance"]


class Relevance(ScoreStrategy):
    r"""Choose the samples that are most probably of a class, to find all of its samples.

    Where a class is rare and the aim is to find its samples, as the relevant documents of a review
    or the defects among parts, the best next question is the most probable one of them. A share of
    the places goes to another strategy, by default to uncertain samples. Of this share s, the
    place for the i-th label of all belongs to the other strategy where
    :math:`\lfloor s i \rfloor > \lfloor s (i - 1) \rfloor`. So the share is kept over many
    batches, however small they are, one by one included.

    Parameters
    ----------
    positive : str, int, float or bool, default=None
        The class to find: one of the labels, or its text, as "1" for the label 1. None stands for
        the second of two classes, as in scikit-learn; of more classes it stands for the one that
        has the fewest labels so far, and the last one of several.
    share_uncertain : float, default=0.1
        Share of the labels that the other strategy chooses, from 0 to 1.
    strategy : QueryStrategy, default=None
        The other strategy. None stands for ``UncertaintySampling("margin")``.

    Raises
    ------
    ValueError
        In a query, if a label differs from `positive` in upper and lower case or in spaces alone,
        or if there is no such class and nothing is labeled, so that the model cannot learn of it.

    Warns
    -----
    UserWarning
        If the class is not among those of the model, which are named. As long as no sample of the
        class is labeled, the other strategy chooses whole batches.

    See Also
    --------
    UncertaintySampling : Makes a model accurate, rather than finding the samples of a class.
    ClassBalanced : Gives each predicted class a quota.

    Notes
    -----
    The scores are the probabilities of the class. If the model has none, they are the values of
    the decision function: for two classes those that speak for the class, for one-vs-one decision
    functions the duels that the class wins, with the confidences between equal numbers, as in
    scikit-learn, and for all others by how much the class leads the best other class. For a
    committee without either, they are the means of the members' probabilities or votes. Only the
    order of the scores counts.

    Technology-assisted review uses this as continuous active learning, without uncertain samples.
    Measured with linear models and naive Bayes, a share of 0.1 costs up to 2 % of the pool in
    further labels before 95 % of a class is found, mostly much less, for a somewhat better model.

    Labels that are asked for in this way are not a random sample: their shares do not tell how
    frequent the classes are. Most of them are of the class, so the model expects the class nearly
    everywhere. Its order of the samples is of use, but its predictions are not, until more labels
    are chosen in another way.

    References
    ----------
    G. V. Cormack and M. R. Grossman (2014). Evaluation of machine-learning protocols for
    technology-assisted review in electronic discovery. SIGIR.

    G. V. Cormack and M. R. Grossman (2015). Autonomy and reliability of continuous active learning
    for technology-assisted review. arXiv:1504.06868.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import Relevance
    >>> proba = [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.7, 0.3]]
    >>> pool = Pool.from_arrays(proba=proba, classes=["no", "yes"])
    >>> Relevance("yes").query(pool, n=2)
    array([1, 2])
    >>> Relevance("yes", share_uncertain=0.5).query(pool, n=4)
    array([1, 3, 2, 0])
    """

    _parameter_constraints = {
        "positive": [str, Real, "boolean", None],
        "share_uncertain": [Interval(Real, 0, 1, closed="both")],
        "strategy": [QueryStrategy, None],
    }
    _reads_again = True  # both halves of a batch mostly read the same predictions
    _scores_alone = True

    def __init__(self, positive=None, share_uncertain=0.1, strategy=None):
        self.positive = positive
        self.share_uncertain = share_uncertain
        self.strategy = strategy

    def score_samples(self, pool):
        """Return the probability or the value of the class, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        code = self._code(pool)
        if code is None:
            raise ValueError(self._unknown(pool))
        return _of_class(pool, code)

    def _query(self, pool, n):
        if self._code(pool) is None:
            if not len(pool.labeled):
                raise ValueError(self._unknown(pool))
            other = type(self._other).__name__
            warn_user(f"{self._unknown(pool)} Until then, {other} chooses.")
            return self._other.select(pool, n)
        is_other = _turns(len(pool.labeled), n, self.share_uncertain)
        parts, n_other = [], np.count_nonzero(is_other)
        if n_other < n:
            parts.append(super()._query(pool, n - n_other))
        if n_other:
            chosen = parts[0].positions if parts else ()
            rest = np.delete(np.arange(len(pool)), chosen)
            parts.append(self._other.select(pool.take(rest), n_other).at(rest))
        # Of a budget the other strategy may choose fewer, and the places after it move up.
        batch, order = concatenated(parts), np.argsort(np.argsort(is_other, kind="stable"))
        return batch.ordered(order[order < len(batch)])

    @property
    def _other(self):
        return given_or_default(self.strategy)

    def _code(self, pool):
        """Return the position of the class in `classes`, None if the model does not know it."""
        labels = np.asarray(pool.classes).tolist()
        if self.positive is None:
            return len(labels) - 1 if len(labels) < 3 else _with_fewest_labels(pool)
        for same in (_equal, _of_equal_text):
            if any(found := [same(label, self.positive) for label in labels]):
                return found.index(True)
        near = [label for label in labels if _plain(label) == _plain(self.positive)]
        if near:
            raise ValueError(f"{self._unknown(pool)} Did you mean {near[0]!r}?")
        return None

    def _unknown(self, pool):
        return (
            f"Relevance looks for the positive class {self.positive!r}, but the classes of the "
            f"model are {', '.join(map(repr, np.asarray(pool.classes).tolist()))}. It can be "
            "looked for as soon as one of its samples is labeled and the model is fitted."
        )


def _turns(n_labeled, n, share):
    """Return for each place of a batch whether it belongs to the other strategy.

    Counted from the first label of all, so that the share is exact over many batches.
    """
    # Products such as 0.29 * 100 may fall short of the integer that they stand for.
    quotas = np.floor(share * np.arange(n_labeled, n_labeled + n + 1) + 1e-9)
    return np.diff(quotas) > 0


def _with_fewest_labels(pool):
    """Return the position of the class with the fewest labels, the last one of several."""
    y = pool.labeled.y if len(pool.labeled) else np.empty(0)
    counts = [np.count_nonzero(y == label) for label in pool.classes]
    return max(range(len(counts)), key=lambda code: (-counts[code], code))


def _of_class(pool, code):
    """Return the score of a class as a function of an output, and the name of the output."""
    if pool.has("proba"):
        return partial(_column, code=code), "proba"
    if pool.has("decision"):
        n_classes, kind = len(pool.classes), pool.decision_kind
        return partial(_decision_for, code=code, n_classes=n_classes, kind=kind), "decision"
    if pool.has("member_proba"):
        return partial(_mean_vote, code=code), "member_proba"
    return partial(_column, code=code), "proba"  # the error names what is missing


def _column(proba, code):
    return proba[:, code]


def _decision_for(decision, code, n_classes, kind):
    if decision.ndim == 1 or decision.shape[1] == 1:
        return decision.ravel() if code else -decision.ravel()
    if kind == "ovo":
        return _kernels.class_scores(decision.T, n_classes)[code]
    # How far the class leads: where it lies between others, no plane sets it apart by itself.
    return decision[:, code] - np.delete(decision, code, axis=1).max(axis=1)


def _mean_vote(member_proba, code):
    return member_proba[:, :, code].mean(axis=0)


def _equal(label, positive):
    return label == positive


def _of_equal_text(label, positive):
    return str(label) == str(positive)


def _plain(label):
    return "".join(str(label).split()).casefold()
