"""A durable labeling session: who labels what next, and what was answered."""

import contextlib
import copy
import importlib
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from numbers import Real
from operator import attrgetter

import numpy as np
from sklearn.base import clone

from .._base import InvalidParameterError, check_count, fresh_seed, make_random_state
from ..learner import ActiveLearner
from . import _formats
from ._advice import ADVICE, Advice
from ._labels import LabelRules, as_list, is_missing, is_scalar, plain_label
from ._models import Models, ask
from ._record import Action, Entry, Record
from ._rows import Rows, json_of
from ._store import Store

__all__ = ["LabelingSession"]

SECOND_OPINION = "second opinion"


class LabelingSession:
    """Ask people for labels, and keep every answer.

    The session shows the rows of X to an active learner, hands out the ones it wants labeled
    and takes the labels. All that happens is written to a file before the call returns, each call
    as one transaction: a process that is killed, a machine that loses power or a second process
    at work on the same file lose nothing that was acknowledged. Opened again with the same data,
    a session goes on exactly where it was.

    Rows are named by their ids, never by bare positions. Of each row the session knows whether
    it is in the pool, pending (offered to somebody, and to nobody else), labeled or skipped.
    :meth:`next` moves rows from the pool to pending, :meth:`label` and :meth:`skip` answer,
    :meth:`release` gives back, :meth:`undo` takes answers back.

    Parameters
    ----------
    path : str or path-like
        The file of the session, created where there is none. X itself is never written to it.
    learner : ActiveLearner or None
        Chooses the rows; None stands for ``ActiveLearner()``. It is cloned, never changed. Where
        its `random_state` is None, a seed kept in the file takes its place.
    X : rows of shape (n_rows, ...)
        All rows, labeled or not: a data frame, array, csr matrix, list of texts or dataset.
        When a session is opened again rows may have been appended, but not removed or moved.
    ids : array-like of shape (n_rows,) or str, default=None
        A unique id for each row, or the name of the column of X that holds it (which the
        learner then does not see). None takes the index of a pandas frame, else
        0, ..., n_rows - 1.
    y : array-like of shape (n_rows,), default=None
        Labels known from the start; None or NaN where there is none. Read for rows that have
        no label in the session.
    classes : array-like, default=None
        The labels there are. None welcomes new classes at any time.
    refit_every : int, default=1
        :meth:`next` fits a new model once so many labels were given since the last one. Labels
        that were changed or undone have it fit in any case.
    prices : array-like of shape (n_rows,), default=None
        What labeling each row costs, at least 0. None: nothing. Where all are above 0, they
        reach strategies that look at prices, such as :class:`~skal.strategies.CostAware`.
    budget : float, default=None
        How much may be spent, in the unit of the prices. Pending rows count as spent. None: no
        limit.
    stopping : StoppingCriterion, default=None
        Is shown the model of every round; what it says is in :meth:`progress`. It does not keep
        :meth:`next` from going on.

    See Also
    --------
    ActiveLearner : The loop without a file, and without people.
    skal.stopping : When there are enough labels.

    Notes
    -----
    Labels are text, whole numbers or truth values, all of one kind. Blanks around text do not
    count, and 1.0 is 1.

    A model is a function of the labels and of the number of models before it, not of the way
    there: it is fitted from scratch, whatever the learner's `incremental` says. It chooses what
    :meth:`ActiveLearner.query` would choose if each round were taught in turn.

    `classes`, `refit_every`, `prices`, `budget` and `stopping` are not kept in the file. A session
    belongs to the thread that opened it; others open their own on the same file. Do not copy the
    file alone while a session is open: its latest labels may be in ``path-wal`` beside it. File
    systems that lack locks, as some network drives do, are not safe for two processes.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.session import LabelingSession
    >>> X, y = load_iris(return_X_y=True)
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "iris.skal")
    >>> with LabelingSession(path, ActiveLearner(), X) as session:
    ...     for _ in range(5):
    ...         ids = session.next(4)
    ...         session.label(ids, y[ids])
    ...     session.model().score(X, y) > 0.8
    True
    >>> with LabelingSession(path, ActiveLearner(), X) as session:
    ...     session.progress()["n_labeled"]
    20
    >>> folder.cleanup()
    """

    def __init__(
        self,
        path,
        learner,
        X,
        *,
        ids=None,
        y=None,
        classes=None,
        refit_every=1,
        prices=None,
        budget=None,
        stopping=None,
    ):
        self._rows = Rows(X, ids)
        self._rules = LabelRules(classes)
        refit_every = check_count(refit_every, "refit_every")
        self._models = Models(_check_learner(learner), self._rows, refit_every)
        self._prices = _check_prices(prices, len(self._rows))
        self._budget = _check_budget(budget, prices)
        self._advice = Advice(_check_stopping(stopping), self._rows)
        self._record = Record()
        known = self._known_labels(y)
        self._store = Store(path)
        try:
            self._begin(known)
        except BaseException:
            self.close()
            raise

    # Opening and closing ----------------------------------------------------------------

    def _begin(self, known):
        with self._acting(opening=True):
            seen = self._record.data
            if seen is None:
                self._write("created", details={"seed": fresh_seed()})
            else:
                self._rows.check_same(seen, self._store.path)
            if seen is None or seen["n_rows"] < len(self._rows):
                self._rows.check_ids()
                self._write("rows", details=self._rows.fingerprint())
            self._write_known(known)

    def _known_labels(self, y):
        """Return the labels in y by row."""
        if y is None:
            return {}
        values = as_list(y)
        if len(values) != len(self._rows):
            raise ValueError(
                f"y must have an entry for each of the {len(self._rows)} rows of X, None or NaN "
                f"where the label is not known, got {len(values)}."
            )
        rows = [row for row, value in enumerate(values) if not is_missing(value)]
        return dict(zip(rows, self._rules.check([values[row] for row in rows]), strict=True))

    def _write_known(self, known):
        record = self._record
        known = {
            row: label
            for row, label in known.items()
            if row not in record.known and row not in record.opinions
        }
        if known:
            self._rules.check_kind(known.values(), record)
            entries = [self._entry(row, label=label, price=0.0) for row, label in known.items()]
            self._write("known", entries)

    def close(self):
        """Close the file. Nothing needs to be saved: all that was answered is in it."""
        self._store.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __repr__(self):
        state = f"{len(self._record.opinions)} of {len(self._rows)} rows labeled"
        return f"<LabelingSession {self._store.path!r}: {state}>"

    def __reduce__(self):
        raise TypeError(
            "A LabelingSession is a file held open, and cannot be copied or pickled. Open it "
            f"again from its path, {self._store.path!r}."
        )

    # Asking -----------------------------------------------------------------------------

    def next(self, n=1, *, annotator=None, again=False):
        """Offer rows to be labeled.

        The rows are new ones, which nobody was offered so far; :meth:`pending` lists those that
        are still open from earlier calls.

        Parameters
        ----------
        n : int, default=1
            How many rows. There are fewer where the pool, or the budget, ends.
        annotator : str, default=None
            For whom. None is nobody in particular: anybody may answer.
        again : bool, default=False
            Whether to ask for second opinions: rows, drawn at random, that others have labeled
            and the annotator has not.

        Returns
        -------
        ids : list of n ids
            Best first. They are pending now, and are offered to nobody else until they are
            labeled, skipped or released. Empty if nothing is left.

        Raises
        ------
        ValueError
            If `n` is no positive integer. Errors of the learner come through as they are.
        """
        n = check_count(n, "n")
        _check_annotator(annotator)
        choose = self._plan_again if again else self._plan
        while True:
            self._sync()
            plan = choose(n, annotator)
            with self._acting():
                # Another process may have taken some of these rows while the model was fitted.
                if plan.seq == self._record.seq or (not again and self._holds(plan)):
                    self._write_plan(plan, annotator)
                    break
        self._rows.index_ids()
        return self._ids(plan.entries)

    def _holds(self, plan):
        """Whether new rows can be offered as planned, whatever happened meanwhile."""
        record = self._record
        if record.n_fits != plan.n_fits:
            return False
        taken = record.pending.keys() | record.skipped.keys() | record.opinions.keys()
        is_free = taken.isdisjoint(entry.row for entry in plan.entries)
        return is_free and math.fsum(entry.price for entry in plan.entries) <= self._left()

    def _write_plan(self, plan, annotator):
        if plan.entries:
            self._write("offer", plan.entries, annotator, plan.details)
        if plan.advice is not None:
            self._store.remember(ADVICE, plan.advice)

    def _plan(self, n, annotator):
        record, free = self._record, self._free_rows()
        if not len(free):
            return _Plan(record.seq, record.n_fits)
        chooser = self._models.for_next(record, self._store)
        rows, scores, strategy = self._choose(chooser.learner, free, n)
        said = {"annotator": annotator, "round": chooser.n_fits, "strategy": strategy}
        entries = [
            self._entry(row, score=score, **said) for row, score in zip(rows, scores, strict=True)
        ]
        details = {"fitted_at": chooser.fitted_at, "n_seen": chooser.n_seen}
        plan = _Plan(record.seq, record.n_fits, entries, details)
        if rows and chooser.n_fits > record.n_fits:
            plan.advice = self._advice.after(chooser.learner, record, self._store)
        return plan

    def _free_rows(self):
        record = self._record
        free = np.ones(len(self._rows), dtype=bool)
        for rows in (record.opinions, record.pending, record.skipped):
            free[np.fromiter(rows, dtype=np.intp, count=len(rows))] = False
        return np.flatnonzero(free)

    def _choose(self, learner, free, n):
        """Return rows within the budget, their scores, and the name of the strategy."""
        left, rows, scores, name = self._left(), [], [], None
        while len(rows) < n:
            free = free[self._prices[free] <= left]
            if not len(free):
                break
            wanted = min(n - len(rows), len(free))
            prices = self._prices[free]
            asked, asked_scores, name = ask(learner, self._rows.take(free), wanted, prices)
            for row, score in zip(free[asked].tolist(), asked_scores, strict=True):
                if self._prices[row] <= left:
                    left -= self._prices[row]
                    rows.append(row)
                    scores.append(score)
            if len(asked) < wanted:  # a strategy with a budget of its own
                break
            free = np.delete(free, asked)
        return rows, scores, name

    def _plan_again(self, n, annotator):
        record = self._record
        rows = [
            row
            for row, given in record.opinions.items()
            if annotator not in given
            and row not in record.pending
            and (row, annotator) not in record.declined
        ]
        stream = make_random_state(_mixed(record.seed, record.seq))
        left, entries = self._left(), []
        for row in stream.permutation(rows).astype(int).tolist():
            if len(entries) < n and self._prices[row] <= left:
                left -= self._prices[row]
                entries.append(self._entry(row, annotator=annotator, strategy=SECOND_OPINION))
        details = {"fitted_at": record.fitted_at, "n_seen": record.n_seen}
        return _Plan(record.seq, record.n_fits, entries, details)

    def _left(self):
        """Return the money that is neither spent nor reserved for pending rows."""
        if self._budget is None:
            return math.inf
        reserved = math.fsum(entry.price for entry in self._record.pending.values())
        # Prices like 0.1 do not add up exactly.
        return self._budget * (1 + 1e-12) - self._spent() - reserved

    def _spent(self):
        return math.fsum(map(attrgetter("price"), self._record.entries()))

    # Models -----------------------------------------------------------------------------

    def model(self):
        """Return a learner that knows all labels there are.

        Rows on which annotators disagree count with the most frequent label, of equally frequent
        ones with the first given.

        Returns
        -------
        learner : fitted ActiveLearner
            Fitted now, unless it was already. Do with it as you like.

        Raises
        ------
        ValueError
            If nothing is labeled.
        """
        self._sync()
        if not self._record.opinions:
            raise ValueError(
                "There is no model yet, as nothing is labeled. Label rows that next() offers."
            )
        return copy.copy(self._models.of_all_labels(self._record, self._store))

    # Answering --------------------------------------------------------------------------

    def label(self, ids, y, *, annotator=None):
        """Label rows: all of them, or none if there is an error.

        Rows need not have been offered. Those that are pending can be labeled by the annotator
        they were offered to, and by anybody if that was nobody in particular.

        Parameters
        ----------
        ids : id or array-like of ids
            The rows.
        y : label or array-like of labels
            A label for each of them.
        annotator : str, default=None
            Whose label it is. None credits those to whom the rows were offered.

        Raises
        ------
        ValueError
            If a row is labeled already (see :meth:`relabel`) or pending for somebody else, an id
            is not in the data or occurs twice, or a label is missing, of another kind than the
            others, or not among `classes`.
        """
        rows, labels = self._rows_and_labels(ids, y)
        _check_annotator(annotator)
        with self._acting():
            self._rules.check_kind(labels, self._record)
            entries = [
                self._answer(row, annotator, label=label)
                for row, label in zip(rows, labels, strict=True)
            ]
            self._write("label", entries, annotator)

    def relabel(self, ids, y, *, annotator=None):
        """Change the labels of rows that are labeled already.

        An annotator who labeled the row changes that label. Anybody else settles the row: the
        new label stands in for all there were.

        Parameters
        ----------
        ids : id or array-like of ids
            The rows.
        y : label or array-like of labels
            The new labels.
        annotator : str, default=None
            Whose label it is. None changes the only label of a row, and settles those that have
            several.

        Raises
        ------
        ValueError
            If a row is not labeled, and otherwise as in :meth:`label`.
        """
        rows, labels = self._rows_and_labels(ids, y)
        _check_annotator(annotator)
        with self._acting():
            self._rules.check_kind(labels, self._record)
            entries = [
                self._correction(row, annotator, label)
                for row, label in zip(rows, labels, strict=True)
            ]
            self._write("relabel", entries, annotator)

    def skip(self, ids, *, annotator=None):
        """Put rows aside: they are not offered again, unless the skip is undone.

        A skipped row may still be labeled. Skipping a row that was offered for a second opinion
        leaves its label as it is.

        Parameters
        ----------
        ids : id or array-like of ids
            Rows in the pool, or pending.
        annotator : str, default=None
            Who skips. None stands for those to whom the rows were offered.

        Raises
        ------
        ValueError
            If a row is labeled or skipped already, pending for somebody else, or unknown.
        """
        rows = self._positions(ids)
        _check_annotator(annotator)
        with self._acting():
            for row in rows:
                if row in self._record.skipped:
                    raise ValueError(f"Row {self._rows.id_at(row)!r} is skipped already.")
            self._write("skip", [self._answer(row, annotator) for row in rows], annotator)

    def release(self, ids):
        """Give pending rows back, to be offered to anybody.

        Parameters
        ----------
        ids : id or array-like of ids
            Pending rows, whoever has them.

        Raises
        ------
        ValueError
            If a row is not pending.
        """
        rows = self._positions(ids)
        with self._acting():
            for row in rows:
                if row not in self._record.pending:
                    raise ValueError(
                        f"Row {self._rows.id_at(row)!r} is not pending. pending() lists those "
                        "that are."
                    )
            self._write("release", [self._record.pending[row] for row in rows])

    def undo(self, k=1, *, annotator=None):
        """Take back the last actions: calls of label, skip, relabel or import_labels.

        Rows that were labeled or skipped are pending again; rows that were relabeled have the
        label from before. Nothing is erased from the file. Labels known from the start stay.

        Parameters
        ----------
        k : int, default=1
            How many actions.
        annotator : str, default=None
            Whose actions. None: those of everybody.

        Returns
        -------
        ids : list of ids
            The rows of these actions.

        Raises
        ------
        ValueError
            If there are fewer actions, or others have changed the same rows since.
        """
        k = check_count(k, "k")
        _check_annotator(annotator)
        with self._acting():
            numbers = self._undoable(k, annotator)
            undone = [entry for seq in numbers for entry in self._record.entries_of(seq)]
            self._write("undo", annotator=annotator, details={"undone": numbers})
        return list(dict.fromkeys(self._ids(undone)))

    def _undoable(self, k, annotator):
        numbers = self._record.last_actions(k, annotator)
        if len(numbers) < k:
            raise ValueError(
                f"k must be at most the number of actions that can be undone, {len(numbers)}, got "
                f"k={k}."
            )
        for seq in numbers:
            if not self._record.is_last_on_its_rows(seq, numbers):
                raise ValueError(
                    "Somebody else has changed the same rows since. Use relabel, or undo() "
                    "without annotator, which takes the actions of everybody in turn."
                )
        return numbers

    def _rows_and_labels(self, ids, y):
        rows = self._positions(ids)
        values = as_list(y)
        if len(values) != len(rows):
            raise ValueError(
                f"y must hold one label for each of the {len(rows)} ids, got {len(values)}."
            )
        return rows, self._rules.check(values)

    def _is_one(self, ids):
        return is_scalar(ids) or (isinstance(ids, tuple) and self._rows.holds(ids))

    def _positions(self, ids):
        ids = [ids] if self._is_one(ids) else as_list(ids)
        rows = [self._rows.position(id_) for id_ in ids]
        if len(set(rows)) < len(rows):
            repeated = next(id_ for id_, row in zip(ids, rows, strict=True) if rows.count(row) > 1)
            raise ValueError(f"ids must not repeat themselves, but {repeated!r} occurs twice.")
        return rows

    def _answer(self, row, annotator, label=None):
        """Return the entry for a label or a skip."""
        offer = self._record.pending.get(row)
        if offer is None and row in self._record.opinions:
            raise ValueError(
                f"Row {self._rows.id_at(row)!r} is labeled already. Use relabel to change its "
                "label, or next(again=True) to ask somebody else for a second opinion."
            )
        if offer is None:
            return self._entry(row, label=label, annotator=annotator)
        if annotator is not None and offer.annotator not in (None, annotator):
            raise ValueError(
                f"Row {self._rows.id_at(row)!r} is pending for {offer.annotator!r}, not for "
                f"{annotator!r}. Use release([...]) to take it from them first."
            )
        who = offer.annotator if annotator is None else annotator
        if who in self._record.opinions.get(row, ()):
            raise ValueError(
                f"Row {self._rows.id_at(row)!r} is labeled already by {who!r}, and waits for a "
                "second opinion. Use relabel to change the label."
            )
        return offer._replace(label=label, annotator=who, time=_now())

    def _correction(self, row, annotator, label):
        """Return the entry for a new label."""
        given = self._record.opinions.get(row)
        if given is None:
            raise ValueError(
                f"Row {self._rows.id_at(row)!r} is not labeled yet. Use label, not relabel."
            )
        if annotator is None and len(given) == 1:
            annotator = next(iter(given))
        if annotator in given:
            return given[annotator]._replace(label=label, time=_now())
        first = next(iter(given.values()))
        paid = math.fsum(entry.price for entry in given.values())
        return first._replace(label=label, annotator=annotator, time=_now(), price=paid)

    # Looking ----------------------------------------------------------------------------

    def pending(self, annotator=None):
        """Return the rows that were offered and not answered yet.

        Parameters
        ----------
        annotator : str, default=None
            Offered to whom. None: to anybody.

        Returns
        -------
        ids : list of ids
            In the order in which they were offered.
        """
        self._sync()
        offers = self._record.pending.values()
        return self._ids(
            entry for entry in offers if annotator is None or entry.annotator == annotator
        )

    def skipped(self):
        """Return the rows that were put aside.

        Returns
        -------
        ids : list of ids
        """
        self._sync()
        return self._ids(self._record.skipped.values())

    def progress(self):
        """Say how far the session is.

        Returns
        -------
        progress : dict
            - `n_rows`, the sum of `n_labeled`, `n_pending`, `n_skipped` and `n_pool` (those that
              are still to be offered);
            - `n_second_opinions`, the labeled rows that are pending once more;
            - `n_disagreements`, see :meth:`disagreements`;
            - `n_rounds`, how many models have chosen rows;
            - `classes`, the number of rows with each label; `annotators`, the number of labels
              of each (None: of nobody in particular);
            - `spent`, the prices of all labels but those known from the start; `budget`;
            - `stop`, what the stopping criterion said of the last round, None if there is none.
        """
        self._sync()
        record = self._record
        given = record.entries()
        n_again = len(record.pending.keys() & record.opinions.keys())
        n_labeled, n_pending = len(record.opinions), len(record.pending) - n_again
        return {
            "n_rows": len(self._rows),
            "n_labeled": n_labeled,
            "n_pending": n_pending,
            "n_skipped": len(record.skipped),
            "n_pool": len(self._rows) - n_labeled - n_pending - len(record.skipped),
            "n_second_opinions": n_again,
            "n_disagreements": len(record.disagreements()),
            "n_rounds": record.n_fits,
            "classes": dict(Counter(record.labels()[1])),
            "annotators": dict(Counter(map(attrgetter("annotator"), given))),
            "spent": self._spent(),
            "budget": self._budget,
            "stop": self._advice.given(self._store),
        }

    def labels(self):
        """Return all labels.

        Returns
        -------
        labels : DataFrame
            Of polars if X is a polars frame, else of pandas. One line for each label, in the
            order of the rows' first labels, with the columns

            - `id`, `label`, `annotator` and `time` (of the answer, UTC);
            - `round`, the number of models fitted before the row was chosen: 0 for a row that
              no model chose;
            - `strategy`, the name of the strategy that chose it, and `score`, its score where
              the strategy is a ScoreStrategy.

        Raises
        ------
        ImportError
            If pandas is missing. `export("labels.csv")` works without.
        """
        columns = self._label_columns()
        columns["time"] = [datetime.fromisoformat(when) for when in columns["time"]]
        return _frame_library(self._rows.X).DataFrame(columns)

    def disagreements(self):
        """Return the labels of the rows on which annotators disagree.

        Second opinions come from ``next(again=True)``, and :meth:`relabel` settles a row.

        Returns
        -------
        disagreements : dict
            For each of these ids, a dict of each annotator's label.

        Examples
        --------
        >>> import os, tempfile
        >>> from skal.session import LabelingSession
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "animals.skal")
        >>> session = LabelingSession(path, None, [[0.0], [1.0]], ids=["rex", "tom"])
        >>> session.label("rex", "dog", annotator="anna")
        >>> session.next(annotator="bert", again=True)
        ['rex']
        >>> session.label("rex", "cat", annotator="bert")
        >>> session.disagreements()
        {'rex': {'anna': 'dog', 'bert': 'cat'}}
        >>> session.close()
        >>> folder.cleanup()
        """
        self._sync()
        return {
            self._rows.id_at(row): {
                who: entry.label for who, entry in self._record.opinions[row].items()
            }
            for row in self._record.disagreements()
        }

    def _label_columns(self):
        """Return the columns of :meth:`labels` as lists."""
        self._sync()
        given = self._record.entries()
        names = ("label", "annotator", "time", "round", "strategy", "score")
        columns = {name: [getattr(entry, name) for entry in given] for name in names}
        return {"id": self._ids(given), **columns}

    # Files of other programs --------------------------------------------------------------

    def export(self, path, *, format=None, ids=None, question="label", field="text"):
        """Write labels to a table, or tasks for an annotation tool.

        Parameters
        ----------
        path : str or path-like
            Replaced if it exists, and only when all is written.
        format : {"csv", "parquet", "label-studio", "argilla"}, default=None
            None goes by the ending of the path, ".csv" or ".parquet". The tables hold what
            :meth:`labels` returns; Parquet needs pandas and pyarrow. The other two are JSON: the
            import format of Label Studio, and the records of Argilla. They hold rows with their
            data, the model's prediction with its probability, the score of the strategy, and
            the labels the row has.
        ids : array-like of ids, default=None
            The rows to write as tasks. None: those that are pending.
        question : str, default="label"
            Name of the question in the tool: of the `Choices` tag in Label Studio, of the
            `LabelQuestion` in Argilla.
        field : str, default="text"
            Name of the text in the tool, where X is a list of texts; in Label Studio also the
            name of the tag that shows it.

        Raises
        ------
        ValueError
            If the format is not known.
        ImportError
            If Parquet is asked for, and pandas or pyarrow is missing.
        """
        format = _formats.check_format(format, path)
        if format in _formats.TABLES:
            _formats.write_table(path, format, self._label_columns())
            return
        tasks = self._tasks(ids, field)
        _formats.write_tasks(path, format, tasks, question=question, field=field)

    def import_labels(self, path, *, format=None, annotator=None, question="label"):
        """Read labels from a table, or what people answered in an annotation tool.

        All labels are taken, as one action, or none if there is an error. Labels that the
        session has already are passed over, so that a file may be read again. A label for a row
        that somebody else has labeled is a second opinion.

        Parameters
        ----------
        path : str or path-like
            A table with the columns `id` and `label`, and where it has them the others of
            :meth:`labels`; a JSON export of Label Studio; or records of Argilla.
        format : {"csv", "parquet", "label-studio", "argilla"}, default=None
            None goes by the ending of the path, and by what JSON holds.
        annotator : str, default=None
            Whose labels those are that name nobody.
        question : str, default="label"
            Name of the question in the tool.

        Returns
        -------
        n_labels : int
            How many labels were new.

        Raises
        ------
        ValueError
            If the file cannot be read, names an unknown row, or has another label for a row than
            the same annotator gave it.

        Notes
        -----
        Text, as CSV and the tools hold it, is matched with the ids of the data and the labels of
        the session as they are written. Where a label is not known yet, text becomes whole
        numbers if all labels of the file are such.
        """
        _check_annotator(annotator)
        answers = _formats.read(path, format, question)
        with self._acting():
            entries = self._imported(answers, annotator)
            if entries:
                self._write("label", entries, annotator)
        return len(entries)

    def _tasks(self, ids, field):
        """Return rows as an annotation tool needs to know them."""
        self._sync()
        record = self._record
        rows = list(record.pending) if ids is None else self._positions(ids)
        if not rows:
            return []
        X = self._rows.take(rows)
        predicted = self._predictions(X) or [(None, None)] * len(rows)
        fields = _formats.fields_of(X, field)
        return [
            _formats.Task(
                id=self._rows.id_at(row),
                fields=fields_of_row,
                prediction=prediction,
                score=record.pending[row].score if row in record.pending else None,
                model=f"skal, round {record.n_fits}",
                labels=[(e.annotator, e.label) for e in record.opinions.get(row, {}).values()],
            )
            for row, fields_of_row, prediction in zip(rows, fields, predicted, strict=True)
        ]

    def _predictions(self, X):
        """Return the predicted label and its probability for each row, if there is a model."""
        if not self._record.opinions:
            return None
        model = self.model()
        labels = [plain_label(label) for label in model.predict(X).tolist()]
        if not hasattr(model, "predict_proba"):
            return [(label, None) for label in labels]
        return list(zip(labels, model.predict_proba(X).max(axis=1).tolist(), strict=True))

    def _imported(self, answers, annotator):
        """Return the entries for those answers that are new."""
        known = {str(label): label for label in self._rules.known(self._record)}
        labels = self._rules.check(_formats.typed(answers, known))
        self._rules.check_kind(labels, self._record)
        entries = {}
        for answer, label in zip(answers, labels, strict=True):
            entry = self._imported_entry(answer, label, annotator)
            before = self._record.opinions.get(entry.row, {}).get(entry.annotator)
            before = entries.get((entry.row, entry.annotator), before)
            if before is None:
                entries[entry.row, entry.annotator] = entry
            elif before.label != label:
                raise ValueError(
                    f"Row {self._rows.id_at(entry.row)!r} has the label {before.label!r} by "
                    f"{entry.annotator!r} already, and {label!r} in the file. Use relabel to "
                    "change it."
                )
        return list(entries.values())

    def _imported_entry(self, answer, label, annotator):
        row = self._row_named(answer.id)
        who = annotator if answer.annotator is None else answer.annotator
        offer = self._record.pending.get(row) or self._entry(row)
        given = {name: value for name, value in answer.extra.items() if value is not None}
        given = {"time": _now(), **given}
        return offer._replace(label=label, annotator=who, **given)

    def _row_named(self, id_):
        if self._rows.holds(id_):
            return self._rows.position(id_)
        row = self._rows.by_text.get(id_) if isinstance(id_, str) else None
        return self._rows.position(id_) if row is None else row

    # Notebooks --------------------------------------------------------------------------

    def widget(self, *, classes=None, annotator=None, image=None, columns=None):
        """Return a widget for notebooks: a row at a time, and a button for each class.

        Parameters
        ----------
        classes : array-like, default=None
            A button for each of them. None: the classes of the session, else those labeled so
            far, and a field to name new ones.
        annotator : str, default=None
            Who labels. None is nobody in particular, and sees the pending rows of everybody.
        image : tuple or callable, default=None
            How to draw a row: the shape of the image that flat rows hold, (height, width) or
            (height, width, 3), or a function from the row to an array of such a shape.
        columns : list of str, default=None
            The columns of a frame to show. None: all of them, or none beside an image.

        Returns
        -------
        widget : ipywidgets.VBox

        Raises
        ------
        ImportError
            If ipywidgets is not installed, which the extra ``notebook`` adds.
        """
        from ._widget import session_widget

        fixed = self._rules.classes
        return session_widget(
            self,
            classes=fixed if classes is None else classes,
            annotator=annotator,
            image=image,
            columns=columns,
            new_classes=fixed is None,
        )

    # The log ----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _acting(self, opening=False):
        """Look at what others did, then act before they can go on; see what was written."""
        with self._store.transaction():
            self._sync(opening)
            yield
        self._sync()

    def _sync(self, opening=False):
        """Take in what was written to the log, by this process or another."""
        for action in self._store.actions(after=self._record.seq):
            self._record.apply(action)
        seen = self._record.data
        if not opening and seen is not None and seen["n_rows"] > len(self._rows):
            raise RuntimeError(
                f"Another process has appended rows to the data: there are {seen['n_rows']} now, "
                f"and {len(self._rows)} here. Open the session again with all of them."
            )

    def _write(self, kind, entries=(), annotator=None, details=None):
        action = Action(kind, annotator, _now(), details or {}, list(entries))
        self._store.append(action)

    def _entry(self, row, *, price=None, **said):
        """Return an entry for a row, with what is said of it."""
        price = float(self._prices[row]) if price is None else price
        return Entry(row, json_of(self._rows.id_at(row)), time=_now(), price=price, **said)

    def _ids(self, entries):
        return [self._rows.id_at(entry.row) for entry in entries]


