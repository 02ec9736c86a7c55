"""The joint entropy of the labels of a batch."""

import numpy as np

from .._base import check_count, make_random_state
from ._checks import checked_base, checked_members
from ._label_table import LabelTable, with_last_label

# The largest table of posteriors to be listed, in numbers: half a gigabyte.
MOST_LISTED = 2**26


def joint_entropy(member_proba, positions, *, n_samples=None, random_state=None, base=2):
    """Return the entropy of the labels of a batch, taken together.

    The probability of labels (y_1, ..., y_n) is ``mean_t p_t(y_1) ... p_t(y_n)``: given the
    member, labels are independent. The entropy is a sum over all ``n_classes ** n`` configurations
    of labels, or an unbiased estimate of it from drawn labels.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member. The members must be the same functions for all samples.
    positions : array-like of int of shape (n,)
        The samples of the batch. A position that occurs twice stands for two labels, which differ
        where members are uncertain.
    n_samples : int, default=None
        Largest number of label configurations. If there are more, about so many are drawn, equally
        many from each member. None: all are listed, and the entropy is exact.
    random_state : int, RandomState or None, default=None
        Draws the labels.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    entropy : float
        From 0 to ``n log n_classes``.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution, if
        `positions` are not those of samples, `n_samples` is not a positive integer, there are too
        many configurations to be listed, or `base` is not above 1.

    See Also
    --------
    skal.strategies.BatchBALD : Chooses batches by the joint entropy of their labels.

    References
    ----------
    A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and diverse batch
    acquisition for deep Bayesian active learning. NeurIPS. arXiv:1906.08158.

    Examples
    --------
    The first two labels are always equal, the third one is independent of them.

    >>> from skal.acquisition import joint_entropy
    >>> zero, one, unsure = [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]
    >>> members = [[zero, zero, unsure], [one, one, unsure]]
    >>> joint_entropy(members, [0, 1])
    1.0
    >>> joint_entropy(members, [0, 2])
    2.0
    """
    members = checked_members(member_proba).astype(np.float64, copy=False)
    positions = _checked_positions(positions, members.shape[1])
    base = checked_base(base)
    limit = np.inf if n_samples is None else check_count(n_samples, "n_samples")
    random_state = make_random_state(random_state)
    table, bits = LabelTable.exact(len(members)), 0.0
    for k, i in enumerate(positions, start=1):
        bits += float(table.label_entropies(np.take(members, [i], axis=1))[0])
        if k < len(positions):
            _check_size(table, members.shape[2], n_samples)
            table = with_last_label(table, members, positions[:k], limit, random_state)
    return max(bits, 0.0) / float(np.log2(base))


def _checked_positions(positions, n_samples):
    given = np.asarray(positions)
    given = given.astype(np.intp) if not given.size else given
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise ValueError(
            f"positions must be integers, of shape (n,), got an array of {given.dtype} of shape "
            f"{given.shape}."
        )
    wrong = (given < 0) | (given >= n_samples)
    if wrong.any():
        raise ValueError(
            f"positions must be from 0 to {n_samples - 1}, got {given[wrong.argmax()]}."
        )
    return given.tolist()


def _check_size(table, n_classes, n_samples):
    if n_samples is None and table.posterior.size * n_classes > MOST_LISTED:
        raise ValueError(
            "n_samples must be given where there are too many label configurations to list, got "
            f"n_samples=None for more than {len(table.weights)} configurations of {n_classes} "
            "classes. Pass n_samples=10_000 to estimate the entropy."
        )
