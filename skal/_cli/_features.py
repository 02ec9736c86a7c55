"""What a model sees of a table: one row of numbers for each row."""

import re

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from . import _values as values_
from ._columns import described, has_decimal_commas
from ._messages import CommandError, note, require_pandas

MAX_CATEGORIES = 50
MAX_WORDS, MAX_WORDS_DENSE = 20_000, 300


def make_features(table, readings, *, dense=False):
    """Return what a model sees of each row.

    Scales, categories and words are learned from all rows at once, for which no label is needed:
    the few rows that are labeled at first know few words.

    Parameters
    ----------
    table : Table
    readings : dict of str to Reading
    dense : bool, default=False
        Whether the model cannot do with sparse features.

    Returns
    -------
    features : ndarray or csr matrix of shape (n_rows, n_features)
    """
    frame = _typed(table, readings)
    if frame.shape[1] == 0:
        raise CommandError(
            f"{table.path} has no column to learn from ({described(readings)}). Say how to read "
            "one, such as --columns text:NAME."
        )
    texts = [name for name, reading in readings.items() if reading.role == "text"]
    features = _transformer(frame, texts, dense).fit_transform(frame)
    return features.tocsr() if sp.issparse(features) else features


def _transformer(frame, texts, dense):
    scaled = (SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    dates = FunctionTransformer(_parts_of_dates)
    categories = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*scaled), make_column_selector(dtype_include="number")),
            (
                "dates",
                make_pipeline(dates, *scaled),
                make_column_selector(dtype_include="datetime"),
            ),
            ("categories", categories, make_column_selector(dtype_include="category")),
            *((f"text {name}", _words(frame[name], dense), name) for name in texts),
        ],
        sparse_threshold=0.0 if dense or not texts else 1.0,
    )


def _words(texts, dense):
    n_words = np.mean([len(re.findall(r"\w+", text)) for text in texts])
    max_features = MAX_WORDS_DENSE if dense else MAX_WORDS
    if n_words < 2:  # such as Chinese, which has no blanks between words
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), max_features=max_features)
    return TfidfVectorizer(
        token_pattern=r"(?u)\b\w+\b", sublinear_tf=True, max_features=max_features
    )


def _parts_of_dates(frame):
    """Return the day since 1970, and the month, weekday and hour, of each date."""
    start = require_pandas().Timestamp(0)
    parts = []
    for name in frame.columns:
        dates = frame[name]
        parts += [(dates - start).dt.days, dates.dt.month, dates.dt.day_of_week, dates.dt.hour]
    return np.array([part.to_numpy(dtype=float) for part in parts]).T


# Columns with their types -----------------------------------------------------------------


def _typed(table, readings):
    """Return the columns that are not left out as a data frame."""
    typed = {"number": _numbers, "date": _dates, "category": _categories, "text": _texts}
    columns = {
        name: typed[reading.role](table, name)
        for name, reading in readings.items()
        if reading.role != "drop"
    }
    return require_pandas().DataFrame(columns, index=range(len(table)))


def _numbers(table, name):
    commas = has_decimal_commas(table)
    numbers = values_.numbers(table.columns[name], decimal_commas=commas)
    return _checked(table, name, numbers, "number")


def _dates(table, name):
    days = _checked(table, name, values_.days(table.columns[name]), "date")
    return require_pandas().to_datetime(days, unit="D")


def _categories(table, name):
    return require_pandas().Categorical([value.strip() for value in table.columns[name]])


def _texts(table, name):
    if not any(value.strip() for value in table.columns[name]):
        raise CommandError(f"{table.path}: column {name!r} is empty, and cannot be read as text.")
    return np.array(table.columns[name], dtype=object)


def _checked(table, name, parsed, kind):
    """Say which values count as missing because they are not what the column holds."""
    values = table.columns[name]
    if np.isnan(parsed).all():
        raise CommandError(f"{table.path}: column {name!r} holds no {kind}s.")
    bad = [row for row in np.flatnonzero(np.isnan(parsed)) if values_.is_value(values[row])]
    if bad:
        others = f", like {len(bad) - 1} more of its values" if len(bad) > 1 else ""
        place = table.where(bad[0], name)
        note(f"{place}: {values[bad[0]]!r} is no {kind} and counts as missing{others}.")
    return parsed
