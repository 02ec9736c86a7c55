"""Draw the picture of the results page, and write what it shows.

    python examples/benchmarks/plot_results.py results.jsonl docs/results_summary.inc

The picture is the default against random sampling, by data set. A point is the difference of the
mean accuracy along the label curve, with its 95 % interval, from no label and in batches of 10.
Colors are outcomes after Holm's correction over all settings of the default, as in the tables.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
from compare_strategies import NAMES, add_outcomes, read, settings_of
from pictures import bare, draw_both

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "_static"
SHOWN = ["logistic", "svc"]
COLORS = {"win": "#3b8ede", "tie": "#8a929a", "loss": "#d9822b"}
LABELS = {"win": "better than random sampling", "tie": "not clearly different"}
LABELS["loss"] = "worse than random sampling"


def rows_shown(results, model):
    """Return the row of the default for each data set, the smallest difference first."""
    setting = {"model": model, "first": 0, "batch": 10}
    shown = [one for one in results if all(one[key] == value for key, value in setting.items())]
    rows = [
        {"set": one["set"], **row}
        for one in shown
        for row in one["rows"]
        if row["learner"] == "default"
    ]
    return sorted(rows, key=lambda row: row["difference"])


def picture(results, ink):
    """Return the figure: a panel for each model that played on many sets."""
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 1, figsize=(4.6, 6.4), sharex=True, layout="constrained")
    for ax, model in zip(axes, SHOWN, strict=True):
        panel(ax, rows_shown(results, model), ink)
        name = NAMES[model]
        ax.set_title(f"{name[:1].upper()}{name[1:]}", color=ink, fontsize=10, loc="left")
    axes[-1].set_xlabel("Difference to random sampling, points of accuracy")
    handles = {
        handle.get_label(): handle for ax in axes for handle in ax.get_legend_handles_labels()[0]
    }
    fig.legend(handles.values(), handles, loc="outside upper left", ncols=1, frameon=False)
    return fig


def panel(ax, rows, ink):
    """Draw the differences of a model."""
    ax.axvline(0, color=ink, linewidth=1, linestyle=(0, (4, 2)))
    for outcome, color in COLORS.items():
        mine = [(place, row) for place, row in enumerate(rows) if row["outcome"] == outcome]
        if mine:
            places, found = zip(*mine, strict=True)
            ax.errorbar(
                [100 * row["difference"] for row in found],
                places,
                xerr=[100 * (row["high"] - row["difference"]) for row in found],
                fmt="o",
                color=color,
                markersize=5,
                label=LABELS[outcome],
            )
    ax.set_yticks(range(len(rows)), [row["set"] for row in rows])
    bare(ax)


def summary(results):
    """Return what the picture and all settings show, as a paragraph."""
    shown = [row for model in SHOWN for row in rows_shown(results, model)]
    every = settings_of(results, "default")
    mean, least = (
        f"{100 * of([row['difference'] for row in every]):+.1f}" for of in (np.mean, min)
    )
    n_ahead = sum(row["difference"] > 0 for row in shown)
    first = (
        f"From no label, in batches of 10, the default is ahead of random sampling in {n_ahead} "
        f"of {len(shown)} comparisons, clearly in {count(shown, 'win')}, and clearly behind in "
        f"{count(shown, 'loss')}."
    )
    second = (
        f"In all {len(every)} settings of this page it wins {count(every, 'win')} and loses "
        f"{count(every, 'loss')}; its mean difference is {mean} points of accuracy, the worst "
        f"{least}."
    )
    third = (
        "Some intervals leave out zero and still do not count as clear, because Holm's correction "
        f"asks more of {len(every)} settings together than of one."
    )
    return f"{first} {second} {third}\n"


def count(rows, outcome):
    return [row["outcome"] for row in rows].count(outcome) or "none"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("page", type=Path, help="the file that docs/results.rst includes")
    parser.add_argument("-o", "--output", type=Path, default=PICTURE, help="folder of the picture")
    options = parser.parse_args()
    results = read(options.results)
    add_outcomes(results)
    options.page.write_text(summary(results), encoding="utf-8")
    draw_both(partial(picture, results), options.output, "default_against_random")


if __name__ == "__main__":
    main()
