"""Displays in scikit-learn's manner: arrays in the constructor, `plot` draws them."""

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.decomposition import PCA, TruncatedSVD

from .acquisition import entropy
from .embeddings import rows_of
from .simulation import (
    LabelBudgetClassifier,
    LabelCurves,
    label_curve,
    named_learners,
    with_baseline,
)

__all__ = ["ClassBalanceDisplay", "LabelCurveDisplay", "QueryDisplay"]

# Okabe and Ito's colors, which people with color vision deficiencies can tell apart.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINE_STYLES = ("-", "-.", ":")
GRAY, DARK = "#767676", "#333333"
# With more names than these a legend would cover what is drawn, and stands beside it.
ROOM_FOR_NAMES = 6


def _pyplot():
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("Plotting needs matplotlib: pip install skal[plot].") from error
    return plt


class LabelCurveDisplay:
    """Draw scores against the labels spent, one curve per learner.

    Lines are means over runs, bands one standard deviation to either side; the baseline is
    dashed and gray. The legend lists the learners by the area under their curves, largest
    first. Prefer :meth:`from_label_curves` or :meth:`from_learners` to the constructor.

    Parameters
    ----------
    n_labels : array-like of shape (n_rounds,)
        The numbers of labels.
    scores : dict of str to array-like of shape (n_runs, n_rounds)
        The scores by the name of the learner.
    baseline : str, default=None
        The name of the learner that asks at random.
    score_name : str, default="score"
        What the scores are.

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

    def __init__(self, n_labels, scores, *, baseline=None, score_name="score"):
        self.n_labels = n_labels
        self.scores = scores
        self.baseline = baseline
        self.score_name = score_name

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
        display = cls(
            curves.n_labels, curves.scores, baseline=curves.baseline, score_name=curves.score_name
        )
        return display.plot(ax, spread=spread)

    @classmethod
    def from_learners(
        cls,
        learners,
        X,
        y,
        *,
        cv=5,
        scoring="accuracy",
        n_repeats=1,
        n_initial=10,
        initial="random",
        batch_size=10,
        budget=100,
        n_jobs=None,
        verbose=0,
        random_state=None,
        ax=None,
        spread=True,
    ):
        """Compare learners by :func:`~skal.simulation.label_curve` and draw the result.

        Parameters
        ----------
        learners : ActiveLearner, list or dict of them
            The learners; random sampling joins them.
        X : rows of shape (n_samples, ...)
            The samples.
        y : array-like of shape (n_samples,)
            Their labels.
        cv, scoring, n_repeats, n_jobs, verbose, random_state
            As in :func:`~skal.simulation.label_curve`.
        n_initial, initial, batch_size, budget
            As in :func:`~skal.simulation.label_curve`.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.
        spread : bool, default=True
            Whether to shade one standard deviation over the runs.

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
        ...     {"margin": ActiveLearner()}, X, y, budget=30, random_state=0
        ... )
        >>> display.ax_.get_ylabel()
        'Accuracy'
        """
        _pyplot()  # a missing matplotlib is said before the long computation, not after it
        curves = label_curve(
            learners,
            X,
            y,
            cv=cv,
            scoring=scoring,
            n_repeats=n_repeats,
            n_initial=n_initial,
            initial=initial,
            batch_size=batch_size,
            budget=budget,
            n_jobs=n_jobs,
            verbose=verbose,
            random_state=random_state,
        )
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
        """
        plt = _pyplot()
        if ax is None:
            ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")[1]
        curves = LabelCurves(self.n_labels, self.scores, baseline=self.baseline)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_ = self._draw_lines(curves)
        self.bands_ = self._draw_bands(curves) if spread else {}
        self._label_axes()
        return self

    def _draw_lines(self, curves):
        areas = {name: areas.mean() for name, areas in curves.area().items()}
        styles = self._styles(curves.names)
        marker = "o" if len(curves.n_labels) <= 25 else None  # beyond, markers hide the line
        return {
            name: self.ax_.plot(
                curves.n_labels,
                curves.mean()[name],
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
        for i, name in enumerate(name for name in names if name != self.baseline):
            line = LINE_STYLES[i // n_colors % len(LINE_STYLES)]
            styles[name] = {"color": COLORS[i % n_colors], "linestyle": line, "linewidth": 1.8}
        # Below the others: what is compared with it should stay in sight.
        gray = {"color": GRAY, "linestyle": (0, (4, 2)), "linewidth": 1.6, "zorder": 1.9}
        return {**styles, self.baseline: gray}

    def _draw_bands(self, curves):
        mean, std = curves.mean(), curves.std()
        return {
            name: self.ax_.fill_between(
                curves.n_labels,
                mean[name] - std[name],
                mean[name] + std[name],
                color=line.get_color(),
                alpha=0.12,
                linewidth=0,
                zorder=1.5,
            )
            for name, line in self.lines_.items()
            if len(curves.scores[name]) > 1
        }

    def _label_axes(self):
        ax = self.ax_
        ax.set_xlabel("Labels")
        ax.set_ylabel(self.score_name[:1].upper() + self.score_name[1:])
        ax.margins(x=0.02)
        _tidy(ax, legend_title="Area under the curve")


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
        _pyplot()
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
        plt = _pyplot()
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
        _tidy(ax, legend_title="Balance", grid_axis="y")
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


def _tidy(ax, *, legend_title, grid_axis="both"):
    """Draw axes, grid and legend such that the data stand out."""
    ax.grid(color="#E6E6E6", linewidth=0.8, axis=grid_axis)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color("#B0B0B0")
    ax.tick_params(colors=DARK, length=0)
    many = len(ax.get_legend_handles_labels()[1]) > ROOM_FOR_NAMES
    place = {"loc": "center left", "bbox_to_anchor": (1, 0.5)} if many else {}
    legend = ax.legend(title=legend_title, frameon=False, alignment="left", **place)
    legend.get_title().set_color(DARK)


class QueryDisplay:
    """Draw a pool in two dimensions, what is labeled in it, and what is asked for now.

    Gray points are the pool, colored ones the labeled samples by class, open squares those
    that wait for an answer; the batch is numbered from the best on. Prefer :meth:`from_learner`
    to the constructor.

    Parameters
    ----------
    points : array-like of shape (n_pool, 2)
        The pool.
    batch : array-like of int of shape (n_asked,)
        Positions in the pool that are asked for, best first.
    pending : array-like of int, default=None
        Positions in the pool that were asked for earlier and have no label yet.
    labeled : array-like of shape (n_labeled, 2), default=None
        The labeled samples.
    labels : array-like of shape (n_labeled,), default=None
        Their labels.
    axis_names : tuple of two str, default=("", "")
        What the axes are.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    pool_, batch_ : matplotlib PathCollection
        The points of the pool and of the batch.
    labeled_ : dict of label to matplotlib PathCollection
        The points of the labeled samples, by class.

    See Also
    --------
    skal.inspection.explain_query : The same batch as a table.

    Examples
    --------
    >>> from skal.plotting import QueryDisplay
    >>> points = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    >>> display = QueryDisplay(points, batch=[2], labeled=[[0.1, 0.1]], labels=["a"]).plot()
    >>> sorted(display.labeled_)
    ['a']
    """

    def __init__(
        self, points, batch, *, pending=None, labeled=None, labels=None, axis_names=("", "")
    ):
        self.points = points
        self.batch = batch
        self.pending = pending
        self.labeled = labeled
        self.labels = labels
        self.axis_names = axis_names

    @classmethod
    def from_learner(
        cls, learner, X_pool, n=10, *, batch=None, pending=None, embedding=None, ax=None
    ):
        """Ask a learner, and draw the pool as it sees it.

        Parameters
        ----------
        learner : ActiveLearner
            The learner that asks.
        X_pool : rows of shape (n_pool, ...)
            The pool.
        n : int, default=10
            How many samples to ask for.
        batch : array-like of int, default=None
            What was asked for; None queries the learner for `n` samples.
        pending : array-like of int, default=None
            Positions that were asked for earlier and have no label yet.
        embedding : embedding object, default=None
            The space to look at, see :mod:`skal.embeddings`; None is the model's own. With more
            than two dimensions its first two principal components are drawn.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        display : QueryDisplay

        Raises
        ------
        MissingOutputError
            If X is not numeric and the model has no feature space.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.plotting import QueryDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> learner = ActiveLearner(random_state=0).fit(X[::10], y[::10])
        >>> display = QueryDisplay.from_learner(learner, X, n=5)
        >>> len(display.batch)
        5
        """
        _pyplot()
        batch = learner.query(X_pool, n) if batch is None else np.asarray(batch, dtype=np.intp)
        pool = learner.pool(X_pool)
        known = pool.labeled
        rows = rows_of(pool, embedding)
        of_labeled = rows_of(known, embedding) if len(known) else None
        points, labeled, names = _in_two_dimensions(rows, of_labeled)
        labels = known.y if len(known) else None
        display = cls(
            points, batch, pending=pending, labeled=labeled, labels=labels, axis_names=names
        )
        return display.plot(ax)

    def plot(self, ax=None):
        """Draw the pool and the batch.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        self : QueryDisplay
            With `ax_`, `figure_`, `pool_`, `batch_` and `labeled_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        plt = _pyplot()
        if ax is None:
            ax = plt.subplots(figsize=(6.4, 4.8), layout="constrained")[1]
        self.ax_, self.figure_ = ax, ax.figure
        points = np.asarray(self.points, dtype=float)
        self.pool_ = ax.scatter(*points.T, s=9, color="#C8C8C8", label="pool", rasterized=True)
        self.labeled_ = self._draw_labeled()
        if self.pending is not None and len(self.pending):
            at = points[np.asarray(self.pending, dtype=np.intp)]
            ax.scatter(*at.T, s=46, marker="s", facecolor="none", edgecolor=DARK, label="pending")
        at = points[np.asarray(self.batch, dtype=np.intp)]
        self.batch_ = ax.scatter(
            *at.T, s=60, facecolor="none", edgecolor="black", linewidth=1.6, label="asked for"
        )
        for place, point in enumerate(at, start=1):
            ax.annotate(str(place), point, xytext=(5, 4), textcoords="offset points", fontsize=8)
        ax.set_xlabel(self.axis_names[0])
        ax.set_ylabel(self.axis_names[1])
        _tidy(ax, legend_title=None)
        return self

    def _draw_labeled(self):
        if self.labeled is None:
            return {}
        labeled, labels = np.asarray(self.labeled, dtype=float), np.asarray(self.labels)
        classes = np.unique(labels)
        markers = np.resize(np.repeat(["o", "^", "D"], len(COLORS)), len(classes))
        colors = np.resize(COLORS, len(classes))
        return {
            label: self.ax_.scatter(
                *labeled[labels == label].T,
                s=26,
                marker=marker,
                color=color,
                label=f"labeled {label}",
            )
            for label, marker, color in zip(classes.tolist(), markers, colors, strict=True)
        }


def _in_two_dimensions(rows, labeled):
    """Return pool and labeled samples in two dimensions, and what the axes are."""
    if not (sp.issparse(rows) or isinstance(rows, np.ndarray)):
        raise ValueError(
            "embedding must give dense or csr rows to be drawn, such as ModelEmbedding(), got "
            f"{type(rows).__name__}."
        )
    if not sp.issparse(rows) and rows.shape[1] <= 2:
        return _padded(rows), None if labeled is None else _padded(labeled), ("", "")
    if sp.issparse(rows):
        reduce, name = TruncatedSVD(2, random_state=0), "singular vector"
    else:
        reduce, name = PCA(2, random_state=0), "principal component"
    points = reduce.fit_transform(rows)
    shares = 100 * reduce.explained_variance_ratio_
    names = tuple(
        f"{order} {name} ({share:.0f} % of the variance)"
        for order, share in zip(("First", "Second"), shares, strict=True)
    )
    return points, None if labeled is None else reduce.transform(labeled), names


def _padded(rows):
    """Return rows of one or two dimensions as rows of two."""
    return np.pad(np.asarray(rows, dtype=float), ((0, 0), (0, 2 - rows.shape[1])))
