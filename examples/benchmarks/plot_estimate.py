"""Draw the picture of the page "How good is my model?".

    python examples/benchmarks/plot_estimate.py check_estimate.jsonl   # of check_estimate.py
    python examples/benchmarks/plot_estimate.py                        # what is stored in data/

On the left are estimates of simulated sessions, each with its interval, in the order of the truth.
On the right is how wide an interval is, in a large pool, by the number of audit rows.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np
from pictures import bare, draw_both
from scipy.stats import norm

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "_static"
NUMBERS = Path(__file__).parent / "data" / "estimates.json"
N_SHOWN = 150


def accuracies(path):
    """Return value, low, high and truth of the last look of each session, in their order."""
    lines = sorted(map(json.loads, path.read_text().splitlines()), key=lambda line: line["seed"])
    found = [line["looks"][-1].get("accuracy") for line in lines if line["looks"]]
    return [[round(number, 4) for number in one] for one in found if one is not None]


def width(accuracy, n, confidence=0.95):
    """Return the width of Wilson's interval for a share in a large pool."""
    z = norm.ppf((1 + confidence) / 2)
    return 2 * z * np.sqrt(accuracy * (1 - accuracy) / n + (z / n) ** 2 / 4) / (1 + z**2 / n)


def picture(found, ink):
    """Return the figure: intervals on the left, widths on the right."""
    import matplotlib.pyplot as plt

    value, low, high, truth = np.array(sorted(found[:N_SHOWN], key=lambda one: one[-1])).T
    misses = (truth < low) | (truth > high)
    fig, (left, right) = plt.subplots(
        1, 2, figsize=(10, 3.6), width_ratios=(1.8, 1), layout="constrained"
    )
    places = np.arange(len(value))
    for chosen, color, name in (
        (~misses, "#3b8ede", "the interval holds the truth"),
        (misses, "#d9822b", "it does not"),
    ):
        left.vlines(places[chosen], low[chosen], high[chosen], color=color, alpha=0.6, label=name)
        left.plot(places[chosen], value[chosen], ".", color=color, markersize=4)
    left.plot(places, truth, color=ink, linewidth=1.2, label="truth")
    left.set(xlabel="simulated sessions, by the truth", ylabel="accuracy", xticks=[])
    left.legend(frameon=False, loc="lower right")
    n_audit = np.arange(20, 401)
    for accuracy, color in ((0.7, "#d9822b"), (0.9, "#3b8ede"), (0.97, "#2fa56b")):
        right.plot(
            n_audit,
            100 * width(accuracy, n_audit),
            color=color,
            label=f"accuracy {accuracy:.0%}",
        )
    right.set(xlabel="audit rows", ylabel="width of the interval, points", ylim=0)
    right.legend(frameon=False)
    for ax in (left, right):
        bare(ax)
    return fig


def main():
    """Draw, once for light pages and once for dark ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="?")
    options = parser.parse_args()
    if options.results is not None:
        lines = ",\n".join(map(json.dumps, accuracies(options.results)))
        NUMBERS.write_text(f"[\n{lines}\n]\n")
    found = json.loads(NUMBERS.read_text())
    draw_both(partial(picture, found), PICTURE, "estimate")


if __name__ == "__main__":
    main()
