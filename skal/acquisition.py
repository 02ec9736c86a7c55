"""Acquisition functions: how much a label is wanted, read off the outputs of a model.

Every public function takes arrays and returns one float64 score per sample; larger means query
sooner. Inputs are checked and never written to. The private function of the same name computes
alone, for callers who checked already.
"""

from itertools import combinations
from math import isqrt
from numbers import Integral, Real

import numpy as np

__all__ = [
    "bald",
    "check_proba",
    "consensus_entropy",
    "decision_margin",
    "entropy",
    "expected_entropy",
    "least_confidence",
    "margin",
    "max_kl",
    "variation_ratio",
    "vote_entropy",
    "vote_margin",
]

# Rows are taken in chunks of this size, so that the passes over a chunk stay in the L2 cache.
CHUNK_BYTES = 2**19

# Up to here it is faster to run over whole columns, beyond it to reduce row by row.
FEW_CLASSES = 40

# The same for the argmax; at most 255, the largest count of a byte.
FEW_VOTED_FOR = 16

# The smallest normal number. Added to 0 it makes the logarithm finite, so that 0 * log(0) comes
# out as 0; it is too small to change any probability above 1e-291.
TINY = np.finfo(np.float64).tiny

LAYOUTS = {
    2: "(n_samples, n_classes)",
    3: "(n_members, n_samples, n_classes)",
}

# What to do with an array that has too many or too few axes.
RESHAPES = {
    (1, 2): "One sample is a row, {name}.reshape(1, -1); "
    "the positive class alone is np.column_stack([1 - {name}, {name}]).",
    (3, 2): "The mean over members is {name}.mean(axis=0); bald, consensus_entropy and others "
    "take the members themselves.",
    (2, 3): "A single member is {name}[np.newaxis].",
}


# Of the probabilities


def least_confidence(proba):
    """Score samples by how little the most probable class is believed.

    The score is ``1 - max_c p_c``: 0 where the model is certain, ``1 - 1 / n_classes`` where all
    classes are equally probable.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is no probability distribution.

    See Also
    --------
    margin : Looks at the runner-up as well.
    entropy : Looks at all classes.

    References
    ----------
    D. D. Lewis and W. A. Gale (1994). A sequential algorithm for training text classifiers.
    SIGIR. arXiv:cmp-lg/9407020.

    Examples
    --------
    >>> from skal.acquisition import least_confidence
    >>> least_confidence([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]])
    array([0. , 0.5])
    """
    return _least_confidence(check_proba(proba, ndim=(2,)))


def margin(proba):
    """Score samples by how close the two most probable classes are.

    The score is ``1 - (p_1 - p_2)`` with ``p_1 >= p_2`` the two largest probabilities: 1 where
    they tie, 0 where the model is certain. With a single class p_2 is 0, so the score is 0 too.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is no probability distribution.

    See Also
    --------
    decision_margin : The same idea for decision functions.

    References
    ----------
    T. Scheffer, C. Decomain and S. Wrobel (2001). Active hidden Markov models for information
    extraction. IDA.

    Examples
    --------
    >>> from skal.acquisition import margin
    >>> margin([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])
    array([0.  , 0.75, 1.  ])
    """
    return _margin(check_proba(proba, ndim=(2,)))


def entropy(proba, *, base=2):
    """Score samples by the entropy of their class probabilities.

    The score is ``-sum_c p_c log p_c`` with ``0 log 0 = 0``: 0 where the model is certain,
    ``log n_classes`` where all classes are equally probable.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    base : float, default=2
        Base of the logarithm, above 1: 2 counts in bits, ``np.e`` in nats.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is no probability distribution, or if `base`
        is not above 1.

    See Also
    --------
    consensus_entropy : The entropy of the mean over a committee.

    References
    ----------
    C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical Journal.

    B. Settles (2009). Active learning literature survey. University of Wisconsin-Madison.

    Examples
    --------
    >>> from skal.acquisition import entropy
    >>> entropy([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])
    array([0. , 1.5, 1. ])
    """
    return _entropy(check_proba(proba, ndim=(2,)), _checked_base(base))


