"""Scores of several learners against the labels they had spent."""

import numpy as np
from scipy.integrate import trapezoid

from .._base import import_optional


class LabelCurves:
    """Hold the scores of several learners against the labels they had spent.

    Computed by :func:`label_curve`.

    Parameters
    ----------
    n_labels : array-like of shape (n_rounds,)
        The numbers of labels after each round, the same for all runs.
    scores : dict of str to array-like of shape (n_runs, n_rounds)
        The scores by the name of the learner. A run is one fold in one repeat, and the same
        row is the same run for all learners.
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
        self.n_labels = np.asarray(n_labels)
        self.scores = {name: np.atleast_2d(values) for name, values in scores.items()}
        self.baseline = baseline
        self.score_name = score_name
        self.runs = runs
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
        """Return for each learner the mean over runs, of shape (n_rounds,)."""
        return {name: scores.mean(axis=0) for name, scores in self.scores.items()}

    def std(self):
        """Return for each learner the standard deviation over runs, of shape (n_rounds,)."""
        return {name: scores.std(axis=0) for name, scores in self.scores.items()}

    def area(self):
        """Return for each learner the areas under its curves, of shape (n_runs,).

        Areas are divided by the labels between the first round and the last, as in
        :func:`area_under_label_curve`. The same entry is the same run for all learners.
        """
        return {name: area(self.n_labels, scores) for name, scores in self.scores.items()}

    def labels_to_reach(self, target):
        """Find the first number of labels at which the mean curves reach a score.

        Parameters
        ----------
        target : float
            The score.

        Returns
        -------
        n_labels : dict of str to float
            By the name of the learner; NaN where the mean curve never reaches the target.
        """
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
            where one of the two never reaches the target.

        Raises
        ------
        ValueError
            If there is no baseline.
        """
        if self.baseline is None:
            raise ValueError("labels_saved compares with the baseline, but baseline is None.")
        if target is None:
            target = self.mean()[self.baseline][-1]
        needed = self.labels_to_reach(target)
        return {name: needed[self.baseline] - n_labels for name, n_labels in needed.items()}

    def to_frame(self):
        """Return all scores as a pandas data frame in long format.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns learner, run, n_labels and score, one row per learner, run and
            round.

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
    """Return the mean height of curves, of shape (..., n_rounds), over the labels spent."""
    if len(n_labels) == 1:
        return scores[..., 0]
    return trapezoid(scores, n_labels) / (n_labels[-1] - n_labels[0])
