"""The opening of a game: its rules are checked, its learner seeded, its first rows chosen."""

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import Ridge

from .._base import (
    InvalidParameterError,
    as_array,
    draw_seed,
    is_regressor,
    make_random_state,
    set_random_states,
    validate_params,
)
from ..learner import ActiveLearner
from ._learners import check_learner


def check_rules(game):
    """Refuse wrong parameters of a game, as far as they are wrong for any data."""
    check_learner(game.learner)
    validate_params(game)
    _check_task(game)
    n_initial = game.n_initial
    if lists_rows(game.initial):
        n_initial = len(check_positions(game.initial))
    if n_initial > game.budget:
        raise ValueError(
            f"n_initial must be at most the budget, which includes the initial labels, got "
            f"n_initial={n_initial} and budget={game.budget}."
        )


def _check_task(game):
    """Refuse a learner of numbers in a game of classes, and the reverse."""
    learns_numbers, plays_numbers = is_regressor(learner_of(game)), game._task == "regression"
    if learns_numbers != plays_numbers:
        kinds = {True: "a regressor", False: "a classifier"}
        other = "LabelBudgetRegressor" if learns_numbers else "LabelBudgetClassifier"
        raise InvalidParameterError(
            f"The learner of a {type(game).__name__} must be around {kinds[plays_numbers]}, got "
            f"{game.learner!r}, around {kinds[learns_numbers]}. Use {other}."
        )
    if plays_numbers and isinstance(game.initial, str) and game.initial == "stratified":
        raise InvalidParameterError(
            'initial="stratified" takes one sample of each class, and numbers have no classes. '
            'Use initial="random", or a strategy such as MaxHerding().'
        )


def lists_rows(initial):
    """Whether `initial` names the first rows themselves, and not a way to choose them."""
    return not (isinstance(initial, str) or hasattr(initial, "query"))


def check_positions(initial):
    """Return the positions in `initial` as an array, or refuse what are not positions."""
    rows = as_array(initial, "initial")
    if rows.dtype.kind == "b":
        raise ValueError(
            "initial must hold positions of rows, got a boolean mask. "
            "np.flatnonzero(mask) gives the positions."
        )
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows):
        raise ValueError(
            "initial must hold at least one position of a row, as integers in one dimension, got "
            f"an array of shape {rows.shape} and dtype {rows.dtype}."
        )
    if rows.min() < 0:
        raise ValueError(f"initial must hold positions from 0 on, got {rows.min()}.")
    values, counts = np.unique(rows, return_counts=True)
    if counts.max() > 1:
        raise ValueError(
            f"initial must hold distinct positions, but {values[counts.argmax()]} occurs "
            f"{counts.max()} times."
        )
    return rows.astype(np.intp)


def learner_of(game):
    """Return the learner of a game, by default ``ActiveLearner()`` around the usual estimator."""
    if game.learner is not None:
        return game.learner
    return ActiveLearner(Ridge() if game._task == "regression" else None)


def open_game(game, oracle):
    """Return the seeded learner, the first rows it is taught and the seed of the stop set."""
    # One seed for each purpose, so that the first rows do not depend on the learner.
    generator = make_random_state(game.random_state)
    of_learner, of_rows, of_stop_set = (draw_seed(generator) for _ in range(3))
    learner = clone(learner_of(game))
    set_random_states(learner, of_learner, only_missing=True)
    return learner, _first_rows(game, oracle, learner, of_rows), of_stop_set


def _first_rows(game, oracle, learner, seed):
    if lists_rows(game.initial):
        return _within(check_positions(game.initial), oracle.n_samples)
    n = min(game.n_initial, oracle.n_samples)
    order = make_random_state(seed).permutation(oracle.n_samples)
    if game.initial == "stratified":
        return _one_per_class(oracle.peek(), order, n)
    if game.initial == "random" or not n:
        return order[:n]
    return np.asarray(game.initial.query(learner.pool(oracle.X), n))


def _within(rows, n_samples):
    if rows.max() >= n_samples:
        raise ValueError(
            f"initial must hold positions below the number of samples, {n_samples}, got "
            f"{rows.max()}."
        )
    return rows


def _one_per_class(y, order, n):
    """Return `n` rows in which every class occurs, else in the given order."""
    first = np.sort(np.unique(y[order], return_index=True)[1])
    if len(first) > n:
        raise ValueError(
            f"n_initial must be at least the number of classes, {len(first)}, when "
            f'initial="stratified", got n_initial={n}.'
        )
    return np.concatenate([order[first], np.delete(order, first)])[:n]
