"""Label configurations of a batch, from which joint entropies and gains are computed.

The mutual information of the labels of a batch S and the member is
``I(S) = log M - sum_j w_j H(r_j)``. The sum runs over the configurations j of these labels, with
their probabilities w_j and the posteriors r_j of the M members given the labels. The joint entropy
of the labels is
``I(S) + sum_{i in S} mean_t H(p_t(y_i))``.
"""

from typing import NamedTuple

import numpy as np

from . import _kernels


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
        terms = self._terms(members)
        terms += (self.weights @ self.posterior) @ _kernels.xlogx(members.reshape(n_members, -1))
        return terms.reshape(-1, n_classes).sum(axis=1) / np.log(2)

    def label_entropies(self, members):
        """Return the entropy of the label of each sample, given the labels of the batch.

        This is ``sum_j w_j H(sum_t r_jt p_t)``, the label's own entropy for an empty batch. The
        sum over the samples of a batch, each given those before it, is their joint entropy.

        Parameters
        ----------
        members : ndarray of shape (n_members, n_samples, n_classes)
            Class probabilities of the samples by each member.

        Returns
        -------
        entropies : ndarray of shape (n_samples,)
            In bits.
        """
        terms = self._terms(members)
        return terms.reshape(-1, members.shape[2]).sum(axis=1) / np.log(2)

    def _terms(self, members):
        """Return the mean of -p log p over the rows, for each label of each sample."""
        labels = members.reshape(len(members), -1)
        terms = np.zeros(labels.shape[1])
        for rows in _kernels.row_chunks(len(self.weights), labels.shape[1]):
            terms -= self.weights[rows] @ _kernels.xlogx(self.posterior[rows] @ labels)
        return terms


def draw_labels(proba, source, random_state):
    """Draw a class from row `source[j]` of `proba` for each j, never a class of probability 0."""
    cumulative = np.cumsum(proba, axis=1, dtype=np.float64)
    # Rows of float32 may sum to less than 1; a draw beyond their sum would match no class.
    cumulative /= cumulative[:, -1:]
    uniform = random_state.random_sample(len(source))
    return np.count_nonzero(cumulative[source] <= uniform[:, np.newaxis], axis=1)


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
