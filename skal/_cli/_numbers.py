"""Numbers as people write them: the way of writing is recognized for a column as a whole."""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._dialect import Dialect

POINT, COMMA, CLOCK = ".", ",", ":"  # what stands before the fraction, or that of an hour
# Most numbers, for which the larger pattern would take time.
SIMPLE = re.compile(r"[+-]?(\d+)(?:\.(\d*))?")
LONGEST = 40  # characters of a number or a date; what is longer need not be looked at
BLANKS = " \u00a0\u2009\u202f"
CURRENCY = (
    r"(?:US|C|A|R|NZ|HK)?\$|[€£¥₹₽₩₺₫₴₪฿]|kr\.?|zł|Fr\.?|(?:USD|EUR|GBP|JPY|CNY|CHF|CAD|AUD|NZD"
    r"|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|RUB|TRY|MXN|ZAR|KRW|SGD|HKD)\b"
)
SAME = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
NUMBER = re.compile(
    rf"""(?P<open>\()?\s*(?P<sign>[+\-\u2212])?\s*(?P<before>{CURRENCY})?\s*
    (?P<inner>[+\-\u2212])?
    (?P<body>[.,]?\d[\d.,'’{BLANKS}]*?)(?P<exponent>[eE][+-]?\d+)?
    \s*(?P<percent>%)?\s*(?P<after>{CURRENCY})?\s*(?P<behind>[\-\u2212])?\s*(?P<close>\))?""",
    re.VERBOSE,
)
# Groups of three digits do not begin with a zero, and those of India are of two.
GROUPS = r"[1-9]\d{{0,2}}(?P<group>[{signs}])\d{{3}}(?:(?P=group)\d{{3}})*"
IN_INDIA = r"[1-9]\d?(?:,\d{2})+,\d{3}"
BODIES = {
    POINT: re.compile(
        rf"(?:\d+|{GROUPS.format(signs=f',’{BLANKS}' + chr(39))}|{IN_INDIA})(?:\.\d*)?|\.\d+"
    ),
    COMMA: re.compile(rf"(?:\d+|{GROUPS.format(signs=f'.’{BLANKS}' + chr(39))})(?:,\d*)?|,\d+"),
}
TIME = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?\s*(?:([AaPp])\.?[Mm]\.?)?")


@dataclass
class Parsed:
    """The numbers or dates in a column.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        NaN where a field cannot be read.
    doubt : str
        Where the column can be read in two ways: how it is read, and what changes that.
    reader : callable
        From a list of texts to their values, in the way in which the column was read.
    """

    values: np.ndarray
    doubt: str = ""
    reader: Callable = None


@dataclass(frozen=True)
class NumberReader:
    """Read numbers in one way.

    Parameters
    ----------
    style : str
        What stands before a fraction, or CLOCK.
    foreign : frozenset of str
        Currencies in which amounts count as missing.
    dialect : Dialect
    """

    style: str
    foreign: frozenset
    dialect: Dialect

    def __call__(self, texts):
        """Return texts as numbers, NaN where a text is not one."""
        found = {text: self._number(text) for text in dict.fromkeys(texts)}
        return np.array([found[text] for text in texts], dtype=float)

    def _number(self, text):
        if not self.dialect.is_value(text):  # -999 may stand for a missing value
            return math.nan
        one = _written(text.strip())
        return math.nan if one.currency in self.foreign else one.read(self.style)


class Written(NamedTuple):
    """A text as a number: with a decimal point, with a decimal comma, and as a time in hours."""

    point: float = math.nan
    comma: float = math.nan
    clock: float = math.nan
    currency: str = ""
    has_both: bool = False  # a point and a comma
    is_share: bool = False  # with a sign of percent

    def read(self, style):
        """Return the number in one style, NaN if it is none."""
        return {POINT: self.point, COMMA: self.comma, CLOCK: self.clock}[style]


NO_NUMBER = Written()


def numbers(values, dialect, separator, usual):
    """Return texts as numbers.

    Parameters
    ----------
    values : list of str
    dialect : Dialect
    separator : str
        What separates the fields. Where commas do, 1,5 is a number only if the user says so.
    usual : callable
        Returns the decimal sign of the table, for columns that can be read with both.

    Returns
    -------
    parsed : Parsed
    """
    written = {
        text: _written(text.strip()) for text in dict.fromkeys(values) if dialect.is_value(text)
    }
    present = list(written.values())
    style, tied = _style(present, dialect, separator, usual)
    currencies = Counter(one.currency for one in present if one.currency)
    # Amounts in another currency are not comparable; those without one are in that of the others.
    foreign = frozenset(currencies) - {name for name, _ in currencies.most_common(1)}
    found = {
        text: math.nan if one.currency in foreign else one.read(style)
        for text, one in written.items()
    }
    doubt = _doubt(written, style) if tied else _doubt_of_shares(written, found)
    numbers = np.array([found.get(text, math.nan) for text in values], dtype=float)
    return Parsed(numbers, doubt, NumberReader(style, foreign, dialect))


