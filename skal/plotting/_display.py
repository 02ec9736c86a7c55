"""What all displays share: axes to draw on, and a look."""

import numpy as np

from .._base import import_optional

# Okabe and Ito's colors, which people with color vision deficiencies can tell apart.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

LINE_STYLES = ("-", "-.", ":")

GRAY, DARK = "#767676", "#333333"

# With more names than these a legend would cover what is drawn, and stands beside it.
ROOM_FOR_NAMES = 6


def pyplot():
    """Import matplotlib, or say how to install it."""
    return import_optional("matplotlib.pyplot", "Plotting needs", '"scikit-skal[plot]"')


class Display:
    """Draw on given or new axes; subclasses define `_draw(ax)`, and `_check()` what they draw."""

    _figsize = (6.4, 4.2)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a figure.

        Returns
        -------
        self : display
            With `ax_`, `figure_` and what was drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the parameters cannot be drawn: they are empty, differ in length, or hold NaN.
        """
        self._check()  # before a figure is made
        self._draw(self._open(ax))
        return self

    def _check(self):
        """Raise an error if the parameters cannot be drawn."""

    def _open(self, ax):
        """Return the axes to draw on, and keep them."""
        plt = pyplot()
        if ax is None:
            ax = plt.subplots(figsize=self._figsize, layout="constrained")[1]
        self.ax_, self.figure_ = ax, ax.figure
        return ax

    def _draw(self, ax):
        raise NotImplementedError(f"{type(self).__name__} must define _draw(ax).")


def are_numbers(labels):
    """Whether labels are numbers and no classes, which are few and whole."""
    if labels.dtype.kind != "f":
        return False
    values = np.unique(labels[np.isfinite(labels)])
    return len(values) > len(COLORS) or bool((values % 1).any())


def tidy(ax, *, legend_title, grid_axis="both"):
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
