"""A rehearsal: every learner and the scorer are tried on a few samples before the first game."""

import contextlib
import random
import warnings

import numpy as np

from ..pool import MissingOutputError
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
    try:
        return scene.small_round(learner)
    except MissingOutputError as error:
        raise MissingOutputError(f"The learner {name!r} cannot play: {error}") from error
    except Exception:
        # A model or a strategy may need more than so few samples.
        with _named(name):
            scene.first_round(learner)
        return None


@contextlib.contextmanager
def _named(name):
    """Add the name of the learner to an error."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "add_note"):  # from Python 3.11 on
            error.add_note(f"This is the learner {name!r}, before its first game.")
        raise
