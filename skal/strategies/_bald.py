"""BALD and BatchBALD: ask for the labels that tell most about which member is right."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.utils import gen_batches

from .._base import Integral, Interval, warn_user
from ..acquisition import _kernels
from ._selection import Selection
from .base import QueryStrategy, ScoreStrategy

__all__ = ["BALD", "BatchBALD"]

# Gains in bits that differ by less than this are equal: the order of summation in a product of
# matrices shows in the last digits, and must not choose between equal samples.
NEGLIGIBLE = 1e-12

# A table of label configurations is merged into so many for an upper bound of the gains.
N_MERGED = 128

# Candidates are taken in blocks whose products have about so many numbers, and at least so many
# columns, so that they stay in the cache and fill the registers.
BLOCK_SIZE = 2**16
BLOCK_COLUMNS = 256


class BALD(ScoreStrategy):
    """Choose the samples whose labels tell most about which member is right.

    The score is the mutual information of the label and the member in bits,
    ``H(mean_t p_t) - mean_t H(p_t)``: large where each member is sure and they contradict each
    other, 0 where all agree, however unsure they are. Every sample is scored on its own.

    Works with a :class:`~skal.Committee`, a list of classifiers, voting, bagging, forests and
    every model with a method `member_proba(X)`.

    See Also
    --------
    BatchBALD : Looks at the batch as a whole.
    skal.acquisition.bald : The score.

    References
    ----------
    N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011). Bayesian active learning for
    classification and preference learning. arXiv:1112.5745.

    Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with image data.
    ICML. arXiv:1703.02910.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import BALD
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> pool = Pool.from_arrays(member_proba=[[unsure, zero, zero], [unsure, zero, one]])
    >>> BALD().score_samples(pool)
    array([0., 0., 1.])
    """

    _parameter_constraints = {}

    def score_samples(self, pool):
        """Return the mutual information of label and member, of shape (n_samples,)."""
        return pool.map(_kernels.bald, "member_proba")


class BatchBALD(QueryStrategy):
    """Choose the batch whose labels together tell most about which member is right.

    The batch S is to maximize the mutual information of all its labels and the member,
    ``I(S) = H(y_S) - sum_{i in S} mean_t H(p_t(y_i))``. Greedy choice, each sample the one that
    adds most to those before it, comes within ``1 - 1/e`` of the best batch. Where samples are
    much alike, :class:`BALD` spends a batch on copies of one question; here the answer to the
    first is taken into account when the next is chosen.

    The joint entropy runs over all configurations of labels as long as there are no more than
    `n_joint_samples`. Beyond, it is estimated without bias from labels drawn from the members,
    equally many from each; the sample is kept and extended from pick to pick.

    Parameters
    ----------
    n_joint_samples : int, default=10_000
        Number of label configurations: exact while ``n_classes ** n_picked`` is no larger, this
        many samples beyond (rounded up to a multiple of the number of members).
    n_candidates : int, default=None
        Only so many samples, the best by BALD, are considered, though never fewer than the
        batch. None: all.

    Warns
    -----
    UserWarning
        If the labels of some of the batch tell all there is to tell. The rest of the batch is
        then in the order of the BALD scores, lowest position first.

    See Also
    --------
    BALD : Scores every sample on its own.

    Notes
    -----
    Members must be the same functions for every sample: labels of two samples have something
    in common only through the member that gives both. A pool that says
    ``members_consistent=False``, as with dropout masks drawn for each batch anew, is refused.

    Where labels are noisy, a second look at the same sample still informs, so that two equal
    samples may both be chosen, and rightly.

    The gain of a sample is what its label tells once those before it are known, averaged over
    what these may be. Most gains need not be computed: a gain is at most what it was before
    the last pick (in the exact range), and at most what it is with similar configurations
    merged into one. Both bounds are exact, so that the batch is that of the full computation.

    Memory grows with ``n_joint_samples * n_members``. The members are asked for the whole pool
    at once, unless `n_candidates` is given and they exceed scikit-learn's `working_memory`.

    References
    ----------
    A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and diverse batch
    acquisition for deep Bayesian active learning. NeurIPS. arXiv:1906.08158.

    Examples
    --------
    The first two samples ask the same question; the third asks another, if a smaller one.

    >>> from skal import Pool
    >>> from skal.strategies import BALD, BatchBALD
    >>> yes, no = [0.0, 1.0], [1.0, 0.0]
    >>> likely, unlikely = [0.2, 0.8], [0.8, 0.2]
    >>> member_proba = [
    ...     [yes, yes, likely],
    ...     [yes, yes, unlikely],
    ...     [no, no, likely],
    ...     [no, no, unlikely],
    ... ]
    >>> pool = Pool.from_arrays(member_proba=member_proba)
    >>> sorted(BALD().query(pool, n=2).tolist())
    [0, 1]
    >>> BatchBALD().query(pool, n=2)
    array([0, 2])
    """

    _parameter_constraints = {
        "n_joint_samples": [Interval(Integral, 1, None, closed="left")],
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(self, n_joint_samples=10_000, n_candidates=None):
        self.n_joint_samples = n_joint_samples
        self.n_candidates = n_candidates

    def _query(self, pool, n):
        _check_consistent(pool)
        candidates, members, scores = self._candidates(pool, n)
        chosen, gains = _greedy_batch(members, scores, n, self.n_joint_samples, pool.random_state)
        if len(gains) < n:
            _warn_nothing_left(len(gains), n)
        order = _filled_up(chosen, scores, n)
        # What is left of the batch adds nothing to what the labels before it tell.
        gains += [0.0] * (n - len(gains))
        return Selection(candidates[order], np.array(gains))

    def _candidates(self, pool, n):
        """Return the positions of the candidates, their members' probabilities and BALD scores."""
        if self.n_candidates is None:
            members = pool.member_proba
            return np.arange(len(pool)), members, _kernels.bald(members)
        scores = pool.map(_kernels.bald, "member_proba")
        best = np.sort(_best_first(scores)[: max(n, self.n_candidates)])
        return best, pool.take(best).member_proba, scores[best]


