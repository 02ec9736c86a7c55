"""The state of a stopping criterion as text, there and back."""

import base64
import json
import zlib

import numpy as np


def freeze(state):
    """Return the state of a criterion as text. Not pickled: a file may come from anywhere."""
    # A stop set of thousands of rows shrinks to a few kilobytes.
    return base64.b85encode(zlib.compress(json.dumps(_encode(state)).encode())).decode()


def thaw(text):
    """Return the state that :func:`freeze` made text of."""
    return _decode(json.loads(zlib.decompress(base64.b85decode(text))))


def _encode(value):
    # Every container is written with its type, so that a tuple does not come back as a list.
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
    return {"tuple": tuple, "list": list, "watched": _stop_set}[kind](parts)


def _stop_set(parts):
    """Return the state of a criterion with a stop set, from the first files that spelled it so."""
    return dict(zip(("rows", "kept"), parts, strict=True))
