"""The greedy choice of a batch with the largest joint information in its labels.

Gains are computed from a table of label configurations. Bounds on the gains spare most of them.
"""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import gen_batches

from ..acquisition import LabelTable, _kernels, with_last_label

# Gains in bits that differ by less than this are equal: the order of summation in a product of
# matrices shows in the last digits, and must not choose between equal samples.
NEGLIGIBLE = 1e-12

# Number of rows into which a table of label configurations is merged for bounds of the gains.
N_MERGED = 128

# Gains are computed for blocks of candidates. The products of a block have about BLOCK_SIZE
# numbers, so that they stay in the cache, and at least BLOCK_COLUMNS columns, so that products of
# matrices run at full speed.
BLOCK_SIZE = 2**16
BLOCK_COLUMNS = 256


def greedy_batch(members, scores, n, n_joint_samples, random_state):
    """Choose up to `n` samples greedily, as long as a sample has a positive gain.

    Parameters
    ----------
    members : ndarray of shape (n_members, n_samples, n_classes)
        Class probabilities by each member.
    scores : ndarray of shape (n_samples,)
        BALD scores in bits, which are the gains of the first pick.
    n : int
        Number of samples to choose.
    n_joint_samples : int
        Largest number of label configurations for which tables are exact.
    random_state : RandomState
        Draws labels if there are more configurations.

    Returns
    -------
    chosen : list of at most n int
        Positions in the order of choice. Equal gains go to the lowest position.
    gains : list of float
        Increase of the mutual information by each pick, in bits.
    """
    table, bounds = LabelTable.exact(len(members)), scores.copy()
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
        table = with_last_label(table, members, chosen, n_joint_samples, random_state)
        bounds = update_bounds(table, members, bounds)


def update_bounds(table, members, bounds):
    """Return upper bounds of all gains, which are exact for all samples that may be the best.

    Parameters
    ----------
    table : LabelTable
        The labels of the batch so far.
    members : ndarray of shape (n_members, n_samples, n_classes)
        Class probabilities by each member.
    bounds : ndarray of shape (n_samples,)
        Upper bounds of the gains before the last pick; -inf for chosen samples.

    Returns
    -------
    bounds : ndarray of shape (n_samples,)
    """
    rows = np.flatnonzero(bounds > -np.inf)
    bounds = bounds.copy()
    if table.source is not None:
        bounds[rows] = np.inf  # with drawn labels, noise may make a gain grow
    if len(table.weights) > 4 * N_MERGED:
        merged_gains = _gains_in_blocks(merged(table), members, rows)
        bounds[rows] = np.minimum(bounds[rows], merged_gains)
    # Largest bounds first: the search ends when a gain exceeds all remaining bounds.
    rows = rows[np.argsort(-bounds[rows], kind="stable")]
    gain = -np.inf
    for block in _blocks(table, members, rows):
        if bounds[block[0]] < gain - 2 * NEGLIGIBLE:
            break
        bounds[block] = table.gains(_rows_of(members, block))
        gain = max(gain, bounds[block].max())
    return bounds


def merged(table):
    """Return a table of at most `N_MERGED` rows whose gains bound those of `table` from above.

    Rows with similar posteriors are merged into one row with their total weight and their
    mean. Entropy is concave, so the entropy of a mean is at least the mean of the entropies,
    and the mean of all posteriors does not change. Each row joins the center with the least
    Kullback-Leibler divergence.
    """
    reached = np.cumsum(table.weights)
    quantiles = (np.arange(N_MERGED) + 0.5) / N_MERGED * reached[-1]
    centers = table.posterior[np.searchsorted(reached, quantiles)]
    # Three rounds of k-means; more rounds hardly tighten the bounds.
    for _ in range(3):
        mean = _mean_by_group(table, _nearest_row(table.posterior, centers))
        centers = mean.posterior
    return mean


def _mean_by_group(table, group):
    rows = np.arange(len(group))
    membership = sp.csr_matrix((table.weights, (group, rows)), shape=(N_MERGED, len(group)))
    weights = np.bincount(group, table.weights, minlength=N_MERGED)
    held = np.flatnonzero(weights)
    means = (membership @ table.posterior)[held] / weights[held, np.newaxis]
    return LabelTable(weights[held], means)


def _nearest_row(posterior, centers):
    logs = np.log(centers.T + 1e-12)  # a posterior may be 0
    chunks = _kernels.row_chunks(len(posterior), len(centers))
    return np.concatenate([(posterior[rows] @ logs).argmax(axis=1) for rows in chunks])


def _gains_in_blocks(table, members, rows):
    blocks = _blocks(table, members, rows)
    return np.concatenate([table.gains(_rows_of(members, block)) for block in blocks])


def _rows_of(members, rows):
    # Unlike indexing, take returns an array in C order, which gains reshapes without a copy.
    return np.take(members, rows, axis=1).astype(np.float64, copy=False)


def _blocks(table, members, rows):
    n_members, _, n_classes = members.shape
    in_cache = BLOCK_SIZE // (max(len(table.weights), n_members) * n_classes)
    size = max(1, BLOCK_COLUMNS // n_classes, in_cache)
    return (rows[part] for part in gen_batches(len(rows), size))
