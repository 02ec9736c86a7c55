"""The computations behind the public functions, without checks of what they are given.

Scores of probabilities, decision functions, votes and members, computed in chunks of rows. A score
must not depend on where in a chunk its row happens to lie, or equal samples would no longer tie.
So there are no products with a vector of ones: these are faster sums, but BLAS adds up the last
few rows of a block in another order.
"""

import functools
from math import isqrt

import numpy as np

from .._base import chunks_within

# Rows are taken in chunks of this size, so that the passes over a chunk stay in the L2 cache.
CHUNK_BYTES = 2**19

# With so few classes it is faster to run over whole columns, with more to reduce row by row.
FEW_CLASSES = 40

# The same for the argmax; must be at most 255, because positions are counted in bytes.
FEW_VOTED_FOR = 16

# The smallest normal number. Added to 0 it makes the logarithm finite, so that 0 * log(0) comes
# out as 0; it is too small to change any probability above 1e-291.
TINY = np.finfo(np.float64).tiny


def least_confidence(proba):
    return _by_rows(lambda rows: 1 - _largest(proba[rows]), *proba.shape)


def margin(proba):
    return _by_rows(lambda rows: 1 - _lead(proba[rows]), *proba.shape)


def entropy(proba, base=2):
    return _by_rows(lambda rows: _chunk_entropy(proba[rows], base), *proba.shape)


def spread(numbers):
    """Return the standard deviation over members of numbers of shape (n_members, n_samples)."""
    largest = np.abs(numbers).max(axis=0)
    limits = np.finfo(numbers.dtype)
    too_large, too_small = limits.max**0.25, limits.tiny**0.25
    if not ((largest > too_large) | ((largest < too_small) & (largest > 0))).any():
        return numbers.std(axis=0)
    # Squares would overflow or vanish. A power of 2 leaves all digits as they are.
    exponent = np.frexp(largest)[1]
    return np.ldexp(np.ldexp(numbers, -exponent).std(axis=0), exponent)


def variance(numbers):
    """Return the variance over members, and refuse those whose variances vanish or overflow."""
    with np.errstate(over="ignore"):
        variances = numbers.var(axis=0)
    if not np.isfinite(variances).all():
        raise ValueError(
            "Predictions of members must be so small that their variance is finite, got "
            f"{np.abs(numbers).max()}. Divide y by a constant, or use StandardDeviation()."
        )
    # Next to variances of usual size those that vanish do no harm.
    if variances.max(initial=0) < np.finfo(variances.dtype).tiny and spread(numbers).any():
        raise ValueError(
            "Predictions of members must be so large that their variance is not 0 where they "
            f"differ, got standard deviations of at most {spread(numbers).max()}. Multiply y by a "
            "constant, or use StandardDeviation()."
        )
    return variances


def mean_deviation(prediction, member_prediction):
    """Return the mean distance of the members' numbers to those of the model, in float64."""
    return np.abs(prediction.astype(np.float64) - member_prediction).mean(axis=0)


def expected_cost(proba, cost):
    def score(rows):
        return _costs(proba[rows], cost).min(axis=0)

    return _by_rows(score, len(proba), 2 * len(cost))


def expected_cost_margin(proba, cost):
    if len(cost) == 1:
        return np.zeros(len(proba))  # a single prediction, with no other to tell it from

    def score(rows):
        least, second = np.partition(_costs(proba[rows], cost), 1, axis=0)[:2]
        return least - second

    return _by_rows(score, len(proba), 2 * len(cost))


def expected_error_length(proba):
    """Return sum_y p_y |p - e_y|, the expected length of the gradient by the logits."""
    return _by_rows(lambda rows: _error_length(proba[rows]), len(proba), 3 * proba.shape[1])


