"""A pool, what is labeled in it, and what is asked for now."""

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import PCA, TruncatedSVD

from .._base import refuse_collection
from ..embeddings import rows_of
from ._display import COLORS, DARK, Display, are_numbers, pyplot, tidy


class QueryDisplay(Display):
    """Draw a pool in two dimensions, what is labeled in it, and what is asked for now.

    Gray points are the pool, colored ones the labeled samples by class, or by number on a scale,
    open squares those that wait for an answer; the batch is numbered from the best on. Prefer
    :meth:`from_learner` to the constructor.

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
    labels : array-like of shape (n_labeled,) or (n_labeled, n_labels), default=None
        Their labels. Floats are numbers if one of them has decimals, or more than 6 differ.
        Samples that may have several labels have one color.
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
        The points of the labeled samples, by class; where labels are numbers or several a sample,
        one entry, "labeled".

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

    _figsize = (6.4, 4.8)

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
        cls, learner, X_pool, selection=None, n=10, *, pending=None, embedding=None, ax=None
    ):
        """Draw a pool as the model of a learner sees it, and what the learner asks for.

        Parameters
        ----------
        learner : ActiveLearner
            The learner that asks.
        X_pool : rows of shape (n_pool, ...)
            The pool.
        selection : Selection, default=None
            What was asked for, as ``learner.select(X_pool, n)`` returned it; None queries the
            learner for `n` samples.
        n : int, default=10
            How many samples to ask for, where there is no `selection`.
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
        TypeError
            If `selection` is not a Selection.
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
        pyplot()
        refuse_collection(X_pool, "X_pool")
        batch = learner.query(X_pool, n) if selection is None else _positions(selection)
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

    def _check(self):
        if hasattr(self.points, "query"):
            raise TypeError(
                "points must be of shape (n_samples, 2), got a learner. "
                "QueryDisplay.from_learner(learner, X_pool) asks it and draws what it chooses."
            )
        n_points = len(_check_points(self.points, "points"))
        if not n_points:
            raise ValueError("points must hold at least one sample of the pool, got none.")
        _check_places(self.batch, "batch", n_points)
        if self.pending is not None:
            _check_places(self.pending, "pending", n_points)
        if (self.labeled is None) != (self.labels is None):
            raise ValueError("labeled and labels must be given together, got only one of them.")
        if self.labeled is not None:
            n_labeled = len(_check_points(self.labeled, "labeled"))
            shape = np.shape(self.labels)
            if shape[:1] != (n_labeled,) or len(shape) > 2:
                raise ValueError(
                    f"labels must hold a label for each of the {n_labeled} labeled samples, got "
                    f"an array of shape {shape}."
                )

    def _draw(self, ax):
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
        tidy(ax, legend_title=None)

    def _draw_labeled(self):
        if self.labeled is None:
            return {}
        labeled, labels = np.asarray(self.labeled, dtype=float), np.asarray(self.labels)
        if labels.ndim == 2:
            points = self.ax_.scatter(*labeled.T, s=26, color=COLORS[0], label="labeled")
            return {"labeled": points}
        if are_numbers(labels):
            points = self.ax_.scatter(*labeled.T, s=26, c=labels, label="labeled")
            self.figure_.colorbar(points, ax=self.ax_, label="label")
            return {"labeled": points}
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


def _check_points(points, name):
    """Return points of two dimensions, or refuse those that cannot be drawn."""
    points = np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"{name} must be of shape (n_samples, 2), got shape {points.shape}.")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(bad):
        raise ValueError(
            f"{name} must be finite to be drawn, but row {bad[0]} is {points[bad[0]].tolist()} "
            f"({len(bad)} of {len(points)} rows are not finite). Choose an embedding without "
            "missing values, such as the output of an imputer in front of the model."
        )
    return points


def _check_places(places, name, n_points):
    """Refuse what are not positions in the pool."""
    places = np.asarray(places)
    if places.ndim != 1 or (len(places) and places.dtype.kind not in "iu"):
        raise ValueError(
            f"{name} must hold positions in the pool, integers in one dimension, got an array of "
            f"shape {places.shape} and dtype {places.dtype}."
        )
    if len(places) and not (0 <= places.min() and places.max() < n_points):
        raise ValueError(
            f"{name} must hold positions in the pool, from 0 to {n_points - 1}, got "
            f"{places.tolist()}."
        )


def _positions(selection):
    if not hasattr(selection, "positions"):
        raise TypeError(
            f"selection must be what learner.select(X_pool, n) returns, got {selection!r}. The "
            "number of samples to ask for is n."
        )
    return selection.positions


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
        f"{order} {name} ({share:.0f}% of the variance)"
        for order, share in zip(("First", "Second"), shares, strict=True)
    )
    return points, None if labeled is None else reduce.transform(labeled), names


def _padded(rows):
    """Return rows of one or two dimensions as rows of two."""
    return np.pad(np.asarray(rows, dtype=float), ((0, 0), (0, 2 - rows.shape[1])))
