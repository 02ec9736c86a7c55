"""Offers: which rows are shown next, and to whom."""

import math
from dataclasses import dataclass, field

import numpy as np

from .._base import check_count, derive_seed, make_random_state
from ._again import open_to
from ._draws import AUDIT, SECOND_OPINION
from ._entries import check_annotator
from ._failures import explained_failures


@dataclass
class _Plan:
    """Rows that are about to be offered, by what was known at the action `seq`."""

    seq: int
    n_fits: int
    n_offered: int
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
    audit : Audit
        Draws rows at random among those that are chosen.
    worth : Worth
        Compares new rows with second opinions.
    """

    def __init__(self, log, rows, entries, prices, models, advice, audit, worth):
        self._log = log
        self._rows = rows
        self._entries = entries
        self._prices = prices
        self._models = models
        self._advice = advice
        self._audit = audit
        self._worth = worth

    def next(self, n, annotator, again):
        """Offer up to n rows, and return the entries of the offer."""
        n = check_count(n, "n")
        check_annotator(annotator)
        again = self._worth.check_again(again)
        plans = {False: self._new_rows, True: self._second_opinions, "auto": self._best_of_both}
        plan_of = plans[again]
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
        # Its rows count, too: others may be audit rows now.
        if self._audit.share and record.draws.n_offered != plan.n_offered:
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
        plan = self._empty_plan()
        free = _free_rows(record, len(self._rows))
        if not len(free):
            return plan
        chooser = self._models.for_next()
        plan.details = {"fitted_at": chooser.fitted_at, "n_seen": chooser.n_seen}
        plan.entries = [
            self._entries.about(row, annotator=annotator, round=chooser.n_fits, **origin)
            for row, origin in self._with_audit(chooser.learner, free, n)
        ]
        if plan.entries and chooser.n_fits > record.n_fits:
            plan.advice = self._advice.after(chooser.learner, record)
        return plan

    def _empty_plan(self):
        record = self._log.record
        return _Plan(record.seq, record.n_fits, record.draws.n_offered)

    def _with_audit(self, learner, free, n):
        """Return rows within the budget, each with its origin, audit rows in their places."""
        record, left = self._log.record, self._prices.left(self._log.record)
        slots = self._audit.slots(record, min(n, len(free)))
        # Without a budget, a copy of a large pool would take time.
        payable = free if left == math.inf else free[self._prices.per_row[free] <= left]
        drawn = []
        for row in self._audit.draw(record, payable, sum(slots)):
            if self._prices.per_row[row] <= left:
                left -= self._prices.per_row[row]
                drawn.append(row)
        free = np.delete(free, np.searchsorted(free, drawn)) if drawn else free
        audited = [(row, {"strategy": AUDIT}) for row in drawn]
        # A strategy may ask for a row that was drawn before and given back.
        chosen = [
            (row, {"strategy": AUDIT} if row in record.draws.rows else origin)
            for row, origin in self._chosen(learner, free, n - len(drawn), left)
        ]
        rows = _in_slots(slots, audited, chosen)
        # Where the rest of the budget pays for one row, the audit row may have taken it.
        return rows or (audited[:1] if self._prices.budget is not None else [])

    def _chosen(self, learner, free, n, left):
        """Return rows within the rest of the budget, each with its origin."""
        chosen = []
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
        # Drawn anew after each action, and the same in a session that is opened again.
        stream = make_random_state(derive_seed(record.seed, record.seq))
        rows = stream.permutation(open_to(annotator, record)).astype(int).tolist()
        plan = self._empty_plan()
        plan.entries = self._shown_again([(row, None) for row in rows], n, annotator)
        # No model has chosen: the offer names the last one, so that it counts as none.
        plan.details = {"fitted_at": record.fitted_at, "n_seen": record.n_seen}
        return plan

    def _best_of_both(self, n, annotator):
        """Plan new rows and second opinions: as many of each as are among the n best."""
        record, chooser = self._log.record, self._models.for_next()
        # An audit row is not asked about where the model contradicts it: which of their labels are
        # corrected must not depend on the model that they judge.
        settled = record.history.confirmed().union(record.draws.rows)
        candidates = [row for row in open_to(annotator, record) if row not in settled]
        free = _free_rows(record, len(self._rows))
        new = self._chosen(chooser.learner, free, n, self._prices.left(record))
        n_new, again = self._worth.compare(
            record,
            candidates,
            chooser,
            [row for row, _ in new],
            n,
        )
        # Planned anew with its audit rows, which are drawn and not compared.
        plan = self._new_rows(n_new, annotator) if n_new else self._empty_plan()
        plan.details = plan.details or {"fitted_at": record.fitted_at, "n_seen": record.n_seen}
        spent = math.fsum(entry.price for entry in plan.entries)
        plan.entries += self._shown_again(again, n - len(plan.entries), annotator, spent)
        return plan

    def _shown_again(self, rows, n, annotator, spent=0.0):
        """Return entries for the first n labeled rows that can be paid, given with scores."""
        left, entries = self._prices.left(self._log.record) - spent, []
        for row, score in rows:
            if len(entries) < n and self._prices.per_row[row] <= left:
                left -= self._prices.per_row[row]
                origin = {"strategy": SECOND_OPINION, "score": score}
                entries.append(self._entries.about(row, annotator=annotator, **origin))
        return entries


def _in_slots(slots, audited, chosen):
    """Return audit rows and others in their places, up to the first place that stays empty."""
    audited, chosen, rows = iter(audited), iter(chosen), []
    for is_audit in slots:
        # There may be fewer audit rows than places for them, as there is no more money.
        row = (is_audit and next(audited, None)) or next(chosen, None)
        # A strategy may choose fewer rows. The audit rows behind it would be too many of them.
        if row is None:
            break
        rows.append(row)
    return rows


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
