"""The column of labels: which of its values are labels, and of which classes."""

from collections import Counter

import numpy as np

from ._messages import CommandError, command, listed, note
from ._spelling import Spellings
from ._tell_apart import MOSTLY, share_read

NAME_ALL = " If these are classes, name all of them: --classes a,b,c."
N_ALL_DIFFERENT = 10  # so many labels may all be different; more are ids or texts
N_NUMBERS = 20  # so many classes may be numbers with fractions, or dates
N_WHOLE, N_EACH = 30, 10  # so many may be whole numbers, unless each has so many rows


def read_labels(table, name, *, classes=None, known=(), is_new=False):
    """Return the label of each row, None where there is none.

    Parameters
    ----------
    table : Table
    name : str
        The column of labels.
    classes : list of str, default=None
        The only classes allowed; a class may be a word that otherwise stands for a missing value.
    known : iterable of str, default=()
        Classes in the spelling that counts.
    is_new : bool, default=False
        Whether the column may be missing, as it is not in the file but only in the session.

    Returns
    -------
    labels : list of str or None
    """
    if name not in table.columns and (classes or is_new) and table.columns:
        return [None] * len(table)  # nothing is labeled yet
    start = command("label", table.path, "--label", name, "--classes", "a,b,c")
    way_out = f" If nothing is labeled yet, name the classes, for a new column: {start}"
    texts = table.column(name, way_out)
    counts = Counter(texts)
    meant = classes_of(counts, table, name, classes, known)
    labels = [meant[text] for text in texts]
    _check_allowed(labels, table, name, classes)
    return labels


def outside(label, classes):
    """Return the words for a label that is not allowed."""
    return f"{label!r} is not one of the classes {listed(map(repr, classes), 20)}."


def check_classes(table, name, labels, way_out=NAME_ALL):
    """Refuse labels that look like ids, measurements, dates or texts rather than classes."""
    present = [label for label in labels if label is not None]
    why = _no_classes(table, name, present, len(set(present)))
    if why:
        raise CommandError(
            f"{table.path}, column {name!r}: {why}. A column of labels holds the same few classes "
            f"many times. Choose another one with --label.{way_out}"
        )


def _no_classes(table, name, present, n_classes):
    """Return why labels cannot be classes, "" if they can."""
    n = len(present)
    some = listed(map(repr, dict.fromkeys(present)), 3)
    if n > N_ALL_DIFFERENT and n_classes > max(n / 2, N_ALL_DIFFERENT):
        return f"{n_classes} of its {n} labels are different ({some}), like ids or texts"
    if n_classes > N_NUMBERS and name in table.columns:
        numbers = table.numbers(name)
        if share_read(numbers, present) >= MOSTLY:
            found = numbers.values[~np.isnan(numbers.values)]
            is_whole = (found == np.round(found)).all()
            if not is_whole or (n_classes > N_WHOLE and n / n_classes < N_EACH):
                return f"its labels are {n_classes} different numbers ({some})"
        if share_read(table.dates(name), present) >= MOSTLY:
            return f"its labels are {n_classes} different dates ({some})"
    return ""


def classes_of(counts, table, name, classes, known, is_label=None):
    """Return the class of each text in the column, with notes on what is not obvious.

    Parameters
    ----------
    counts : Counter
        How often each text occurs.
    table : Table
    name : str
        The column of labels.
    classes, known
        As in :func:`read_labels`.
    is_label : callable, default=None
        Whether a text that is no known class is a label, given the text, the counts and the table.
        None: unless it is a word for a missing value.
    """
    is_label = is_label or _is_label
    spellings = Spellings(classes or known)
    meant, missing = {}, {}
    # The most frequent spelling counts where no other is known.
    for text, count in counts.most_common():
        label = spellings.meant(text) if text else None
        if text and label is None and not is_label(text, counts, table):
            missing[text] = count
        elif text and label is None:
            spellings.add(text)
            label = text
        meant[text] = label
    _note_spellings(meant, table, name)
    if missing:
        words = listed(f"{text!r} ({count} rows)" for text, count in missing.items())
        note(
            f"{table.path}, column {name!r}: {words} counts as a missing label. If it is a class, "
            "name all classes: --classes a,b,c."
        )
    return meant


def _is_label(text, counts, table):
    # Where + is a label, - is the other one.
    return table.is_value(text) or (text == "-" and "+" in counts)


def _note_spellings(meant, table, name):
    other = {text: label for text, label in meant.items() if label not in (None, text)}
    if other:
        words = listed(f"{text!r} counts as {label!r}" for text, label in other.items())
        note(
            f"{table.path}, column {name!r}: {words}. To keep such labels apart, name all "
            "classes: --classes a,b,c."
        )


def _check_allowed(labels, table, name, classes):
    for row, label in enumerate(labels):
        if label is not None and classes and label not in classes:
            raise CommandError(f"{table.where(row, name)}: {outside(label, classes)}")
