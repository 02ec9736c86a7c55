"""Outputs that were computed elsewhere."""

import numpy as np

from .._base import num_rows, numeric_rows
from ..acquisition import check_proba
from ._arrays import axis_of, read_only
from ._outputs import WAYS_OUT


class GivenOutputs:
    """Outputs computed elsewhere, checked once."""

    def __init__(self, X, given, y, classes, decision_kind, members_consistent):
        self.X = X
        self.arrays = {
            name: checked(name, values) for name, values in given.items() if values is not None
        }
        self.y = None if y is None else np.asarray(y)
        self.n_samples = self._common_length()
        self.classes = self._class_labels(classes)
        self.decision_kind = self._kind(decision_kind)
        self.decision_norms = None
        self.n_members = len(self.arrays.get("member_proba", ()))
        self.members_consistent = members_consistent

    def lacks(self, name):
        if name == "X":
            return None if self.X is not None else f"it was not given. {WAYS_OUT['X']}"
        if name == "embedding" and self.X is not None:
            return None
        if name in ("predicted", "svm_kernel"):
            return f"the pool was made of arrays. {WAYS_OUT[name]}"
        return f"the pool was made without it. Pass {name}= to Pool.from_arrays."

    def compute(self, name, X):
        return numeric_rows(X)

    def _common_length(self):
        lengths = {
            name: values.shape[axis_of(name)]
            for name, values in {**self.arrays, "y": self.y}.items()
            if values is not None
        }
        if self.X is not None:
            lengths["X"] = num_rows(self.X)
        if not lengths:
            raise ValueError("Pool.from_arrays needs at least one array, got none.")
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Arrays must be of the same number of samples, got {lengths}.")
        return next(iter(lengths.values()))

    def _class_labels(self, classes):
        widths = {
            name: self.arrays[name].shape[-1]
            for name in ("proba", "member_proba")
            if name in self.arrays
        }
        if classes is None:
            decision = self.arrays.get("decision", np.empty(0))
            n_classes = next(
                iter(widths.values()), decision.shape[-1] if decision.ndim == 2 else 2
            )
            classes = np.arange(n_classes)
        classes = np.asarray(classes)
        for name, width in widths.items():
            if width != len(classes):
                raise ValueError(
                    f"{name} must have a column for each of the {len(classes)} classes "
                    f"{classes.tolist()}, got {width} columns."
                )
        return classes

    def _kind(self, kind):
        if kind not in (None, "ovr", "ovo"):
            raise ValueError(f'decision_kind must be "ovr", "ovo" or None, got {kind!r}.')
        decision = self.arrays.get("decision")
        if kind is not None or decision is None or decision.ndim == 1:
            return kind or "ovr"
        n_pairs = len(self.classes) * (len(self.classes) - 1) // 2
        only_pairs_fit = decision.shape[1] == n_pairs != len(self.classes)
        return "ovo" if only_pairs_fit and n_pairs > 1 else "ovr"


def checked(name, values):
    if name in ("proba", "member_proba"):
        return check_proba(values, name)
    if name == "embedding":
        rows = numeric_rows(values)
        if rows is None:
            raise ValueError(
                "embedding must be numeric, of shape (n_samples, n_dims), got "
                f"{type(values).__name__}."
            )
        return rows
    values = np.asarray(values, dtype=np.float64)
    wanted = (1,) if name == "predicted_loss" else (1, 2)
    if values.ndim not in wanted:
        raise ValueError(
            f"{name} must have {' or '.join(map(str, wanted))} dimensions, got shape "
            f"{values.shape}."
        )
    if np.isnan(values).any():
        row = int(np.argwhere(np.isnan(values))[0][0])
        raise ValueError(f"{name} must not contain NaN, but row {row} does.")
    return values


def checked_prices(prices, n_samples):
    if prices is None:
        return None
    prices = np.asarray(prices, dtype=np.float64)
    if prices.shape != (n_samples,):
        raise ValueError(
            f"prices must have a price for each of the {n_samples} samples, shape "
            f"({n_samples},), got shape {prices.shape}."
        )
    wrong = ~(np.isfinite(prices) & (prices > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"prices must be finite and above 0, but that of sample {row} is {prices[row]}."
        )
    return read_only(prices)
