"""Temperature scaling: probabilities that are as sure as the labels of annotators allow."""

import numpy as np

# The smallest probability that a logarithm is taken of.
SMALL = 1e-30

# The temperatures that are tried first; then some around the best of them.
_COARSE = np.array([0.1, 0.2, 0.5, 0.8, 1, 2, 3, 5, 8])
_N_FINE = 4


def best_temperature(opinions, proba):
    """Return the temperature at which probabilities fit the labels of all annotators best.

    The fit is the mean cross-entropy of the shares of the votes of each sample.
    """
    shares = opinions.votes() / opinions.n_labels()[:, np.newaxis]
    with np.errstate(divide="ignore"):
        logs = np.log(proba)

    def best_of(temperatures):
        losses = [_cross_entropy(shares, _softmax(logs / t)) for t in temperatures]
        return int(np.argmin(losses))

    at = best_of(_COARSE)
    fine = _around(at)
    return float(fine[best_of(fine)])


def scaled(proba, temperature):
    """Return probabilities at a temperature: below 1 they become surer, above 1 less sure."""
    proba = np.maximum(proba, SMALL)
    return _softmax(np.log(proba / proba.sum(axis=1, keepdims=True)) / temperature)


def _around(at):
    below, above = np.empty(0), np.empty(0)
    if at > 0:
        below = np.linspace(_COARSE[at - 1], _COARSE[at], _N_FINE, endpoint=False)
    if at < len(_COARSE) - 1:
        above = np.linspace(_COARSE[at], _COARSE[at + 1], _N_FINE + 1)
    return np.concatenate([above, below])


def _softmax(logs):
    proba = np.exp(logs)
    return proba / proba.sum(axis=1, keepdims=True)


def _cross_entropy(shares, proba):
    return -(shares * np.log(np.maximum(proba, SMALL))).sum(axis=1).mean()