# Of the decision function


def decision_margin(decision, *, kind="ovr"):
    """Score samples by how close they are to the decision boundary.

    A single column is a binary decision function, scored ``-|f|``. Columns that stand for
    classes (`kind` "ovr") are scored ``-(f_1 - f_2)``, the gap between the two largest. Columns
    that stand for pairs of classes (`kind` "ovo") are scored ``-|f_ab|`` for the two leading
    classes a and b. Classes are ranked as scikit-learn ranks them, by the duels won plus
    ``s / (3 (|s| + 1))``, where s sums the values in their favor; a value of 0 is won by the
    first class of the pair. Three columns fit both kinds, so the kind is said, never guessed.

    Values of different columns are compared as they are: where columns have separating
    directions of different length, divide by these first.

    Parameters
    ----------
    decision : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
        Values of a decision function. Pairs are ordered (0, 1), (0, 2), ..., (1, 2), ..., and a
        positive value speaks for the first of the pair, as in the decision function of a `SVC`
        with ``decision_function_shape="ovo"``.
    kind : {"ovr", "ovo"}, default="ovr"
        Whether columns stand for classes or for pairs of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        At most 0, which is a sample on the boundary. Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `decision` has a wrong shape or a value that is not finite, or if `kind` is unknown.

    See Also
    --------
    margin : The same idea for probabilities.

    References
    ----------
    S. Tong and D. Koller (2001). Support vector machine active learning with applications to
    text classification. Journal of Machine Learning Research.

    B. Demir, C. Persello and L. Bruzzone (2011). Batch-mode active-learning methods for the
    interactive classification of remote sensing images. IEEE TGRS.

    Examples
    --------
    >>> from skal.acquisition import decision_margin
    >>> decision_margin([-2.0, 0.5])
    array([-2. , -0.5])

    Classes 0 and 1 lead. As classes they are 1 apart, as a pair they are 3 from the boundary.

    >>> decision_margin([[3.0, 2.0, 1.0]], kind="ovr")
    array([-1.])
    >>> decision_margin([[3.0, 2.0, 1.0]], kind="ovo")
    array([-3.])
    """
    return _decision_margin(_checked_decision(decision, kind), kind)


# Of the votes of a committee


def vote_margin(votes, n_classes):
    """Score samples by how close the two classes with most votes are.

    The score is ``1 - (V_1 - V_2) / n_members`` with ``V_1 >= V_2`` the two largest numbers of
    votes: 1 where they tie, 0 where all members agree.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, or if `n_classes` is not a positive
        integer.

    References
    ----------
    N. Abe and H. Mamitsuka (1998). Query learning strategies using boosting and bagging. ICML.

    Examples
    --------
    >>> from skal.acquisition import vote_margin
    >>> vote_margin([[0, 0], [0, 1], [0, 0], [0, 1]], n_classes=3)
    array([0., 1.])
    """
    return _vote_margin(_checked_votes(votes, n_classes), n_classes)


def vote_entropy(votes, n_classes, *, base=2):
    """Score samples by the entropy of the votes of a committee.

    The score is ``-sum_c (V_c / T) log(V_c / T)`` with V_c the votes for class c and T the
    number of members: 0 where all agree, ``log min(n_classes, T)`` at most. Samples whose votes
    split alike score exactly alike, whatever the classes they split over.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, if `n_classes` is not a positive
        integer, or if `base` is not above 1.

    References
    ----------
    I. Dagan and S. P. Engelson (1995). Committee-based sampling for training probabilistic
    classifiers. ICML.

    Examples
    --------
    >>> from skal.acquisition import vote_entropy
    >>> vote_entropy([[0, 0, 0], [0, 1, 1], [0, 0, 2], [0, 1, 0]], n_classes=3)
    array([0. , 1. , 1.5])
    """
    return _vote_entropy(_checked_votes(votes, n_classes), n_classes, _checked_base(base))


