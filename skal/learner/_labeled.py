"""`Labeled`, the samples labeled so far with their labels and `fit` parameters."""

from dataclasses import dataclass, field

import numpy as np

from .._base import as_floats, concat_rows, copy_rows, joined_labels, refuse_mask, sample_aligned


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
    label_names : list or None
        The names of several labels a sample, where they were given as a data frame.
    """

    X: object
    y: np.ndarray
    params: dict = field(default_factory=dict)
    aligned: frozenset = frozenset()
    label_names: list | None = None

    @classmethod
    def of(cls, X, y, params, label_names=None):
        """Return copies of labeled samples, so that the caller may use the arrays again.

        Parameters of None are dropped, as if they were not given. Those that are not per sample
        are kept as they are: an estimator may write into them.
        """
        params = {name: value for name, value in params.items() if value is not None}
        aligned = frozenset(sample_aligned(params, len(y)))
        for name in aligned:
            params[name] = copy_rows(refuse_mask(params[name], name))
        return cls(copy_rows(X), np.array(y), params, aligned, label_names)

    @property
    def weighted_y(self):
        """The labels of the samples whose weight is not 0."""
        if "sample_weight" not in self.aligned:
            return self.y
        weights = as_floats(self.params["sample_weight"], "sample_weight")
        if weights.ndim != 1:
            raise ValueError(
                f"sample_weight must have shape (n_samples,), got shape {weights.shape}."
            )
        return self.y[weights != 0]

    def joined(self, new):
        """Return these samples followed by new ones.

        Raises
        ------
        ValueError
            If labels or samples are of another kind, or a parameter that is not a weight lacks
            entries.
        """
        if None not in (self.label_names, new.label_names) and (
            self.label_names != new.label_names
        ):
            raise ValueError(
                f"y must have the columns {self.label_names} in this order, as before, got "
                f"{new.label_names}. Put them in that order, or pass an array if the names mean "
                "nothing."
            )
        names = self.aligned | new.aligned
        params = {**self.params, **new.params}
        for name in names:
            params[name] = concat_rows(self._of(name), new._of(name), name)
        return Labeled(
            concat_rows(self.X, new.X),
            joined_labels(self.y, new.y),
            params,
            names,
            new.label_names if self.label_names is None else self.label_names,
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
