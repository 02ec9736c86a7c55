"""The features that a model sees of a table: one row of numbers for each row."""

import re
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from ._columns import columns_read_as, described
from ._messages import CommandError, require_pandas
from ._table_columns import TableColumns
from ._typed import cell_readers, typed_frame

MAX_CATEGORIES = 50
MAX_WORDS, MAX_WORDS_DENSE = 20_000, 300


@dataclass
class Features:
    """The features of the rows of a table, and what makes those of new rows.

    Attributes
    ----------
    rows : ndarray or csr matrix of shape (n_rows, n_features)
    steps : list of tuple
        Named transformers, fitted, from a data frame with the columns of the table to features.
    """

    rows: object
    steps: list

    def model(self, classifier):
        """Return a pipeline for data frames that ends with a fitted classifier."""
        return Pipeline([*self.steps, ("model", classifier)])


def make_features(table, readings, *, dense=False):
    """Return the features of all rows, see :func:`fit_features`."""
    return fit_features(table, readings, dense=dense).rows


def fit_features(table, readings, *, dense=False):
    """Learn how to make features of a table, and make them.

    Scales, categories and words are learned from all rows at once, for which no label is needed:
    the few rows that are labeled at first know few words.

    Parameters
    ----------
    table : Table
    readings : dict of str to Reading
    dense : bool, default=False
        Whether the model needs dense features.

    Returns
    -------
    features : Features
    """
    frame = typed_frame(table, readings)
    if frame.shape[1] == 0:
        raise CommandError(
            f"{table.path} has no column to learn from ({described(readings)}). Say how to read "
            "one, such as --columns text:NAME."
        )
    transformer = _transformer(frame, columns_read_as("text", readings), dense)
    features = transformer.fit_transform(frame)
    columns = TableColumns(cell_readers(table, readings))
    return Features(
        features.tocsr() if sp.issparse(features) else features,
        [("columns", columns), ("features", transformer)],
    )


def _transformer(frame, texts, dense):
    scaled = (SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    dates = make_pipeline(FunctionTransformer(_parts_of_dates), *scaled)
    categories = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*scaled), make_column_selector(dtype_include="number")),
            ("dates", dates, make_column_selector(dtype_include="datetime")),
            ("categories", categories, make_column_selector(dtype_include="category")),
            *((f"text {name}", _words(frame[name], dense), name) for name in texts),
        ],
        # With text, the features are sparse even where most of the other columns are dense.
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