def _check_consistent(pool):
    if not pool.members_consistent:
        raise ValueError(
            "BatchBALD needs members that are the same functions for every sample, but this "
            "pool says members_consistent=False. Use BALD(), which looks at each sample on its "
            "own, or a model whose members do not change from one batch of samples to the next, "
            "such as skal.Committee or dropout masks that are fixed for a query."
        )


def _warn_nothing_left(n_told, n):
    found = (
        f"after {n_told} of the {n} samples no other label tells more about the members"
        if n_told
        else "the members agree on every sample, so that no label tells which of them is right"
    )
    warn_user(
        f"BatchBALD: {found}. What is left of the batch is in the order of the BALD scores, "
        "lowest position first. More members, or more diverse ones, can be told further apart."
    )


def _best_first(scores):
    """Return all positions by score, the lowest first where scores are equal but for rounding."""
    return np.argsort(-np.rint(scores / NEGLIGIBLE), kind="stable")


def _filled_up(chosen, scores, n):
    """Return the `chosen` and after them those of the largest scores, `n` altogether."""
    order = _best_first(scores)
    rest = order[~np.isin(order, chosen)]
    return np.concatenate([np.array(chosen, dtype=np.intp), rest])[:n]


# The greedy choice ----------------------------------------------------------------------


def _greedy_batch(members, scores, n, n_joint_samples, random_state):
    """Choose up to `n` samples, as long as one of them still tells something.

    Parameters
    ----------
    members : ndarray of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    scores : ndarray of shape (n_samples,)
        BALD scores in bits: the gains of the first pick.
    n, n_joint_samples : int
    random_state : RandomState

    Returns
    -------
    chosen : list of at most n int
        Positions in the order of choice; of equal gains the lowest position.
    gains : list of float
        What each pick adds to the mutual information of the batch, in bits.
    """
    table, bounds = _nothing_known(len(members)), scores.copy()
    chosen, gains = [], []
    while True:
        gain = bounds.max()
        if gain <= NEGLIGIBLE:
            return chosen, gains
        best = int(np.argmax(bounds >= gain - NEGLIGIBLE))
        gains.append(float(bounds[best]))
        chosen.append(best)
        bounds[best] = -np.inf
        if len(chosen) == n:
            return chosen, gains
        table = _with_last_label(table, members, chosen, n_joint_samples, random_state)
        bounds = _enough_gains(table, members, bounds)


def _enough_gains(table, members, bounds):
    """Return gains of all samples that may have the largest, and upper bounds of the others.

    Parameters
    ----------
    table : _Table
    members : ndarray of shape (n_members, n_samples, n_classes)
    bounds : ndarray of shape (n_samples,)
        The same for the table before the last pick; -inf for samples chosen already.
    """
    rows = np.flatnonzero(bounds > -np.inf)
    bounds = bounds.copy()
    if table.source is not None:
        bounds[rows] = np.inf  # a gain may grow where labels are drawn
    if len(table.weights) > 4 * N_MERGED:
        merged_gains = _gains_in_blocks(_merged(table), members, rows)
        bounds[rows] = np.minimum(bounds[rows], merged_gains)
    rows = rows[np.argsort(-bounds[rows], kind="stable")]
    gain = -np.inf
    for block in _blocks(table, members, rows):
        if bounds[block[0]] < gain - 2 * NEGLIGIBLE:
            break
        bounds[block] = _gains(table, _rows_of(members, block))
        gain = max(gain, bounds[block].max())
    return bounds


def _gains_in_blocks(table, members, rows):
    blocks = _blocks(table, members, rows)
    return np.concatenate([_gains(table, _rows_of(members, block)) for block in blocks])


def _rows_of(members, rows):
    # Unlike an index, take gives rows in C order, so that samples and classes merge for nothing.
    return np.take(members, rows, axis=1).astype(np.float64, copy=False)


