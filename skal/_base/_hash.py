"""Hashes of positions: a random order that no other position has a part in."""

import numpy as np

_GAMMA = np.uint64(0x9E3779B97F4A7C15)


def hash_positions(key, positions):
    """Return a random number for each position, which depends on the key and on it alone.

    This is the mixing function of SplitMix64. A generator would give the numbers by turns, so that
    the same position got another number in another part of a pool.

    Parameters
    ----------
    key : int
        From 0 to below 2**63.
    positions : ndarray of int of shape (n,)

    Returns
    -------
    hashes : ndarray of uint64 of shape (n,)

    References
    ----------
    G. L. Steele, D. Lea and C. H. Flood (2014). Fast splittable pseudorandom number generators.
    OOPSLA.
    """
    # The key is mixed as well: added as it is, it would only shift the positions.
    start = _mixed(np.array([key], dtype=np.uint64) + _GAMMA)
    return _mixed(np.asarray(positions).astype(np.uint64) * _GAMMA + start)


def _mixed(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
