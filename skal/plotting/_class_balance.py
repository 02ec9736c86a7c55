"""How the labels asked for spread over the classes."""

import numpy as np

from .._base import codes_of, is_missing, num_rows
from ..acquisition import entropy
from ..simulation import LabelCurves, label_curve
from ._display import COLORS, GRAY, Display, are_numbers, pyplot, tidy


class ClassBalanceDisplay(Display):
    """Draw how the labels that were asked for spread over the classes.

    Gray bars are the classes' shares of the pool, points their shares of the labels that each
    learner asked for, with one standard deviation over runs. The legend gives the balance: the
    entropy of the shares divided by the logarithm of the number of classes, 1 where all
    classes got equally many labels. A learner whose points leave out classes has collapsed onto
    the others.

    Parameters
    ----------
    counts : dict of str to array-like of shape (n_runs, n_classes), or LabelCurves
        How many labels of each class each learner asked for; or curves with their runs, which give
        all other parameters as well.
    pool_counts : array-like of shape (n_classes,), default=None
        How many samples of each class are in the pool, or in the pools of all runs.
    classes : array-like of shape (n_classes,), default=None
        Names of the classes; None stands for 0, 1, ...
    baseline : str, default=None
        The name of the learner that asks at random.

    Attributes
    ----------
    balance_ : dict of str to float
        The balance of the labels of each learner, the mean over runs.
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    points_ : dict of str to matplotlib ErrorbarContainer
        The points by the name of the learner.

    See Also
    --------
    skal.strategies.ClassBalanced : Keep a strategy from collapsing onto few classes.

    Examples
    --------
    >>> from skal.plotting import ClassBalanceDisplay
    >>> counts = {"margin": [[18, 1, 1]], "random": [[10, 6, 4]]}
    >>> display = ClassBalanceDisplay(counts, [50, 30, 20], baseline="random").plot()
    >>> round(display.balance_["margin"], 2)
    0.36
    """

    def __init__(self, counts, pool_counts=None, *, classes=None, baseline=None):
        if isinstance(counts, LabelCurves) and pool_counts is None:
            baseline = counts.baseline
            counts, pool_counts, classes = _counts_of(counts)
        self.counts = counts
        self.pool_counts = pool_counts
        self.classes = classes
        self.baseline = baseline

    @classmethod
    def from_label_curves(cls, curves, *, ax=None):
        """Draw which classes were asked for in the runs of :func:`~skal.simulation.label_curve`.

        Nothing is played again. The initial labels are not counted.

        Parameters
        ----------
        curves : LabelCurves
            The curves, with their runs.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        display : ClassBalanceDisplay

        Raises
        ------
        ValueError
            If the curves have no runs, labels are not classes, a label is missing, or a run ended
            with its initial labels.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.plotting import ClassBalanceDisplay
        >>> from skal.simulation import label_curve
        >>> X, y = load_iris(return_X_y=True)
        >>> learner = ActiveLearner(strategy="margin")
        >>> curves = label_curve({"margin": learner}, X, y, budget=30, random_state=0)
        >>> display = ClassBalanceDisplay.from_label_curves(curves)
        >>> sorted(display.counts)
        ['margin', 'random']
        """
        return cls(curves).plot(ax)

    @classmethod
    def from_learners(cls, learners, X, y, *, n_repeats=5, ax=None, **label_curve_params):
        """Let learners spend a label budget, and draw which classes they spent it on.

        All samples are in the pool, and no models are scored. To score them as well, see
        :meth:`from_label_curves`.

        Parameters
        ----------
        learners : ActiveLearner, list or dict of them
            The learners; random sampling joins them as in
            :func:`~skal.simulation.label_curve`.
        X : rows of shape (n_samples, ...)
            The pool.
        y : array-like of shape (n_samples,)
            Its labels.
        n_repeats : int, default=5
            How many runs with other first labels.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        **label_curve_params
            Further parameters of :func:`~skal.simulation.label_curve`, other than `cv` and
            `scoring`, such as `game`, `budget`, `n_jobs` and `random_state`.

        Returns
        -------
        display : ClassBalanceDisplay

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.plotting import ClassBalanceDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> display = ClassBalanceDisplay.from_learners(
        ...     {"margin": ActiveLearner(strategy="margin")},
        ...     X,
        ...     y,
        ...     n_repeats=2,
        ...     budget=40,
        ...     random_state=0,
        ... )
        >>> sorted(display.counts)
        ['margin', 'random']
        """
        pyplot()  # a missing matplotlib is said before the long computation, not after it
        everything = np.arange(num_rows(X))
        curves = label_curve(
            learners,
            X,
            y,
            n_repeats=n_repeats,
            cv=[(everything, everything[:0])],
            scoring=_no_score,
            **label_curve_params,
        )
        return cls.from_label_curves(curves, ax=ax)

    def _check(self):
        if not isinstance(self.counts, dict) or not self.counts:
            raise ValueError(
                "counts must be a dict with the counts of at least one learner by its name, got "
                f"{self.counts!r}."
            )
        if self.pool_counts is None:
            raise TypeError(
                "ClassBalanceDisplay takes counts and pool_counts, or the LabelCurves that "
                f"label_curve returns; got no pool_counts and {type(self.counts).__name__}."
            )
        pool = _checked(self.pool_counts, "pool_counts")
        if len(pool) != 1:
            raise ValueError(f"pool_counts must be of shape (n_classes,), got shape {pool.shape}.")
        n_classes = pool.shape[1]
        for name, counts in self.counts.items():
            _check_width(_checked(counts, f"counts[{name!r}]"), n_classes, f"counts[{name!r}]")
        if self.classes is not None and np.shape(self.classes) != (n_classes,):
            raise ValueError(
                f"classes must name each of the {n_classes} classes of pool_counts, got "
                f"{self.classes!r}."
            )
        if self.baseline is not None and self.baseline not in self.counts:
            raise ValueError(
                f"baseline must be None or one of {list(self.counts)}, got {self.baseline!r}."
            )

    def _draw(self, ax):
        shares = {name: _shares(counts) for name, counts in self.counts.items()}
        self.balance_ = {name: _balance(values) for name, values in shares.items()}
        pool_shares = _shares(self.pool_counts)[0]
        # From the most frequent class to the rarest: a collapse shows as a broken slope.
        order = np.argsort(-pool_shares, kind="stable")
        ax.bar(range(len(order)), 100 * pool_shares[order], width=0.86, color="#E3E3E3")
        self.points_ = self._draw_points({name: shares[name][:, order] for name in shares})
        classes = np.arange(len(order)) if self.classes is None else np.asarray(self.classes)
        ax.set_xticks(range(len(order)), classes[order])
        ax.set_xlabel("Class (gray: share of the pool)")
        ax.set_ylabel("Share of the labels asked for (%)")
        ax.set_ylim(bottom=0)
        tidy(ax, legend_title="Balance", grid_axis="y")

    def _draw_points(self, shares):
        names = sorted(shares, key=lambda name: name == self.baseline)
        offsets = np.linspace(-0.3, 0.3, len(names)) if len(names) > 1 else [0.0]
        colors = iter(np.resize(COLORS, len(names)).tolist())
        return {
            name: self.ax_.errorbar(
                np.arange(shares[name].shape[1]) + offset,
                100 * shares[name].mean(axis=0),
                yerr=100 * shares[name].std(axis=0),
                fmt="o",
                markersize=5,
                elinewidth=1.2,
                color=GRAY if name == self.baseline else next(colors),
                label=f"{self.balance_[name]:.2f}  {name}",
            )
            for name, offset in zip(names, offsets, strict=True)
        }


