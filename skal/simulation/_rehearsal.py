"""A rehearsal: every learner and the scorer are tried on a few samples before the first game."""

import contextlib
import random
import warnings

import numpy as np
from sklearn.base import clone

from ..pool import MissingOutputError
from ..strategies import Schedule
from ._scene import Scene
from ._trial_score import try_scorer


def rehearse(starts, learners, X, y, scoring):
    """Refuse a learner that its model cannot serve, and a scorer that cannot score the models.

    Nothing is left behind: learners are cloned, and global random states are put back.
    """
    with _kept_random_states(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whatever is worth a warning, the games will say again
        scene = Scene(starts, X, y)
        models = {name: _try_learner(scene, name, learners[name]) for name in learners}
        if scoring is not None:
            try_scorer(scoring, learners, models, scene)


@contextlib.contextmanager
def _kept_random_states():
    of_numpy, of_python = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(of_numpy)
        random.setstate(of_python)


def _try_learner(scene, name, learner):
    """Return the model of a learner of few labels, or None if they were not enough.

    Its error comes through only if the first game of the learner would certainly meet it.
    """
    first, *later = _stages(learner, scene.asked_at())
    try:
        model = _small_round(scene, name, first)
    except MissingOutputError:
        raise
    except Exception:
        # A model or a strategy may need more than so few samples.
        with _named(name):
            scene.first_round(first)
        model = None
    for stage in later:
        try:
            _small_round(scene, name, stage)
        except MissingOutputError:
            raise
        except Exception:
            continue  # the game has more samples by then
    return model


def _small_round(scene, name, learner):
    try:
        return scene.small_round(learner)
    except MissingOutputError as error:
        raise MissingOutputError(f"The learner {name!r} cannot play: {error}") from error


def _stages(learner, asked_at):
    """Return the learner as it is in the game: with one strategy after the other of a Schedule.

    Parameters
    ----------
    learner : ActiveLearner
    asked_at : ndarray of int
        The numbers of labeled samples at which it is asked.
    """
    schedules, stages = _schedules(learner), {}
    for n_labeled in asked_at if schedules else ():
        chosen = tuple(id(one.strategy_at(n_labeled)) for one in schedules.values())
        if chosen not in stages:
            stages[chosen] = _at(learner, n_labeled)
    return list(stages.values()) or [learner]


def _at(learner, n_labeled):
    learner = clone(learner)
    while schedules := _schedules(learner):
        name = min(schedules, key=len)  # one in another one has a longer name
        learner.set_params(**{name: schedules[name].strategy_at(n_labeled)})
    return learner


def _schedules(learner):
    """Return the schedules in a learner by the names of their parameters."""
    return {
        name: value
        for name, value in learner.get_params().items()
        if isinstance(value, Schedule) and not name.startswith("cold_start")
    }


@contextlib.contextmanager
def _named(name):
    """Add the name of the learner to an error."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "add_note"):  # from Python 3.11 on
            error.add_note(f"This is the learner {name!r}, before its first game.")
        raise
