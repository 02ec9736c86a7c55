"""Scores of several learners against the labels they had spent."""

import numpy as np
from scipy.integrate import trapezoid

from .._base import Real, html_table, import_optional
from ._comparison import compare_with_baseline, displays
from ._curve_checks import check_n_labels, check_name, check_runs, check_scores


class LabelCurves:
    """Hold the scores of several learners against the labels they had spent.

    Computed by :func:`label_curve`. A round without a score is NaN, and no method fills it in: a
    mean over runs is NaN where one of the runs has no score, and so is the area of a run in which
    a round has none. :meth:`scored` returns the part in which every learner has scores.

    Parameters
    ----------
    n_labels : array-like of shape (n_rounds,)
        The numbers of labels after each round, increasing, the same for all runs.
    scores : dict of str to array-like of shape (n_runs, n_rounds)
        The scores by the name of the learner, NaN where a round has none. A run is one fold in
        one repeat, and the same row is the same run for all learners.
    baseline : str, default=None
        The name of the learner that asks at random.
    score_name : str, default="score"
        What the scores are.
    runs : dict of str to list of n_runs runs, default=None
        What was asked, by the name of the learner. A run has the attributes `train` and
        `test`, the rows of X of its pool and of its test part; `query_indices`, the rows of X
        in the order asked, the first `n_initial` of them being the initial ones; `n_labels`,
        their number after each round; and `scores`, one after each round.
    y : array-like of shape (n_samples,), default=None
        The labels of the rows that the runs refer to.
    oracle : str, default=None
        The name of the curve that does not belong to a learner, since whoever chose saw the
        labels.

    Attributes
    ----------
    names : list of str
        The names of the learners.

    Raises
    ------
    ValueError
        If a parameter is wrong: `n_labels` does not increase, scores are not numbers or differ
        in shape, or `baseline`, `oracle` or `runs` do not go with the names in `scores`.

    See Also
    --------
    skal.plotting.LabelCurveDisplay : Draw the curves.
    skal.plotting.ClassBalanceDisplay : Draw the classes of the samples asked for.

    Examples
    --------
    >>> from skal.simulation import LabelCurves
    >>> scores = {"margin": [[0.5, 0.8, 0.9]], "random": [[0.5, 0.6, 0.8]]}
    >>> curves = LabelCurves([10, 20, 30], scores, baseline="random")
    >>> curves.labels_to_reach(0.8)
    {'margin': 20.0, 'random': 30.0}
    >>> curves.labels_saved(0.8)
    {'margin': 10.0, 'random': 0.0}
    """

    def __init__(
        self,
        n_labels,
        scores,
        *,
        baseline=None,
        score_name="score",
        runs=None,
        y=None,
        oracle=None,
    ):
        self.n_labels = check_n_labels(n_labels)
        self.scores = check_scores(scores, len(self.n_labels))
        self.baseline = check_name(baseline, "baseline", self.scores)
        self.oracle = check_name(oracle, "oracle", self.scores)
        self.score_name = score_name
        self.runs = check_runs(runs, self.scores)
        self.y = None if y is None else np.asarray(y)

    @property
    def names(self):
        """The names of the learners."""
        return list(self.scores)

    def _repr_html_(self):
        """Return a table of the learners, the best first, for notebooks."""
        areas = {name: areas.mean() for name, areas in self.area().items()}
        last = {name: mean[-1] for name, mean in self.mean().items()}
        table = [
            [name, f"{areas[name]:.4f}", f"{last[name]:.4f}"]
            for name in sorted(areas, key=lambda name: (np.isnan(areas[name]), -areas[name]))
        ]
        final = f"{self.score_name} with {self.n_labels[-1]} labels"
        return html_table(repr(self), ["learner", "area under the curve", final], table)

    def __repr__(self):
        n_runs = len(next(iter(self.scores.values())))
        return (
            f"LabelCurves({', '.join(map(str, self.names))}: {n_runs} runs, "
            f"{self.n_labels[0]} to {self.n_labels[-1]} labels)"
        )

    def mean(self):
        """Return for each learner the mean over runs, of shape (n_rounds,).

        It is NaN in the rounds in which one of its runs has no score.
        """
        return {name: scores.mean(axis=0) for name, scores in self.scores.items()}

    def std(self):
        """Return for each learner the standard deviation over runs, of shape (n_rounds,).

        It is NaN in the rounds in which one of its runs has no score.
        """
        return {name: scores.std(axis=0) for name, scores in self.scores.items()}

    def area(self):
        """Return for each learner the areas under its curves, of shape (n_runs,).

        Areas are divided by the labels between the first round and the last, as in
        :func:`area_under_label_curve`. The same entry is the same run for all learners, and NaN
        where a round of the run has no score.
        """
        return {name: area(self.n_labels, scores) for name, scores in self.scores.items()}

    def scored(self):
        """Return the part of the curves in which every learner has a score.

        These runs and rounds are left out for all learners, so that they remain comparable:

        - the runs in which a learner has no score after the last round;
        - of the other runs, the rounds up to the last one in which a score is missing. Scores
          that need probabilities are missing at first, as long as a class has no label.

        Returns
        -------
        curves : LabelCurves
            Without NaN; its `runs` are those that were kept, with all of their rounds.

        Raises
        ------
        ValueError
            If no run has a score after its last round.

        Examples
        --------
        >>> import numpy as np
        >>> from skal.simulation import LabelCurves
        >>> curves = LabelCurves([10, 20, 30], {"margin": [[np.nan, 0.8, 0.9]]})
        >>> curves.area(), curves.scored()
        ({'margin': array([nan])}, LabelCurves(margin: 1 runs, 20 to 30 labels))
        """
        missing = np.any([np.isnan(scores) for scores in self.scores.values()], axis=0)
        kept = np.flatnonzero(~missing[:, -1])
        if not len(kept):
            raise ValueError(
                f"In each of the {len(missing)} runs, a learner has no {self.score_name} after "
                "the last round, so there is nothing to compare. Choose a score that every model "
                "has, such as accuracy, or a larger budget."
            )
        gaps = np.flatnonzero(missing[kept].any(axis=0))
        first = gaps[-1] + 1 if len(gaps) else 0
        return LabelCurves(
            self.n_labels[first:],
            {name: scores[kept, first:] for name, scores in self.scores.items()},
            baseline=self.baseline,
            score_name=self.score_name,
            runs=self.runs and {name: [of[i] for i in kept] for name, of in self.runs.items()},
            y=self.y,
            oracle=self.oracle,
        )

    def labels_to_reach(self, target):
        """Find the first number of labels at which the mean curves reach a score.

        A round whose mean is NaN, because a run has no score, does not reach it.

        Parameters
        ----------
        target : float
            The score.

        Returns
        -------
        n_labels : dict of str to float
            By the name of the learner; NaN where the mean curve never reaches the target.

        Raises
        ------
        ValueError
            If the target is not a number.
        """
        if not isinstance(target, Real) or np.isnan(target):
            raise ValueError(f"target must be a score, a number, got {target!r}.")
        return {name: self._first_reaching(mean, target) for name, mean in self.mean().items()}

    def _first_reaching(self, mean, target):
        reached = np.flatnonzero(mean >= target)
        return float(self.n_labels[reached[0]]) if len(reached) else float("nan")

    def labels_saved(self, target=None):
        """Count the labels that a learner needs less than the baseline to reach a score.

        Parameters
        ----------
        target : float, default=None
            The score. None stands for the mean score with which the baseline ends.

        Returns
        -------
        saved : dict of str to float
            By the name of the learner; negative where it needs more than the baseline, NaN
            where one of the two never reaches the target. All are NaN if the target is None and
            the baseline has no mean score with which it ends.

        Raises
        ------
        ValueError
            If there is no baseline.
        """
        if self.baseline is None:
            raise ValueError("labels_saved compares with the baseline, but baseline is None.")
        if target is None:
            target = self.mean()[self.baseline][-1]
            if np.isnan(target):
                return dict.fromkeys(self.names, float("nan"))
        needed = self.labels_to_reach(target)
        return {name: needed[self.baseline] - n_labels for name, n_labels in needed.items()}

    def compare(self, correction="holm", *, baseline=None):
        """Compare each learner with the baseline, run by run, and say which one is better.

        What is compared is the area under the curve, :meth:`area`. The difference to the baseline
        is taken within each run, as both have the same split and the same first labels, and a
        two-sided t-test asks whether the mean difference is zero. See the notes.

        Parameters
        ----------
        correction : {"holm"} or None, default="holm"
            How p-values are corrected for the number of learners that are compared, all those of
            this object. "holm" keeps the probability of one or more false wins or losses among
            them below 5 %. None: not at all.
        baseline : str, default=None
            The name of the learner that the others, random sampling included, are compared with.
            None stands for random sampling, the `baseline` of the curves.

        Returns
        -------
        comparison : Comparison
            A dict from the name of each learner, but the baseline and the oracle, to its row.
            A row has the entries, and attributes,

            - `learner`: the name;
            - `difference`: the mean difference of the areas, above 0 if the learner is better;
            - `standard_error` of the difference;
            - `p_value`, and `p_corrected` by the correction;
            - `outcome`: "win" or "loss" if `p_corrected` is below 0.05, else "tie";
            - `low` and `high`: the 95 % confidence interval of the difference, without
              correction for several learners;
            - `label_ratio_gain` and `label_ratio_final`: the labels that the learner needs,
              divided by those that the baseline needs, to reach 95 % of what the baseline gains
              between the first round and the last, and all of it. Read off the mean curves,
              smoothed to be monotone. Where the learner does not get there, it is all of its
              labels that are divided, and at least 1 is returned. NaN where the baseline
              gains less than 0.05, as such ratios are mostly noise.
            - `reaches_gain` and `reaches_final`: whether the learner gets there; False where
              there is no ratio.

            ``comparison["difference"]`` is the column of all learners, ``comparison.to_frame()``
            a pandas data frame, and ``print(comparison)`` shows a table and what is left out.

        Raises
        ------
        ValueError
            If there is no baseline, or none of this name, or a round has no score:
            ``curves.scored().compare()`` compares the part that has all scores.

        Notes
        -----
        The standard error is that of Nadeau and Bengio (2003), for n runs with differences of
        standard deviation s, ``s * sqrt(1 / n + shared * n_test / n_train)``, with n - 1 degrees
        of freedom. The first term alone would hold if runs were independent, but all are made
        of the same samples.

        Nadeau and Bengio correct for models that are trained on all of the training part, where
        `shared` is 1. Here a model learns from the few samples that were asked for. If those are
        drawn at random, then runs learn from other samples and their differences are
        independent, and with `shared` of 1 the test finds almost nothing. So `shared` is
        measured: it is the share of samples that two runs ask for both, of those they both could
        ask for, where 0 is what two random draws share and 1 is the same choice (Cohen's kappa).
        ``examples/benchmarks/check_comparison.py`` shows how often it is wrong. Curves without
        `runs` are taken as independent.

        With a single run, there is no standard error: it is NaN, and all are ties.

        References
        ----------
        C. Nadeau and Y. Bengio (2003). Inference for the generalization error. Machine
        Learning 52, 239-281.

        S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian
        Journal of Statistics 6, 65-70.

        Examples
        --------
        >>> from skal.simulation import LabelCurves
        >>> scores = {
        ...     "margin": [[0.5, 0.8, 0.9], [0.6, 0.8, 0.9], [0.5, 0.7, 0.9]],
        ...     "random": [[0.5, 0.6, 0.8], [0.6, 0.7, 0.8], [0.5, 0.6, 0.8]],
        ... }
        >>> comparison = LabelCurves([10, 20, 30], scores, baseline="random").compare()
        >>> comparison["margin"].outcome, round(comparison["margin"].difference, 3)
        ('win', 0.092)
        """
        if baseline is None or baseline == self.baseline:
            return compare_with_baseline(self, correction)
        other = LabelCurves(
            self.n_labels,
            self.scores,
            baseline=baseline,
            score_name=self.score_name,
            runs=self.runs,
            oracle=self.oracle,
        )
        return compare_with_baseline(other, correction, at_random=False)

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
        display : LabelCurveDisplay
            With `ax_`, `figure_` and `lines_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from skal.simulation import LabelCurves
        >>> scores = {"margin": [[0.5, 0.8, 0.9]], "random": [[0.5, 0.6, 0.8]]}
        >>> LabelCurves([10, 20, 30], scores, baseline="random").plot().ax_.get_xlabel()
        'Labels'
        """
        return displays().LabelCurveDisplay(self).plot(ax, spread=spread)

    def to_frame(self):
        """Return all scores as a pandas data frame in long format.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns learner, run, n_labels and score, one row per learner, run and
            round; the score is NaN where a round has none.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = import_optional("pandas", "to_frame needs")
        frames = [
            pd.DataFrame(
                {
                    "learner": name,
                    "run": np.repeat(np.arange(len(scores)), len(self.n_labels)),
                    "n_labels": np.tile(self.n_labels, len(scores)),
                    "score": scores.ravel(),
                }
            )
            for name, scores in self.scores.items()
        ]
        return pd.concat(frames, ignore_index=True)


def area(n_labels, scores):
    """Return the mean height of curves, of shape (..., n_rounds), over the labels spent.

    A curve with a NaN has the area NaN: a mean over the other rounds would be a plausible number
    that leaves out the worst models.
    """
    if len(n_labels) == 1:
        return scores[..., 0]
    return trapezoid(scores, n_labels) / (n_labels[-1] - n_labels[0])
