"""Answers: labels, corrections, skips and undone actions as entries of the log."""

import math

from .._base import check_count
from ._entries import check_annotator, now
from ._lists import as_list, is_scalar


class Answers:
    """Check what people answer, and write it to the log.

    Each method is one action, which counts as a whole or not at all.

    Parameters
    ----------
    log : Log
    ids : Ids
    rules : LabelRules
    entries : Entries
    """

    def __init__(self, log, ids, rules, entries):
        self._log = log
        self._ids = ids
        self._rules = rules
        self._entries = entries

    def begin_with(self, known, record):
        """Write labels known from the start, while the log is opened."""
        known = {
            row: label
            for row, label in known.items()
            if row not in record.known and row not in record.opinions
        }
        if known:
            # They were there before the session, which has not paid for them.
            self._rules.check_kind(known.values(), record)
            about = self._entries.about
            entries = [about(row, label=label, price=0.0) for row, label in known.items()]
            self._log.write("known", entries)

    def label(self, ids, y, annotator):
        """Write labels of rows that have none, or second opinions."""
        self._write_labels("label", self._answer, ids, y, annotator)

    def relabel(self, ids, y, annotator):
        """Write labels in place of others."""
        self._write_labels("relabel", self._correction, ids, y, annotator)

    def _write_labels(self, kind, entry_of, ids, y, annotator):
        # All that needs no record is checked before others are kept from writing.
        rows = self._ids.positions(ids)
        rules = self._rules.for_labels(y, is_scalar(ids))
        values = rules.listed(y, is_scalar(ids))
        if len(values) != len(rows):
            raise ValueError(
                f"y must hold one label for each of the {len(rows)} ids, got {len(values)}."
            )
        labels = rules.check(values)
        check_annotator(annotator)
        with self._log.acting() as record:
            self._rules.check_kind(labels, record)
            entries = [
                entry_of(row, annotator, label) for row, label in zip(rows, labels, strict=True)
            ]
            self._log.write(kind, entries, annotator)

    def skip(self, ids, annotator):
        """Write that rows are put aside."""
        rows = self._ids.positions(ids)
        check_annotator(annotator)
        with self._log.acting() as record:
            for row in rows:
                if row in record.skipped:
                    raise ValueError(f"Row {self._ids.at(row)!r} is skipped already.")
            self._log.write("skip", [self._answer(row, annotator) for row in rows], annotator)

    def release(self, ids):
        """Write that rows are not pending any more."""
        rows = self._ids.positions(ids)
        with self._log.acting() as record:
            for row in rows:
                if row not in record.pending:
                    raise ValueError(
                        f"Row {self._ids.at(row)!r} is not pending. pending() lists the rows that "
                        "are."
                    )
            self._log.write("release", [record.pending[row] for row in rows])

    def undo(self, k, annotator, actions):
        """Write that the last actions, or those given, do not count; return their entries."""
        k = check_count(k, "k")
        check_annotator(annotator)
        with self._log.acting() as record:
            if actions is None:
                numbers = record.history.last(k, annotator)
            else:
                numbers = record.history.given(as_list(actions, "actions"))
            undone = record.history.entries_of(numbers)
            self._log.write("undo", annotator=annotator, details={"undone": numbers})
        return undone

    def _answer(self, row, annotator, label=None):
        """Return the entry for a label or a skip."""
        record = self._log.record
        offer = record.pending.get(row)
        if offer is None and row in record.opinions:
            raise ValueError(
                f"Row {self._ids.at(row)!r} is labeled already. Use relabel to change its label, "
                "or next(again=True) to ask somebody else for a second opinion."
            )
        if offer is None:
            return self._entries.about(row, label=label, annotator=annotator)
        if annotator is not None and offer.annotator not in (None, annotator):
            raise ValueError(
                f"Row {self._ids.at(row)!r} is pending for {offer.annotator!r}, not for "
                f"{annotator!r}. Use release([...]) to take it from them first."
            )
        # The entry of the offer keeps the round, strategy and score that led to the answer.
        who = offer.annotator if annotator is None else annotator
        if who in record.opinions.get(row, ()):
            raise ValueError(
                f"Row {self._ids.at(row)!r} is labeled already by {who!r}, and pending for a "
                "second opinion. Use relabel to change the label."
            )
        return offer._replace(label=label, annotator=who, time=now())

    def _correction(self, row, annotator, label):
        """Return the entry for a new label of a labeled row."""
        given = self._log.record.opinions.get(row)
        if given is None:
            raise ValueError(
                f"Row {self._ids.at(row)!r} is not labeled yet. Use label, not relabel."
            )
        if annotator is None and len(given) == 1:
            annotator = next(iter(given))
        if annotator in given:
            return given[annotator]._replace(label=label, time=now())
        # The new label stands in for all of them, and so does its price: money stays spent.
        first = next(iter(given.values()))
        paid = math.fsum(entry.price for entry in given.values())
        return first._replace(label=label, annotator=annotator, time=now(), price=paid)
