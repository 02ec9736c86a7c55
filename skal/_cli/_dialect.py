"""How a table is written, as far as the user says so, and which words stand for no value."""

from dataclasses import dataclass, fields

# In small letters; for labels as for all other columns.
MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "nan", "-nan", "nat", "null", "none", "nil", "<na>", "\\n"}
    | {"?", "??", "-", "--", ".", "..", "\N{EN DASH}", "\N{EM DASH}"}
    # The errors of spreadsheets.
    | {"#n/a", "#na", "#null!", "#div/0!", "#value!", "#ref!", "#name?", "#num!"}
)


@dataclass(frozen=True)
class Dialect:
    """How a table is written. What is None is recognized.

    Attributes
    ----------
    encoding, separator : str or None
        Of text files.
    missing : sequence of str
        Words for missing values, besides those that are known.
    decimal : "." or "," or None
        What stands before the fraction of a number.
    date_order : "dmy", "mdy" or "ymd" or None
        The order of day, month and year.
    """

    encoding: str = None
    separator: str = None
    missing: tuple = ()
    decimal: str = None
    date_order: str = None

    @classmethod
    def of(cls, options):
        """Return the dialect that settings or the options of a command name."""
        names = [one.name for one in fields(cls)]
        given = {name: getattr(options, name, None) for name in names}
        return cls(**{**given, "missing": tuple(given["missing"] or ())})

    def is_value(self, text):
        """Whether a field holds a value, and not a word for a missing one."""
        word = text.strip().lower()
        return word not in MISSING and all(word != one.strip().lower() for one in self.missing)