def variation_ratio(votes, n_classes):
    """Score samples by the share of members outvoted by the most popular class.

    The score is ``1 - V_1 / n_members`` with V_1 the largest number of votes: 0 where all
    members agree.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, or if `n_classes` is not a positive
        integer.

    References
    ----------
    L. C. Freeman (1965). Elementary applied statistics. Wiley.

    Examples
    --------
    >>> from skal.acquisition import variation_ratio
    >>> variation_ratio([[0, 0], [0, 1], [0, 2], [0, 0]], n_classes=3)
    array([0. , 0.5])
    """
    return _variation_ratio(_checked_votes(votes, n_classes), n_classes)


# Of the probabilities by each member of a committee


def consensus_entropy(member_proba, *, base=2):
    """Score samples by the entropy of the mean over the members of a committee.

    The score is ``H(consensus)``, where the consensus is the mean of the members' probabilities
    and H the entropy: the total uncertainty. It is the sum of what the samples leave open
    (:func:`expected_entropy`) and what the members disagree on (:func:`bald`).

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is no probability distribution, or if
        `base` is not above 1.

    References
    ----------
    Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with image data.
    ICML. arXiv:1703.02910.

    Examples
    --------
    >>> from skal.acquisition import consensus_entropy
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> consensus_entropy([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 1., 1.])
    """
    return _consensus_entropy(_checked_members(member_proba), _checked_base(base))


def expected_entropy(member_proba, *, base=2):
    """Score samples by the mean entropy of the members of a committee.

    The score is ``mean_t H(p_t)``: what every member finds open by itself, which more labels
    may not settle.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where members are less certain.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is no probability distribution, or if
        `base` is not above 1.

    References
    ----------
    S. Depeweg, J. M. Hernandez-Lobato, F. Doshi-Velez and S. Udluft (2018). Decomposition of
    uncertainty in Bayesian deep learning. ICML. arXiv:1710.07283.

    Examples
    --------
    >>> from skal.acquisition import expected_entropy
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> expected_entropy([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 1., 0.])
    """
    return _expected_entropy(_checked_members(member_proba), _checked_base(base))


def bald(member_proba, *, base=2):
    """Score samples by how much their label would tell about which member is right.

    The score is ``H(consensus) - mean_t H(p_t)``, the mutual information of the label and the
    member. The same number is the mean over members of ``KL(p_t || consensus)`` and the
    Jensen-Shannon divergence of the members. It is 0 where all members agree and at most
    ``log min(n_members, n_classes)``.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is no probability distribution, or if
        `base` is not above 1.

    See Also
    --------
    max_kl : The member furthest from the consensus instead of the mean.

    References
    ----------
    N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011). Bayesian active learning for
    classification and preference learning. arXiv:1112.5745.

    A. McCallum and K. Nigam (1998). Employing EM and pool-based active learning for text
    classification. ICML.

    J. Lin (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
    Information Theory.

    Examples
    --------
    >>> from skal.acquisition import bald
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> bald([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 0., 1.])
    """
    return _bald(_checked_members(member_proba), _checked_base(base))


def max_kl(member_proba, *, base=2):
    """Score samples by the divergence of the member furthest from the consensus.

    The score is ``max_t KL(p_t || consensus)``: 0 where all members agree and at most
    ``log n_members``.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is no probability distribution, or if
        `base` is not above 1.

    See Also
    --------
    bald : The mean over members instead of the largest.

    References
    ----------
    S. Kullback and R. A. Leibler (1951). On information and sufficiency. Annals of Mathematical
    Statistics.

    Examples
    --------
    >>> from skal.acquisition import max_kl
    >>> zero, one = [1.0, 0.0], [0.0, 1.0]
    >>> max_kl([[zero, zero], [zero, zero], [zero, zero], [zero, one]])
    array([0., 2.])
    """
    return _max_kl(_checked_members(member_proba), _checked_base(base))


# The same without checks


def _least_confidence(proba):
    return _by_rows(lambda rows: 1 - _largest(proba[rows]), *proba.shape)