def decimal_votes(values, dialect):
    """Return how many texts are numbers only with a decimal point, and only with a comma."""
    written = [_written(text.strip()) for text in values if dialect.is_value(text)]
    return Counter(
        POINT if math.isnan(one.comma) else COMMA
        for one in written
        if math.isnan(one.comma) != math.isnan(one.point)
    )


def _style(present, dialect, separator, usual):
    """Return the style of most texts, and whether another one fits as many."""
    counts = {
        style: sum(not math.isnan(one.read(style)) for one in present)
        for style in (POINT, COMMA, CLOCK)
    }
    if counts[CLOCK] > max(counts[POINT], counts[COMMA]):
        return CLOCK, False
    if dialect.decimal is not None:
        return dialect.decimal, False
    if counts[POINT] == counts[COMMA]:
        can_differ = any(_differs(one) for one in present)
        return (usual(), True) if can_differ else (POINT, False)
    is_comma = counts[COMMA] > counts[POINT]
    if is_comma and separator == "," and not any(one.has_both for one in present):
        return POINT, False
    return (COMMA if is_comma else POINT), False


def _differs(one):
    return one.point != one.comma and not math.isnan(one.point + one.comma)


def _doubt(written, style):
    text, one = next((text, one) for text, one in written.items() if _differs(one))
    other = COMMA if style == POINT else POINT
    return (
        f"{text.strip()!r} is read as {one.read(style):.15g}. Use --decimal {other} if it means "
        f"{one.read(other):.15g}"
    )


def _doubt_of_shares(written, found):
    """Say how a column is read in which some numbers have a sign of percent, and others not."""
    read = {text: number for text, number in found.items() if number and not math.isnan(number)}
    share = next((text for text in read if written[text].is_share), None)
    other = next((text for text in read if not written[text].is_share), None)
    if share is None or other is None:
        return ""
    return (
        f"{share.strip()!r} is read as {read[share]:.15g}, and {other.strip()!r} as "
        f"{read[other]:.15g}. If both mean percent, give all values the sign or none"
    )


def _written(text):
    simple = SIMPLE.fullmatch(text)
    if simple is None:
        if len(text) > LONGEST:
            return NO_NUMBER
        return _in_hours(text) if ":" in text else _with_signs(text)
    whole, fraction = simple.groups()
    number = float(text)
    if math.isinf(number):
        return NO_NUMBER
    if fraction is None:
        return Written(number, number)
    if len(fraction) == 3 and len(whole) < 4 and whole[0] != "0":
        return Written(number, float(text.replace(".", "")))
    return Written(number)


def _with_signs(text):
    match = NUMBER.fullmatch(text)
    if match is None:
        return NO_NUMBER
    signs = [bool(match[name]) for name in ("open", "sign", "inner", "behind")]
    if sum(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        return NO_NUMBER
    if match["before"] and match["after"]:
        return NO_NUMBER
    is_negative = signs[0] or signs[3] or (match["sign"] or match["inner"] or "+") != "+"
    divisor = (-1 if is_negative else 1) * (100 if match["percent"] else 1)
    body, exponent = match["body"], match["exponent"] or ""
    point, comma = (_body(body, style, exponent) for style in (POINT, COMMA))
    currency = match["before"] or match["after"] or ""
    currency = SAME.get(currency, currency)
    has_both, is_share = {*".,"} <= {*body}, bool(match["percent"])
    return Written(point / divisor, comma / divisor, math.nan, currency, has_both, is_share)


def _body(body, style, exponent):
    match = BODIES[style].fullmatch(body)
    if match is None or (exponent and match["group"]):
        return math.nan
    other = COMMA if style == POINT else POINT
    digits = re.sub(rf"[{BLANKS}'’{other}]", "", body).replace(style, ".")
    number = float(digits + exponent)
    return number if math.isfinite(number) else math.nan


def _in_hours(text):
    match = TIME.fullmatch(text)
    if match is None:
        return NO_NUMBER
    hours, minutes, seconds = int(match[1]), int(match[2]), float(f"{match[3] or 0}")
    seconds += float(f"0.{match[4] or 0}")
    if match[5]:
        if not 1 <= hours <= 12:
            return NO_NUMBER
        hours = hours % 12 + (12 if match[5] in "pP" else 0)
    return Written(clock=hours + minutes / 60 + seconds / 3600)