@dataclass
class _Plan:
    """Rows that are about to be offered, by what was known at the action `seq`."""

    seq: int
    n_fits: int
    entries: list = field(default_factory=list)
    details: dict = field(default_factory=dict)
    advice: dict = None


def _mixed(*numbers):
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


def _frame_library(X):
    name = "polars" if type(X).__module__.partition(".")[0] == "polars" else "pandas"
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            'labels() returns a data frame and needs pandas: pip install pandas. export("x.csv") '
            "works without."
        ) from error


# Parameters -------------------------------------------------------------------------------


def _check_learner(learner):
    if learner is None:
        return ActiveLearner()
    if not isinstance(learner, ActiveLearner):
        way_out = f": ActiveLearner({type(learner).__name__}(...))."
        raise InvalidParameterError(
            f"learner must be an ActiveLearner or None, got {learner!r}. Wrap a classifier"
            f"{way_out if hasattr(learner, 'predict') else ' in an ActiveLearner.'}"
        )
    return clone(learner)


def _check_prices(prices, n_rows):
    if prices is None:
        return np.zeros(n_rows)
    prices = np.asarray(prices, dtype=float)
    if prices.shape != (n_rows,) or not (np.isfinite(prices) & (prices >= 0)).all():
        raise ValueError(
            f"prices must hold a finite number, at least 0, for each of the {n_rows} rows of X, "
            f"got {prices!r}."
        )
    return prices


def _check_budget(budget, prices):
    if budget is None:
        return None
    if prices is None:
        raise ValueError(
            "budget is in the unit of prices, but prices is None. Give prices, such as "
            "np.ones(len(X)) for a number of labels."
        )
    if isinstance(budget, bool) or not isinstance(budget, Real) or not 0 <= budget < math.inf:
        raise ValueError(f"budget must be a finite number, at least 0, got {budget!r}.")
    return float(budget)


def _check_stopping(stopping):
    if stopping is not None and not (hasattr(stopping, "start") and hasattr(stopping, "update")):
        raise InvalidParameterError(
            f"stopping must be a stopping criterion, see skal.stopping, got {stopping!r}."
        )
    return stopping


def _check_annotator(annotator):
    if annotator is not None and not (isinstance(annotator, str) and annotator.strip()):
        raise ValueError(f"annotator must be a name or None, got {annotator!r}.")
