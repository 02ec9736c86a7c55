"""Joint entropy of the labels of a batch: label configurations, gains and the greedy choice.

The mutual information of the labels of a batch S and the member is
``I(S) = log M - sum_j w_j H(r_j)``. The sum runs over the configurations j of these labels, with
their probabilities w_j and the posteriors r_j of the M members given the labels. The joint entropy
of the labels is
``I(S) + sum_{i in S} mean_t H(p_t(y_i))``.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.utils import gen_batches

from ..acquisition import _kernels

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


class LabelTable(NamedTuple):
    """Label configurations of a batch, with the posterior probabilities of the members.

    The table holds posteriors instead of joint probabilities of the labels, which are products
    of as many factors as the batch has samples and would underflow.

    Attributes
    ----------
    weights : ndarray of shape (n_rows,)
        Probability of each configuration; the sum is 1.
    posterior : ndarray of shape (n_rows, n_members)
        Probability of each member given the labels; rows sum to 1.
    source : ndarray of shape (n_rows,) or None
        The member from which the labels of each row are drawn. None if the table is exact: it
        then lists every possible configuration.
    """

    weights: np.ndarray
    posterior: np.ndarray
    source: np.ndarray | None = None

    @classmethod
    def exact(cls, n_members):
        """Return the exact table of an empty batch."""
        return cls(np.ones(1), np.full((1, n_members), 1 / n_members))

    @classmethod
    def sampled(cls, n_members, n_joint_samples):
        """Return the sampled table of an empty batch, with equally many rows per member."""
        # Equal numbers for all members: drawing the members as well would add variance.
        source = np.repeat(np.arange(n_members), -(-n_joint_samples // n_members))
        shape = len(source), n_members
        return cls(np.full(shape[0], 1 / shape[0]), np.full(shape, 1 / n_members), source)

    def with_every_label(self, proba):
        """Return the exact table with one more sample in the batch.

        Each row is replaced by one row for every class that is possible given its labels.

        Parameters
        ----------
        proba : ndarray of shape (n_members, n_classes)
            Class probabilities of the sample by each member.
        """
        joint = (self.posterior[:, np.newaxis] * proba.T).reshape(-1, len(proba))
        of_label = joint.sum(axis=1)
        weights = np.repeat(self.weights, proba.shape[1]) * of_label
        # The posterior given an impossible label would be 0 / 0.
        possible = np.flatnonzero(weights)
        weights = weights[possible]
        # Weights are normalized again, or the round-off of every pick would accumulate.
        return LabelTable(weights / weights.sum(), joint[possible] / of_label[possible, None])

    def with_drawn_label(self, proba, random_state):
        """Return the sampled table with one more sample in the batch.

        In each row the label of the sample is drawn from the member of that row.

        Parameters
        ----------
        proba : ndarray of shape (n_members, n_classes)
            Class probabilities of the sample by each member.
        random_state : RandomState
            Draws the labels.
        """
        labels = draw_labels(proba, self.source, random_state)
        posterior = self.posterior * proba.T[labels]
        posterior /= posterior.sum(axis=1, keepdims=True)
        return self._replace(posterior=posterior)

    def gains(self, members):
        """Return the information in the label of each sample, given the labels of the batch.

        This is the conditional mutual information of the label and the member in bits,
        ``sum_j w_j (H(sum_t r_jt p_t) - sum_t r_jt H(p_t))`` over the rows j of the table, with
        weights w and posteriors r. Where labels are drawn, the mean of r over the rows is used
        in place of its expectation 1 / n_members, which removes noise: no gain is negative.

        Parameters
        ----------
        members : ndarray of shape (n_members, n_samples, n_classes)
            Class probabilities of the samples by each member.

        Returns
        -------
        gains : ndarray of shape (n_samples,)
            In bits.
        """
        n_members, _, n_classes = members.shape
        labels = members.reshape(n_members, -1)
        gains = (self.weights @ self.posterior) @ _kernels.xlogx(labels)
        for rows in _kernels.row_chunks(len(self.weights), labels.shape[1]):
            predictive = self.posterior[rows] @ labels
            gains -= self.weights[rows] @ _kernels.xlogx(predictive)
        return gains.reshape(-1, n_classes).sum(axis=1) / np.log(2)

    def merged(self):
        """Return a table of at most `N_MERGED` rows whose gains bound the gains from above.

        Rows with similar posteriors are merged into one row with their total weight and their
        mean. Entropy is concave, so the entropy of a mean is at least the mean of the entropies,
        and the mean of all posteriors does not change. Each row joins the center with the least
        Kullback-Leibler divergence.
        """
        reached = np.cumsum(self.weights)
        quantiles = (np.arange(N_MERGED) + 0.5) / N_MERGED * reached[-1]
        centers = self.posterior[np.searchsorted(reached, quantiles)]
        # Three rounds of k-means; more rounds hardly tighten the bounds.
        for _ in range(3):
            merged = self._mean_by_group(_nearest_row(self.posterior, centers))
            centers = merged.posterior
        return merged

    def _mean_by_group(self, group):
        rows = np.arange(len(group))
        membership = sp.csr_matrix((self.weights, (group, rows)), shape=(N_MERGED, len(group)))
        weights = np.bincount(group, self.weights, minlength=N_MERGED)
        held = np.flatnonzero(weights)
        means = (membership @ self.posterior)[held] / weights[held, np.newaxis]
        return LabelTable(weights[held], means)


def draw_labels(proba, source, random_state):
    """Draw a class from row `source[j]` of `proba` for each j, never a class of probability 0."""
    cumulative = np.cumsum(proba, axis=1, dtype=np.float64)
    # Rows of float32 may sum to less than 1; a draw beyond their sum would match no class.
    cumulative /= cumulative[:, -1:]
    uniform = random_state.random_sample(len(source))
    return np.count_nonzero(cumulative[source] <= uniform[:, np.newaxis], axis=1)


def _nearest_row(posterior, centers):
    logs = np.log(centers.T + 1e-12)  # a posterior may be 0
    chunks = _kernels.row_chunks(len(posterior), len(centers))
    return np.concatenate([(posterior[rows] @ logs).argmax(axis=1) for rows in chunks])


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


def with_last_label(table, members, chosen, n_joint_samples, random_state):
    """Return the table extended by the label of the last of the `chosen` samples."""
    if members.shape[2] ** len(chosen) <= n_joint_samples:
        return table.with_every_label(members[:, chosen[-1]])
    new = chosen[-1:]
    if table.source is None:
        table, new = LabelTable.sampled(len(members), n_joint_samples), chosen
    for i in new:
        table = table.with_drawn_label(members[:, i], random_state)
    return table


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
        merged_gains = _gains_in_blocks(table.merged(), members, rows)
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
