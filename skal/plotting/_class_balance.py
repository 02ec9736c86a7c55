"""How the labels asked for spread over the classes."""

import numpy as np
from sklearn.base import clone

from ..acquisition import entropy
from ..simulation import (
    LabelBudgetClassifier,
    named_learners,
    with_baseline,
)
from ._style import COLORS, GRAY, pyplot, tidy


class ClassBalanceDisplay:
    """Draw how the labels that were asked for spread over the classes.

    Gray bars are the classes' shares of the pool, points their shares of the labels that each
    learner asked for, with one standard deviation over runs. The legend gives the balance: the
    entropy of the shares divided by the logarithm of the number of classes, 1 where all
    classes got equally many labels. A learner whose points leave out classes has collapsed onto
    the others. Prefer :meth:`from_learners` to the constructor.

    Parameters
    ----------
    counts : dict of str to array-like of shape (n_runs, n_classes)
        How many labels of each class each learner asked for.
    pool_counts : array-like of shape (n_classes,)
        How many samples of each class there are.
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

    def __init__(self, counts, pool_counts, *, classes=None, baseline=None):
        self.counts = counts
        self.pool_counts = pool_counts
        self.classes = classes
        self.baseline = baseline

    @classmethod
    def from_learners(
        cls,
        learners,
        X,
        y,
        *,
        n_repeats=5,
        n_initial=10,
        initial="random",
        batch_size=10,
        budget=100,
        random_state=None,
        ax=None,
    ):
        """Let learners spend a label budget, and draw which classes they spent it on.

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
        n_initial, initial, batch_size, budget
            As in :class:`~skal.LabelBudgetClassifier`. The initial labels are not counted.
        random_state : int, default=None
            Seed of the first run; the others follow it.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

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
        ...     {"margin": ActiveLearner()}, X, y, n_repeats=2, budget=40, random_state=0
        ... )
        >>> sorted(display.counts)
        ['margin', 'random']
        """
        pyplot()
        learners, baseline = with_baseline(named_learners(learners))
        game = LabelBudgetClassifier(
            n_initial=n_initial, initial=initial, batch_size=batch_size, budget=budget
        )
        seeds = np.random.SeedSequence(random_state).generate_state(n_repeats)
        classes, codes = np.unique(np.asarray(y), return_inverse=True)
        counts = {}
        for name, learner in learners.items():
            games = [
                clone(game).set_params(learner=learner, random_state=int(seed)).fit(X, y)
                for seed in seeds
            ]
            asked = [codes[game.query_indices_[game.n_labels_[0] :]] for game in games]
            counts[name] = [np.bincount(codes, minlength=len(classes)) for codes in asked]
        display = cls(counts, np.bincount(codes), classes=classes, baseline=baseline)
        return display.plot(ax)

    def plot(self, ax=None):
        """Draw the shares of the classes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        self : ClassBalanceDisplay
            With `ax_`, `figure_`, `points_` and `balance_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = pyplot()
        if ax is None:
            ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")[1]
        self.ax_, self.figure_ = ax, ax.figure
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
        return self

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


def _shares(counts):
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    return counts / counts.sum(axis=1, keepdims=True)


def _balance(shares):
    """Return the entropy of class shares relative to the largest possible, mean over runs."""
    return float(entropy(shares, base=shares.shape[1]).mean()) if shares.shape[1] > 1 else 1.0
