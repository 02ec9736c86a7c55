"""Whether learners are better than the baseline: paired differences, and how certain they are."""

import importlib

import numpy as np
from scipy import stats
from sklearn.isotonic import isotonic_regression
from sklearn.utils import Bunch

from .._base import InvalidParameterError, aligned, html_table, import_optional
from ._sharing import correction_of

LEVEL = 0.05
SHARE_OF_GAIN = 0.95
# Where the baseline gains less, the labels that reach a share of the gain are mostly noise.
LEAST_GAIN = 0.05
# Differences below this part of the scores come from rounding.
ROUNDING = 1e-12
HEADER = [
    "learner",
    "difference",
    "95% interval",
    "p",
    "corrected",
    "outcome",
    "labels, 95% of gain",
    "labels, all of it",
]


class Comparison(dict):
    """Hold how each learner compares with the baseline, one row for each.

    Returned by :meth:`LabelCurves.compare`, which explains the entries of a row. It is a dict
    from the name of a learner to its row, a dict whose entries are attributes as well. The name
    of an entry gives a column: an array with an entry for each learner, in their order.

    Parameters
    ----------
    rows : dict of str to Bunch
        The rows.
    correction : str or None
        How p-values are corrected for the number of learners.
    notes : list of str
        Sentences on what is left out.

    Attributes
    ----------
    fields : tuple of str
        The names of the entries of a row.

    Examples
    --------
    >>> from skal.simulation import LabelCurves
    >>> scores = {"margin": [[0.5, 0.8], [0.6, 0.9]], "random": [[0.5, 0.6], [0.6, 0.8]]}
    >>> comparison = LabelCurves([10, 20], scores, baseline="random").compare()
    >>> list(comparison), comparison["outcome"].tolist()
    (['margin'], ['tie'])
    >>> comparison["margin"].outcome
    'tie'
    """

    fields = (
        "learner",
        "difference",
        "standard_error",
        "p_value",
        "p_corrected",
        "outcome",
        "low",
        "high",
        "label_ratio_gain",
        "label_ratio_final",
        "reaches_gain",
        "reaches_final",
    )

    def __init__(self, rows, *, correction="holm", notes=()):
        super().__init__(rows)
        self.correction = correction
        self.notes = list(notes)

    def __missing__(self, key):
        if key in self.fields:
            return np.array([row[key] for row in self.values()])
        raise KeyError(f"{key!r}; learners: {list(self)}; columns: {list(self.fields)}")

    def to_frame(self):
        """Return a pandas data frame with a row for each learner, and its name as the index.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = import_optional("pandas", "to_frame needs")
        frame = pd.DataFrame(list(self.values()), columns=list(self.fields))
        return frame.set_index("learner")

    def plot(self, ax=None):
        """Draw the differences to the baseline, with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        display : DifferenceDisplay

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        return displays().DifferenceDisplay(self).plot(ax)

    def __str__(self):
        return "\n".join([*aligned([HEADER, *self._table()]), *self.notes])

    def _repr_html_(self):
        """Return the same table for notebooks."""
        return html_table(" ".join(self.notes), HEADER, self._table())

    def _table(self):
        return [_cells(row) for row in sorted(self.values(), key=lambda row: -row.difference)]


def displays():
    """Return the displays, which stand above the simulation and import it.

    They are found by name when something is to be drawn, as pandas finds what draws its plots.
    """
    return importlib.import_module("skal.plotting")


def _cells(row):
    return [
        str(row.learner),
        f"{row.difference:+.4f}",
        "" if np.isnan(row.low) else f"{row.low:+.4f} to {row.high:+.4f}",
        *("" if np.isnan(p) else f"{p:.3g}" for p in (row.p_value, row.p_corrected)),
        row.outcome,
        ratio_cell(row.label_ratio_gain, row.reaches_gain),
        ratio_cell(row.label_ratio_final, row.reaches_final),
    ]


def ratio_cell(ratio, reaches):
    """Return a ratio of labels as text: empty without one, a bound if it is never reached."""
    return "" if np.isnan(ratio) else f"{'' if reaches else '>= '}{ratio:.2f}"


