"""`Labeled`, the samples labeled so far with their labels and `fit` parameters."""

from dataclasses import dataclass, field

import numpy as np

from .._base import concat_rows, sample_aligned


@dataclass
class Labeled:
    """The samples labeled so far, with the parameters that were passed to `fit` for them.

    Attributes
    ----------
    X : rows of shape (n_labeled, ...)
        The samples, of the kind that the user gave.
    y : ndarray of shape (n_labeled,)
        Their labels.
    params : dict of str to object
        Further parameters of `fit`.
    aligned : frozenset of str
        Names of the parameters with one entry per sample, such as `sample_weight`.
    """

    X: object
    y: np.ndarray
    params: dict = field(default_factory=dict)
    aligned: frozenset = frozenset()

    @classmethod
    def of(cls, X, y, params):
        """Return labeled samples; parameters of None are dropped, as if they were not given."""
        params = {name: value for name, value in params.items() if value is not None}
        return cls(X, y, params, frozenset(sample_aligned(params, len(y))))

    @property
    def weighted_y(self):
        """The labels of the samples whose weight is not 0."""
        if "sample_weight" not in self.aligned:
            return self.y
        return self.y[np.asarray(self.params["sample_weight"]) != 0]

    def joined(self, new):
        """Return these samples followed by new ones.

        Raises
        ------
        ValueError
            If labels are of another type, or a parameter that is not a weight lacks entries.
        """
        # NumPy would silently turn numbers into strings.
        if (self.y.dtype.kind == "U") != (new.y.dtype.kind == "U") and not (
            {self.y.dtype.kind, new.y.dtype.kind} & {"O", "T"}
        ):
            raise ValueError(
                f"y must hold labels of the same type as before, {self.y.dtype}, got "
                f"{new.y.dtype}."
            )
        names = self.aligned | new.aligned
        params = {**self.params, **new.params}
        for name in names:
            params[name] = concat_rows(self._of(name), new._of(name))
        return Labeled(
            concat_rows(self.X, new.X),
            np.concatenate([self.y, new.y]),
            params,
            names,
        )

    def _of(self, name):
        """Return a parameter with one entry per sample; weights that were not given are 1."""
        if name in self.aligned:
            return np.asarray(self.params[name])
        if name.rpartition("__")[2] == "sample_weight":
            return np.ones(len(self.y))
        raise ValueError(
            f"{name} must be given in every call of fit and teach, or in none, because it has one "
            "entry per sample."
        )