def decision_margin(decision, kind="ovr"):
    if decision.ndim == 1 or decision.shape[1] == 1:
        # 0 - x, for -x would be -0.0 on the boundary.
        return 0 - np.abs(decision.ravel(), dtype=np.float64)
    score = {"ovr": _lead, "ovo": _duel_of_leaders}[kind]
    return _by_rows(lambda rows: 0 - score(decision[rows]), *decision.shape)


def vote_margin(votes, n_classes):
    n_members = len(votes)

    def score(rows):
        return 1 - _lead(_count_votes(votes[:, rows], n_classes)) / n_members

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def vote_entropy(votes, n_classes, base=2):
    n_members = len(votes)
    terms = _vote_entropy_terms(n_members, n_classes, base)

    def score(rows):
        return _sum_over_classes(terms[_count_votes(votes[:, rows], n_classes)])

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def variation_ratio(votes, n_classes):
    n_members = len(votes)

    def score(rows):
        return 1 - _largest(_count_votes(votes[:, rows], n_classes)) / n_members

    return _by_rows(score, votes.shape[1], max(n_members, n_classes))


def consensus_entropy(member_proba, base=2):
    def score(rows):
        return _chunk_entropy(_consensus(member_proba[:, rows]), base)

    return _by_rows(score, *member_proba.shape[1:])


def expected_entropy(member_proba, base=2):
    def score(rows):
        terms = _mean_over_members(xlogx, member_proba[:, rows])
        return _sum_over_classes(terms) / -np.log(base) + 0.0

    return _by_rows(score, *member_proba.shape[1:])


def bald(member_proba, base=2):
    def score(rows):
        # Members that agree leave a difference of a few units in the last digit, maybe below 0.
        return np.maximum(_sum_over_classes(_js_terms(member_proba[:, rows])), 0) / np.log(base)

    return _by_rows(score, *member_proba.shape[1:])


def max_kl(member_proba, base=2):
    def score(rows):
        members = member_proba[:, rows]
        log_consensus = _log(_consensus(members))
        largest = np.zeros(members.shape[1])
        for proba in members:
            np.maximum(largest, _sum_over_classes(_kl_terms(proba, log_consensus)), out=largest)
        return largest / np.log(base)

    return _by_rows(score, *member_proba.shape[1:])


def zero_one(member_proba):
    def score(rows):
        members = member_proba[:, rows]
        largest = sum(_largest(proba) for proba in members) / len(members)
        # Members that agree leave a difference of a few units in the last digit, maybe below 0.
        return np.maximum(largest - _largest(_consensus(members)), 0)

    return _by_rows(score, *member_proba.shape[1:])


def mean_std(member_proba):
    n_classes = member_proba.shape[2]

    def score(rows):
        members = member_proba[:, rows]
        consensus = _consensus(members)
        variance = _mean_over_members(lambda proba: np.square(proba - consensus), members)
        return _sum_over_classes(np.sqrt(variance)) / n_classes

    return _by_rows(score, *member_proba.shape[1:])


def _by_rows(score, n_samples, width):
    """Return the scores of all samples, given those of a slice of rows."""
    scores = np.empty(n_samples)
    for rows in row_chunks(n_samples, width):
        scores[rows] = score(rows)
    return scores


