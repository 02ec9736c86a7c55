"""Summaries of a record: counts of rows, and the columns of its labels."""

from collections import Counter
from datetime import datetime
from operator import attrgetter

from ._draws import AUDIT

COLUMNS = ("label", "annotator", "time", "round", "strategy", "score")


def counts(record, n_rows, verdict, rules):
    """Return how many rows are labeled, pending, skipped and in the pool, and by whom."""
    # A row that is pending for a second opinion counts as labeled, so that the sum is right.
    n_again = len(record.pending.keys() & record.opinions.keys())
    n_labeled, n_skipped = len(record.opinions), len(record.skipped)
    n_pending = len(record.pending) - n_again
    return {
        "n_rows": n_rows,
        "n_labeled": n_labeled,
        "n_pending": n_pending,
        "n_skipped": n_skipped,
        "n_pool": n_rows - n_labeled - n_pending - n_skipped,
        "n_second_opinions": n_again,
        "n_disagreements": len(record.disagreements()),
        "n_rounds": record.n_fits,
        **rules.summary(verdict.labels(record)[1]),
        "annotators": dict(Counter(map(attrgetter("annotator"), record.entries()))),
    }


def label_columns(record, ids):
    """Return all labels as lists by the name of the column; times are ISO 8601 text."""
    return {"id": ids.of(record.entries()), **entry_columns(record)}


def entry_columns(record):
    """Return the columns of all labels but the ids, as they are in the log."""
    given = record.entries()
    columns = {name: [getattr(entry, name) for entry in given] for name in COLUMNS}
    columns["label"] = list(map(shown, columns["label"]))
    drawn = audit_rows(record)
    return {**columns, "audit": [entry.row in drawn for entry in given]}


def shown(label):
    """Return a label as users have it: several labels as a list."""
    return list(label) if isinstance(label, tuple) else label


def audit_rows(record):
    """Return the rows that were drawn for the audit, here or where labels were imported from."""
    imported = (entry.row for entry in record.entries() if entry.strategy == AUDIT)
    return record.draws.rows.keys() | set(imported)


def dated(columns):
    """Return columns of labels with times as datetimes."""
    return {**columns, "time": [datetime.fromisoformat(when) for when in columns["time"]]}