def _margin(proba):
    return _by_rows(lambda rows: 1 - _lead(proba[rows]), *proba.shape)


def _entropy(proba, base=2):
    return _by_rows(lambda rows: _chunk_entropy(proba[rows], base), *proba.shape)


def _decision_margin(decision, kind="ovr"):
    if decision.ndim == 1 or decision.shape[1] == 1:
        return 0 - np.abs(decision.ravel(), dtype=np.float64)
    score = {"ovr": _lead, "ovo": _duel_of_leaders}[kind]
    return _by_rows(lambda rows: 0 - score(decision[rows]), *decision.shape)


def _vote_margin(votes, n_classes):
    n_members = len(votes)

    def score(rows):
        return 1 - _lead(_count_votes(votes[:, rows], n_classes)) / n_members

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def _vote_entropy(votes, n_classes, base=2):
    n_members = len(votes)
    terms = _vote_entropy_terms(n_members, n_classes, base)

    def score(rows):
        return _sum_over_classes(terms[_count_votes(votes[:, rows], n_classes)])

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def _variation_ratio(votes, n_classes):
    n_members = len(votes)

    def score(rows):
        return 1 - _largest(_count_votes(votes[:, rows], n_classes)) / n_members

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def _consensus_entropy(member_proba, base=2):
    def score(rows):
        return _chunk_entropy(_consensus(member_proba[:, rows]), base)

    return _by_rows(score, *member_proba.shape[1:])


def _expected_entropy(member_proba, base=2):
    def score(rows):
        terms = _mean_over_members(_xlogx, member_proba[:, rows])
        return _sum_over_classes(terms) / -np.log(base) + 0.0

    return _by_rows(score, *member_proba.shape[1:])


def _bald(member_proba, base=2):
    def score(rows):
        return np.maximum(_sum_over_classes(_js_terms(member_proba[:, rows])), 0) / np.log(base)

    return _by_rows(score, *member_proba.shape[1:])


def _max_kl(member_proba, base=2):
    def score(rows):
        members = member_proba[:, rows]
        log_consensus = _log(_consensus(members))
        largest = np.zeros(members.shape[1])
        for proba in members:
            np.maximum(largest, _sum_over_classes(_kl_terms(proba, log_consensus)), out=largest)
        return largest / np.log(base)

    return _by_rows(score, *member_proba.shape[1:])


# Chunks of rows
#
# A score must not depend on where in a chunk its row happens to lie, or equal samples would no
# longer tie. Products with a vector of ones are faster sums, but BLAS adds up the last few rows
# of a block in another order.


def _by_rows(score, n_samples, width):
    """Return the scores of all samples, given those of a slice of rows."""
    scores = np.empty(n_samples)
    for rows in _row_chunks(n_samples, width):
        scores[rows] = score(rows)
    return scores


