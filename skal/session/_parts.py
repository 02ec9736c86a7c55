"""The parts of a session, each of which is given those that it needs."""

from ._advice import Advice
from ._again import Worth
from ._answers import Answers
from ._entries import Entries
from ._estimates import Estimates
from ._exchange import Exchange
from ._log import Log
from ._models import Models
from ._offers import Offers
from ._out_of_fold import OutOfFold
from ._ranking import Ranking
from ._store import Store
from ._suspects import Suspects


class Parts:
    """Open the file of a session, and make what works on it.

    Parameters
    ----------
    path : str or path-like
    given : Arguments

    Attributes
    ----------
    store, log, models, suspects, estimates, advice, offers, ranking, answers, exchange
        Named after their classes.
    """

    def __init__(self, path, given):
        rows, rules, verdict, groups = given.rows, given.rules, given.verdict, given.groups
        self.store = Store(path)
        self.log = Log(self.store, rows)
        self.models = Models(
            given.learner,
            given.refit_every,
            given.fit_transformers,
            rows,
            self.log,
            verdict,
            rules,
            groups,
        )
        judges = OutOfFold(self.models, rows, rules, groups)
        self.suspects = Suspects(self.log, rows.ids, verdict, judges, rules)
        self.estimates = Estimates(given.audit, self.log, self.models, verdict, rules, groups)
        self.advice = Advice(given.stopping, rows, self.store, self.estimates)
        entries = Entries(rows.ids, given.prices)
        self.offers = Offers(
            self.log,
            rows,
            entries,
            given.prices,
            self.models,
            self.advice,
            given.audit,
            Worth(verdict, judges, rules),
        )
        self.ranking = Ranking(self.log, rows, given.prices, self.models, verdict, rules)
        self.answers = Answers(self.log, rows.ids, rules, entries)
        self.exchange = Exchange(self.log, rows, rules, entries, self.models, verdict)
        self._begin(rules, given.known)

    def _begin(self, rules, known):
        """Compare the file with the data, and write the labels that were known before."""
        try:
            with self.log.opening() as record:
                rules.check_file(record)
                self.answers.begin_with(known, record)
        except BaseException:
            self.store.close()
            raise
