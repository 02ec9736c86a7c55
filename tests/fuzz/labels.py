"""Labels, weights, prices and batch sizes, right and wrong."""

import numpy as np
import pandas as pd
import polars as pl

LETTERS = np.array([f"class {i}" for i in range(40)])


def _mixed(codes):
    return [int(code) if i % 2 else f"class {code}" for i, code in enumerate(codes)]


def _with(value, dtype=object):
    def labels(codes):
        y = LETTERS[codes].astype(object) if dtype is object else codes.astype(dtype)
        y[-1:] = value
        return y

    return labels


Y = {
    "ints": lambda codes: codes.copy(),
    "strings": lambda codes: LETTERS[codes],
    "objects": lambda codes: LETTERS[codes].astype(object),
    "object ints": lambda codes: codes.astype(object),
    "bools": lambda codes: codes % 2 == 1,
    "floats": lambda codes: codes.astype(float),
    "float32": lambda codes: codes.astype(np.float32),
    "negative": lambda codes: -1 - 5 * codes,
    "large ints": lambda codes: 2**60 + codes,
    "uint8": lambda codes: codes.astype(np.uint8),
    "list": lambda codes: codes.tolist(),
    "list of strings": lambda codes: LETTERS[codes].tolist(),
    "tuple": lambda codes: tuple(codes.tolist()),
    "pandas": lambda codes: pd.Series(LETTERS[codes], index=codes + 7),
    "pandas categories": lambda codes: pd.Series(pd.Categorical(LETTERS[codes])),
    "pandas nullable": lambda codes: pd.Series(codes, dtype="Int64"),
    "polars": lambda codes: pl.Series(LETTERS[codes].tolist()),
    "column": lambda codes: codes[:, None],
    "one class": lambda codes: np.zeros(len(codes), dtype=int),
    "many": lambda codes: np.arange(len(codes)) % 30,
    "rare": lambda codes: (np.arange(len(codes)) == 0).astype(int),
    # Wrong from here on.
    "None": lambda codes: None,
    "short": lambda codes: codes[:-1],
    "long": lambda codes: np.append(codes, 1),
    "number": lambda codes: 1,
    "word": lambda codes: "abc",
    "missing None": _with(None),
    "missing NaN": _with(np.nan),
    "missing float": _with(np.nan, float),
    "missing NA": lambda codes: pd.Series([*codes[:-1].tolist(), pd.NA], dtype="Int64"),
    "infinite": _with(np.inf, float),
    "masked": lambda codes: np.ma.masked_array(codes, mask=np.arange(len(codes)) == 1),
    "mixed": _mixed,
    "mixed objects": lambda codes: np.array(_mixed(codes), dtype=object),
    "continuous": lambda codes: codes + 0.25 * np.arange(len(codes)),
    "table": lambda codes: np.column_stack([codes, codes]),
    "frame": lambda codes: pd.DataFrame({"a": codes, "b": codes}),
    "lists": lambda codes: [[int(code)] * (1 + code) for code in codes],
    "dict": lambda codes: {int(i): int(code) for i, code in enumerate(codes)},
    "set": lambda codes: {int(code) for code in codes},
    "generator": lambda codes: (int(code) for code in codes),
    "complex": lambda codes: codes + 1j,
}
WRONG_Y = set(list(Y)[list(Y).index("None") :])

WEIGHTS = {
    "none": lambda n: None,
    "ones": np.ones,
    "varied": lambda n: 1.0 + np.arange(n) % 3,
    "list": lambda n: [1.0] * n,
    "zeros and ones": lambda n: (np.arange(n) % 2).astype(float),
    "all zero": np.zeros,
    "negative": lambda n: -np.ones(n),
    "nan": lambda n: np.full(n, np.nan),
    "short": lambda n: np.ones(max(n - 1, 0)),
    "text": lambda n: ["a"] * n,
    "number": lambda n: 2.0,
}

PRICES = {
    "none": lambda n: None,
    "varied": lambda n: 1.0 + np.arange(n) % 3,
    "list": lambda n: [1] * n,
    "pandas": lambda n: pd.Series(1.0 + np.arange(n), index=np.arange(n) + 3),
    "extreme": lambda n: np.where(np.arange(n) % 2, 1e300, 1e-300),
    "ints": lambda n: 1 + np.arange(n),
    "bool": lambda n: np.ones(n, dtype=bool),
    # Wrong from here on.
    "zero": np.zeros,
    "negative": lambda n: -np.ones(n),
    "nan": lambda n: np.full(n, np.nan),
    "infinite": lambda n: np.full(n, np.inf),
    "short": lambda n: np.ones(n + 1),
    "table": lambda n: np.ones((n, 1)),
    "number": lambda n: 2.0,
    "text": lambda n: ["a"] * n,
    "missing": lambda n: [None] * n,
    "complex": lambda n: np.ones(n) * 1j,
    "masked": lambda n: np.ma.masked_array(np.ones(n), mask=np.arange(n) == 0),
    "dict": lambda n: dict.fromkeys(range(n), 1.0),
}
WRONG_PRICES = set(list(PRICES)[list(PRICES).index("zero") :])

# Batch sizes; those that are not an int from 1 are wrong.
N = {
    "3": lambda n_pool: 3,
    "1": lambda n_pool: 1,
    "numpy 2": lambda n_pool: np.int64(2),
    "all": lambda n_pool: n_pool,
    "more": lambda n_pool: n_pool + 5,
    "0": lambda n_pool: 0,
    "-1": lambda n_pool: -1,
    "2.0": lambda n_pool: 2.0,
    "numpy 2.0": lambda n_pool: np.float64(2),
    "True": lambda n_pool: True,
    "'3'": lambda n_pool: "3",
    "None": lambda n_pool: None,
    "nan": lambda n_pool: float("nan"),
    "[2]": lambda n_pool: [2],
    "2**70": lambda n_pool: 2**70,
}
WRONG_N = {"0", "-1", "2.0", "numpy 2.0", "True", "'3'", "None", "nan", "[2]"}