def _blocks(table, members, rows):
    n_members, _, n_classes = members.shape
    in_cache = BLOCK_SIZE // (max(len(table.weights), n_members) * n_classes)
    size = max(1, BLOCK_COLUMNS // n_classes, in_cache)
    return (rows[part] for part in gen_batches(len(rows), size))


# What the labels of the batch so far may be ---------------------------------------------


class _Table(NamedTuple):
    """Configurations of the labels of the batch so far, and what each says of the members.

    With the members' posterior in place of the joint probabilities of the labels, no product
    of many small numbers ever occurs, however long the batch.
    """

    weights: np.ndarray  # (n_rows,): the probability of each configuration; sum 1
    posterior: np.ndarray  # (n_rows, n_members): of each member, given the labels; rows sum to 1
    source: np.ndarray = None  # (n_rows,): the member that labels are drawn from; None: exact


def _nothing_known(n_members):
    return _Table(np.ones(1), np.full((1, n_members), 1 / n_members))


def _gains(table, members):
    """Return the mutual information in bits of each label and the member, given the table.

    It is ``sum_j w_j (H(sum_t r_jt p_t) - sum_t r_jt H(p_t))`` over the rows j of the table,
    with weights w and posteriors r. Where labels are drawn, the mean of r over rows, used in
    place of its expectation 1 / n_members, takes noise away: no gain is negative.
    """
    n_members, _, n_classes = members.shape
    labels = members.reshape(n_members, -1)
    gains = (table.weights @ table.posterior) @ _kernels.xlogx(labels)
    for rows in _kernels.row_chunks(len(table.weights), labels.shape[1]):
        predictive = table.posterior[rows] @ labels
        gains -= table.weights[rows] @ _kernels.xlogx(predictive)
    return gains.reshape(-1, n_classes).sum(axis=1) / np.log(2)


def _with_last_label(table, members, chosen, n_joint_samples, random_state):
    """Return the table with the label of the last of the `chosen` samples known as well."""
    if members.shape[2] ** len(chosen) <= n_joint_samples:
        return _with_every_label(table, members[:, chosen[-1]])
    new = chosen[-1:]
    if table.source is None:
        table, new = _empty_sample(len(members), n_joint_samples), chosen
    for i in new:
        table = _with_drawn_label(table, members[:, i], random_state)
    return table


def _with_every_label(table, proba):
    """Return the table with a row for every row and every class that is possible there."""
    joint = (table.posterior[:, np.newaxis] * proba.T).reshape(-1, len(proba))
    of_label = joint.sum(axis=1)
    weights = np.repeat(table.weights, proba.shape[1]) * of_label
    possible = np.flatnonzero(weights)
    weights = weights[possible]
    return _Table(weights / weights.sum(), joint[possible] / of_label[possible, np.newaxis])


def _empty_sample(n_members, n_joint_samples):
    """Return a table of samples, equally many from each member, with no label drawn yet."""
    source = np.repeat(np.arange(n_members), -(-n_joint_samples // n_members))
    shape = len(source), n_members
    return _Table(np.full(shape[0], 1 / shape[0]), np.full(shape, 1 / n_members), source)


def _with_drawn_label(table, proba, random_state):
    """Return the table with a label drawn in every row from the member of that row."""
    labels = _draw_labels(proba, table.source, random_state)
    posterior = table.posterior * proba.T[labels]
    posterior /= posterior.sum(axis=1, keepdims=True)
    return table._replace(posterior=posterior)


def _draw_labels(proba, source, random_state):
    """Draw a class from row `source[j]` of `proba` for each j; none of probability 0."""
    cumulative = np.cumsum(proba, axis=1, dtype=np.float64)
    cumulative /= cumulative[:, -1:]
    uniform = random_state.random_sample(len(source))
    return np.count_nonzero(cumulative[source] <= uniform[:, np.newaxis], axis=1)


def _merged(table):
    """Return a table of few rows whose gains are upper bounds of the gains.

    Rows of similar posteriors become one, with their weight and their mean: as entropy is
    concave, the entropy of a mean is no less than the mean of entropies, and the mean of all
    posteriors stays what it is. Rows join the center of least Kullback-Leibler divergence.
    """
    reached = np.cumsum(table.weights)
    quantiles = (np.arange(N_MERGED) + 0.5) / N_MERGED * reached[-1]
    merged = _Table(None, table.posterior[np.searchsorted(reached, quantiles)])
    for _ in range(3):
        merged = _mean_by_group(table, _nearest_row(table.posterior, merged.posterior))
    return merged


def _nearest_row(posterior, centers):
    logs = np.log(centers.T + 1e-12)
    chunks = _kernels.row_chunks(len(posterior), len(centers))
    return np.concatenate([(posterior[rows] @ logs).argmax(axis=1) for rows in chunks])


def _mean_by_group(table, group):
    rows = np.arange(len(group))
    membership = sp.csr_matrix((table.weights, (group, rows)), shape=(N_MERGED, len(group)))
    weights = np.bincount(group, table.weights, minlength=N_MERGED)
    held = np.flatnonzero(weights)
    means = (membership @ table.posterior)[held] / weights[held, np.newaxis]
    return _Table(weights[held], means)
