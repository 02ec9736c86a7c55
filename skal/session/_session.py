"""The labeling session: a facade over the log, offers, answers, models and files."""

import copy
import os

from .._base import frame_library, import_optional
from ._arguments import Arguments
from ._failures import explained_failures
from ._handle import Handle
from ._pace import labels_per_hour
from ._parts import Parts
from ._summary import counts, dated, label_columns, shown

__all__ = ["LabelingSession"]


class LabelingSession(Handle):
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
        The only labels that are allowed. None allows new classes at any time. Not for numbers.
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
    verdict : {"majority", "dawid_skene", "median"} or callable, default="majority"
        The label that counts for a row on which annotators disagree. "majority" is the most
        frequent label, and of equally frequent ones the one given first. "dawid_skene" is the
        most probable of its labels if annotators count by how reliable they are, which
        :func:`skal.label_quality.dawid_skene` estimates from all rows with several labels; where
        labels are equally probable, it is the majority. A callable gets a dict of each
        annotator's label, in the order in which they answered first, as :meth:`disagreements`
        returns it, and returns one of these labels. Models, counts and tasks for other programs
        go by it; :meth:`verdicts` returns all of them. Where labels are numbers, "majority" and
        "median" are both the median, of an even number of labels the mean of the two in the
        middle; "dawid_skene" is for classes alone, and a callable may return any finite number.
    audit : float, default=0.0
        The share of the rows offered by :meth:`next` that are drawn at random from the pool,
        from 0 to below 1, such as 0.1. They are marked in the file, and are what :meth:`estimate`
        rests on. :meth:`model` learns from them like from others, but the models that choose rows
        do not: what was drawn must not change what is asked, or the estimate would be too low.
        The share is kept exactly over all calls. An audit row that is released is offered again as
        the next audit row. The draw is among the rows that the rest of the budget can pay for.
    groups : array-like of shape (n_rows,), default=None
        A value for each row, the same for rows that are copies of one another. Where copies are
        labeled together, a model that has learned from the copies of a row knows its label: no
        such model judges the row in :meth:`estimate` and :meth:`suspects`, and copies of audit
        rows count as audit rows for the models that choose. None: no row is a copy of another.

    several_labels : bool, default=None
        Whether each label is a list of classes, such as ["cheap", "quiet"] or []. None: the first
        label tells, where the learner has a classifier of indicator matrices, which several labels
        need; see the notes. Such a classifier gets a matrix with a column for each class: those of
        `classes`, in this order, or else those in use, sorted. The default verdict is a majority
        for each class, in which the first annotator decides a tie; a callable returns a list.
        Stopping criteria that read probabilities of classes are for one label a row.

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
    around text do not count, and 1.0 is 1. Where the learner has a regressor, labels are finite
    numbers, kept exactly as floats of 64 bits: 1 is 1.0 and -0.0 is 0.0, and text is refused.
    A file of numbers is opened with a regressor, and one of classes with a classifier; whole
    numbers may be either.

    A session has one label a row or several, and all that follow are like the first. For several
    ids, ``["a", "b"]`` is a label for each, and ``[["a"], ["b", "c"]]`` are several. For a single
    id, a list, tuple, set or array is all of its labels, also ``["a"]``. With `classes`, an
    indicator matrix, an array or csr matrix of 0 and 1 with a column for each class, names labels
    by their columns. Where the first label was a mistake, :meth:`undo` takes it back, and the next
    one tells. A cell of a table such as ``a|b`` tells nothing, and is refused as a first label.

    A model depends only on the labels, on the number of models before it and, by its transformers,
    on X: it is fitted from scratch, whatever the learner's `incremental` says. It chooses what
    :meth:`ActiveLearner.query` would choose if each round were taught in turn.

    `classes`, `refit_every`, `fit_transformers`, `prices`, `budget`, `stopping`, `verdict`,
    `audit` and `groups` are not kept in the file. A session belongs to the thread that opened it;
    other threads open their own session on the same file. Do not copy the file alone while a
    session is open: its latest labels may be in ``path-wal`` beside it. File systems without
    locks, such as some network drives, are not safe for two processes.

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
        audit=0.0,
        groups=None,
        several_labels=None,
    ):
        # All arguments are checked before a file is made.
        given = Arguments(
            learner,
            X,
            ids=ids,
            y=y,
            classes=classes,
            refit_every=refit_every,
            fit_transformers=fit_transformers,
            prices=prices,
            budget=budget,
            stopping=stopping,
            verdict=verdict,
            audit=audit,
            groups=groups,
            several_labels=several_labels,
        )
        parts = Parts(path, given)
        self._rows, self._rules, self._verdict = given.rows, given.rules, given.verdict
        self._prices = given.prices
        self._store, self._log, self._models = parts.store, parts.log, parts.models
        self._offers, self._answers, self._ranking = parts.offers, parts.answers, parts.ranking
        self._suspects, self._estimates = parts.suspects, parts.estimates
        self._advice, self._exchange = parts.advice, parts.exchange

    def next(self, n=1, *, annotator=None, again=False):
        """Offer rows to be labeled.

        The rows are new ones, offered to nobody so far; :meth:`pending` lists those that are
        still open from earlier calls. With an `audit`, some are drawn at random.

        Parameters
        ----------
        n : int, default=1
            How many rows. Fewer are offered if the pool or the budget ends.
        annotator : str, default=None
            Who is to answer. None is nobody in particular: anybody may answer.
        again : bool or "auto", default=False
            False offers new rows. True asks for second opinions: rows, drawn at random, that
            others have labeled and the annotator has not. "auto" offers a second opinion where
            one more label is worth more than the label of a new row, see the notes.

        Returns
        -------
        ids : list of n ids
            Best first. They are pending now, and are offered to nobody else until they are
            labeled, skipped or released. Empty if nothing is left.

        Raises
        ------
        ValueError
            If `n` is not a positive integer, `again` is not one of its values, or the learner
            does not predict probabilities of classes, which "auto" needs. Errors of the learner
            come through; messages of ValueError and TypeError end with what can be done.

        Notes
        -----
        With ``again="auto"``, the rows that the strategy would ask for and the labeled rows that
        the annotator has not seen are scored by :func:`skal.label_quality.active_lab`, and the
        best `n` are taken: so many new rows, as the strategy ranks them, and the best of the
        others. For the scores, five models are fitted on parts of the labels, whenever these
        have changed. All rows are new as long as there is no model, or fewer than 5 labels of
        each of two classes, or nobody else has labeled anything. Rows that :meth:`relabel` has
        settled are not asked about. Neither are audit rows: corrections of their labels must not
        depend on the model that they judge. They are drawn among the new rows, and not compared.

        Where rows have several labels, each label is a question of two classes, and the score of a
        row is the mean of the scores of its labels: of the labels that at least 5 rows have and 5
        have not. It estimates which share of what is known of these labels is wrong. ActiveLab
        was published for one class a row; the mean is a choice of this library.

        References
        ----------
        H. W. Goh and J. Mueller (2023). ActiveLab: Active learning with re-labeling by multiple
        annotators. arXiv:2301.11856.
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
            A label for each of them. Where rows have several labels, a list for each, or one list
            for a single id; with `classes`, also an indicator matrix.
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

    @property
    def classes(self):
        """The only labels that are allowed, as a list; None if new ones are welcome."""
        return self._rules.classes

    def ranked(self, ids=None):
        """Return pending rows in the order in which the session would ask for them now.

        The order in which :meth:`next` offered them is that of an earlier model. Audit rows,
        which were drawn at random, keep their places in it. The predictions are those of
        :meth:`model`, which knows all labels.

        Parameters
        ----------
        ids : array-like of ids, default=None
            The rows. None: all pending rows.

        Returns
        -------
        ranked : list of dict
            For each row, best first: its `id`; `predicted`, the label that the model predicts;
            and `probability`, of that label. The last two are None where there is no model yet,
            and the probability where the model has none.

        Examples
        --------
        >>> import os, tempfile
        >>> from skal.session import LabelingSession
        >>> folder = tempfile.TemporaryDirectory()
        >>> X = [[0.0], [1.0], [2.2], [3.0], [1.6]]
        >>> session = LabelingSession(os.path.join(folder.name, "a.skal"), None, X)
        >>> session.label([0, 3], ["cold", "warm"])
        >>> [row["id"] for row in session.ranked([1, 2, 4])]
        [4, 1, 2]
        >>> session.close()
        >>> folder.cleanup()
        """
        return self._ranking.of(ids)

    def rows(self, ids=None):
        """Return rows of the data by their ids, to show them to people.

        Parameters
        ----------
        ids : array-like of ids, default=None
            The rows. None: all of them.

        Returns
        -------
        X : rows of shape (n_ids, ...)
            Of the same kind as the data of the session.
        """
        return self._rows.X if ids is None else self._rows.take(self._rows.ids.positions(ids))

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

    def progress(self, *, estimate=True):
        """Return counts of labeled, pending and skipped rows.

        Parameters
        ----------
        estimate : bool, default=True
            Whether to estimate the accuracy, for which models may have to be fitted.

        Returns
        -------
        progress : dict
            - `n_rows`, the sum of `n_labeled`, `n_pending`, `n_skipped` and `n_pool` (rows that
              are still to be offered);
            - `n_second_opinions`, the labeled rows that are pending once more;
            - `n_disagreements`, see :meth:`disagreements`;
            - `n_rounds`, how many models have chosen rows;
            - `classes`, the number of rows with each label, see :meth:`verdicts`, None where
              labels are numbers; `numbers`, their `minimum`, `mean` and `maximum` as a dict, None
              for classes and where nothing is labeled;
            - `annotators`, the number of labels of each annotator (None: of nobody in particular);
            - `spent`, the prices of all labels but those known from the start; `budget`;
            - `stop`, the answer of the stopping criterion in the last round, None without one; a
              number of labels is counted at once, without a round;
            - `estimate`, the accuracy of :meth:`estimate`, or R^2 where labels are numbers, None
              in a session without an audit or where it is not asked for. It may be a little older
              than the labels: it is computed anew when there are 10% more of them, or some were
              changed;
            - `labels_per_hour`, from the times of the last 100 labels that people gave. A time of
              more than 5 minutes for a label is a break, and left out; labels that were given
              together took the time since those before. None where fewer than 5 labels tell.
        """
        record = self._log.sync()
        latest = self._estimates.latest() if estimate else None
        given = [entry.time for entry in record.entries() if entry.row not in record.known]
        return {
            **counts(record, len(self._rows), self._verdict, self._rules),
            "spent": self._prices.spent(record),
            "budget": self._prices.budget,
            "stop": self._advice.stop(record),
            "estimate": latest,
            "labels_per_hour": labels_per_hour(given),
        }

    def estimate(self, scoring=None, *, positive=None, confidence=0.95):
        """Estimate how good the present model is on the rows without a label.

        The rows that a strategy chose are not like the others, and a score on them says little.
        Audit rows are drawn at random, see the parameter `audit`. Each of them is predicted by a
        model like :meth:`model` that has not learned its label (cross-fitting), and the
        estimate takes into account that the pool was another one when it was drawn.

        Parameters
        ----------
        scoring : str, default=None
            For classes, where None stands for "accuracy":

            - "accuracy": the share of the rows that the model is right about;
            - "balanced_accuracy": the mean recall of all classes labeled so far;
            - "f1": the F1 score of the class `positive`;
            - "recall": the share of the rows of `positive` that the model recognizes;
            - "found": the share of all rows of `positive` that are labeled already;
            - "n_left": how many rows of `positive` have no label yet.

            For several labels a row, where None stands for "accuracy", too:

            - "accuracy": the share of the rows of which the model predicts all labels rightly, and
              no others;
            - "f1_micro": the F1 score of all labels of all rows together;
            - "f1_macro": the mean of the F1 scores of the labels, of which each needs 5 audit
              rows;
            - "hamming_loss": the share of single labels that are wrongly predicted, present or
              absent;
            - "f1", "recall", "found" and "n_left" of the label `positive`, as above.

            For numbers, where None stands for "r2":

            - "r2": R^2, the share of the variance among the rows that the model explains;
            - "rmse": the root of the mean squared error.
        positive : label, default=None
            The class, for "f1", "recall", "found" and "n_left".
        confidence : float, default=0.95
            How often the interval is to hold the true value, between 0 and 1.

        Returns
        -------
        estimate : Estimate
            With `value`, `low`, `high` and `n_audit`; ``str(estimate)`` is a sentence. The numbers
            are None while there are too few audit rows to say: fewer than 20, or, for scores of
            the model by class, fewer than 5 of the class, or, for numbers, if all of them or all
            errors are the same.

        Raises
        ------
        ValueError
            If the session has no audit, or a parameter is not valid. Errors of the classifier come
            through.

        See Also
        --------
        skal.stopping.TargetScore : Stop when the score is high enough.
        skal.stopping.TargetRecall : Stop when enough of a class is found.

        Notes
        -----
        Intervals are those of Wilson for shares, of Clopper and Pearson for counts, and of Zou and
        Donner for means of shares, with the correlations between labels of the same rows. Where
        several labels of a row count, the variance is multiplied by their design effect, as they
        are right and wrong together. Those of "r2" and "rmse" use the jackknife, on the scale of
        logarithms of 1 - R^2 and of the mean squared error, and quantiles of Student's
        distribution with degrees of freedom by the kurtosis. They are too narrow where the numbers
        are strongly skewed. The changing pool is corrected for by the estimator of Des
        Raj. A row that has labeled copies is predicted with their help, as rows of the pool that
        have labeled copies are.

        Rows that are put aside are not estimated: audit rows that are skipped are left out and
        counted. When rows are appended to the data, only audit rows drawn since then count, as
        those before could not be new ones.

        Examples
        --------
        >>> import os, tempfile
        >>> from sklearn.datasets import load_digits
        >>> from skal import ActiveLearner
        >>> from skal.session import LabelingSession
        >>> X, y = load_digits(return_X_y=True)
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "digits.skal")
        >>> learner = ActiveLearner(random_state=0)
        >>> with LabelingSession(path, learner, X, audit=0.2) as session:
        ...     for _ in range(5):
        ...         ids = session.next(50)
        ...         session.label(ids, y[ids])
        ...     estimate = session.estimate()
        >>> estimate.n_audit
        50
        >>> 0 < estimate.low < estimate.value <= estimate.high
        True
        >>> folder.cleanup()
        """
        self._log.sync()
        return self._estimates.of(scoring, positive, confidence)

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
                "There is no model yet, as nothing is labeled, or with several labels a row less "
                "than two different ones. Label rows that next() offers."
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
              no model chose, audit rows left aside;
            - `strategy`, the name of the strategy that chose the row, and `score`, the score
              with which it did, missing where the strategy gives none. Audit rows have "audit",
              and rows that were offered once more "second opinion";
            - `audit`, whether the row was drawn at random, see the parameter `audit`.

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
        return dict(zip(map(self._rows.ids.at, rows), map(shown, labels), strict=True))

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
                who: shown(entry.label) for who, entry in record.opinions[row].items()
            }
            for row in record.disagreements()
        }

    def suspects(self, n=None, *, return_details=False):
        """Return the labeled rows whose labels are probably wrong.

        Each label in :meth:`verdicts` is compared with the prediction of a model that was fitted
        without it, as the session fits its models, on four fifths of the labeled rows.
        :func:`skal.label_quality.find_label_issues` draws the line. Rows that were relabeled,
        with another label or with the same, are left out: somebody has looked at them.

        Where labels are numbers, a label is suspicious if its difference from the prediction is
        more than 3.5 standard deviations away from the median of these differences. The standard
        deviation is 1.4826 times the median distance from their median, which a few wrong labels
        do not change; where more than half of the differences are the same, it is 1.2533 times
        the mean distance.

        Where rows have several labels, each label that at least 5 rows have and 5 have not is a
        question of two classes, and a row is suspicious where one of its labels is, missing or
        too many. The quality of a row is an exponential moving average of the qualities of these
        labels, :func:`skal.label_quality.multilabel_quality`, in which the least one has the
        weight 0.8.

        Parameters
        ----------
        n : int, default=None
            How many rows at most. None: all that are found.
        return_details : bool, default=False
            Whether to return a dict for each row instead of its id.

        Returns
        -------
        suspects : list of ids or list of dict
            The most suspicious first; empty if no label is suspicious. A dict holds the `id`, the
            `label` that counts, the label `predicted` instead with its `probability`, and the
            `quality` of the label: the probability that it is right. Of numbers, the probability
            is None, and the quality is that of a difference at least as large, were differences
            normally distributed. Of several labels, `missing` and `extra` are lists of the
            suspicious ones, `predicted` are the labels of the row with these corrected, and the
            probability is that of the surest of the corrections.

        Raises
        ------
        ValueError
            If there are too few labels, at least 5 of each of two classes, 10 numbers, or one of
            several labels that 5 rows have and 5 have not; or if the learner is a classifier that
            does not predict probabilities.

        Notes
        -----
        Five models are fitted, unless the labels are the same as in the last call.

        References
        ----------
        C. G. Northcutt, L. Jiang and I. L. Chuang (2021). Confident learning: estimating
        uncertainty in dataset labels. JAIR 70. arXiv:1911.00068.

        A. Thyagarajan, E. Snorrason, C. G. Northcutt and J. Mueller (2022). Identifying incorrect
        annotations in multi-label classification data. arXiv:2211.13895.

        B. Iglewicz and D. C. Hoaglin (1993). How to detect and handle outliers. ASQC.

        Examples
        --------
        >>> import os, tempfile
        >>> from sklearn.datasets import load_iris
        >>> from skal.session import LabelingSession
        >>> X, y = load_iris(return_X_y=True)
        >>> y[7] = 2  # a mistake
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "iris.skal")
        >>> session = LabelingSession(path, None, X, y=y)
        >>> session.suspects(1)
        [7]
        >>> session.relabel(7, 0)
        >>> 7 in session.suspects()
        False
        >>> session.close()
        >>> folder.cleanup()
        """
        found = self._suspects.find(n)
        return found if return_details else [one["id"] for one in found]

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
            labels of the row. Several labels a row are choices of a tag `Choices` with
            ``choice="multiple"``, and of a `MultiLabelQuestion`. Numbers are results of the tag
            `Number` in Label Studio, and text in Argilla, which has no question for them.
        ids : array-like of ids, default=None
            The rows to write as tasks. None: the pending rows.
        question : str, default="label"
            Name of the question in the tool: of the tag `Choices` or `Number` in Label Studio,
            of the `LabelQuestion` or `TextQuestion` in Argilla.
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
        path : str, path-like or list of dict
            A table with the columns `id` and `label`, and optionally the other columns of
            :meth:`labels`; an export of Label Studio, JSON or JSON-MIN; or records of Argilla.
            No file, but a list of dicts, is read as such a table, where a label that is None says
            that the row was skipped; :meth:`records` returns such a list.
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
        numbers or truth values if all labels of the file look like that. Where labels are numbers,
        text has to be one, with a point before the decimals.
        """
        return self._exchange.read(path, format, annotator=annotator, question=question)

    def widget(self, *, classes=None, annotator=None, image=None, columns=None):
        """Return a widget for notebooks: one row at a time, and a button for each class.

        Where labels are numbers, there is a field to type them, and no button. Where rows have
        several labels, the buttons choose classes, and one more gives what is chosen.

        Parameters
        ----------
        classes : array-like, default=None
            A button for each of them; not for numbers. None: the classes of the session; without
            these, the classes labeled so far and a field to name new ones.
        annotator : str, default=None
            Who labels. None is nobody in particular, and sees the pending rows of everybody.
        image : tuple, callable or str, default=None
            How to draw a row: the shape of the image that flat rows hold, (height, width) or
            (height, width, 3), or a function from the row to an array of such a shape. Or the
            name of a column of a frame that holds addresses, or paths of files in PNG, JPEG,
            GIF, WebP or BMP; relative paths begin in the folder of the session's file. Such
            files become part of the notebook.
        columns : list of str, default=None
            The columns of a frame to show. None: all of them, or none beside an image; beside
            an image that a column names, all others.

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
            folder=os.path.dirname(os.path.abspath(self._store.path)),
        )
