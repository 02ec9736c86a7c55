"""The tables of the performance page: what they hold, and how they are made of raw results."""

import numpy as np
from pictures import bare, draw_both

# The tables: each strategy, as it is written, with the outputs that it reads.
TABLES = {
    "Scores of model outputs": {
        "UncertaintySampling('margin')": "proba",
        "UncertaintySampling('entropy')": "proba",
        "UncertaintySampling('least_confidence')": "proba",
        "SimpleMargin()": "decision",
        "ExpectedCost(1 - np.eye(10))": "proba",
        "Relevance(0)": "proba",
        "ClassBalanced()": "proba",
        "StochasticBatch()": "proba",
        "CostAware()": "proba prices",
        "QueryByCommittee('vote_entropy')": "member_proba",
        "QueryByCommittee('kl')": "member_proba",
        "BALD()": "member_proba",
        "EPIG()": "member_proba",
        "BatchBALD()": "member_proba",
        "LearningLoss()": "predicted_loss",
        "MultilabelUncertainty()": "label_proba",
    },
    "Samples that are diverse or typical": {
        "UncertaintyHerding()": "proba",
        "MaxHerding()": "",
        "CoreSet()": "",
        "KMeansSampling()": "",
        "TypiClust()": "",
        "ProbCover()": "",
        "FacilityLocation()": "",
        "DPP()": "proba",
        "DiverseMiniBatch()": "proba",
        "ClusterMargin()": "proba",
        "DensityWeighted()": "proba",
        "RankedBatch()": "proba",
        "BADGE()": "proba",
        "BAIT()": "proba",
        "Falcun()": "proba",
        "ContrastiveSampling()": "proba",
        "ExpectedGradientLength()": "proba",
        "DropQuery()": "model",
        "ExpectedErrorReduction(n_candidates=100)": "model",
    },
    "Regression": {
        "StandardDeviation()": "prediction_std",
        "QueryByCommittee('variance')": "member_prediction",
        "ExpectedModelChange()": "prediction member_prediction",
        "GreedyX()": "",
        "GreedyY()": "prediction",
        "ImprovedGreedy()": "prediction",
        "LCMD()": "",
        "UncertaintyHerding('std')": "prediction_std",
    },
    "Combinations": {
        "RandomSampling()": "",
        "Subsample(UncertaintySampling('margin'), share=0.01)": "proba",
        "Shortlist(UncertaintySampling('margin'), CoreSet())": "proba",
        "Mixture([UncertaintySampling('margin'), RandomSampling()])": "proba",
        "Distinct(UncertaintySampling('margin'), min_distance=1.0)": "proba",
        "Schedule([(MaxHerding(), 500), UncertaintySampling('margin')])": "proba",
        "Shortlist(RandomSampling(), ProbCover(), factor=100)": "",
    },
    "Model and strategy": {
        "None": "model",
        "UncertaintySampling('margin') ": "model",
        "CoreSet() ": "model",
        "BADGE() ": "model",
        "QueryByCommittee('vote_entropy') ": "committee",
    },
}
# Public names beside them, which choose nothing themselves.
NOT_MEASURED = {"GreedyStrategy", "QueryStrategy", "ScoreStrategy", "Selection"}
SHOWN = {  # the lines of the picture
    "UncertaintySampling('margin')": "#3b8ede",
    "UncertaintyHerding()": "#d9822b",
    "CoreSet()": "#2fa56b",
    "BADGE()": "#a05cc4",
    "QueryByCommittee('vote_entropy')": "#7a9a01",
    "KMeansSampling()": "#8a929a",
    "TypiClust()": "#c43b5c",
    "LCMD()": "#1aa3a3",
}
WHY_NOT = {"seconds": ">60 s", "bytes": ">6 GB", "refused": "refused"}


def page_of(queries):
    """Return the tables of strategies by rows of the pool."""
    tables = dict.fromkeys(one["table"] for one in queries)
    parts = [table_of([one for one in queries if one["table"] == name], name) for name in tables]
    return "\n".join([*parts, made_by(queries, "time_queries.py run", "time_queries.py page")])


