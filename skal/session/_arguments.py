"""The arguments of a session, checked before a file is made."""

from .._base import check_count
from ._advice import check_stopping
from ._audit import Audit, check_audit
from ._groups import check_groups
from ._models import check_fit_transformers, check_learner
from ._prices import Prices
from ._rows import Rows
from ._rules import rules_for
from ._verdict import Verdict


class Arguments:
    """Check the arguments of a :class:`LabelingSession`, by the names that they have there.

    Attributes
    ----------
    rows : Rows
    learner : ActiveLearner
    rules : LabelRules
    known : dict
        The labels known from the start, by row.
    verdict : Verdict
    prices : Prices
    audit : Audit
    refit_every, fit_transformers, stopping, groups
        As given, checked.
    """

    def __init__(
        self,
        learner,
        X,
        *,
        ids,
        y,
        classes,
        refit_every,
        fit_transformers,
        prices,
        budget,
        stopping,
        verdict,
        audit,
        groups,
        several_labels,
    ):
        self.rows = Rows(X, ids)
        n_rows = len(self.rows)
        self.learner = check_learner(learner)
        self.stopping = check_stopping(stopping, n_rows)
        audit = check_audit(audit)
        self.rules = rules_for(self.learner, classes, several_labels, verdict)
        self.refit_every = check_count(refit_every, "refit_every")
        self.fit_transformers = check_fit_transformers(fit_transformers)
        self.prices = Prices(prices, budget, n_rows)
        self.verdict = Verdict(verdict, self.rules)
        self.audit = Audit(audit)
        self.groups = check_groups(groups, n_rows)
        self.known = self.rules.known_labels(y, n_rows)
