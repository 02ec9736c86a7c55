"""Selection of the samples with the largest scores from a pool in partitions."""

from functools import partial
from typing import NamedTuple

import numpy as np

from .._base import draw_seed, hash_positions
from ._selection import Selection
from ._top import finite_range, rounded, step_between, top_by_step

_N_TRIED = 32  # samples that are scored once more, to see whether others have a part in a score


def best_in_parts(pool, score, n):
    """Return the selection of the `n` largest scores of a pool in partitions.

    Each partition offers its `n` largest scores, and tells the largest one of the others. Scores
    are rounded as in one place, to a step that follows from the largest magnitude in the pool. A
    partition of smaller scores has rounded them to smaller steps; it is asked again if that may
    have kept back samples that belong to the `n` best.

    Parameters
    ----------
    pool : PartitionedPool
    score : callable
        From the pool of a partition to the scores of its samples.
    n : int
    """
    key = draw_seed(pool.random_state)
    offers = pool.each_part(partial(_offer, score, n, key, None))
    step = _common_step([offer for _, offer in offers])
    best = _merged(offers, n, key, step)
    if any(offer.may_keep_back(best.scores[-1], step) for _, offer in offers):
        best = _merged(pool.each_part(partial(_offer, score, n, key, step)), n, key, step)
    return best


def best_of_groups(pool, score, n, n_groups, quotas_of):
    """Return the selections of the largest scores of groups of samples, found in the same way.

    A group are the samples that are predicted to be of the same class.

    Parameters
    ----------
    pool : Pool
        In one place or in partitions.
    score : callable
        From a pool to the scores of its samples.
    n : int
        The largest quota.
    n_groups : int
        The number of groups.
    quotas_of : callable
        From the number of samples in each group to the number to choose, of shape (n_groups,).

    Returns
    -------
    best : dict of int to Selection
        The selection of each group that has a quota.
    """
    key = draw_seed(pool.random_state)

    def ask(step):
        return pool.each_part(partial(_offers_of_groups, score, n, key, step, n_groups))

    found = ask(None)
    quotas = quotas_of(sum(counts for _, (counts, _) in found))
    step = _common_step([offer for _, (_, offers) in found for offer in offers.values()])
    best = _merged_groups(found, quotas, key, step)
    if any(
        offer.may_keep_back(best[code].scores[-1], step)
        for _, (_, offers) in found
        for code, offer in offers.items()
        if code in best
    ):
        best = _merged_groups(ask(step), quotas, key, step)
    return best


def _offers_of_groups(score, n, key, step, n_groups, part):
    codes = part.predicted  # first: it may be read off what the scores need as well
    scores = score(part)
    low, high = finite_range(scores)
    step = step_between(low, high, part.resolution) if step is None else step
    offers = {}
    for code in np.unique(codes).tolist():
        places = np.flatnonzero(codes == code)
        numbers = part.numbers(places)
        offer = _offer_of(scores[places], n, key, step, numbers.__getitem__)
        offers[code] = offer._replace(
            positions=places[offer.positions], low=low, high=high, resolution=part.resolution
        )
    return np.bincount(codes, minlength=n_groups), offers


def _merged_groups(found, quotas, key, step):
    best = {}
    for code in np.flatnonzero(quotas).tolist():
        offers = [(where, offers[code]) for where, (_, offers) in found if code in offers]
        best[code] = _merged(offers, quotas[code], key, step)
    return best


class _Offer(NamedTuple):
    """The best samples of a partition."""

    positions: np.ndarray
    scores: np.ndarray
    rest: float  # the largest score of the other samples
    low: float = 0.0  # the range of all scores of the partition
    high: float = 0.0
    resolution: float = 1e-12

    def may_keep_back(self, least, step):
        """Whether a sample of the rest may come before the last one chosen."""
        if step_between(self.low, self.high, self.resolution) == step:
            return False
        return rounded(np.array([self.rest]), step)[0] >= rounded(np.array([least]), step)[0]


def _offer(score, n, key, step, part):
    scores = score(part)
    low, high = finite_range(scores)
    step = step_between(low, high, part.resolution) if step is None else step
    offer = _offer_of(scores, n, key, step, part.numbers)
    return offer._replace(low=low, high=high, resolution=part.resolution)


def _offer_of(scores, n, key, step, numbers):
    positions = top_by_step(scores, min(n, len(scores)), key, step, numbers)
    others = np.delete(scores, positions)
    rest = float(others.max()) if len(others) else -np.inf  # integers have no -inf to begin with
    return _Offer(positions, scores[positions], rest)


def _common_step(offers):
    low, high = min(offer.low for offer in offers), max(offer.high for offer in offers)
    return step_between(low, high, max(offer.resolution for offer in offers))


def _merged(offers, n, key, step):
    scores = np.concatenate([offer.scores for _, offer in offers])
    positions = np.concatenate([_placed(where, offer.positions) for where, offer in offers])
    hashes = hash_positions(key, positions)
    order = np.lexsort((hashes, -rounded(scores, step)))[:n]
    return Selection(positions[order], scores[order])


def _placed(where, positions):
    """Return positions in a pool for positions in a part of it."""
    return (where.start or 0) + positions if isinstance(where, slice) else where[positions]


def scored_alone(strategy, pool):
    """Return the function that scores the pool of one partition.

    Raises
    ------
    ValueError
        If the scores of a strategy are known to depend on the whole pool.
    """
    name = type(strategy).__name__
    if strategy._scores_alone is False:
        raise ValueError(
            f"{name} reads all {len(pool):,} samples at once, as each score depends on the other "
            f"samples, but they are in partitions. Use Shortlist(RandomSampling(), {name}(), "
            "factor=100), which scores some of them, or a pool in memory, X_pool.compute()."
        )
    return partial(_scores_of_part, strategy)


def _scores_of_part(strategy, part):
    part = part.asked_by(strategy)
    before = part.random_state.get_state()[2]
    scores = strategy._checked_scores(part)
    own = type(strategy)._scores_alone is None or _is_derived(strategy)
    drew = part.random_state.get_state()[2] != before
    if own and len(part) > 1 and not drew:
        _check_alone(strategy, part, scores)
    return scores


def _is_derived(strategy):
    """Whether a class of its own scores the samples, which it may do in another way."""
    scoring = next(one for one in type(strategy).__mro__ if "score_samples" in vars(one))
    return "_scores_alone" not in vars(scoring)


def _check_alone(strategy, part, scores):
    """Refuse scores that are others where fewer samples are scored."""
    rows = np.unique(np.linspace(0, len(part) - 1, _N_TRIED).astype(int))[: len(part) - 1]
    again = strategy._checked_scores(part.take(rows).asked_by(strategy))
    low, high = finite_range(scores)
    slack = 1e-4 * max(abs(float(low)), abs(float(high)))
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(~((again == scores[rows]) | (abs(again - scores[rows]) <= slack)))
    if len(wrong):
        name, i = type(strategy).__name__, wrong[0]
        raise ValueError(
            f"score_samples of {name} must score each sample on its own where the pool is in "
            f"partitions, but a sample has the score {scores[rows[i]]:.6g} beside {len(part)} "
            f"samples and {again[i]:.6g} beside {len(rows)} of them. Use "
            f"Shortlist(RandomSampling(), {name}(), factor=100), which scores some samples in one "
            "place, or a pool in memory, X_pool.compute()."
        )
