"""Times in files of other programs."""

from datetime import datetime, timezone

# Data frames count nanoseconds with 64 bits, which end in 1677 and 2262.
YEARS = range(1678, 2262)


def log_time(value):
    """Return a time, a datetime or text, as the log has it: ISO 8601, UTC."""
    try:
        when = value if isinstance(value, datetime) else _parsed(str(value))
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        when = when.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        when = None
    if when is None or when.year not in YEARS:
        raise ValueError(
            f"time must be a date and time in ISO 8601, such as 2024-03-09T22:16:08Z, of the "
            f"years {YEARS[0]} to {YEARS[-1]}, got {value!r}."
        )
    return when.isoformat(timespec="microseconds")


def _parsed(text):
    # Python 3.10 reads neither "Z" nor fractions of a second of any length.
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z")
