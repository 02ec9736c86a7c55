"""The state of a stopping criterion as text, there and back."""

import base64
import json
import zlib

import numpy as np

# Bytes of a state as JSON, and of an array in it. A few kilobytes of a file could become more than
# the memory holds.
LARGEST = 2**24


def freeze(state):
    """Return the state of a criterion as text. Not pickled: a file may come from anywhere."""
    content = json.dumps(_encode(state)).encode()
    if len(content) > LARGEST:
        raise ValueError(
            f"The state of a stopping criterion may take {LARGEST} bytes as JSON to be kept in a "
            f"session, got {len(content)}. Keep less in it, such as a smaller stop set."
        )
    # A stop set of thousands of rows shrinks to a few kilobytes.
    return base64.b85encode(zlib.compress(content)).decode()


def thaw(text):
    """Return the state that :func:`freeze` made text of.

    Raises
    ------
    ValueError
        If it is not such a text, or one that would take much memory.
    """
    try:
        return _decode(json.loads(_unpacked(base64.b85decode(text))))
    except (ValueError, TypeError, KeyError, zlib.error, RecursionError, MemoryError) as error:
        raise ValueError(
            f"The state of the stopping criterion in the file cannot be read ({error}). Open the "
            "session with another criterion, which starts anew, or with none."
        ) from error


def _unpacked(data):
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(data, LARGEST)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError(f"it is incomplete, or takes more than {LARGEST} bytes")
    return content


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
        return _array(*content)
    if kind == "dict":
        return {_decode(key): _decode(one) for key, one in content}
    parts = [_decode(one) for one in content]
    return {"tuple": tuple, "list": list, "watched": _stop_set}[kind](parts)


def _array(dtype, shape, flat):
    # A dtype may claim any size, such as "<U999999999".
    if np.dtype(dtype).itemsize * len(flat["list"]) > LARGEST * 4:
        raise ValueError(f"an array of {len(flat['list'])} values of {dtype} is too large")
    return np.array(_decode(flat), dtype=dtype).reshape(shape)


def _stop_set(parts):
    """Return the state of a criterion with a stop set, from the first files that spelled it so."""
    return dict(zip(("rows", "kept"), parts, strict=True))
