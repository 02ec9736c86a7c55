"""Times in files of other programs."""

from datetime import datetime, timezone


def log_time(value):
    """Return a time, a datetime or text, as the log has it: ISO 8601, UTC."""
    if not isinstance(value, datetime):
        value = _parsed(str(value))
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return value.astimezone(timezone.utc).isoformat(timespec="microseconds")


def _parsed(text):
    # Python 3.10 reads neither "Z" nor fractions of a second of any length.
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z")