def row_chunks(n_samples, width):
    """Return slices of rows such that `width` numbers for each of them fit the cache."""
    return chunks_within(n_samples, 8 * width, limit=CHUNK_BYTES)


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

    A single column leads 0: the probability, or the votes, of a class that does not exist.
    """
    columns = _class_major(chunk)
    if len(columns) == 1:
        return columns[0].astype(np.float64)
    # The first needs a pass over all columns for each class, the second an argmax per row.
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
    # The columns are a copy, see `_class_major`, so the largest value may be struck out.
    positions, rows = columns.argmax(axis=0), np.arange(columns.shape[1])
    first = columns[positions, rows]
    columns[positions, rows] = -np.inf
    return first, columns.max(axis=0)


def _error_length(chunk):
    # |p - e_y|^2 = |p|^2 - 2 p_y + 1 cancels where class y is nearly certain, so the square of
    # the most probable class is kept apart from the sum of the others.
    columns = _class_major(chunk).astype(np.float64)
    positions, rows = columns.argmax(axis=0), np.arange(columns.shape[1])
    first = columns[positions, rows]
    columns[positions, rows] = 0
    others = _sum_over_classes(np.square(columns).T)
    errors = np.sqrt(others + first**2 + np.maximum(1 - 2 * columns, 0))
    rest = _sum_over_classes((columns * errors).T)
    return rest + first * np.sqrt(others + (1 - first) ** 2)


def _costs(chunk, cost):
    """Return the expected cost of every prediction, of shape (n_predictions, n_rows)."""
    # Class by class and not as a product of matrices, see the docstring of this module.
    costs = np.zeros((cost.shape[1], len(chunk)))
    for proba, of_class in zip(_class_major(chunk), cost, strict=True):
        costs += of_class[:, np.newaxis] * proba
    return costs


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


def xlogx(proba):
    terms = _log(proba)
    terms *= proba
    return terms


def _js_terms(members):
    """Return by class the mean of p log p less the p log p of the mean, in one pass."""
    consensus, terms = np.zeros(members.shape[1:]), np.zeros(members.shape[1:])
    for proba in members:
        consensus += proba
        terms += xlogx(proba)
    consensus /= len(members)
    terms /= len(members)
    terms -= xlogx(consensus)
    return terms


def _chunk_entropy(proba, base):
    # Adding 0.0 turns the -0.0 of a one-hot row into 0.0.
    return _sum_over_classes(xlogx(proba)) / -np.log(base) + 0.0


def _kl_terms(proba, log_consensus):
    terms = _log(proba)
    terms -= log_consensus
    terms *= proba
    return terms


def _count_votes(votes, n_classes):
    """Return the votes for every class, of shape (n_rows, n_classes)."""
    n_rows = votes.shape[1]
    # One count for all rows, each with bins of its own.
    first_bins = np.arange(0, n_rows * n_classes, n_classes)
    bins = np.add(votes, first_bins, dtype=np.intp, casting="unsafe")
    return np.bincount(bins.ravel(), minlength=n_rows * n_classes).reshape(n_rows, n_classes)


def _vote_entropy_terms(n_members, n_classes, base):
    """Return what 0, 1, ..., n_members votes for a class add to the entropy.

    Terms are rounded to a grid so coarse that their sums are exact, so that no order of the
    classes can break a tie: its step is the spacing of numbers at a bound of the entropy.
    """
    terms = xlogx(np.arange(n_members + 1) / n_members) / -np.log(base)
    step = np.spacing(np.log(min(n_members, n_classes) + 1) / np.log(base))
    return np.rint(terms / step) * step + 0.0


def _duel_of_leaders(chunk):
    """Return the distance to the boundary between the two leading classes of every row."""
    n_classes, rows = n_classes_of_pairs(chunk.shape[1]), np.arange(len(chunk))
    leader, runner_up = _two_leaders(chunk, n_classes)
    # Of the two leaders, not the nearest boundary of all: that may be between two classes that
    # are both improbable.
    return np.abs(chunk[rows, pair_position(leader, runner_up, n_classes)], dtype=np.float64)


def _two_leaders(chunk, n_classes):
    """Return the two classes of largest scores of every row.

    The values themselves decide between classes that have won equally many duels, and nothing
    else, so they are summed up for those rows alone.
    """
    wins, rows = _wins(chunk, n_classes), np.arange(len(chunk))
    leader, most = _take_out_largest(wins, rows)
    runner_up, second = _take_out_largest(wins, rows)
    _, third = _take_out_largest(wins, rows)
    open_rows = np.flatnonzero((most == second) | (second == third))
    if len(open_rows):
        scores = class_scores(chunk[open_rows].T, n_classes).T
        leader[open_rows], _ = _take_out_largest(scores, np.arange(len(open_rows)))
        runner_up[open_rows] = scores.argmax(axis=1)
    return leader, runner_up


def _take_out_largest(scores, rows):
    """Return the position and the value of the largest score of every row, and remove it."""
    largest = scores.argmax(axis=1)
    values = scores[rows, largest]
    scores[rows, largest] = -np.inf
    return largest, values


def class_scores(pairs, n_classes):
    """Return scikit-learn's one-vs-rest scores, (n_classes, n_rows), of one-vs-one values."""
    duels, signs, _ = _duels(n_classes)
    pairs = np.asarray(pairs, dtype=np.float64)
    confidence = np.zeros((n_classes, pairs.shape[1]))
    # Duel by duel, so that every row is added up in the same order wherever it lies.
    for of_class, sign in zip(duels.T, signs.T, strict=True):
        confidence += pairs[of_class] * sign[:, np.newaxis]
    return _wins(pairs.T, n_classes).T + confidence / (3 * (np.abs(confidence) + 1))


