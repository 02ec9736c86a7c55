"""The labeling session: a facade over the log, offers, answers, models and files."""

import copy

from .._base import check_count, frame_library, import_optional
from ._advice import Advice, check_stopping
from ._answers import Answers
from ._entries import Entries
from ._exchange import Exchange
from ._failures import explained_failures
from ._labels import LabelRules
from ._log import Log
from ._models import Models, check_fit_transformers, check_learner
from ._offers import Offers
from ._prices import Prices
from ._rows import Rows
from ._store import Store
from ._summary import counts, dated, label_columns
from ._verdict import Verdict

__all__ = ["LabelingSession"]


class LabelingSession:
    """Ask people for labels, and keep every answer.

    The session shows the rows of X to an active learner, offers the rows that the learner wants
    labeled and takes the labels. Everything is written to a file before the call returns, each
    call as one transaction: nothing that was acknowledged is lost if the process is killed, the
    machine loses power or a second process works on the same file. Opened again with the same
    data, a session continues exactly where it was.

    Rows are named by their ids, never by bare positions. Of each row the session knows whether
    it is in the pool, pending (offered to somebody, and to nobody else), labeled or skipped.
    :meth:`next` moves rows from the pool to pending, :meth:`label` and :meth:`skip` answer,
    :meth:`release` puts rows back into the pool, :meth:`undo` takes answers back.

    Parameters
    ----------
    path : str or path-like
        The file of the session, created if it does not exist. X is never written to it.
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
        Labels known from the start; None or NaN for rows without a label. Read for rows that
        have no label in the session.
    classes : array-like, default=None
        The only labels that are allowed. None allows new classes at any time.
    refit_every : int, default=1
        :meth:`next` fits a new model after this many new labels. It also fits one whenever
        labels were changed or undone.
    fit_transformers : {"all", "labeled"}, default="all"
        The rows on which the transformers in front of a classifier are fitted. "all" fits those
        that need no labels once, on all rows, when the first model is fitted: an encoder then
        knows every category, and a vectorizer every word. Only the transformers in front of the
        first step that needs labels are fitted in this way, in pipelines and in the members of
        committees. "labeled" fits all of them on the labeled rows, in every round.
    prices : array-like of shape (n_rows,), default=None
        What labeling each row costs, at least 0. None: nothing. Where all are above 0, they
        reach strategies that look at prices, such as :class:`~skal.strategies.CostAware`.
    budget : float, default=None
        How much may be spent, in the unit of the prices. Pending rows count as spent. None: no
        limit.
    stopping : StoppingCriterion, default=None
        Is shown the model of every round; its answer is in :meth:`progress`. :meth:`next` offers
        rows all the same.
    verdict : "majority" or callable, default="majority"
        The label that counts for a row on which annotators disagree. "majority" is the most
        frequent label, and of equally frequent ones the one given first. A callable gets a dict
        of each annotator's label, in the order in which they answered first, as
        :meth:`disagreements` returns it, and returns one of these labels. Models, counts and
        tasks for other programs go by it; :meth:`verdicts` returns all of them.

    Raises
    ------
    ValueError
        If an argument is not valid, X is not the data that the session was begun with, or the
        file is not a session.
    DamagedSessionError
        If the file was damaged, with the place of the damage. :func:`skal.session.salvage` reads
        what was written before that place.
    OSError
        If the file cannot be opened or created. Methods raise it, too, where the file was
        deleted, replaced or truncated while it was open.

    See Also
    --------
    ActiveLearner : The loop without a file, and without people.
    skal.stopping : When there are enough labels.

    Notes
    -----
    Labels are text, whole numbers of at most 64 bits or truth values, all of one kind. Blanks
    around text do not count, and 1.0 is 1.

    A model depends only on the labels, on the number of models before it and, by its transformers,
    on X: it is fitted from scratch, whatever the learner's `incremental` says. It chooses what
    :meth:`ActiveLearner.query` would choose if each round were taught in turn.

    `classes`, `refit_every`, `fit_transformers`, `prices`, `budget`, `stopping` and `verdict` are
    not kept in the file. A session belongs to the thread that opened it; other threads open their
    own session on the same file. Do not copy the file alone while a session is open: its latest
    labels may be in ``path-wal`` beside it. File systems without locks, such as some network
    drives, are not safe for two processes.

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
        fit_transformers="all",
        prices=None,
        budget=None,
        stopping=None,
        verdict="majority",
    ):
        # All arguments are checked before a file is made.
        self._rows = Rows(X, ids)
        self._rules = LabelRules(classes)
        refit_every = check_count(refit_every, "refit_every")
        fit_transformers = check_fit_transformers(fit_transformers)
        learner = check_learner(learner)
        self._prices = Prices(prices, budget, len(self._rows))
        stopping = check_stopping(stopping)
        self._verdict = Verdict(verdict)
        known = self._rules.known_labels(y, len(self._rows))

        self._store = Store(path)
        self._log = Log(self._store, self._rows)
        entries = Entries(self._rows.ids, self._prices)
        self._models = Models(
            learner, refit_every, fit_transformers, self._rows, self._log, self._verdict
        )
        self._advice = Advice(stopping, self._rows, self._store)
        self._offers = Offers(
            self._log, self._rows, entries, self._prices, self._models, self._advice
        )
        self._answers = Answers(self._log, self._rows.ids, self._rules, entries)
        self._exchange = Exchange(
            self._log, self._rows, self._rules, entries, self._models, self._verdict
        )
        try:
            with self._log.opening() as record:
                self._answers.begin_with(known, record)
        except BaseException:
            self.close()
            raise

    def close(self):
        """Close the file. Nothing needs to be saved: every answer is in it already."""
        self._store.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __repr__(self):
        state = f"{len(self._log.record.opinions)} of {len(self._rows)} rows labeled"
        return f"<LabelingSession {self._store.path!r}: {state}>"

    def __reduce__(self):
        raise TypeError(
            "A LabelingSession is a file held open, and cannot be copied or pickled. Open it "
            f"again from its path, {self._store.path!r}."
        )

    def next(self, n=1, *, annotator=None, again=False):
        """Offer rows to be labeled.

        The rows are new ones, offered to nobody so far; :meth:`pending` lists those that are
        still open from earlier calls.

        Parameters
        ----------
        n : int, default=1
            How many rows. Fewer are offered if the pool or the budget ends.
        annotator : str, default=None
            Who is to answer. None is nobody in particular: anybody may answer.
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
            If `n` is not a positive integer. Errors of the learner come through; messages of
            ValueError and TypeError end with what can be done.
        """
        entries = self._offers.next(n, annotator, again)
        # Index the ids now, so that the first answer does not wait for it.
        self._rows.ids.index()
        return self._rows.ids.of(entries)

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
            If a row is labeled already (see :meth:`relabel`) or pending for somebody else; if an
            id is not in the data or occurs twice; or if a label is missing, of another kind than
            the others, or not among `classes`.
        """
        self._answers.label(ids, y, annotator)

    def relabel(self, ids, y, *, annotator=None):
        """Change the labels of rows that are labeled already.

        An annotator who labeled the row changes that label. Anybody else settles the row: the
        new label replaces all its labels.

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
        self._answers.relabel(ids, y, annotator)

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
        self._answers.skip(ids, annotator)

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
        self._answers.release(ids)

    @property
    def last_action(self):
        """Number of the last action of this object that :meth:`undo` can take back, or None.

        Other objects and processes that have the same file open count for themselves: a program
        that collects these numbers can take back what was done with it, and nothing else.
        """
        return self._log.last_action

    def undo(self, k=1, *, annotator=None, actions=None):
        """Take back the last actions: calls of label, skip, relabel or import_labels.

        Rows that were labeled or skipped are pending again; rows that were relabeled have the
        label from before. Nothing is erased from the file. Labels known from the start stay.

        Parameters
        ----------
        k : int, default=1
            How many actions.
        annotator : str, default=None
            Whose actions. None: those of everybody, also of people who have the session open
            elsewhere.
        actions : list of int, default=None
            The numbers of the actions, see :attr:`last_action`. None: the last `k`.

        Returns
        -------
        ids : list of ids
            The rows of these actions.

        Raises
        ------
        ValueError
            If there are fewer actions, one of `actions` cannot be undone, or others have changed
            the same rows since.

        Examples
        --------
        >>> import os, tempfile
        >>> from skal.session import LabelingSession
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "animals.skal")
        >>> session = LabelingSession(path, None, [[0.0], [1.0]], ids=["rex", "tom"])
        >>> session.label("rex", "cat")
        >>> mine = session.last_action
        >>> session.label("tom", "cat")
        >>> session.undo(actions=[mine])
        ['rex']
        >>> session.verdicts()
        {'tom': 'cat'}
        >>> session.close()
        >>> folder.cleanup()
        """
        undone = self._answers.undo(k, annotator, actions)
        return list(dict.fromkeys(self._rows.ids.of(undone)))

    def pending(self, annotator=None):
        """Return the rows that were offered and are not answered yet.

        Parameters
        ----------
        annotator : str, default=None
            Only rows that were offered to this annotator. None: all pending rows.

        Returns
        -------
        ids : list of ids
            In the order in which they were offered.
        """
        offers = self.offers().items()
        return [id_ for id_, who in offers if annotator is None or who == annotator]

    def offers(self):
        """Return to whom each pending row was offered.

        Returns
        -------
        offers : dict
            For each pending id, in the order in which they were offered, the annotator; None is
            nobody in particular.
        """
        offers = self._log.sync().pending.values()
        return dict(zip(self._rows.ids.of(offers), (one.annotator for one in offers), strict=True))

    def skipped(self):
        """Return the rows that were put aside.

        Returns
        -------
        ids : list of ids
        """
        return self._rows.ids.of(self._log.sync().skipped.values())

    def progress(self):
        """Return counts of labeled, pending and skipped rows.

        Returns
        -------
        progress : dict
            - `n_rows`, the sum of `n_labeled`, `n_pending`, `n_skipped` and `n_pool` (rows that
              are still to be offered);
            - `n_second_opinions`, the labeled rows that are pending once more;
            - `n_disagreements`, see :meth:`disagreements`;
            - `n_rounds`, how many models have chosen rows;
            - `classes`, the number of rows with each label, see :meth:`verdicts`; `annotators`,
              the number of labels of each annotator (None: of nobody in particular);
            - `spent`, the prices of all labels but those known from the start; `budget`;
            - `stop`, the answer of the stopping criterion in the last round, None without one.
        """
        record = self._log.sync()
        return {
            **counts(record, len(self._rows), self._verdict),
            "spent": self._prices.spent(record),
            "budget": self._prices.budget,
            "stop": self._advice.stop(),
        }

    def model(self):
        """Return a learner fitted on all labels.

        A row counts once, with its label in :meth:`verdicts`.

        Returns
        -------
        learner : fitted ActiveLearner
            Fitted now, unless it was already. Changing it does not change the session.

        Raises
        ------
        ValueError
            If nothing is labeled.
        """
        self._log.sync()
        with explained_failures():
            model = self._models.of_all_labels()
        if model is None:
            raise ValueError(
                "There is no model yet, as nothing is labeled. Label rows that next() offers."
            )
        # A shallow copy: teach and set_params change its attributes, never the fitted model.
        return copy.copy(model)

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
            - `strategy`, the name of the strategy that chose the row, and `score`, the score
              with which it did, missing where the strategy gives none.

        Raises
        ------
        ImportError
            If pandas is not installed; :meth:`records` works without.
        """
        library = import_optional(
            frame_library(self._rows.X),
            "labels() returns a data frame and needs",
            'pandas. records() and export("x.csv") work without',
        )
        return library.DataFrame(dated(label_columns(self._log.sync(), self._rows.ids)))

    def records(self):
        """Return all labels without a data frame.

        Returns
        -------
        records : list of dict
            One for each line of :meth:`labels`, by the names of its columns. Times are
            datetimes; what is missing is None.

        Examples
        --------
        >>> import os, tempfile
        >>> from skal.session import LabelingSession
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "animals.skal")
        >>> with LabelingSession(path, None, [[0.0], [1.0]], ids=["rex", "tom"]) as session:
        ...     session.label("rex", "dog", annotator="anna")
        ...     (record,) = session.records()
        >>> record["id"], record["label"], record["annotator"]
        ('rex', 'dog', 'anna')
        >>> folder.cleanup()
        """
        columns = dated(label_columns(self._log.sync(), self._rows.ids))
        return [
            dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)
        ]

    def verdicts(self):
        """Return the label that counts for each labeled row.

        Where annotators disagree, the parameter `verdict` of the session decides.

        Returns
        -------
        verdicts : dict
            For each labeled id, in the order of the rows' first labels, one label.

        Raises
        ------
        ValueError
            If a callable `verdict` returns anything else than one of the labels of a row.

        See Also
        --------
        records : All labels, of all annotators.
        """
        rows, labels = self._verdict.labels(self._log.sync())
        return dict(zip(map(self._rows.ids.at, rows), labels, strict=True))

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
        record = self._log.sync()
        return {
            self._rows.ids.at(row): {
                who: entry.label for who, entry in record.opinions[row].items()
            }
            for row in record.disagreements()
        }

    def export(self, path, *, format=None, ids=None, question="label", field="text"):
        """Write labels to a table, or tasks for an annotation tool.

        Parameters
        ----------
        path : str or path-like
            An existing file is replaced after everything is written.
        format : {"csv", "parquet", "label-studio", "argilla"}, default=None
            None stands for the ending of the path, ".csv" or ".parquet". The tables hold what
            :meth:`labels` returns; Parquet needs pandas and pyarrow. The other two are JSON: the
            import format of Label Studio, and the records of Argilla. They hold the data of each
            row, the model's prediction with its probability, the score of the strategy, and the
            labels of the row.
        ids : array-like of ids, default=None
            The rows to write as tasks. None: the pending rows.
        question : str, default="label"
            Name of the question in the tool: of the `Choices` tag in Label Studio, of the
            `LabelQuestion` in Argilla.
        field : str, default="text"
            Name of the text in the tool, if X is a list of texts; in Label Studio also the name
            of the tag that shows it.

        Raises
        ------
        ValueError
            If the format is not known, or None and not told by the path.
        ImportError
            If pandas or pyarrow is not installed, which Parquet needs.
        """
        self._exchange.write(path, format, ids=ids, question=question, field=field)

    def import_labels(self, path, *, format=None, annotator=None, question="label"):
        """Read labels from a table, or the answers from an annotation tool.

        All answers are taken, as one action, or none if there is an error. Labels that the
        session already has are ignored, so that a file may be read again. A label for a row that
        somebody else has labeled is a second opinion. Tasks that were cancelled in Label Studio,
        or discarded in Argilla, are skipped, unless somebody has labeled the row.

        Parameters
        ----------
        path : str or path-like
            A table with the columns `id` and `label`, and optionally the other columns of
            :meth:`labels`; an export of Label Studio, JSON or JSON-MIN; or records of Argilla.
        format : {"csv", "parquet", "label-studio", "argilla"}, default=None
            None: told by the ending of the path, and for JSON by the content of the file.
        annotator : str, default=None
            The annotator of labels for which the file names none.
        question : str, default="label"
            Name of the question in the tool.

        Returns
        -------
        n_labels : int
            How many labels were new.

        Raises
        ------
        ValueError
            If the file cannot be read, names an unknown row, has no answer to `question` but to
            others, or disagrees with a label that the same annotator gave. The message names the
            line, row or item of the file.

        Notes
        -----
        Text, which is all that CSV and the tools hold, is matched with the ids of the data and
        the labels of the session as text. If the session has no labels yet, text becomes whole
        numbers or truth values if all labels of the file look like that.
        """
        return self._exchange.read(path, format, annotator=annotator, question=question)

    def widget(self, *, classes=None, annotator=None, image=None, columns=None):
        """Return a widget for notebooks: one row at a time, and a button for each class.

        Parameters
        ----------
        classes : array-like, default=None
            A button for each of them. None: the classes of the session; without these, the
            classes labeled so far and a field to name new ones.
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
        # Most sessions have no widget, and this imports what an event loop needs.
        from ._widget import session_widget

        fixed = self._rules.classes
        return session_widget(
            self,
            self._rows,
            classes=fixed if classes is None else classes,
            annotator=annotator,
            image=image,
            columns=columns,
            new_classes=fixed is None,
        )
