"""Judge errors and warnings: does a message name a parameter and what came, or is it raw?"""

import inspect
import linecache
import os
import re
import sys
import traceback
import warnings

from sklearn.base import BaseEstimator

import skal
import skal.acquisition
import skal.embeddings
import skal.geometry
import skal.strategies
from skal.pool import OUTPUTS

SKAL = os.path.dirname(skal.__file__) + os.sep
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

# Functions of scikit-learn that check a parameter on behalf of skal and say which one.
VALIDATORS = {
    "_assert_all_finite",
    "_assert_all_finite_element_wise",
    "_check_feature_names",
    "_check_n_features",
    "check_array",
    "check_classification_targets",
    "check_random_state",
    "column_or_1d",
    "set_params",
    "validate_parameter_constraints",
}
# Words that scikit-learn's own contract, `check_estimator`, demands.
DEMANDED = ["Unknown label type: ", "seed a numpy.random.RandomState"]
# Warnings of other libraries about each other, which skal cannot keep from coming.
NOT_OURS = ["dataframe interchange protocol is deprecated"]
# The estimator does not take a parameter of `fit`. Python names it.
NOT_TAKEN = "got an unexpected keyword argument"
CAME = re.compile(
    r"\b(got|Got|but|is empty|not fitted|missing|contains|without|has no|Invalid)\b"
    r"|, not |of numbers: "
)


def judge(error):
    """Return None where an error is in order, else a description of its kind.

    Errors of the user's own estimators, strategies and functions are always in order. An error
    of skal, or of a library that skal called on what the user gave, is in order if it was raised
    on purpose, names a parameter, and says what came.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    lines = [number for _, number in traceback.walk_tb(error.__traceback__)]
    place = _last_of_skal(frames)
    if place is None and not any(frame.f_code.co_name in VALIDATORS for frame in frames):
        raise error  # of the tests themselves
    if place is None:
        place = 0
    in_thread = _last_in_thread(error)
    users = any(map(_is_users, frames[place + 1 :]))
    if users or NOT_TAKEN in str(error) or (in_thread and not in_thread[0].startswith(SKAL)):
        return None
    on_purpose = in_thread[1].startswith("raise") if in_thread else None
    if on_purpose is None:
        on_purpose = _is_on_purpose(frames, lines, place)
    if on_purpose and _says_enough(str(error)):
        return None
    return f"raw {type(error).__name__} from {_name(frames[place])}: {masked(str(error))}"


def masked(message):
    """Return the beginning of a message in which numbers and quoted words are left out."""
    first = message.strip().split("\n")[0]
    first = re.sub(r"'[^']*'|\[[^]]*\]|\([^)]*\)", "_", first)
    return re.sub(r"-?\d[\d.e+-]*", "#", first)[:70]


class WarningWatch:
    """Record runtime warnings of skal, and warnings that point at a line that is not a user's."""

    def __init__(self):
        self.breaches = []

    def __enter__(self):
        self._context = warnings.catch_warnings()
        self._context.__enter__()
        warnings.simplefilter("always")
        warnings.showwarning = self._show
        return self

    def __exit__(self, *exception):
        self._context.__exit__(*exception)

    def _show(self, message, category, filename, lineno, file=None, line=None):
        if any(words in str(message) for words in NOT_OURS):
            return
        frames = []
        frame = sys._getframe(1)
        while frame is not None:
            frames.insert(0, frame)
            frame = frame.f_back
        place = _last_of_skal(frames)
        if place is None or any(map(_is_users, frames[place + 1 :])):
            return
        where = f"{category.__name__} from {_name(frames[place])}: {masked(str(message))}"
        if issubclass(category, (RuntimeWarning, DeprecationWarning, FutureWarning)):
            self.breaches.append(f"raw {where}")
        elif filename == "sys" or filename.startswith(SKAL):
            self.breaches.append(f"warning that points into skal: {where}")


def _last_of_skal(frames):
    places = [i for i, frame in enumerate(frames) if frame.f_code.co_filename.startswith(SKAL)]
    return places[-1] if places else None


def _is_users(frame):
    """Return whether a frame runs code that the user brought: an estimator or a function."""
    if frame.f_code.co_filename.startswith(TESTS):
        return True
    for name in ("self", "estimator"):
        owner = frame.f_locals.get(name)
        if isinstance(owner, BaseEstimator) and not type(owner).__module__.startswith("skal"):
            return True
    return False


def _last_in_thread(error):
    """Return file and line of an error in a thread, of which only a text is left, or None."""
    text = str(error.__cause__ or "")
    if type(error.__cause__).__name__ != "_RemoteTraceback":
        return None
    return re.findall(r'File "([^"]*)".*\n *(.*)', text)[-1]


def _is_on_purpose(frames, lines, place):
    if place == len(frames) - 1:
        line = linecache.getline(frames[place].f_code.co_filename, lines[place])
        return line.strip().startswith("raise ")
    return any(frame.f_code.co_name in VALIDATORS for frame in frames[place + 1 :])


def _says_enough(message):
    if any(words in message for words in DEMANDED):
        return True
    return bool(CAME.search(message)) and any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) for name in PARAMETERS
    )


def _name(frame):
    return f"{frame.f_code.co_filename[len(SKAL) :]}:{frame.f_code.co_name}"


def _parameters():
    """Return the names of all parameters of public classes, methods and functions."""
    names = {*OUTPUTS, "Scores", "scores", "pool", "Pool", "X", "y", "n", "this"}
    names |= {"_query", "transform"}  # methods of the user that answer wrongly
    names |= {"sample_weight"}  # the one parameter of `fit` that has a meaning for a learner
    for module in (skal, skal.strategies, skal.embeddings, skal.acquisition, skal.geometry):
        for exported in map(module.__dict__.get, module.__all__):
            names |= _of_callable(exported)
            if inspect.isclass(exported):
                for method in vars(exported).values():
                    names |= _of_callable(getattr(method, "__func__", method))
    return names - {"self", "args", "kwargs", "name"}


def _of_callable(function):
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()


PARAMETERS = _parameters()
