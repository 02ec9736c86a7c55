"""Lists of the labels that a sample has, which are not an indicator matrix yet."""

import numpy as np

_SETS = (set, frozenset)


def refuse_lists_of_labels(y):
    """Raise a ValueError if labels are one list or set for each sample, and name the way out.

    Rows of an array are lists as well: they hold numbers and have one length.
    """
    entries = _entries(y)
    lists = [one for one in entries if isinstance(one, (list, tuple, np.ndarray, *_SETS))]
    if not lists or len(lists) < len(entries):
        return
    lengths = {len(one) for one in lists}
    if lengths == {1} and not isinstance(lists[0], _SETS):
        return  # a column
    of_text = [one for one in lists if any(isinstance(label, str) for label in one)]
    if not (len(lengths) > 1 or isinstance(lists[0], _SETS) or of_text):
        return
    example = next(one for one in (*of_text, *lists) if len(one) or not of_text)
    raise ValueError(
        "y must have entries of one shape, got a list of labels for each sample, such as "
        f"{example!r}. Lists of labels become an indicator matrix by "
        "sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y)."
    )


def _entries(y):
    """Return what is given for each sample, nothing where these are no objects."""
    if isinstance(y, (list, tuple)):
        return y
    dtype = getattr(y, "dtype", None)
    if dtype is None or len(getattr(y, "shape", ())) != 1:
        return ()
    if str(dtype).startswith("List"):  # polars has a type of its own for lists
        return y.to_list()
    return list(y) if getattr(dtype, "kind", None) == "O" else ()
