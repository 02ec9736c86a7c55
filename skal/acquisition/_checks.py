"""Checks of probabilities, decision functions, votes, numbers and bases of logarithms."""

from numbers import Integral, Real

import numpy as np

from .._base import as_floats
from ._kernels import n_classes_of_pairs, row_chunks

FLOATS = np.float32, np.float64
LAYOUTS = {
    2: "(n_samples, n_classes)",
    3: "(n_members, n_samples, n_classes)",
}

# What to do with an array that has too many or too few axes.
RESHAPES = {
    (1, 2): "One sample is a row, {name}.reshape(1, -1); "
    "the positive class alone is np.column_stack([1 - {name}, {name}]).",
    (3, 2): "The mean over members is {name}.mean(axis=0); bald, consensus_entropy and others "
    "take the members themselves.",
    (2, 3): "A single member is {name}[np.newaxis].",
}


def check_proba(proba, name="proba", *, ndim=(2, 3)):
    """Return probabilities as an array, or refuse the first row that is not a distribution.

    Rows must be finite and not negative, and sum to 1 within 1e-6 (float32: 1e-4). They are
    never clipped or normalized here: a model whose probabilities need that is worth a look.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes) or (n_members, n_samples, n_classes)
        Probabilities.
    name : str, default="proba"
        What error messages call them.
    ndim : tuple of int, default=(2, 3)
        Which numbers of axes are accepted.

    Returns
    -------
    proba : ndarray
        The same values. Arrays of float32 or float64 come back as they are, others as float64.

    Raises
    ------
    ValueError
        If the shape is wrong or a row is not a probability distribution.

    Examples
    --------
    >>> from skal.acquisition import check_proba
    >>> check_proba([[0.5, 0.5], [0.5, 0.6]])
    Traceback (most recent call last):
        ...
    ValueError: Rows of proba must sum to 1 within 1e-06, but row 1 sums to 1.1. ...
    """
    proba = as_floats(proba, name, FLOATS)
    _check_layout(proba, name, ndim)
    if proba.ndim == 2:
        _check_rows(proba, name)
    else:
        for i, member in enumerate(proba):
            _check_rows(member, name, f" of member {i}")
    return proba


def checked_members(member_proba):
    """Return the probabilities by members as an array, or say what is wrong with them."""
    return check_proba(member_proba, "member_proba", ndim=(3,))


def _check_layout(values, name, ndim):
    # No samples is an empty answer, but no members or no classes is a mistake.
    if values.ndim in ndim and 0 not in values.shape[:-2] + values.shape[-1:]:
        return
    layouts = " or ".join(LAYOUTS[n] for n in ndim)
    way_out = RESHAPES.get((values.ndim, ndim[0]), "").format(name=name)
    message = f"{name} must have shape {layouts}, got shape {values.shape}. {way_out}"
    raise ValueError(message.rstrip())


def _check_rows(proba, name, where=""):
    # float32 has seven digits, and a model may lose two of them in sums over many classes.
    tolerance = 1e-4 if proba.dtype == np.float32 else 1e-6
    # In the precision of few columns, which need not be copied then; many add up more errors.
    ones = np.ones(proba.shape[1], dtype=proba.dtype if proba.shape[1] <= 1000 else np.float64)
    # NaN and infinity need no pass of their own: they show up in the sums. The warning of NumPy
    # is silenced because the error below says more.
    with np.errstate(invalid="ignore", over="ignore"):
        for rows in row_chunks(*proba.shape):
            chunk = proba[rows]
            off = chunk @ ones  # the fastest sum; its order of summation does no harm here
            off -= 1
            np.abs(off, out=off)
            if not (off.max() <= tolerance and chunk.min() >= 0):
                i = np.argmin((off <= tolerance) & (chunk >= 0).all(axis=1))
                row = f"row {rows.start + i}{where}"
                raise ValueError(_not_a_distribution(chunk[i], name, row, tolerance))


_OF_NEGATIVE = (
    "A decision function is scored by decision_margin; take numpy.exp of log-probabilities."
)


