"""Seeds: random states, fresh seeds and the seeds of nested estimators."""

import numpy as np
from sklearn.utils import check_random_state

from ._models import is_frozen


class _NoEntropy(np.random.bit_generator.ISeedSequence):
    """A seed sequence for generators that are seeded again right away."""

    def generate_state(self, n_words, dtype=np.uint32):
        return np.zeros(n_words, dtype=dtype)


def make_random_state(seed=None):
    """Return a `RandomState`; None means fresh entropy, never NumPy's global generator."""
    if seed is None:
        return np.random.RandomState(np.random.SeedSequence().generate_state(8))
    if isinstance(seed, (int, np.integer)):
        # The same as RandomState(seed), which first gathers entropy for a state that it then
        # overwrites: most of the cost of a small query.
        random_state = np.random.RandomState(np.random.MT19937(_NoEntropy()))
        random_state.seed(seed)
        return random_state
    return check_random_state(seed)


MAX_SEED = 2**31 - 1


def draw_seed(random_state):
    """Draw a seed, below 2**31 - 1 as scikit-learn wants it, from a `RandomState`."""
    return int(random_state.randint(MAX_SEED))


def derive_seed(*key):
    """Return the seed that belongs to a key of non-negative integers, always the same."""
    return int(np.random.SeedSequence(key).generate_state(1)[0])


def fresh_seed():
    """Return a seed that nobody knows, without the cost of a generator."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def set_random_states(estimator, seed, *, only_missing=False):
    """Give the `random_state`s of an estimator and its parts seeds of their own.

    Parameters
    ----------
    estimator : estimator
        Changed in place; what is frozen within it stays as it is.
    seed : int
        What the seeds are derived from.
    only_missing : bool, default=False
        Whether to leave those alone that are not None.
    """
    params = estimator.get_params(deep=True)
    names = [name for name in params if name.rpartition("__")[2] == "random_state"]
    frozen = tuple(f"{name}__" for name, value in params.items() if is_frozen(value))
    # The outermost first, so that what is inside does not change the seeds outside.
    names = [name for name in names if not name.startswith(frozen)]
    names.sort(key=lambda name: (name.count("__"), name))
    if only_missing:
        names = [name for name in names if params[name] is None]
    if names:
        seeds = np.random.SeedSequence(seed).generate_state(len(names)) >> 1  # below 2**31
        seeds = dict(zip(names, seeds.tolist(), strict=True))
        if names == ["random_state"]:
            # Not set_params, which lists all parameters once more.
            estimator.random_state = seeds["random_state"]
        else:
            estimator.set_params(**seeds)
