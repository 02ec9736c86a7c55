"""Numbers and dates as people write them."""

import math
import re

import numpy as np

from ._messages import require_pandas

NO_VALUE = {"", "na", "n/a", "nan", "null", "none", "?", "-", "--"}
A_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
DATE_FORMATS = (
    "ISO8601",
    *(
        day + time
        for day in ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y")
        for time in ("", " %H:%M", " %H:%M:%S")
    ),
)
N_LOOKED_AT = 50  # values that must look like dates before all are read as such


def is_value(text):
    """Whether a field of numbers or dates holds a value, and not a word for a missing one."""
    return text.strip().lower() not in NO_VALUE


def numbers(values, decimal_commas=False):
    """Return texts as floats, NaN where a text is not a finite number.

    Parameters
    ----------
    values : list of str
    decimal_commas : bool, default=False
        Whether 1,5 is a number.

    Returns
    -------
    numbers : ndarray of shape (n_values,)
    """
    return np.array([_number(value.strip(), decimal_commas) for value in values])


def _number(text, decimal_commas):
    if decimal_commas and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return math.nan
    # Python itself reads 1_000, which in a table is a name and not a number.
    return number if math.isfinite(number) and "_" not in text else math.nan


def days(values):
    """Return dates as days since 1970, NaN where a text is not a date.

    The format is the one in which most values are dates. Where 01/02/2024 can be read in two ways,
    the month comes first.

    Parameters
    ----------
    values : list of str

    Returns
    -------
    days : ndarray of shape (n_values,)
    """
    if not _look_like_dates(values):
        return np.full(len(values), math.nan)
    attempts = [_days(values, date_format) for date_format in DATE_FORMATS]
    return min(attempts, key=lambda days: np.count_nonzero(np.isnan(days)))


def _look_like_dates(values):
    # pandas reads 2024 and 20240101 as dates, too, and trying all formats takes time.
    some = [value for value in values if is_value(value)][:N_LOOKED_AT]
    n_dates = sum(A_DATE.match(value.strip()) is not None for value in some)
    return n_dates > len(some) / 2


def _days(values, date_format):
    pandas = require_pandas()
    texts = pandas.Series([value.strip() for value in values], dtype=object)
    # In one time zone, since pandas refuses a column of several.
    times = pandas.to_datetime(texts, format=date_format, errors="coerce", utc=True)
    return (times - pandas.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy() / 86_400