def _wins(chunk, n_classes):
    """Return how many duels each class has won, (n_rows, n_classes), as floats.

    Every class loses to those before it unless it is counted back. The product is exact in
    any order of its sums, as they are small whole numbers.
    """
    won = np.empty(chunk.shape, dtype=np.float32)
    np.greater_equal(chunk, 0, out=won)
    wins = won @ _duels(n_classes)[2]
    wins += np.arange(n_classes, dtype=np.float32)
    return wins


@functools.lru_cache(maxsize=8)
def _duels(n_classes):
    """Return where the pairs of each class are, and on which side of them it stands.

    Returns
    -------
    duels, signs : ndarray of shape (n_classes, n_classes - 1)
        For each class the positions of its pairs, and 1 where it is the first of the pair, else
        -1.
    by_pair : ndarray of float32 of shape (n_pairs, n_classes)
        The signs once more, 0 where a class does not belong to a pair.
    """
    own = np.arange(n_classes)[:, np.newaxis]
    other = np.arange(n_classes - 1) + (np.arange(n_classes - 1) >= own)
    duels, signs = pair_position(own, other, n_classes), np.where(own < other, 1.0, -1.0)
    by_pair = np.zeros((n_classes * (n_classes - 1) // 2, n_classes), dtype=np.float32)
    by_pair[duels, own] = signs
    return duels, signs, by_pair


def pair_position(one, other, n_classes):
    """Return where a pair of classes stands in (0, 1), (0, 2), ..., (1, 2), ..."""
    a, b = np.minimum(one, other), np.maximum(one, other)
    return a * n_classes - a * (a + 1) // 2 + b - a - 1


def n_classes_of_pairs(n_pairs):
    """Return the number of classes that have so many pairs, or None."""
    n_classes = (1 + isqrt(1 + 8 * n_pairs)) // 2
    return n_classes if n_classes * (n_classes - 1) // 2 == n_pairs > 0 else None


def leading_votes(member_proba):
    """Return the most probable class of each member, the first of those that tie."""
    n_classes = member_proba.shape[2]
    if n_classes > FEW_VOTED_FOR:
        return member_proba.argmax(axis=2)
    votes = np.empty(member_proba.shape[:2], dtype=np.int32)
    for of_member, proba in zip(votes, member_proba, strict=True):
        for rows in row_chunks(*proba.shape):
            of_member[rows] = _first_largest(_class_major(proba[rows]))
    return votes


def _first_largest(columns):
    """Return the argmax over classes, by passes over whole columns of bytes.

    The position of the first largest value is the number of columns before it. That is several
    times faster than `argmax` along the short axis.
    """
    largest = columns.max(axis=0)
    before = np.zeros(len(largest), dtype=np.uint8)
    missed, differs = np.ones((2, len(largest)), dtype=bool)
    for column in columns[:-1]:
        np.not_equal(column, largest, out=differs)
        missed &= differs
        before += missed
    return before
