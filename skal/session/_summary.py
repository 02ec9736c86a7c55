"""Summaries of a record: counts of rows, and the columns of its labels."""

from collections import Counter
from datetime import datetime
from operator import attrgetter

from ._draws import AUDIT

N_CLASSES_SHOWN = 12
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


def progress_cells(progress):
    """Return what a progress says as pairs of a name and a text; what is not there is left out."""
    cells = [
        ("labeled", f"{progress['n_labeled']:,} of {progress['n_rows']:,}"),
        ("pending", f"{progress['n_pending']:,}"),
        ("skipped", f"{progress['n_skipped']:,}"),
        ("in the pool", f"{progress['n_pool']:,}"),
    ]
    cells += _class_cells(progress["classes"] or {})
    if progress["numbers"]:
        cells += [(name, f"{value:g}") for name, value in progress["numbers"].items()]
    cells += [(f"by {name}", f"{n:,}") for name, n in progress["annotators"].items() if name]
    if progress["n_disagreements"]:
        cells.append(("disagreements", f"{progress['n_disagreements']:,}"))
    if progress["budget"] is not None:
        cells.append(("spent", f"{progress['spent']:g} of {progress['budget']:g}"))
    if progress["labels_per_hour"] is not None:
        cells.append(("labels per hour", f"{progress['labels_per_hour']:.0f}"))
    if progress["stop"] is not None:
        cells.append(("stop", "yes" if progress["stop"] else "not yet"))
    return cells


def _class_cells(classes):
    """Return how many rows have each label, those of the most frequent ones."""
    largest = sorted(classes.items(), key=lambda item: -item[1])
    cells = [(f"label {name}", f"{n:,}") for name, n in largest[:N_CLASSES_SHOWN]]
    n_others = len(largest) - len(cells)
    return [*cells, ("other labels", f"{n_others:,}")] if n_others else cells


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
