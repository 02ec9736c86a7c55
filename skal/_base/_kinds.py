"""`Kind`, what kind of rows X is, and the gate by which rows of another kind are refused."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from numbers import Number

import numpy as np
import scipy.sparse as sp

from ._masks import unmasked
from ._rows import is_dataset, num_rows, refuse_collection


def rows_given(X, name="X"):
    """Return what a caller gave as samples, without a mask, or refuse what has no rows."""
    refuse_collection(X, name)
    no_rows = (str, bytes, memoryview, Mapping, Set, Iterator, Number, np.matrix, type(None))
    is_refused = isinstance(X, no_rows) and not sp.issparse(X)  # one kind is a dict
    if is_refused or not _has_rows(X):
        raise ValueError(
            f"{name} must hold one row for each sample, such as an array, a data frame or a list, "
            f"got {type(X).__name__}. A single text is [text], a matrix np.asarray({name})."
        )
    return unmasked(X, name)


def _has_rows(X):
    """Whether X has an axis of samples by which it can be indexed."""
    if hasattr(X, "shape"):
        return len(X.shape) > 0
    return hasattr(X, "__getitem__") or hasattr(X, "__array__")


@dataclass(frozen=True)
class Kind:
    """What kind of rows X is.

    Attributes
    ----------
    name : str
        What messages call it.
    family : str
        "dataset", "sparse", "dense", or the library of a data frame.
    n_dims : int or None
        Number of dimensions of one sample: 0 for texts, 1 for the row of a table, None if it is
        not known, as for a dataset or a list without elements.
    shape : tuple or None
        The shape of one sample, None if samples may differ.
    items : str or None
        What the values of an array are, the elements of a list, or the samples of a dataset that
        was read: "text", "numbers", "dates" and others; None where they may differ.
    columns : tuple or None
        The columns of a data frame.
    """

    name: str
    family: str
    n_dims: int = None
    shape: tuple = None
    items: str = None
    columns: tuple = None

    @classmethod
    def of(cls, X, *, read=False):
        """Return the kind of X; of a dataset, the first sample is looked at only to `read` it."""
        name = type(X).__name__
        if is_dataset(X):
            return cls(name, "dataset", items=_items_of_dataset(X) if read else None)
        if hasattr(X, "columns"):
            library, columns = _library(X), tuple(X.columns)
            return cls(f"{library}.{name}", library, 1, (len(columns),), columns=columns)
        if sp.issparse(X):
            return cls(name, "sparse", 1, X.shape[1:])
        if hasattr(X, "shape"):
            shape, items = tuple(X.shape[1:]), _items_of_array(X)
            name = f"{name} of {items}" if items else name
            return cls(name, "dense", len(shape), shape, items)
        if hasattr(X, "__array__"):
            return cls.of(np.asarray(X))
        first = _first(X)
        depth = None if first is None else _depth(first)
        return cls(f"{name} of {type(first).__name__}", "dense", depth, None, _items(first))

    @property
    def is_of_texts(self):
        """Whether each sample is a text."""
        return self.items == "text" and self.n_dims in (None, 0)

    @property
    def is_table(self):
        """Whether samples are rows of a table, whose columns an estimator may check itself."""
        return self.n_dims == 1 and self.family != "dataset"

    def difference(self, other):
        """Say why rows of another kind cannot follow rows of this one, None if they can.

        What is said continues a sentence that begins with the name of a parameter.
        """
        if self._is_unlike(other):
            return self._other_kind(other)
        known = None not in (self.shape, other.shape) and self.columns is None
        return self._other_shape(other) if known and self.shape != other.shape else None

    def difference_for_model(self, other):
        """Say why a model that learned rows of this kind cannot be asked about the other kind.

        Tables are left to the estimator, which may take an array in place of a data frame. So are
        datasets, as a network may know arrays as well, unless one side are texts.
        """
        if self.is_table and other.is_table:
            return None
        if "dataset" in (self.family, other.family):
            known = None not in (self.items, other.items)
            unlike = known and self.is_of_texts != other.is_of_texts
            return self._other_kind(other) if unlike else None
        if self._is_unlike(other):
            return self._other_kind(other)
        return self._other_shape(other) if self._dims_differ(other) else None

    def _other_kind(self, other):
        return (
            f"must be of the same kind as the samples labeled so far, {self.name}, got "
            f"{other.name}.{self._hint(other)}"
        )

    def _other_shape(self, other):
        return (
            f"must have the shape of the samples labeled so far, {_shape(self)}, got an array "
            f"of shape {_shape(other)}.{self._hint(other)}"
        )

    def _is_unlike(self, other):
        if self.family != other.family:
            return True
        if None in (self.shape, other.shape) and self._dims_differ(other):
            return True
        return None not in (self.items, other.items) and self.items != other.items

    def _dims_differ(self, other):
        return None not in (self.n_dims, other.n_dims) and self.n_dims != other.n_dims

    def _hint(self, other):
        """Return a hint for the case that X is one sample and not a table of one sample."""
        is_list_of_texts = other.items == "text" and other.shape is None
        if self.n_dims is None or other.n_dims != self.n_dims - 1 or is_list_of_texts:
            return ""
        return (
            " Reshape your data if it is a single sample: X.reshape(1, -1) of an array, "
            "df.iloc[[i]] of a data frame, X[None] of an image."
        )


def _shape(kind):
    return "(" + ", ".join(["n_samples", *map(str, kind.shape)]) + (")" if kind.shape else ",)")


def _library(frame):
    """Return the library of a data frame, for a class derived from theirs "pandas" or "polars"."""
    libraries = [base.__module__.partition(".")[0] for base in type(frame).__mro__]
    return next((one for one in ("pandas", "polars") if one in libraries), libraries[0])


# The kinds of NumPy's types whose arrays hold values of one kind.
_ITEMS = {**dict.fromkeys("biufc", "numbers"), **dict.fromkeys("SUT", "text")}
_ITEMS |= {"M": "dates", "m": "durations"}


def _items_of_array(X):
    if not len(X):
        return None
    kind = getattr(getattr(X, "dtype", None), "kind", None)
    if kind in _ITEMS:
        return _ITEMS[kind]
    return None if X.shape[1:] else _items(_first(X))


def _items_of_dataset(X):
    """Return what the samples of a dataset are, which may come in pairs with labels."""
    if not num_rows(X):
        return None
    first = X[0]
    first = first[0] if isinstance(first, tuple) and len(first) else first
    return _items(first) or type(first).__name__


def _first(X):
    return next(iter(X), None) if len(X) else None


def _depth(value):
    """Return the number of dimensions of one sample in a list."""
    if hasattr(value, "shape"):
        return len(value.shape)
    if isinstance(value, (list, tuple)):
        return 1 + (_depth(value[0]) if len(value) else 0)
    return 0


def _items(value):
    if isinstance(value, (str, bytes)):
        return "text"
    if isinstance(value, (Number, np.number)):
        return "numbers"
    return "dicts" if isinstance(value, Mapping) else None
