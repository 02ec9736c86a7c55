"""Labels that are the same class, although they are spelled differently."""

import re
import unicodedata
from decimal import Decimal

A_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # or a fraction: not certain enough


class Spellings:
    """The classes, each in one spelling.

    Parameters
    ----------
    classes : iterable of str
        Of two that are spelled alike, both stay what they are.
    """

    def __init__(self, classes=()):
        self._classes = set()
        self._alike = {}
        for name in classes:
            self.add(name)

    def add(self, name):
        """Add a class in the spelling that counts."""
        if name not in self._classes:
            self._classes.add(name)
            self._alike.setdefault(plain(name), []).append(name)

    def meant(self, label):
        """Return the class that a label means, None if it is new."""
        if label in self._classes:
            return label
        alike = self._alike.get(plain(label), ())
        return alike[0] if len(alike) == 1 else None


def plain(label):
    """Return what is equal for 1 and 1.0, and for Yes and yes."""
    text = " ".join(unicodedata.normalize("NFKC", label).replace("\u2212", "-").casefold().split())
    if not A_NUMBER.fullmatch(text) or THOUSANDS.fullmatch(text):
        return text
    return Decimal(text.replace(",", "."))  # exact, unlike floats, however long a code is
