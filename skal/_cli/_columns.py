"""How the columns of a table are read: as numbers, categories, dates or text, or not at all."""

from dataclasses import dataclass

from ._messages import CommandError, listed

ROLES = {
    "number": "numbers",
    "category": "categories",
    "date": "dates",
    "text": "text",
    "image": "images (shown, not learned from)",
    "drop": "left out",
}


@dataclass
class Reading:
    """How a column is read, and why it is left out."""

    role: str
    why: str = ""


def given_readings(texts, names):
    """Return how the user says that columns are read.

    Parameters
    ----------
    texts : list of str
        Such as ``["text:body,drop:id", "number:age"]``.
    names : collection of str
        The columns that can be read.

    Returns
    -------
    readings : dict of str to Reading
    """
    parts = [part.strip() for text in texts for part in text.split(",")]
    return dict(_given_reading(part, names) for part in parts if part)


def _given_reading(part, names):
    role, colon, name = part.partition(":")
    if not colon or role not in ROLES:
        raise CommandError(
            f"--columns must look like text:body,drop:id, with {listed(ROLES)} before the colon, "
            f"got {part!r}."
        )
    if name not in names:
        raise CommandError(
            f"--columns must name columns to learn from, which are "
            f"{listed(map(repr, names), 20)}, got {name!r}."
        )
    return name, Reading(role)


def columns_read_as(role, readings):
    """Return the names of the columns that are read in one way."""
    return [name for name, reading in readings.items() if reading.role == role]


def described(readings):
    """Return one line that tells how the columns are read."""
    parts = []
    for role, title in ROLES.items():
        reasons = {name: readings[name].why for name in columns_read_as(role, readings)}
        names = [f"{name} ({why})" if why else name for name, why in reasons.items()]
        if names:
            parts.append(f"{title}: {listed(names)}")
    return "; ".join(parts)