def page_of_peers(found):
    """Return the table of strategies that other libraries have."""
    libraries = list(dict.fromkeys(name for one in found for name in one["cpu"]))
    versions = found[-1]["versions"]
    titles = [f"{name} {versions.get(name, '')}".strip() for name in libraries]
    header = ["strategy", "batch", *titles, "ratio to the best"]
    rows = [row_beside(one, libraries) for one in found]
    table = csv_table("CPU time of a query", header, rows)
    return "\n".join([table, made_by(found, "time_peers.py", "time_queries.py page")])


def row_beside(one, libraries):
    """Return the times of a case by library, and ours divided by the best of the others."""
    seconds = {name: result["cpu"] for name, result in one["cpu"].items()}
    best = min(taken for name, taken in seconds.items() if name != "skal")
    cells = [in_seconds(seconds[name]) if name in seconds else "" for name in libraries]
    batch = f"{one['asked']} of {one['rows']:,}"
    return [link_to(one["case"]), batch, *cells, rounded(seconds["skal"] / best)]


def csv_table(title, header, rows):
    """Return a table in reStructuredText."""
    lines = [f".. csv-table:: {title}", "   :header-rows: 1", "   :widths: auto", ""]
    lines += ["   " + ",".join(f'"{cell}"' for cell in row) for row in [header, *rows]]
    return "\n".join(lines) + "\n"


def table_of(found, title):
    """Return a table of strategies by rows of the pool."""
    sizes = sorted({one["rows"] for one in found})
    cells = {(one["case"], one["rows"]): cell_of(one) for one in found}
    rows = [
        [link_to(case), *(cells.get((case, n_rows), "") for n_rows in sizes)]
        for case in dict.fromkeys(one["case"] for one in found)
    ]
    return csv_table(title, ["strategy", *(f"{n_rows:,} rows" for n_rows in sizes)], rows)


def cell_of(one):
    """Return time and memory as text, or why there are none."""
    if "stopped" in one:
        return WHY_NOT[one["stopped"]] + (" expected" if one.get("expected") else "")
    return f"{in_seconds(one['cpu'])}, {in_megabytes(one['mb'])}"


def in_seconds(seconds):
    """Return a time with two digits."""
    if seconds < 1:
        return f"{rounded(1000 * seconds)}\N{NO-BREAK SPACE}ms"
    return f"{rounded(seconds)}\N{NO-BREAK SPACE}s"


def in_megabytes(megabytes):
    """Return a size in MB."""
    number = "<1" if megabytes < 1 else f"{megabytes:,.0f}"
    return f"{number}\N{NO-BREAK SPACE}MB"


def rounded(number):
    """Return a number with two digits, and no point where it has two before it."""
    digits = max(0, 1 - int(np.floor(np.log10(number))))
    return f"{number:,.{digits}f}"


def link_to(case):
    """Return a case as a link to the reference and its parameters, which may wrap."""
    name, _, params = case.strip().partition("(")
    if name == "None":
        return "the default"
    if "." in name:
        return f":func:`skal.{name}`"
    return f":class:`~skal.strategies.{name}` {params[:-1]}".replace("'", "").rstrip()


def made_by(found, *commands):
    """Return the commands, and on what the results were measured."""
    names = ("python", "skal", "scikit-learn", "numpy", "scipy", "machine", "date")
    made = {name: " and ".join(sorted({one[name] for one in found})) for name in names}
    versions = ", ".join(f"{name} {made[name]}" for name in names[:-2])
    lines = [f"   python examples/benchmarks/{command}" for command in commands]
    return "\n".join(
        [
            "Made by\n\n.. code-block:: bash\n",
            *lines,
            "",
            f"with {versions}, on one core of {made['machine']}, {made['date']}.\n",
        ]
    )


def draw(queries, folder):
    """Draw time by rows."""

    def picture(ink):
        import matplotlib.pyplot as plt

        fig, ax = plt.subplots(figsize=(4.6, 5), layout="constrained")
        for case, color in SHOWN.items():
            mine = [one for one in queries if one["case"] == case and "cpu" in one]
            rows, seconds = [one["rows"] for one in mine], [one["cpu"] for one in mine]
            ax.loglog(rows, seconds, "o-", color=color, label=case, markersize=4, linewidth=1.5)
        ax.set(xlabel="rows of the pool", ylabel="CPU seconds of a query of 100")
        ax.minorticks_off()
        bare(ax)
        fig.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=7.5, columnspacing=1)
        return fig

    draw_both(picture, folder, "query_time")
