"""What a stopping criterion says of a session, and its memory."""

import base64
import json
import zlib

import numpy as np

from .._base import take_rows
from ..stopping import Round

ADVICE = "stopping"


class Advice:
    """What a stopping criterion says; its memory is kept beside the log.

    Parameters
    ----------
    criterion : StoppingCriterion or None
    rows : Rows
    """

    def __init__(self, criterion, rows):
        self._criterion = criterion
        self._rows = rows

    def after(self, learner, record, store):
        """Show the criterion a new model, and return what to remember (None: nothing)."""
        if self._criterion is None:
            return None
        kept = self._kept(store)
        if kept is None:
            n_rows = len(self._rows)
            state = self._criterion.start(n_rows, record.seed % 2**31)
        else:
            n_rows, state = kept["n_rows"], _thaw(kept["state"])
        X = take_rows(self._rows.X, slice(0, n_rows))
        now = Round(learner, X, n_labels=len(record.opinions))
        state, stop = self._criterion.update(state, now)
        return {
            "criterion": repr(self._criterion),
            "n_rows": n_rows,
            "state": _freeze(state),
            "stop": bool(stop),
        }

    def given(self, store):
        """Say whether to stop, None if there is no criterion."""
        if self._criterion is None:
            return None
        kept = self._kept(store)
        return kept is not None and kept["stop"]

    def _kept(self, store):
        """Return what is remembered of this criterion; another one starts anew."""
        kept = store.recall(ADVICE)
        if kept is None or kept["criterion"] != repr(self._criterion):
            return None
        return kept


def _freeze(state):
    """Return the state of a criterion as text. Not pickled: a file may come from anywhere."""
    return base64.b85encode(zlib.compress(json.dumps(_encode(state)).encode())).decode()


def _thaw(text):
    return _decode(json.loads(zlib.decompress(base64.b85decode(text))))


def _encode(value):
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return {type(value).__name__: [_encode(one) for one in value]}
    if isinstance(value, dict):
        return {"dict": [[_encode(key), _encode(one)] for key, one in value.items()]}
    if isinstance(value, np.ndarray):
        return {"array": [value.dtype.str, value.shape, _encode(value.ravel().tolist())]}
    raise TypeError(
        f"The state of a stopping criterion must be built of None, numbers, text, lists, tuples, "
        f"dicts and arrays to be kept in a session, got {type(value).__name__}."
    )


def _decode(value):
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "array":
        dtype, shape, flat = content
        return np.array(_decode(flat), dtype=dtype).reshape(shape)
    if kind == "dict":
        return {_decode(key): _decode(one) for key, one in content}
    parts = [_decode(one) for one in content]
    return {"tuple": tuple, "list": list, "watched": _old_stop_set}[kind](parts)


def _old_stop_set(parts):
    """Return the state of a criterion with a stop set, from files that spell it "watched"."""
    return dict(zip(("rows", "kept"), parts, strict=True))
