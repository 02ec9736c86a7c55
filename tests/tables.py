"""Tables of text as tests write and read them."""

import csv

HEADER = ["color", "size", "kind"]


def write(path, rows, header=HEADER, separator=",", encoding="utf-8"):
    """Write rows under a header, and return the path as text."""
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows([header, *rows])
    return str(path)


def read(path, separator=","):
    """Return the rows of a table as dicts by the names of the columns."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=separator))