def _row_chunks(n_samples, width):
    """Yield slices of rows such that `width` numbers for each of them fit the cache."""
    step = max(1, CHUNK_BYTES // (8 * width))
    return (slice(start, start + step) for start in range(0, n_samples, step))


def _class_major(chunk):
    """Return a float copy of shape (n_classes, n_rows), laid out for reductions over classes."""
    dtype = np.result_type(chunk, np.float32)
    if chunk.shape[1] <= FEW_CLASSES:
        return np.array(chunk.T, dtype=dtype, order="C")
    return np.array(chunk, dtype=dtype, order="C").T


def _largest(chunk):
    """Return the largest value in every row."""
    return _class_major(chunk).max(axis=0).astype(np.float64)


def _lead(chunk):
    """Return by how much the largest value in every row leads the second largest.

    A single column leads 0: the probability, or the votes, of a class that is not there.
    """
    columns = _class_major(chunk)
    if len(columns) == 1:
        return columns[0].astype(np.float64)
    two_largest = _two_largest_of_few if len(columns) <= FEW_CLASSES else _two_largest_of_many
    return np.subtract(*two_largest(columns), dtype=np.float64)


def _two_largest_of_few(columns):
    first = np.maximum(columns[0], columns[1])
    second = np.minimum(columns[0], columns[1])
    for column in columns[2:]:
        np.maximum(second, np.minimum(first, column), out=second)
        np.maximum(first, column, out=first)
    return first, second


def _two_largest_of_many(columns):
    positions, rows = columns.argmax(axis=0), np.arange(columns.shape[1])
    first = columns[positions, rows]
    columns[positions, rows] = -np.inf
    return first, columns.max(axis=0)


def _sum_over_classes(chunk):
    """Return the sums of the rows."""
    if chunk.shape[1] > FEW_CLASSES:
        return np.ascontiguousarray(chunk).sum(axis=1)
    total = chunk[:, 0].copy()
    for column in chunk.T[1:]:
        total += column
    return total


def _mean_over_members(function, members):
    """Return the mean over members of a function of their probabilities."""
    total = np.zeros(members.shape[1:])
    for proba in members:
        total += function(proba)
    total /= len(members)
    return total


def _consensus(members):
    return _mean_over_members(np.asarray, members)


def _log(proba):
    """Return the logarithm, and a finite number at 0."""
    logs = np.add(proba, TINY, dtype=np.float64)
    return np.log(logs, out=logs)


def _xlogx(proba):
    terms = _log(proba)
    terms *= proba
    return terms


def _js_terms(members):
    """Return by class the mean of p log p less the p log p of the mean, in one pass."""
    consensus, terms = np.zeros(members.shape[1:]), np.zeros(members.shape[1:])
    for proba in members:
        consensus += proba
        terms += _xlogx(proba)
    consensus /= len(members)
    terms /= len(members)
    terms -= _xlogx(consensus)
    return terms


def _chunk_entropy(proba, base):
    # Adding 0.0 turns the -0.0 of a one-hot row into 0.0.
    return _sum_over_classes(_xlogx(proba)) / -np.log(base) + 0.0


def _kl_terms(proba, log_consensus):
    terms = _log(proba)
    terms -= log_consensus
    terms *= proba
    return terms


# Votes and duels


def _count_votes(votes, n_classes):
    """Return the votes for every class, of shape (n_rows, n_classes)."""
    n_rows = votes.shape[1]
    first_bins = np.arange(0, n_rows * n_classes, n_classes)
    bins = np.add(votes, first_bins, dtype=np.intp, casting="unsafe")
    return np.bincount(bins.ravel(), minlength=n_rows * n_classes).reshape(n_rows, n_classes)


def _vote_entropy_terms(n_members, n_classes, base):
    """Return what 0, 1, ..., n_members votes for a class add to the entropy.

    Terms are rounded to a grid so coarse that their sums are exact, so that no order of the
    classes can break a tie: its step is the spacing of numbers at a bound of the entropy.
    """
    terms = _xlogx(np.arange(n_members + 1) / n_members) / -np.log(base)
    step = np.spacing(np.log(min(n_members, n_classes) + 1) / np.log(base))
    return np.rint(terms / step) * step + 0.0


def _duel_of_leaders(chunk):
    """Return the distance to the boundary between the two leading classes of every row."""
    pairs = np.array(chunk.T, dtype=np.float64, order="C")
    n_classes = _n_classes_of_pairs(len(pairs))
    scores, rows = _class_scores(pairs, n_classes), np.arange(pairs.shape[1])
    leader = scores.argmax(axis=0)
    scores[leader, rows] = -np.inf
    runner_up = scores.argmax(axis=0)
    return np.abs(pairs[_pair_position(leader, runner_up, n_classes), rows])


def _class_scores(pairs, n_classes):
    """Return scikit-learn's one-vs-rest scores, (n_classes, n_rows), of one-vs-one values."""
    ahead = pairs >= 0
    # Every class loses to those before it unless it is counted back.
    wins = np.repeat(np.arange(n_classes, dtype=np.int16)[:, None], pairs.shape[1], axis=1)
    confidence = np.zeros(wins.shape)
    for won, value, (a, b) in zip(ahead, pairs, combinations(range(n_classes), 2), strict=True):
        wins[a] += won
        wins[b] -= won
        confidence[a] += value
        confidence[b] -= value
    return wins + confidence / (3 * (np.abs(confidence) + 1))


def _pair_position(one, other, n_classes):
    """Return where a pair of classes stands in (0, 1), (0, 2), ..., (1, 2), ..."""
    a, b = np.minimum(one, other), np.maximum(one, other)
    return a * n_classes - a * (a + 1) // 2 + b - a - 1


def _n_classes_of_pairs(n_pairs):
    """Return the number of classes that have so many pairs, or None."""
    n_classes = (1 + isqrt(1 + 8 * n_pairs)) // 2
    return n_classes if n_classes * (n_classes - 1) // 2 == n_pairs > 0 else None


def _votes(member_proba):
    """Return the most probable class of each member, the first of those that tie."""
    n_classes = member_proba.shape[2]
    if n_classes > FEW_VOTED_FOR:
        return member_proba.argmax(axis=2)
    votes = np.empty(member_proba.shape[:2], dtype=np.int32)
    for of_member, proba in zip(votes, member_proba, strict=True):
        for rows in _row_chunks(*proba.shape):
            of_member[rows] = _first_largest(_class_major(proba[rows]))
    return votes


def _first_largest(columns):
    """Return the argmax over classes, by passes over whole columns of bytes.

    The position of the first largest value is the number of columns before it.
    """
    largest = columns.max(axis=0)
    before = np.zeros(len(largest), dtype=np.uint8)
    missed, differs = np.ones((2, len(largest)), dtype=bool)
    for column in columns[:-1]:
        np.not_equal(column, largest, out=differs)
        missed &= differs
        before += missed
    return before


# Checks


def check_proba(proba, name="proba", *, ndim=(2, 3)):
    """Return probabilities as an array, or say which row is none.

    Rows must be finite and not negative, and sum to 1 within 1e-6 (float32: 1e-4). They are
    never clipped or normalized here: where they need it, the model should be looked at.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes) or (n_members, n_samples, n_classes)
        Probabilities.
    name : str, default="proba"
        What error messages call them.
    ndim : tuple of int, default=(2, 3)
        Which numbers of axes are welcome.

    Returns
    -------
    proba : ndarray
        The same values. Arrays of float32 or float64 come back as they are, others as float64.

    Raises
    ------
    ValueError
        If the shape is wrong or a row is no probability distribution.

    Examples
    --------
    >>> from skal.acquisition import check_proba
    >>> check_proba([[0.5, 0.5], [0.5, 0.6]])
    Traceback (most recent call last):
        ...
    ValueError: Rows of proba must sum to 1 within 1e-06, but row 1 sums to 1.1. ...
    """
    proba = _as_floats(proba, name)
    _check_layout(proba, name, ndim)
    if proba.ndim == 2:
        _check_rows(proba, name)
    else:
        for i, member in enumerate(proba):
            _check_rows(member, name, f" of member {i}")
    return proba


def _checked_members(member_proba):
    return check_proba(member_proba, "member_proba", ndim=(3,))


def _as_floats(values, name):
    """Return float32 and float64 arrays as they are, and all else as float64."""
    try:
        values = np.asarray(values)
        if values.dtype in (np.float32, np.float64):
            return values
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def _check_layout(values, name, ndim):
    if values.ndim in ndim and 0 not in values.shape[:-2] + values.shape[-1:]:
        return
    layouts = " or ".join(LAYOUTS[n] for n in ndim)
    way_out = RESHAPES.get((values.ndim, ndim[0]), "").format(name=name)
    message = f"{name} must have shape {layouts}, got shape {values.shape}. {way_out}"
    raise ValueError(message.rstrip())


def _check_rows(proba, name, where=""):
    tolerance = 1e-4 if proba.dtype == np.float32 else 1e-6
    ones = np.ones(proba.shape[1])
    # NaN and infinity need no pass of their own: they show up in the sums, with a warning that
    # the error makes superfluous.
    with np.errstate(invalid="ignore", over="ignore"):
        for rows in _row_chunks(*proba.shape):
            chunk = proba[rows]
            off = chunk @ ones
            off -= 1
            np.abs(off, out=off)
            if not (off.max() <= tolerance and chunk.min() >= 0):
                i = np.argmin((off <= tolerance) & (chunk >= 0).all(axis=1))
                row = f"row {rows.start + i}{where}"
                raise ValueError(_why_no_distribution(chunk[i], name, row, tolerance))


def _why_no_distribution(values, name, row, tolerance):
    """Return the message about a row that is known to be no probability distribution."""
    for is_wrong, rule, way_out in (
        (~np.isfinite(values), "be finite", "Impute or leave out what the model cannot predict."),
        (values < 0, "not be negative", "A decision function is scored by decision_margin."),
    ):
        if is_wrong.any():
            j = is_wrong.argmax()
            return f"{name} must {rule}, but {row} holds {values[j]} in column {j}. {way_out}"
    return (
        f"Rows of {name} must sum to 1 within {tolerance}, but {row} sums to "
        f"{values.sum(dtype=np.float64):.10g}. Divide non-negative weights by their sums, "
        "values.sum(axis=-1, keepdims=True); take the softmax of logits."
    )


def _checked_decision(decision, kind):
    """Return the values as an array of shape (n_samples, n_columns)."""
    if kind not in ("ovr", "ovo"):
        raise ValueError(f"kind must be 'ovr' or 'ovo', got kind={kind!r}.")
    decision = _as_floats(decision, "decision")
    decision = decision[:, np.newaxis] if decision.ndim == 1 else decision
    if decision.ndim != 2 or decision.shape[1] == 0:
        raise ValueError(
            "decision must have shape (n_samples,), (n_samples, n_classes) or (n_samples, "
            f"n_pairs), got shape {decision.shape}. Pass what decision_function returns."
        )
    if kind == "ovo" and _n_classes_of_pairs(decision.shape[1]) is None:
        raise ValueError(
            "decision of kind 'ovo' must have a column for each pair of classes (1, 3, 6, 10, "
            f"...), got {decision.shape[1]} columns. If they stand for classes, say kind='ovr'."
        )
    _check_finite(decision)
    return decision


def _check_finite(decision):
    for rows in _row_chunks(*decision.shape):
        is_finite = np.isfinite(decision[rows])
        if not is_finite.all():
            i, j = np.argwhere(~is_finite)[0]
            raise ValueError(
                f"decision must be finite, but row {rows.start + i} holds "
                f"{decision[rows][i, j]} in column {j}. Impute or leave out what the model "
                "cannot decide."
            )


def _checked_votes(votes, n_classes):
    if not isinstance(n_classes, Integral) or n_classes < 1:
        raise ValueError(f"n_classes must be a positive integer, got n_classes={n_classes!r}.")
    votes = np.asarray(votes)
    if votes.ndim != 2 or len(votes) == 0:
        raise ValueError(
            f"votes must have shape (n_members, n_samples), got shape {votes.shape}. The votes "
            "of a single member are votes.reshape(1, -1)."
        )
    if votes.dtype.kind not in "iub":
        raise ValueError(
            f"votes must be integer codes of classes, got an array of {votes.dtype}. Labels "
            "become codes by np.searchsorted(classes, votes)."
        )
    if votes.size and not (votes.min() >= 0 and votes.max() < n_classes):
        member, row = np.argwhere((votes < 0) | (votes >= n_classes))[0]
        raise ValueError(
            f"votes must be codes from 0 to {n_classes - 1}, but member {member} gives row {row} "
            f"the code {votes[member, row]}. Raise n_classes={n_classes} if there are more "
            "classes; labels become codes by np.searchsorted(classes, votes)."
        )
    return votes


def _checked_base(base):
    if not (isinstance(base, Real) and 1 < base < np.inf):
        raise ValueError(f"base must be a finite number above 1, got base={base!r}.")
    return base
