"""The order in which pending rows are worth a label now, and what the model expects of them."""

from ._failures import explained_failures


class Ranking:
    """Rank pending rows by the model that would choose the next ones.

    Parameters
    ----------
    log : Log
    rows : Rows
    prices : Prices
    models : Models
    verdict : Verdict
    rules : LabelRules
    """

    def __init__(self, log, rows, prices, models, verdict, rules):
        self._log = log
        self._rows = rows
        self._prices = prices
        self._models = models
        self._verdict = verdict
        self._rules = rules

    def of(self, ids):
        """Return a dict for each row, best first; None stands for all pending rows."""
        record = self._log.sync()
        rows = list(record.pending) if ids is None else self._rows.ids.positions(ids)
        with explained_failures():
            rows = self._ordered(rows, record)
            model = self._models.of_all_labels()
            if model is None or not rows:
                return [self._described(row, None, None) for row in rows]
            given = self._verdict.labels(record)[1]
            X = self._rows.take(rows)
            labels, probabilities = self._rules.predicted(model, X, given)
        shares = [None] * len(rows) if probabilities is None else probabilities.tolist()
        return list(map(self._described, rows, labels, shares))

    def _described(self, row, predicted, probability):
        return {
            "id": self._rows.ids.at(row),
            "predicted": predicted,
            "probability": probability,
        }

    def _ordered(self, rows, record):
        """Return rows in the order in which the model that chooses now would choose them."""
        # Rows that were drawn at random keep their places: a model that finds them dull would put
        # them off for ever, and those that are labeled would no longer be a random sample.
        drawn = record.draws.rows
        free = [row for row in rows if row not in drawn]
        # Nor does that model know their labels. Without others, there is none.
        if not free or all(row in drawn for row in record.opinions):
            return rows
        prices = self._prices.for_strategy(free)
        learner = self._models.for_next().learner
        selection = learner.select(self._rows.take(free), len(free), prices=prices)
        chosen = [free[position] for position in selection.positions]
        # A strategy may choose fewer, for example by a budget of its own.
        left = set(free).difference(chosen)
        ordered = iter([*chosen, *(row for row in free if row in left)])
        return [row if row in drawn else next(ordered) for row in rows]