def _counts_of(curves):
    """Return the labels asked for in the runs of curves, those in the pools, and the classes."""
    if curves.runs is None or curves.y is None:
        raise ValueError(
            "curves must hold runs and y, which those computed by label_curve do, got "
            f"runs={curves.runs!r} and y={curves.y!r}."
        )
    if np.ndim(curves.y) != 1 or are_numbers(curves.y):
        given = "numbers" if np.ndim(curves.y) == 1 else "several labels a sample"
        raise ValueError(
            f"y of the curves must hold classes to be counted, got {given}. Draw the scores "
            "with LabelCurveDisplay, or the samples asked for with QueryDisplay."
        )
    # All learners have the same pools.
    pools = [run.train for run in next(iter(curves.runs.values()))]
    classes = _classes_of(curves.y, np.unique(np.concatenate(pools)))

    def count(rows):
        return np.bincount(codes_of(curves.y[rows], classes), minlength=len(classes))

    counts = {
        name: [count(run.query_indices[run.n_initial :]) for run in runs]
        for name, runs in curves.runs.items()
    }
    pool_counts = sum(map(count, pools))
    return counts, pool_counts, classes


def _classes_of(y, rows):
    """Return the classes of some rows, or name the one whose label is missing."""
    missing = [row for row in rows if is_missing(y[row])] if y.dtype.kind in "fO" else []
    if missing:
        raise ValueError(
            f"y must hold a label for every row of the pool, but y[{missing[0]}] is missing."
        )
    return np.unique(y[rows])


def _checked(counts, name):
    """Return counts as rows of numbers, or refuse those that have no shares."""
    try:
        rows = np.atleast_2d(np.asarray(counts, dtype=float))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers in rows of equal length: {error}") from error
    if not rows.size:
        raise ValueError(f"{name} must hold at least one count, got shape {np.shape(counts)}.")
    if not np.isfinite(rows).all() or rows.min() < 0:
        raise ValueError(f"{name} must hold numbers of labels, from 0 on, got {rows.tolist()}.")
    if not rows.sum(axis=1).all():
        raise ValueError(
            f"{name} must hold at least one label in each run, got none. Labels are counted after "
            "the initial ones: the budget must be larger than n_initial."
        )
    return rows


def _check_width(rows, n_classes, name):
    if rows.ndim != 2 or rows.shape[1] != n_classes:
        raise ValueError(
            f"{name} must be of shape (n_runs, n_classes), with the {n_classes} classes of "
            f"pool_counts, got shape {rows.shape}."
        )


def _no_score(estimator, X, y):
    return np.nan


def _shares(counts):
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    return counts / counts.sum(axis=1, keepdims=True)


def _balance(shares):
    """Return the entropy of class shares relative to the largest possible, mean over runs."""
    return float(entropy(shares, base=shares.shape[1]).mean()) if shares.shape[1] > 1 else 1.0
