"""Scores of several learners against the labels they had spent."""

import numpy as np
from scipy.integrate import trapezoid

from .._base import Real, import_optional
from ._curve_checks import check_baseline, check_n_labels, check_runs, check_scores


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
        in the order asked; `n_labels`, their number after each round, the first entry being
        that of the initial ones; and `scores`, one after each round.
    y : array-like of shape (n_samples,), default=None
        The labels of the rows that the runs refer to.

    Attributes
    ----------
    names : list of str
        The names of the learners.

    Raises
    ------
    ValueError
        If a parameter is wrong: `n_labels` does not increase, scores are not numbers or differ
        in shape, or `baseline` or `runs` do not go with the names in `scores`.

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

    def __init__(self, n_labels, scores, *, baseline=None, score_name="score", runs=None, y=None):
        self.n_labels = check_n_labels(n_labels)
        self.scores = check_scores(scores, len(self.n_labels))
        self.baseline = check_baseline(baseline, self.scores)
        self.score_name = score_name
        self.runs = check_runs(runs, self.scores)
        self.y = None if y is None else np.asarray(y)

    @property
    def names(self):
        """The names of the learners."""
        return list(self.scores)

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