def compare_with_baseline(curves, correction, *, at_random=True):
    """Return the `Comparison` of the learners of some curves with their baseline.

    `at_random` says whether the baseline draws at random, so that its runs are independent.
    """
    if correction not in ("holm", None):
        raise InvalidParameterError(f"correction must be 'holm' or None, got {correction!r}.")
    if curves.baseline is None:
        raise ValueError("compare compares with the baseline, but baseline is None.")
    if any(np.isnan(scores).any() for scores in curves.scores.values()):
        raise ValueError(
            "compare needs a score in every round of every run, but some are missing. "
            "curves.scored().compare() compares the part that has all scores."
        )
    rows = _tested(curves, at_random)
    _correct(rows, correction)
    gain = _monotone(curves, curves.baseline)[[0, -1]] @ [-1, 1]
    for row in rows:
        _add_ratios(row, curves, gain)
    notes = [_small_gain(curves, gain)] if gain < LEAST_GAIN else []
    return Comparison({row.learner: row for row in rows}, correction=correction, notes=notes)


def _tested(curves, at_random):
    """Return a row for each learner, with its difference and how certain that is."""
    areas = curves.area()
    baseline = areas[curves.baseline]
    names = [name for name in curves.names if name not in (curves.baseline, curves.oracle)]
    runs = curves.runs or {}
    # Random draws share no more samples than by chance; another baseline may share more.
    common = 0.0 if at_random else correction_of(runs.get(curves.baseline))
    corrections = {name: max(common, correction_of(runs.get(name))) for name in names}
    return [
        Bunch(learner=name, **_t_test(areas[name], baseline, corrections[name])) for name in names
    ]


def _t_test(areas, baseline, correction):
    """Return mean, standard error, p-value and interval of paired differences, as a dict."""
    differences, n = areas - baseline, len(areas)
    noise = ROUNDING * max(np.abs(areas).max(), np.abs(baseline).max())
    mean = differences.mean()
    if n < 2:
        error = p_value = spread = np.nan
    else:
        error = differences.std(ddof=1) * np.sqrt(1 / n + correction)
        p_value = _p_value(mean, error, n - 1, noise)
        spread = stats.t.ppf(1 - LEVEL / 2, n - 1) * error
    return {
        "difference": float(mean),
        "standard_error": float(error),
        "p_value": float(p_value),
        "low": float(mean - spread),
        "high": float(mean + spread),
    }


def _p_value(mean, error, n_free, noise):
    if abs(mean) <= noise:
        return 1.0
    if error <= noise:  # the same difference in all runs
        return 0.0
    return 2 * stats.t.sf(abs(mean) / error, n_free)


def _correct(rows, correction):
    """Add the corrected p-values and the outcomes."""
    p_values = np.array([row.p_value for row in rows])
    corrected = holm(p_values) if correction == "holm" else p_values
    for row, p_corrected in zip(rows, corrected.tolist(), strict=True):
        better = "win" if row.difference > 0 else "loss"
        row.p_corrected = p_corrected
        row.outcome = better if p_corrected < LEVEL else "tie"


def holm(p_values):
    """Return p-values corrected by Holm's step-down procedure, in the order given."""
    order = np.argsort(p_values, kind="stable")
    steps = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps * p_values[order]))
    return corrected


def _monotone(curves, name):
    """Return the mean curve of a learner, smoothed so that it never falls."""
    return isotonic_regression(curves.scores[name].mean(axis=0))


def _add_ratios(row, curves, gain):
    """Add the labels that a learner needs to reach two targets, in parts of the baseline's."""
    curve, of_baseline = (_monotone(curves, name) for name in (row.learner, curves.baseline))
    for target, share in (("gain", SHARE_OF_GAIN), ("final", 1.0)):
        row[f"label_ratio_{target}"], row[f"reaches_{target}"] = float("nan"), False
        if gain < LEAST_GAIN:
            continue
        score = of_baseline[0] + share * (of_baseline[-1] - of_baseline[0])
        needed = _first_reaching(curve, score, curves.n_labels)
        # Not reached at all counts as all of the labels, so never as less than 1.
        spent = curves.n_labels[-1] if needed is None else needed
        of_baseline_spent = _first_reaching(of_baseline, score, curves.n_labels)
        row[f"label_ratio_{target}"] = float(spent / of_baseline_spent)
        row[f"reaches_{target}"] = needed is not None


def _first_reaching(curve, score, n_labels):
    """Return the number of labels at which a monotone curve reaches a score, or None."""
    reached = np.flatnonzero(curve >= score - ROUNDING * max(1, abs(score)))
    return n_labels[reached[0]] if len(reached) else None


def _small_gain(curves, gain):
    return (
        f"Ratios of labels are left out: {curves.baseline} itself gains {gain:.3f} "
        f"{curves.score_name} between {curves.n_labels[0]} and {curves.n_labels[-1]} labels, less "
        f"than {LEAST_GAIN}."
    )