def _not_a_distribution(values, name, row, tolerance):
    """Return the message about a row that is known not to be a probability distribution."""
    for is_wrong, rule, way_out in (
        (~np.isfinite(values), "be finite", "Impute or leave out what the model cannot predict."),
        (values < 0, "not be negative", _OF_NEGATIVE),
    ):
        if is_wrong.any():
            j = is_wrong.argmax()
            return f"{name} must {rule}, but {row} holds {values[j]} in column {j}. {way_out}"
    total = values.sum(dtype=np.float64)
    way_out = (
        "Divide non-negative weights by their sums, values.sum(axis=-1, keepdims=True); take the "
        "softmax of logits."
    )
    if values.dtype == np.float32 and abs(total - 1) < 0.1:
        # Some models, such as GaussianNB, add up large logarithms in the precision of X.
        way_out = f"A model that loses digits in float32 needs X as float64. {way_out}"
    return (
        f"Rows of {name} must sum to 1 within {tolerance}, but {row} sums to {total:.10g}. "
        f"{way_out}"
    )


def checked_decision(decision, kind):
    """Return the values as an array of shape (n_samples, n_columns)."""
    if kind not in ("ovr", "ovo"):
        raise ValueError(f"kind must be 'ovr' or 'ovo', got kind={kind!r}.")
    decision = as_floats(decision, "decision", FLOATS)
    decision = decision[:, np.newaxis] if decision.ndim == 1 else decision
    if decision.ndim != 2 or decision.shape[1] == 0:
        raise ValueError(
            "decision must have shape (n_samples,), (n_samples, n_classes) or (n_samples, "
            f"n_pairs), got shape {decision.shape}. Pass what decision_function returns."
        )
    if kind == "ovo" and n_classes_of_pairs(decision.shape[1]) is None:
        raise ValueError(
            "decision of kind 'ovo' must have a column for each pair of classes (1, 3, 6, 10, "
            f"...), got {decision.shape[1]} columns. If they stand for classes, say kind='ovr'."
        )
    _check_finite(decision)
    return decision


def _check_finite(decision):
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(decision.sum()):
            return  # a single value that is not finite would show in the sum
    for rows in row_chunks(*decision.shape):
        is_finite = np.isfinite(decision[rows])
        if not is_finite.all():
            i, j = np.argwhere(~is_finite)[0]
            raise ValueError(
                f"decision must be finite, but row {rows.start + i} holds "
                f"{decision[rows][i, j]} in column {j}. Impute or leave out what the model "
                "cannot decide."
            )


def checked_votes(votes, n_classes):
    """Return votes as an array of integer codes, or say what is wrong with them."""
    if not isinstance(n_classes, Integral) or n_classes < 1:
        raise ValueError(f"n_classes must be a positive integer, got n_classes={n_classes!r}.")
    votes = np.asarray(votes)
    if votes.ndim != 2 or len(votes) == 0:
        raise ValueError(
            f"votes must have shape (n_members, n_samples), got shape {votes.shape}. The votes "
            "of a single member are votes.reshape(1, -1)."
        )
    if votes.dtype.kind not in "iub":
        raise ValueError(
            f"votes must be integer codes of classes, got an array of {votes.dtype}. Labels "
            "become codes by np.searchsorted(classes, votes)."
        )
    if votes.size and not (votes.min() >= 0 and votes.max() < n_classes):
        member, row = np.argwhere((votes < 0) | (votes >= n_classes))[0]
        raise ValueError(
            f"votes must be codes from 0 to {n_classes - 1}, but member {member} gives row {row} "
            f"the code {votes[member, row]}. Raise n_classes={n_classes} if there are more "
            "classes; labels become codes by np.searchsorted(classes, votes)."
        )
    return votes


def checked_numbers(values, name, *, ndim):
    """Return predicted numbers as an array, or refuse a wrong shape and what is not finite."""
    values = as_floats(values, name, FLOATS)
    if values.ndim != ndim or (ndim == 2 and len(values) == 0):
        layout = "(n_samples,)" if ndim == 1 else "(n_members, n_samples)"
        raise ValueError(f"{name} must have shape {layout}, got shape {values.shape}.")
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise ValueError(
            f"{name} must be finite, but that of sample {place[-1]} is {values[place]}. Leave out "
            "what the model cannot predict."
        )
    return values


def checked_base(base):
    """Return the base of a logarithm, or refuse it."""
    if not (isinstance(base, Real) and 1 < base < np.inf):
        raise ValueError(f"base must be a finite number above 1, got base={base!r}.")
    return base
