"""Offers: which rows are shown next, and to whom."""

import math
from dataclasses import dataclass, field

import numpy as np

from .._base import check_count, derive_seed, make_random_state
from ._entries import check_annotator
from ._failures import explained_failures

# In the log, the name in place of a strategy where labeled rows are offered once more.
SECOND_OPINION = "second opinion"


@dataclass
class _Plan:
    """Rows that are about to be offered, by what was known at the action `seq`."""

    seq: int
    n_fits: int
    entries: list = field(default_factory=list)
    details: dict = field(default_factory=dict)
    advice: dict = None


class Offers:
    """Choose rows within the budget, and write to the log who is asked.

    Parameters
    ----------
    log : Log
    rows : Rows
    entries : Entries
    prices : Prices
    models : Models
    advice : Advice
        Is shown the models that choose.
    """

    def __init__(self, log, rows, entries, prices, models, advice):
        self._log = log
        self._rows = rows
        self._entries = entries
        self._prices = prices
        self._models = models
        self._advice = advice

    def next(self, n, annotator, again):
        """Offer up to n rows, and return the entries of the offer."""
        n = check_count(n, "n")
        check_annotator(annotator)
        plan_of = self._second_opinions if again else self._new_rows
        while True:
            self._log.sync()
            # A model may take long: nobody is kept from writing while it is fitted.
            with explained_failures():
                plan = plan_of(n, annotator)
            with self._log.acting() as record:
                # Another process may have taken some of these rows meanwhile.
                if plan.seq == record.seq or (not again and self._holds(plan)):
                    self._write(plan, annotator)
                    return plan.entries

    def _holds(self, plan):
        """Whether new rows can be offered as planned, whatever happened meanwhile."""
        record = self._log.record
        # Another process has fitted the next model, which knows more.
        if record.n_fits != plan.n_fits:
            return False
        taken = record.pending.keys() | record.skipped.keys() | record.opinions.keys()
        is_free = taken.isdisjoint(entry.row for entry in plan.entries)
        price = math.fsum(entry.price for entry in plan.entries)
        return is_free and price <= self._prices.left(record)

    def _write(self, plan, annotator):
        if plan.entries:
            self._log.write("offer", plan.entries, annotator, plan.details)
        self._advice.keep(plan.advice)

    def _new_rows(self, n, annotator):
        record = self._log.record
        plan = _Plan(record.seq, record.n_fits)
        free = _free_rows(record, len(self._rows))
        if not len(free):
            return plan
        chooser = self._models.for_next()
        plan.details = {"fitted_at": chooser.fitted_at, "n_seen": chooser.n_seen}
        plan.entries = [
            self._entries.about(row, annotator=annotator, round=chooser.n_fits, **origin)
            for row, origin in self._chosen(chooser.learner, free, n)
        ]
        if plan.entries and chooser.n_fits > record.n_fits:
            plan.advice = self._advice.after(chooser.learner, record)
        return plan

    def _chosen(self, learner, free, n):
        """Return rows within the budget, each with its origin."""
        left, chosen = self._prices.left(self._log.record), []
        while len(chosen) < n:
            # A strategy does not know the budget: what is too dear for the rest of it is left
            # out, and as much is asked for again as could not be paid.
            free = free[self._prices.per_row[free] <= left]
            if not len(free):
                break
            wanted = min(n - len(chosen), len(free))
            prices = self._prices.for_strategy(free)
            selection = learner.select(self._rows.take(free), wanted, prices=prices)
            for row, origin in _choices(selection, free):
                if self._prices.per_row[row] <= left:
                    left -= self._prices.per_row[row]
                    chosen.append((row, origin))
            # A strategy with a budget of its own has spent it: asking again would exceed it.
            if len(selection.positions) < wanted:
                break
            free = np.delete(free, selection.positions)
        return chosen

    def _second_opinions(self, n, annotator):
        record = self._log.record
        rows = [
            row
            for row, given in record.opinions.items()
            if annotator not in given
            and row not in record.pending
            and (row, annotator) not in record.declined
        ]
        # Drawn anew after each action, and the same in a session that is opened again.
        stream = make_random_state(derive_seed(record.seed, record.seq))
        left, entries = self._prices.left(record), []
        for row in stream.permutation(rows).astype(int).tolist():
            if len(entries) < n and self._prices.per_row[row] <= left:
                left -= self._prices.per_row[row]
                entries.append(
                    self._entries.about(row, annotator=annotator, strategy=SECOND_OPINION)
                )
        # No model has chosen: the offer names the last one, so that it counts as none.
        details = {"fitted_at": record.fitted_at, "n_seen": record.n_seen}
        return _Plan(record.seq, record.n_fits, entries, details)


def _free_rows(record, n_rows):
    """Return the rows that are in the pool."""
    free = np.ones(n_rows, dtype=bool)
    for rows in (record.opinions, record.pending, record.skipped):
        free[np.fromiter(rows, dtype=np.intp, count=len(rows))] = False
    return np.flatnonzero(free)


def _choices(selection, free):
    """Return each row of a selection with its origin, the name of the strategy and the score."""
    rows = free[selection.positions].tolist()
    has_scores = selection.scores is not None
    scores = np.asarray(selection.scores, float).tolist() if has_scores else [None] * len(rows)
    name = type(selection.strategy).__name__
    return [
        (row, {"strategy": name, "score": score}) for row, score in zip(rows, scores, strict=True)
    ]
