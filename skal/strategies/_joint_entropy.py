"""The labels of a batch together: tables of label configurations, gains and the greedy choice.

The labels of a batch S tell ``I(S) = log M - sum_j w_j H(r_j)`` about the member. The sum runs
over the configurations j of these labels, with their probabilities w_j and the posteriors r_j of
the M members given the labels. The joint entropy of the labels is
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

# A table of label configurations is merged into so many for an upper bound of the gains.
N_MERGED = 128

# Candidates are taken in blocks whose products have about so many numbers, and at least so many
# columns, so that they stay in the cache and fill the registers.
BLOCK_SIZE = 2**16
BLOCK_COLUMNS = 256


class LabelTable(NamedTuple):
    """Configurations of the labels of a batch, and what each says of the members.

    With the members' posterior in place of the joint probabilities of the labels, no product
    of many small numbers ever occurs, however long the batch.

    Attributes
    ----------
    weights : ndarray of shape (n_rows,)
        The probability of each configuration; the sum is 1.
    posterior : ndarray of shape (n_rows, n_members)
        The probability of each member, given the labels; rows sum to 1.
    source : ndarray of shape (n_rows,) or None
        The member that the labels of each row are drawn from. None: the table is exact, it
        lists every configuration that is possible.
    """

    weights: np.ndarray
    posterior: np.ndarray
    source: np.ndarray | None = None

    @classmethod
    def nothing_known(cls, n_members):
        """Return the exact table of an empty batch."""
        return cls(np.ones(1), np.full((1, n_members), 1 / n_members))

    @classmethod
    def nothing_drawn(cls, n_members, n_joint_samples):
        """Return the sampled table of an empty batch, with equally many rows for each member."""
        source = np.repeat(np.arange(n_members), -(-n_joint_samples // n_members))
        shape = len(source), n_members
        return cls(np.full(shape[0], 1 / shape[0]), np.full(shape, 1 / n_members), source)

    def with_every_label(self, proba):
        """Return the exact table with one more sample in the batch.

        Every row becomes a row for each class that is possible there.

        Parameters
        ----------
        proba : ndarray of shape (n_members, n_classes)
            Probabilities of the sample's classes by each member.
        """
        joint = (self.posterior[:, np.newaxis] * proba.T).reshape(-1, len(proba))
        of_label = joint.sum(axis=1)
        weights = np.repeat(self.weights, proba.shape[1]) * of_label
        # Impossible labels have no posterior: it would be 0 / 0.
        possible = np.flatnonzero(weights)
        weights = weights[possible]
        return LabelTable(weights / weights.sum(), joint[possible] / of_label[possible, None])

    def with_drawn_label(self, proba, random_state):
        """Return the sampled table with one more sample in the batch.

        In every row its label is drawn from the member of that row.

        Parameters
        ----------
        proba : ndarray of shape (n_members, n_classes)
            Probabilities of the sample's classes by each member.
        random_state : RandomState
        """
        labels = draw_labels(proba, self.source, random_state)
        posterior = self.posterior * proba.T[labels]
        posterior /= posterior.sum(axis=1, keepdims=True)
        return self._replace(posterior=posterior)

    def gains(self, members):
        """Return what the label of each sample would tell, once those of the batch are known.

        That is the mutual information in bits of the label and the member, given the table,
        ``sum_j w_j (H(sum_t r_jt p_t) - sum_t r_jt H(p_t))`` over the rows j, with weights w
        and posteriors r. Where labels are drawn, the mean of r over rows is used in place of
        its expectation 1 / n_members. That removes noise: no gain is negative.

        Parameters
        ----------
        members : ndarray of shape (n_members, n_samples, n_classes)
            Probabilities by each member.

        Returns
        -------
        gains : ndarray of shape (n_samples,)
        """
        n_members, _, n_classes = members.shape
        labels = members.reshape(n_members, -1)
        gains = (self.weights @ self.posterior) @ _kernels.xlogx(labels)
        for rows in _kernels.row_chunks(len(self.weights), labels.shape[1]):
            predictive = self.posterior[rows] @ labels
            gains -= self.weights[rows] @ _kernels.xlogx(predictive)
        return gains.reshape(-1, n_classes).sum(axis=1) / np.log(2)

    def merged(self):
        """Return a table of at most `N_MERGED` rows whose gains are upper bounds of the gains.

        Rows of similar posteriors become one, with their weight and their mean: as entropy is
        concave, the entropy of a mean is no less than the mean of entropies, and the mean of
        all posteriors stays what it is. Rows join the center of least Kullback-Leibler
        divergence.
        """
        reached = np.cumsum(self.weights)
        quantiles = (np.arange(N_MERGED) + 0.5) / N_MERGED * reached[-1]
        centers = self.posterior[np.searchsorted(reached, quantiles)]
        # More rounds hardly tighten the bounds.
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
    """Draw a class from row `source[j]` of `proba` for each j, never one of probability 0."""
    cumulative = np.cumsum(proba, axis=1, dtype=np.float64)
    # Rows of float32 may sum to less than 1, and a draw beyond their sum would be no class.
    cumulative /= cumulative[:, -1:]
    uniform = random_state.random_sample(len(source))
    return np.count_nonzero(cumulative[source] <= uniform[:, np.newaxis], axis=1)


def _nearest_row(posterior, centers):
    logs = np.log(centers.T + 1e-12)
    chunks = _kernels.row_chunks(len(posterior), len(centers))
    return np.concatenate([(posterior[rows] @ logs).argmax(axis=1) for rows in chunks])


def greedy_batch(members, scores, n, n_joint_samples, random_state):
    """Choose up to `n` samples, as long as one of them still tells something.

    Parameters
    ----------
    members : ndarray of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    scores : ndarray of shape (n_samples,)
        BALD scores in bits: the gains of the first pick.
    n : int
        How many to choose.
    n_joint_samples : int
        The number of configurations up to which tables are exact.
    random_state : RandomState
        Draws labels beyond that number.

    Returns
    -------
    chosen : list of at most n int
        Positions in the order of choice; of equal gains the lowest position.
    gains : list of float
        What each pick adds to the mutual information of the batch, in bits.
    """
    table, bounds = LabelTable.nothing_known(len(members)), scores.copy()
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
        bounds = enough_gains(table, members, bounds)


def with_last_label(table, members, chosen, n_joint_samples, random_state):
    """Return the table with the label of the last of the `chosen` samples known as well."""
    if members.shape[2] ** len(chosen) <= n_joint_samples:
        return table.with_every_label(members[:, chosen[-1]])
    new = chosen[-1:]
    if table.source is None:
        table, new = LabelTable.nothing_drawn(len(members), n_joint_samples), chosen
    for i in new:
        table = table.with_drawn_label(members[:, i], random_state)
    return table


def enough_gains(table, members, bounds):
    """Return gains of all samples that may have the largest, and upper bounds of the others.

    Parameters
    ----------
    table : LabelTable
    members : ndarray of shape (n_members, n_samples, n_classes)
    bounds : ndarray of shape (n_samples,)
        The same for the table before the last pick; -inf for samples chosen already.
    """
    rows = np.flatnonzero(bounds > -np.inf)
    bounds = bounds.copy()
    if table.source is not None:
        bounds[rows] = np.inf  # a gain may grow where labels are drawn
    if len(table.weights) > 4 * N_MERGED:
        merged_gains = _gains_in_blocks(table.merged(), members, rows)
        bounds[rows] = np.minimum(bounds[rows], merged_gains)
    # Largest bounds first: the search is over once a gain exceeds all bounds that are left.
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
    # Unlike an index, take gives rows in C order, so that samples and classes merge for nothing.
    return np.take(members, rows, axis=1).astype(np.float64, copy=False)


def _blocks(table, members, rows):
    n_members, _, n_classes = members.shape
    in_cache = BLOCK_SIZE // (max(len(table.weights), n_members) * n_classes)
    size = max(1, BLOCK_COLUMNS // n_classes, in_cache)
    return (rows[part] for part in gen_batches(len(rows), size))
