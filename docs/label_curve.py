"""
Draw the label curves of the first page and the README
======================================================

The numbers are those of ``examples/plot_quickstart.py``, which is run and prints them.

    python docs/label_curve.py             # writes docs/_static/label_curve_{light,dark}.svg
    python docs/label_curve.py -o FOLDER   # elsewhere
"""

import argparse
import runpy
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "plot_quickstart.py"
PICTURES = ROOT / "docs" / "_static"

# Ink, the color of the learner, and that of random sampling; on white, and on a dark page.
THEMES = {
    "light": ("#222832", "#0072B2", "#767676"),
    "dark": ("#ced6dd", "#56B4E9", "#9aa5b1"),
}


def simulate():
    """Run the example, which draws a picture of its own, and return its names."""
    with tempfile.TemporaryDirectory() as folder:
        sys.argv = [str(EXAMPLE), str(Path(folder, "label_curve.png"))]
        return runpy.run_path(str(EXAMPLE))


def draw(curves, accuracy_of_all, n_all, theme):
    """Return the figure in the colors of a theme."""
    ink, blue, gray = THEMES[theme]
    style = {"text.color": ink, "axes.labelcolor": ink, "axes.edgecolor": ink}
    style |= {"xtick.color": ink, "ytick.color": ink, "font.size": 11}
    with plt.rc_context(style):
        fig, ax = plt.subplots(figsize=(5.8, 3.5), layout="constrained")
        draw_curve(ax, curves, "random", gray, "random samples")
        draw_curve(ax, curves, "herding", blue, "samples chosen by skal")
        draw_saving(ax, curves, ink)
        ax.axhline(accuracy_of_all, color=ink, linestyle=":", linewidth=1.2)
        ax.set(xlabel="Labels", ylabel="Accuracy on test samples")
        ax.set(xlim=(14, 306), ylim=(0.3, 1.02))
        ax.annotate(
            f"all {n_all} labels: {accuracy_of_all:.3f}",
            (302, accuracy_of_all),
            xytext=(0, 4),
            textcoords="offset points",
            ha="right",
            fontsize=10,
        )
        ax.spines[["top", "right"]].set_visible(False)
        ax.patch.set_alpha(0)
        ax.legend(loc="lower right", bbox_to_anchor=(0.96, 0.02), frameon=False)
    return fig


def draw_curve(ax, curves, name, color, label):
    """Draw a mean over the splits, and a band of one standard deviation."""
    n, mean, std = curves.n_labels, curves.mean()[name], curves.std()[name]
    ax.plot(n, mean, "o-", color=color, label=label, markersize=3.5, linewidth=2)
    ax.fill_between(n, mean - std, mean + std, color=color, alpha=0.16, linewidth=0)


def draw_saving(ax, curves, ink):
    """Draw an arrow from the labels of random sampling to those that do the same work."""
    last = curves.mean()["random"][-1]
    needed = curves.labels_to_reach(last)
    few, many = needed["herding"], needed["random"]
    ax.vlines([few, many], 0.3, last, color=ink, linestyle=":", linewidth=1)
    arrow = {"arrowstyle": "->", "color": ink, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (few, 0.7), (many, 0.7), arrowprops=arrow)
    text = f"{few:.0f} labels do the work of {many:.0f}"
    ax.text((few + many) / 2, 0.72, text, ha="center", weight="bold")


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("-o", "--output", type=Path, default=PICTURES, help="folder")
    folder = parser.parse_args().output
    found = simulate()
    matplotlib.rcParams["svg.hashsalt"] = "skal"  # the same file for the same numbers
    matplotlib.rcParams["svg.fonttype"] = "none"  # text stays text
    for theme in THEMES:
        fig = draw(found["curves"], found["accuracy_of_all"], found["n_all"], theme)
        path = folder / f"label_curve_{theme}.svg"
        fig.savefig(path, transparent=True, metadata={"Date": None})
        print(f"{path} is drawn.")


if __name__ == "__main__":
    main()
