"""A table with its labeling session, rows being known by their places in the table."""

import numpy as np

from ._copies import Copies
from ._failures import plain_failures
from ._messages import CommandError, listed
from ._number_column import shown_number
from ._settings import remember, rows_in_batches
from ._several_column import ordered, shown_names


class Project:
    """A table with its labeling session.

    Parameters
    ----------
    table : Table
    settings : Settings
    session : LabelingSession
    readings : dict of str to Reading
    order : Order
        Which row of the table is which of the session.
    written : list or None
        The label of each row in the table itself.
    features : Features, default=None
        What the model learns from. None where no model is needed.

    Attributes
    ----------
    copies : Copies or None
        The rows with the same content, where one answer is for all of them.
    """

    def __init__(self, table, settings, session, readings, order, written, features=None):
        self.table = table
        self.settings = settings
        self.session = session
        self.readings = readings
        self.features = features
        self.copies = Copies(self) if settings.group_copies else None
        self._order = order
        self._written = written

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.session.close()

    def ids(self, rows):
        """Return the ids of rows."""
        return [self._order.id(row) for row in rows]

    def rows(self, ids):
        """Return the rows of ids; those that are no longer in the table are left out."""
        rows = map(self._order.row_of, ids)
        return [row for row in rows if row is not None]

    def row_of(self, id_):
        """Return the row of an id, None where there is no such id."""
        return self._order.row_of(id_)

    def number(self, row):
        """Return the number by which batches name a row; it stays if the rows are sorted anew."""
        return self._order.number(row)

    def row_of_number(self, number):
        """Return the row of such a number, None where there is none."""
        return self._order.row_of_number(number)

    def name(self, row):
        """Return the name of a row for people."""
        number = f"row {row + 1}"
        return number if self.settings.id is None else f"{self._order.id(row)} ({number})"

    def title(self, row):
        """Return the name of a row for the beginning of a sentence."""
        return f"R{self.name(row)[1:]}" if self.settings.id is None else f"Row {self.name(row)}"

    def offers(self):
        """Return to whom each pending row was offered, None being nobody in particular."""
        offers = {self.row_of(id_): who for id_, who in self.session.offers().items()}
        return {row: who for row, who in offers.items() if row is not None}

    def pending(self, annotator=None):
        """Return the rows that were offered to an annotator, or to nobody in particular."""
        return [row for row, who in self.offers().items() if who == annotator]

    def next(self, n, annotator=None):
        """Return up to n rows to be labeled next, which are pending now."""
        with plain_failures(self.settings):
            return self.rows(self.session.next(n, annotator=annotator))

    def labels(self):
        """Return the label of each labeled row as a dict, one label even if people disagree."""
        verdicts = {self.row_of(id_): label for id_, label in self.session.verdicts().items()}
        return {row: label for row, label in verdicts.items() if row is not None}

    def labeled_alike(self, row):
        """Return a labeled row, and its labeled copies where one answer is for all of them."""
        return [row] if self.copies is None else [row, *self.copies.labeled(row)]

    def opinions(self, row):
        """Return the label of a row as text, with those of all people where they disagree."""
        (id_,) = self.ids([row])
        given = self.session.disagreements().get(id_, {})
        shown = shown_names if self.settings.are_several else str
        people = [f"{who or 'nobody in particular'}: {shown(one)}" for who, one in given.items()]
        between = "; " if self.settings.are_several else ", "
        return shown(self.labels()[row]) + (
            f" ({listed(people, between=between)})" if people else ""
        )

    def find(self, key):
        """Return the row of an id, or else of a number that is shown for a row."""
        key = key.strip()
        row = None if self.settings.id is None else self.row_of(key)
        if row is None and key.isdecimal() and 1 <= int(key) <= len(self.table):
            row = int(key) - 1
        if row is None:
            kinds = "an id or a number" if self.settings.id else "a number"
            raise CommandError(
                f"{self.table.path} has no row {key!r}. Give {kinds} from 1 to {len(self.table)}."
            )
        return row

    def waits_in_batches(self):
        """Whether rows that are pending were written to a file."""
        in_batches = rows_in_batches(self.table.path)
        return any(self.number(row) - 1 in in_batches for row in self.offers())

    def all_labels(self):
        """Return the label of each row in a list: that of the session, else that of the table."""
        given, written = self.labels(), self._written or [None] * len(self.table)
        return [given.get(row, label) for row, label in enumerate(written)]

    def classes(self):
        """Return the known classes, sorted unless the user gave their order."""
        in_use = self.counts()["classes"] or ()
        return self.settings.classes or sorted({*self.settings.named, *in_use})

    def label_names(self):
        """Return what the columns of an indicator matrix stand for."""
        return self.session.classes or sorted(self.counts()["classes"])

    def in_order(self, names):
        """Return the several labels of a row as the session has them."""
        return ordered(names, self.session.classes)

    def predicted_names(self, rows):
        """Return the labels predicted for rows, and the probability of each label, None without.

        The probabilities have a column for each of :meth:`label_names`.
        """
        model, names = self.model(), self.label_names()
        X = np.asarray(rows).reshape(-1, 1)
        found = np.asarray(model.predict(X))
        lists = [[names[i] for i in np.flatnonzero(one)] for one in found]
        pool = model.pool(X)
        return lists, pool.label_proba if pool.has("label_proba") else None

    def name_classes(self, names):
        """Keep classes that were named, also before any row has them."""
        self.settings.named = list(dict.fromkeys([*self.settings.named, *names]))
        remember(self.table.path, self.settings)

    def remember_spellings(self):
        """Keep how the classes in use are spelled, for labels that the table may get."""
        known = self.settings.spellings
        new = [name for name in self.counts()["classes"] or () if name not in known]
        if new:
            self.settings.spellings = [*known, *new]
            remember(self.table.path, self.settings)

    def model(self):
        """Return a learner fitted on all labels; its rows are numbers of rows."""
        with plain_failures(self.settings):
            return self.session.model()

    def has_model(self):
        """Whether there are labels enough for a model: two that are different, or two numbers."""
        counts = self.counts()
        if self.settings.are_several:
            different = set(map(tuple, self.session.verdicts().values()))
            return len(self.label_names()) > 1 and len(different) > 1
        return counts["n_labeled"] > 1 if self.settings.are_numbers else len(counts["classes"]) > 1

    def counts(self):
        """Return what the session counts, for which no model is fitted."""
        return self.session.progress(estimate=False)

    def progress(self):
        """Return one sentence that counts the labeled, pending and skipped rows."""
        progress = self.counts()
        classes, numbers = progress["classes"] or {}, progress["numbers"] or {}
        shares = [f"{name} {classes[name]}" for name in sorted(classes)]
        shares += [f"{name} {shown_number(number)}" for name, number in numbers.items()]
        line = f"{progress['n_labeled']} of {progress['n_rows']} rows are labeled"
        line += f" ({listed(shares)})" if shares else ""
        for state in ("pending", "skipped"):
            count = progress[f"n_{state}"]
            line += f", {count} {state}" if count else ""
        return f"{line}."
