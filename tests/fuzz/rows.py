"""Samples of every kind: containers, types, and values that are hard on arithmetic."""

import numpy as np
import pandas as pd
import polars as pl
import scipy.sparse as sp

WORDS = "red green blue old new small large good bad quick slow round".split()

VALUES = {
    "normal": lambda X: X,
    "copies": lambda X: X[np.arange(len(X)) % 3],
    "constant column": lambda X: np.column_stack([X[:, :2], np.ones(len(X))]),
    "constant": lambda X: np.zeros_like(X),
    "shifted": lambda X: X + 1e8,
    "small": lambda X: X * 1e-30,
    "tiny": lambda X: X * 1e-200,
    "denormal": lambda X: X * 1e-310,
    "large": lambda X: X * 1e30,
    "huge": lambda X: X * 1e200,
    "extreme": lambda X: np.sign(X) * np.finfo(float).max,
    "one outlier": lambda X: np.where(np.arange(X.size).reshape(X.shape) == 1, 1e160, X),
    "nan": lambda X: np.where(np.arange(X.size).reshape(X.shape) % 7 == 1, np.nan, X),
    "inf": lambda X: np.where(np.arange(X.size).reshape(X.shape) == 1, np.inf, X),
    "negative zero": lambda X: np.where(X > 0, 0.0, -0.0),
}


class Dataset:
    """A dataset: indexable and of known length, but neither a list nor an array."""

    def __init__(self, X):
        self.X = X

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i]


def _whole(X):
    with np.errstate(invalid="ignore", over="ignore"):
        return np.clip(np.nan_to_num(np.rint(X * 10)), -(2**31), 2**31).astype(np.int64)


def _texts(X):
    codes = np.abs(_whole(X)) % len(WORDS)
    return [" ".join(WORDS[i] for i in row) for row in codes]


def _categories(X):
    codes = np.abs(_whole(X[:, 0])) % 3
    colors = pd.Categorical(np.array(WORDS)[codes], categories=WORDS[:3])
    return pd.DataFrame({"color": colors, "b": X[:, 1], "c": X[:, 2]})


def _nullable(X):
    frame = _frame(X).astype("Float64")
    frame.iloc[::5, 1] = pd.NA
    return frame


def _frame(X):
    return pd.DataFrame(X, columns=list("abc")[: X.shape[1]])


def _polars_categories(X):
    frame = pl.from_pandas(_categories(X).astype({"color": str}))
    return frame.with_columns(pl.col("color").cast(pl.Enum(WORDS[:3])))


def _read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def _masked(X):
    return np.ma.masked_array(X, mask=np.arange(X.size).reshape(X.shape) % 5 == 1)


KINDS = {
    "float64": np.array,
    "float32": lambda X: _narrow(X, np.float32),
    "float16": lambda X: _narrow(X, np.float16),
    "longdouble": lambda X: X.astype(np.longdouble),
    "big endian": lambda X: X.astype(">f8"),
    "int": _whole,
    "uint8": lambda X: (np.abs(_whole(X)) % 256).astype(np.uint8),
    "bool": lambda X: X > 0,
    "object": lambda X: X.astype(object),
    "fortran": np.asfortranarray,
    "read-only": _read_only,
    "strided": lambda X: np.repeat(X, 2, axis=0)[::2],
    "matrix": lambda X: np.asmatrix(X),
    "masked": _masked,
    "csr": sp.csr_matrix,
    "csr array": sp.csr_array,
    "csc": sp.csc_matrix,
    "coo": sp.coo_matrix,
    "list": lambda X: X.tolist(),
    "tuple": lambda X: tuple(map(tuple, X.tolist())),
    "list of arrays": list,
    "pandas": _frame,
    "pandas indexed": lambda X: _frame(X).set_index(np.arange(len(X))[::-1] * 3),
    "pandas nullable": _nullable,
    "pandas numbered": pd.DataFrame,
    "polars": lambda X: pl.DataFrame(X, schema=list("abc")[: X.shape[1]], orient="row"),
    "pandas categories": _categories,
    "polars categories": _polars_categories,
    "texts": _texts,
    "array of texts": lambda X: np.array(_texts(X)),
    "object texts": lambda X: np.array(_texts(X), dtype=object),
    "series of texts": lambda X: pd.Series(_texts(X), index=np.arange(len(X)) + 5),
    "3d": lambda X: X[:, :, None],
    "dataset": Dataset,
    "1d": lambda X: X[:, 0],
    "no columns": lambda X: X[:, :0],
    "complex": lambda X: X * 1j,
    "dates": lambda X: np.full(X.shape, np.datetime64("2020-01-01")),
    "text table": lambda X: X.astype(str),
    "ragged": lambda X: [row[: 1 + i % 3] for i, row in enumerate(X.tolist())],
    "dict": lambda X: {"a": X[:, 0], "b": X[:, 1]},
    "generator": lambda X: (row for row in X),
    "None": lambda X: None,
    "number": lambda X: 3,
    "a word": lambda X: "words",
}

FRAMES = {"pandas", "pandas indexed", "pandas nullable", "pandas numbered", "polars"}
CATEGORIES = {"pandas categories", "polars categories"}
TEXTS = {"texts", "array of texts", "object texts", "series of texts"}
ODD = {"1d", "no columns", "complex", "dates", "text table", "ragged", "dict", "generator", "None"}
ODD |= {"number", "a word"}
TABLES = set(KINDS) - TEXTS - CATEGORIES - ODD - {"3d", "dataset"}


def _narrow(X, dtype):
    with np.errstate(over="ignore", under="ignore"):
        return X.astype(dtype)


def numbers(rng, n_samples, values):
    """Return the numbers behind samples, of shape (n_samples, 3)."""
    X = rng.normal(size=(n_samples, 3))
    return VALUES[values](X) if n_samples else X


def rows(X, kind):
    """Return samples of a kind."""
    return KINDS[kind](X)


def content(X):
    """Return what samples hold, such that a change of it is seen."""
    if sp.issparse(X):
        return X.shape, X.data.tobytes()
    if isinstance(X, np.ma.MaskedArray):
        return X.data.tobytes(), X.mask.tobytes()
    if isinstance(X, np.ndarray):
        return X.shape, X.tobytes() if X.dtype != object else repr(X.tolist())
    if isinstance(X, pd.DataFrame):
        return X.to_csv(), [str(dtype) for dtype in X.dtypes]
    if isinstance(X, Dataset):
        return content(X.X)
    return repr(X)


def refill(X):
    """Overwrite samples in place where their kind allows that; return whether it was done."""
    if sp.issparse(X):
        X.data[:] = 99
    elif isinstance(X, np.ndarray):
        if not X.flags.writeable or X.dtype.kind not in "fiub":
            return False
        X[...] = 99 if X.dtype.kind != "b" else True
    elif isinstance(X, pd.DataFrame):
        for name in X.select_dtypes("number").columns:
            X[name] = 99.0
    elif isinstance(X, list) and X and isinstance(X[0], (list, np.ndarray)):
        for row in X:
            row[:] = [99.0] * len(row) if isinstance(row, list) else 99.0
    elif isinstance(X, list):
        X[:] = ["refilled"] * len(X)
    else:
        return False
    return True
