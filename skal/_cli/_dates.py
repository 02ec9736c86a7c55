"""Dates as people write them: the order of day and month is recognized for a whole column."""

import datetime
import math
import re
from dataclasses import dataclass

import numpy as np

from ._dialect import Dialect
from ._numbers import LONGEST, Parsed

CLOCK = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
    r"\s*(?:(?P<half>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
IN_DIGITS = re.compile(
    rf"(?P<a>\d{{1,4}})(?P<sign>[-./])(?P<b>\d{{1,2}})(?P=sign)(?P<c>\d{{1,4}})\.?{CLOCK}"
)
# 3 March 2024, 03-Mar-24, Mar 3, 2024
WITH_NAMES = (
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]*(?P<month>[A-Za-z]{{3,9}})\.?[ ,-]*"
        rf"(?P<year>\d{{4}}|\d{{2}}){CLOCK}"
    ),
    re.compile(
        rf"(?P<month>[A-Za-z]{{3,9}})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? "
        rf"(?P<year>\d{{4}}){CLOCK}"
    ),
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
# Which part is the year, the month and the day.
ORDERS = {"ymd": "abc", "dmy": "cba", "mdy": "cab"}
# What is tried first where several orders fit: the month comes first in 1/2/2024 only.
PREFERRED = {"/": ("mdy", "dmy", "ymd"), "": ("dmy", "mdy", "ymd")}
NAMES = {"dmy": "the day first", "mdy": "the month first", "ymd": "the year first"}
YEARS = range(1678, 2262)  # which pandas can hold
START = datetime.date(1970, 1, 1).toordinal()


def days(values, dialect):
    """Return dates as days since 1970, NaN where a text is not a date.

    Parameters
    ----------
    values : list of str
    dialect : Dialect

    Returns
    -------
    parsed : Parsed
    """
    present = [text for text in dict.fromkeys(values) if dialect.is_value(text)]
    matches = {text: IN_DIGITS.fullmatch(text.strip()) for text in present}
    named = {text: _named(text.strip()) for text, match in matches.items() if match is None}
    matches = {text: match for text, match in matches.items() if match is not None}
    order, other, found = _best(matches, dialect)
    found = {**named, **found}
    days = np.array([found.get(text, math.nan) for text in values], dtype=float)
    return Parsed(days, _doubt(matches, order, other), DateReader(order, dialect))


@dataclass(frozen=True)
class DateReader:
    """Read dates whose parts come in one order, a key of `ORDERS`."""

    order: str
    dialect: Dialect

    def __call__(self, texts):
        """Return texts as days since 1970, NaN where a text is not a date."""
        found = {text: self._day(text) for text in dict.fromkeys(texts)}
        return np.array([found[text] for text in texts], dtype=float)

    def _day(self, text):
        if not self.dialect.is_value(text):
            return math.nan
        match = IN_DIGITS.fullmatch(text.strip())
        return _named(text.strip()) if match is None else _day(match, self.order)


def _best(matches, dialect):
    """Return the order that fits most dates, another that fits as many, and the days."""
    sign = next((match["sign"] for match in matches.values()), "")
    orders = PREFERRED.get(sign, PREFERRED[""])
    if dialect.date_order is not None:
        orders = (dialect.date_order,)
    found = {order: _in_order(matches, order) for order in orders}
    counts = {order: sum(map(math.isfinite, found[order].values())) for order in orders}
    best = max(orders, key=counts.get)
    others = [
        order
        for order in orders
        if counts[order] == counts[best] and _differ(found[order], found[best])
    ]
    return best, next(iter(others), None), found[best]


def _differ(some, others):
    pairs = zip(some.values(), others.values(), strict=True)
    return any(a != b and math.isfinite(a + b) for a, b in pairs)


def _in_order(matches, order):
    return {text: _day(match, order) for text, match in matches.items()}


def _doubt(matches, order, other):
    if other is None:
        return ""
    text = next(
        text
        for text, match in matches.items()
        if math.isfinite(_day(match, order) + _day(match, other))
        and _day(match, order) != _day(match, other)
    )
    read = datetime.date.fromordinal(int(_day(matches[text], order) // 1) + START)
    return (
        f"{text.strip()!r} is read as {read}, with {NAMES[order]}. Use --date-order {other} if it "
        f"has {NAMES[other]}"
    )


def _day(match, order):
    """Return the days from 1970 to a date in one order, NaN if it is none in this order."""
    if len(match["a"]) > 2:  # a year, whatever the order of the others is
        order = "ymd"
    year, month, day = (match[part] for part in ORDERS[order])
    if len(day) > 2 or len(month) > 2 or len(year) not in (2, 4):
        return math.nan
    if len(year) == 2 and match["sign"] == "." and (order == "ymd" or len(month + day) < 4):
        return math.nan  # 3.10.12 is a version rather than a date
    return _days_to(year, int(month), int(day), match)


def _named(text):
    if len(text) > LONGEST:
        return math.nan
    for pattern in WITH_NAMES:
        match = pattern.fullmatch(text)
        if match is not None:
            name = match["month"].lower()
            months = [i for i, full in enumerate(MONTHS, 1) if full[: len(name)] == name]
            months = months or [9] * (name == "sept")
            if months:
                return _days_to(match["year"], months[0], int(match["day"]), match)
    return math.nan


def _days_to(year, month, day, clock):
    number = int(year)
    if len(year) == 2:
        number += 1900 if number > 68 else 2000
    if number not in YEARS:
        return math.nan
    try:
        date = datetime.date(number, month, day)
    except ValueError:
        return math.nan
    return date.toordinal() - START + _share_of_day(clock)


def _share_of_day(clock):
    if clock["hour"] is None:
        return 0.0
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            return math.nan
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return math.nan
    seconds = hour * 3600 + minute * 60 + second + float(f"0.{clock['part'] or 0}")
    return (seconds - _offset(clock["zone"])) / 86_400


def _offset(zone):
    """Return the seconds by which a time zone is ahead of UTC."""
    if zone is None or zone.isalpha():
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
