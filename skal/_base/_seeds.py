"""Random states and seeds: drawn, derived, fresh, and set on nested estimators."""

import numpy as np
from sklearn.utils import check_random_state

from ._models import is_frozen


class _NoEntropy(np.random.bit_generator.ISeedSequence):
    """A constant seed sequence, for generators that are seeded again right away."""

    def generate_state(self, n_words, dtype=np.uint32):
        return [0] * n_words  # it is read word by word, which is ten times as fast from a list


def make_random_state(seed=None):
    """Return a `RandomState`; None stands for fresh entropy, not for NumPy's global generator."""
    if seed is None:
        return np.random.RandomState(np.random.SeedSequence().generate_state(8))
    if isinstance(seed, (int, np.integer)):
        # The same state as RandomState(seed), which first gathers entropy for a state that it
        # then overwrites. On a small query that takes longer than everything else.
        random_state = np.random.RandomState(np.random.MT19937(_NoEntropy()))
        if not 0 <= seed < 2**32:
            raise ValueError(f"random_state must be from 0 to 2**32 - 1, got {seed}.")
        random_state.seed(seed)
        return random_state
    return check_random_state(seed)


# The bound that scikit-learn draws its own seeds below: C code takes signed 32-bit integers.
MAX_SEED = 2**31 - 1


def draw_seed(random_state):
    """Draw a seed, an int from 0 to below `MAX_SEED`, from a `RandomState`."""
    return int(random_state.randint(MAX_SEED))


def draw_positions(random_state, n_samples, size):
    """Draw distinct positions at random, without a permutation of a large pool.

    Time and memory follow from the number of positions, not from that of samples.

    Parameters
    ----------
    random_state : RandomState
    n_samples : int
        Positions are below this number.
    size : int
        How many, at most `n_samples`.

    Returns
    -------
    positions : ndarray of int64 of shape (size,)
        In random order.
    """
    if n_samples < 4 * size:
        return random_state.permutation(n_samples)[:size]
    # Drawn with replacement, and repeated ones left out: at most a third more than are needed.
    drawn = np.empty(0, dtype=np.int64)
    while len(drawn) < size:
        n_more = size - len(drawn) + size // 8
        more = random_state.randint(n_samples, size=n_more, dtype=np.int64)
        drawn = np.concatenate([drawn, more])
        first = np.unique(drawn, return_index=True)[1]
        drawn = drawn[np.sort(first)]
    return drawn[:size]


def draw_at_most(random_state, n_samples, size):
    """Return all positions, or `size` of them drawn at random if there are more, in order."""
    if n_samples <= size:
        return np.arange(n_samples)
    return np.sort(draw_positions(random_state, n_samples, int(size)))  # True is 1


def derive_seed(*key):
    """Return a seed, an int from 0 to below 2**32, that is a function of non-negative ints."""
    return int(np.random.SeedSequence(key).generate_state(1)[0])


def fresh_seed():
    """Return an unpredictable seed from 0 to below 2**32, without the cost of a generator."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def set_random_states(estimator, seed, *, only_missing=False):
    """Set each `random_state` of an estimator and of its nested estimators to its own seed.

    Parameters
    ----------
    estimator : estimator
        Changed in place. Frozen estimators inside it stay unchanged.
    seed : int
        The seed from which all others are derived.
    only_missing : bool, default=False
        Whether only a `random_state` of None is set.
    """
    params = estimator.get_params(deep=True)
    names = [name for name in params if name.rpartition("__")[2] == "random_state"]
    frozen = tuple(f"{name}__" for name, value in params.items() if is_frozen(value))
    # The outermost come first, so that their seeds do not depend on the estimators inside.
    names = [name for name in names if not name.startswith(frozen)]
    names.sort(key=lambda name: (name.count("__"), name))
    if only_missing:
        names = [name for name in names if params[name] is None]
    if names:
        seeds = np.random.SeedSequence(seed).generate_state(len(names)) >> 1  # below 2**31
        seeds = dict(zip(names, seeds.tolist(), strict=True))
        if names == ["random_state"]:
            # set_params would list all parameters once more, which takes time in every round.
            estimator.random_state = seeds["random_state"]
        else:
            estimator.set_params(**seeds)
