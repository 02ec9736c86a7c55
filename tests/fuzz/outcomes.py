"""What came of a call: a value or an error, and what must have stayed as it was."""

import contextlib
import io
import pickle

import numpy as np
import scipy.sparse as sp
from sklearn.neighbors import BallTree, KDTree

from .messages import judge


class Breach(AssertionError):
    """A promise that was not kept. The message says which, the same for all inputs of a kind."""


def expect(kept, promise):
    """Raise a Breach unless a promise was kept."""
    if not kept:
        raise Breach(promise)


class Outcome:
    """The value that a function returned, or the error that it raised."""

    def __init__(self, function):
        self.value = self.error = None
        try:
            self.value = function()
        except Breach:
            raise
        except Exception as error:
            raw = judge(error)
            if raw:
                raise Breach(raw) from error
            self.error = error

    def __eq__(self, other):
        if self.error is not None or other.error is not None:
            return type(self.error) is type(other.error)
        return np.array_equal(self.value, other.value)


@contextlib.contextmanager
def nothing_changes(what, *parts):
    """Check that a block of code changes neither `parts` nor NumPy's global generator."""
    before = [frozen(part) for part in parts]
    state = np.random.get_state()[1].tobytes()
    yield
    expect(np.random.get_state()[1].tobytes() == state, f"{what} uses NumPy's global generator")
    for part, was in zip(parts, before, strict=True):
        name = type(part).__name__
        expect(frozen(part) == was, f"{what} changed its {name}")


def frozen(part):
    """Return the state of an object as bytes, or as the identities of what it holds."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = _CONTENT
    try:
        pickler.dump(part)
    except Exception:
        return {name: id(value) for name, value in getattr(part, "__dict__", {}).items()}
    return buffer.getvalue()


def _of_matrix(matrix):
    return tuple, ((matrix.data.tobytes(), matrix.indices.tobytes(), matrix.indptr.tobytes()),)


def _of_tree(tree):
    return tuple, ((np.asarray(tree.data).tobytes(),),)


# What these note when they are used, such as that indices are sorted, or how often a tree was
# asked, is no change.
_CONTENT = {cls: _of_matrix for cls in (sp.csr_matrix, sp.csr_array)}
_CONTENT |= {cls: _of_tree for cls in (KDTree, BallTree)}
