"""By how much learners are better than random sampling."""

import numpy as np

from ..simulation import Comparison, LabelCurves
from ._display import COLORS, GRAY, Display, tidy

FILLED = {"win": COLORS[0], "loss": COLORS[1], "tie": "white"}
LINES = {"win": COLORS[0], "loss": COLORS[1], "tie": GRAY}
LABELS = {
    "win": "better than random sampling",
    "tie": "not clearly different",
    "loss": "worse than random sampling",
}


class DifferenceDisplay(Display):
    """Draw by how much each learner is better than random sampling, and how certain that is.

    A point is the mean difference of the areas under the curves, taken within runs, a line its
    95 % confidence interval. The gray line at zero is random sampling; the largest difference is
    on top. Curves drawn with bands over each other do not show this, since most of their spread
    is common to all learners.

    Parameters
    ----------
    comparison : Comparison or LabelCurves
        The differences, as :meth:`skal.simulation.LabelCurves.compare` returns them; or the curves
        to be compared, of which rounds and runs without a score are left out.
    score_name : str, default="score"
        What the scores are.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    points_ : dict of str to matplotlib ErrorbarContainer
        The points by the name of the learner.

    See Also
    --------
    LabelCurveDisplay : Draw the curves themselves.

    Examples
    --------
    >>> from skal.plotting import DifferenceDisplay
    >>> from skal.simulation import LabelCurves
    >>> scores = {"margin": [[0.5, 0.8], [0.6, 0.9]], "random": [[0.5, 0.6], [0.6, 0.8]]}
    >>> curves = LabelCurves([10, 20], scores, baseline="random")
    >>> list(DifferenceDisplay.from_label_curves(curves).points_)
    ['margin']
    """

    def __init__(self, comparison, *, score_name="score"):
        if isinstance(comparison, LabelCurves):
            score_name, comparison = comparison.score_name, comparison.scored().compare()
        self.comparison = comparison
        self.score_name = score_name

    @classmethod
    def from_label_curves(cls, curves, *, ax=None, correction="holm"):
        """Compare curves with their baseline, and draw the differences.

        Parameters
        ----------
        curves : LabelCurves
            The curves. Rounds and runs without a score are left out.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        correction : {"holm"} or None, default="holm"
            As in :meth:`skal.simulation.LabelCurves.compare`. It changes the colors, not the
            intervals.

        Returns
        -------
        display : DifferenceDisplay

        Raises
        ------
        ValueError
            If there is no baseline, no other learner, or no run with all scores.
        """
        comparison = curves.scored().compare(correction)
        return cls(comparison, score_name=curves.score_name).plot(ax)

    def _check(self):
        if not isinstance(self.comparison, Comparison):
            raise TypeError(
                "comparison must be a Comparison, as curves.compare() returns it, or the "
                f"LabelCurves that label_curve returns, got {type(self.comparison).__name__}."
            )
        if not len(self.comparison):
            raise ValueError("comparison must hold at least one learner besides the baseline.")

    def _open(self, ax):
        self._figsize = (6.4, 1.6 + 0.38 * len(self.comparison))
        return super()._open(ax)

    def _draw(self, ax):
        rows = sorted(self.comparison.values(), key=lambda row: row.difference)
        ax.axvline(0, color=GRAY, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
        self.points_ = {row.learner: self._draw_row(place, row) for place, row in enumerate(rows)}
        ax.set_yticks(range(len(rows)), [str(row.learner) for row in rows])
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set_xlabel(f"Difference to random sampling in mean {self.score_name}")
        self._name_outcomes()
        tidy(ax, legend_title=None, grid_axis="x")
        # Above, where it covers no point.
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
        ax.legend(**place, ncol=len(LABELS), frameon=False, columnspacing=1, handletextpad=0)

    def _draw_row(self, place, row):
        # A single run has no interval.
        reach = row.high - row.difference
        bars = None if np.isnan(reach) else [reach]
        return self.ax_.errorbar(
            [row.difference],
            [place],
            xerr=bars,
            fmt="o",
            markersize=6,
            elinewidth=1.6,
            color=LINES[row.outcome],
            markerfacecolor=FILLED[row.outcome],
        )

    def _name_outcomes(self):
        """Add the outcomes that occur to the legend."""
        found = {row.outcome for row in self.comparison.values()}
        for outcome in (name for name in LABELS if name in found):
            self.ax_.plot(
                [],
                [],
                "o",
                color=LINES[outcome],
                markerfacecolor=FILLED[outcome],
                label=LABELS[outcome],
            )
