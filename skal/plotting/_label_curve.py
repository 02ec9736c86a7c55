"""Scores against the labels spent."""

import numpy as np

from ..simulation import LabelCurves, label_curve
from ._display import COLORS, DARK, GRAY, LINE_STYLES, Display, pyplot, tidy

# Beyond this many rounds, markers hide the line.
_ROOM_FOR_MARKERS = 25


class LabelCurveDisplay(Display):
    """Draw scores against the labels spent, one curve per learner.

    Lines are means over runs, bands one standard deviation to either side; the baseline is
    dashed and gray. The legend lists the learners by the area under their curves, largest
    first. Where scores are missing, only the rounds and runs that
    :meth:`skal.simulation.LabelCurves.scored` returns are drawn, and the legend says which.
    Curves that :func:`~skal.simulation.label_curve` has computed draw themselves by
    :meth:`~skal.simulation.LabelCurves.plot`.

    Parameters
    ----------
    n_labels : array-like of shape (n_rounds,) or LabelCurves
        The numbers of labels; or curves, which hold all other parameters as well.
    scores : dict of str to array-like of shape (n_runs, n_rounds), default=None
        The scores by the name of the learner, NaN where a round has none.
    baseline : str, default=None
        The name of the learner that asks at random.
    score_name : str, default="score"
        What the scores are.
    oracle : str, default=None
        The name of the curve that does not belong to a learner, drawn thin and dotted.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    lines_ : dict of str to matplotlib Line2D
        The mean curves by the name of the learner.
    bands_ : dict of str to matplotlib PolyCollection
        The bands by the name of the learner; empty where there are none.

    See Also
    --------
    skal.simulation.label_curve : Compute the scores.

    Examples
    --------
    >>> from skal.plotting import LabelCurveDisplay
    >>> scores = {"margin": [[0.5, 0.8, 0.9]], "random": [[0.5, 0.6, 0.8]]}
    >>> display = LabelCurveDisplay([10, 20, 30], scores, baseline="random")
    >>> display.plot().ax_.get_xlabel()
    'Labels'
    """

    def __init__(self, n_labels, scores=None, *, baseline=None, score_name="score", oracle=None):
        if isinstance(n_labels, LabelCurves) and scores is None:
            curves, n_labels, scores = n_labels, n_labels.n_labels, n_labels.scores
            baseline, oracle, score_name = curves.baseline, curves.oracle, curves.score_name
        self.n_labels = n_labels
        self.scores = scores
        self.baseline = baseline
        self.score_name = score_name
        self.oracle = oracle

    @classmethod
    def from_label_curves(cls, curves, *, ax=None, spread=True):
        """Draw curves that were computed by :func:`~skal.simulation.label_curve`.

        Parameters
        ----------
        curves : LabelCurves
            The curves.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        spread : bool, default=True
            Whether to shade one standard deviation over the runs.

        Returns
        -------
        display : LabelCurveDisplay

        Examples
        --------
        >>> from skal.plotting import LabelCurveDisplay
        >>> from skal.simulation import LabelCurves
        >>> curves = LabelCurves([10, 20], {"random": [[0.5, 0.7], [0.6, 0.7]]})
        >>> list(LabelCurveDisplay.from_label_curves(curves).lines_)
        ['random']
        """
        return cls(curves).plot(ax, spread=spread)

    @classmethod
    def from_learners(cls, learners, X, y, *, ax=None, spread=True, **label_curve_params):
        """Compare learners by :func:`~skal.simulation.label_curve` and draw the result.

        Parameters
        ----------
        learners : ActiveLearner, list or dict of them
            The learners; random sampling joins them.
        X : rows of shape (n_samples, ...)
            The samples.
        y : array-like of shape (n_samples,)
            Their labels.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        spread : bool, default=True
            Whether to shade one standard deviation over the runs.
        **label_curve_params
            Further parameters of :func:`~skal.simulation.label_curve`, such as `game`,
            `budget`, `cv`, `scoring` and `random_state`.

        Returns
        -------
        display : LabelCurveDisplay

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.plotting import LabelCurveDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> display = LabelCurveDisplay.from_learners(
        ...     {"margin": ActiveLearner(strategy="margin")}, X, y, budget=30, random_state=0
        ... )
        >>> display.ax_.get_ylabel()
        'Accuracy'
        """
        pyplot()  # a missing matplotlib is said before the long computation, not after it
        curves = label_curve(learners, X, y, **label_curve_params)
        return cls.from_label_curves(curves, ax=ax, spread=spread)

    def plot(self, ax=None, *, spread=True):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        spread : bool, default=True
            Whether to shade one standard deviation over the runs.

        Returns
        -------
        self : LabelCurveDisplay
            With `ax_`, `figure_`, `lines_` and `bands_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If a parameter is wrong, or a learner has no score after the last round of any run.
        TypeError
            If there are no scores.
        """
        super().plot(ax)
        self.bands_ = self._draw_bands() if spread else {}
        return self

    def _draw(self, ax):
        self.lines_ = self._draw_lines()
        ax.set_xlabel("Labels")
        ax.set_ylabel(self.score_name[:1].upper() + self.score_name[1:])
        ax.margins(x=0.02)
        tidy(ax, legend_title="Area under the curve" + self._left_out)

    def _check(self):
        """Check the parameters, and keep the part of the curves that is drawn."""
        self._left_out = ""
        if self.scores is None:
            raise TypeError(
                "LabelCurveDisplay takes numbers of labels and scores, or the LabelCurves that "
                f"label_curve returns; got no scores and {type(self.n_labels).__name__}. "
                "LabelCurveDisplay.from_learners(learners, X, y) computes the curves first."
            )
        self._keep_part(self.n_labels, self.scores)
        if any(np.isnan(scores).any() for scores in self._mean.scores.values()):
            curves = LabelCurves(self.n_labels, self.scores, score_name=self.score_name)
            part = curves.scored()
            n_runs, n_scored = (len(next(iter(one.scores.values()))) for one in (curves, part))
            self._left_out = f"\n({part.n_labels[0]} labels or more, {n_scored} of {n_runs} runs)"
            self._keep_part(part.n_labels, part.scores)

    def _keep_part(self, n_labels, scores):
        # One by one, since learners may have been run differently often.
        self._parts = {name: LabelCurves(n_labels, {name: runs}) for name, runs in scores.items()}
        means = {name: one.mean()[name] for name, one in self._parts.items()}
        self._mean = LabelCurves(n_labels, means, baseline=self.baseline)

    def _draw_lines(self):
        areas = {name: one.area()[name].mean() for name, one in self._parts.items()}
        n_labels, mean = self._mean.n_labels, self._mean.mean()
        styles = self._styles(self._mean.names)
        marker = "o" if len(n_labels) <= _ROOM_FOR_MARKERS else None
        return {
            name: self.ax_.plot(
                n_labels,
                mean[name],
                label=f"{areas[name]:.3f}  {name}",
                marker=marker,
                markersize=3.5,
                **styles[name],
            )[0]
            for name in sorted(areas, key=areas.get, reverse=True)
        }

    def _styles(self, names):
        """Return color and line of each learner, in the order in which they were given."""
        styles, n_colors = {}, len(COLORS)
        learners = [name for name in names if name not in (self.baseline, self.oracle)]
        for i, name in enumerate(learners):
            line = LINE_STYLES[i // n_colors % len(LINE_STYLES)]
            styles[name] = {"color": COLORS[i % n_colors], "linestyle": line, "linewidth": 1.8}
        # Below the others: what is compared with it should stay in sight.
        gray = {"color": GRAY, "linestyle": (0, (4, 2)), "linewidth": 1.6, "zorder": 1.9}
        thin = {"color": DARK, "linestyle": (0, (1, 1.5)), "linewidth": 1.2, "zorder": 1.9}
        return {**styles, self.oracle: thin, self.baseline: gray}

    def _draw_bands(self):
        mean = self._mean.mean()
        std = {name: one.std()[name] for name, one in self._parts.items()}
        return {
            name: self.ax_.fill_between(
                self._mean.n_labels,
                mean[name] - std[name],
                mean[name] + std[name],
                color=line.get_color(),
                alpha=0.12,
                linewidth=0,
                zorder=1.5,
            )
            for name, line in self.lines_.items()
            if len(self._parts[name].scores[name]) > 1
        }
