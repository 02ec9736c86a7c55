"""
skal beside modAL, scikit-activeml, small-text and libact
=========================================================

Makes the table that compares skal with its peers. No cell is written down here: each is what a
call did that was run in the library itself, in an environment that is given. A "no" is a call that
failed, or a search of all public names of the library that found nothing. The calls are in
``peers/probe_*.py``, the loops of the page "Coming from another library" in ``peers/loop_*.py``;
these are run too, and their rows compared with ours. Where a library has several environments, its
loop is run in each, and all else in the first one in which the loop runs.

    python -m venv modal && modal/bin/pip install modAL-python "scikit-learn<1.8" pandas \\
        "dask[array]" torch skorch
    python -m venv activeml && activeml/bin/pip install scikit-activeml modAL-python pandas \\
        "dask[array]" torch skorch
    python -m venv smalltext && smalltext/bin/pip install small-text pandas "dask[array]" \\
        hnswlib torch "transformers<5"
    python3.6 -m venv libact && libact/bin/pip install Cython numpy scipy scikit-learn==0.19.2 \\
        matplotlib joblib six pandas nose pytest
    LIBACT_BUILD_VARIANCE_REDUCTION=0 libact/bin/pip install --no-build-isolation libact
    python examples/benchmarks/check_peers.py --modal modal/bin/python activeml/bin/python \\
        --skactiveml activeml/bin/python --smalltext smalltext/bin/python \\
        --libact libact/bin/python [--details]

It takes some minutes. ``--details`` shows why a cell says what it says.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent / "peers"

# The name of each library, of its files here, of its distribution and of its module.
LIBRARIES = [
    ("skal", "skal", None, "skal"),
    ("modAL", "modal", "modAL-python", "modAL"),
    ("scikit-activeml", "skactiveml", "scikit-activeml", "skactiveml"),
    ("small-text", "small_text", "small-text", "small_text"),
    ("libact", "libact", "libact", "libact"),
]

ROWS = {
    "runs": "Runs with scikit-learn",
    "release": "Last release",
    "license": "License",
    "classifiers": "scikit-learn classifiers",
    "svc": "Classifiers without `predict_proba` (`SVC`)",
    "grids": "Strategies in `clone`, `GridSearchCV`",
    "estimator_checks": "`check_estimator` of scikit-learn",
    "frames": "Data frames through a pipeline",
    "regression": "Regression",
    "several_labels": "Several labels a sample",
    "strategies": "Strategies, and how many avoid copies in a batch",
    "cold_start": "First samples without any label",
    "stopping": "When to stop",
    "simulation": "Comparison of strategies on labeled data",
    "labeling": "Labeling by people",
    "annotators": "Wrong labels, several annotators",
    "partitions": "dask arrays, part by part",
    "networks": "PyTorch networks",
    "transformers": "Hugging Face transformers",
    "streams": "Streams",
    "optimization": "Bayesian optimization",
    "pictures": "Pictures",
    "bandit": "Strategy chosen while labeling",
}

VERSIONS = """
import json, platform, sys
import numpy, sklearn
try:
    from importlib.metadata import version
except ImportError:
    from pkg_resources import get_distribution
    version = lambda name: get_distribution(name).version
name = sys.argv[1]
print(json.dumps({
    "library": version(name) if name else None,
    "python": platform.python_version(),
    "sklearn": sklearn.__version__,
    "numpy": numpy.__version__,
}))
"""


def run(python, *words, details=False):
    """Return what a program prints, and its errors."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [python, *map(str, words)], capture_output=True, text=True, env=env, cwd=HERE
    )
    if details and done.stderr:
        sys.stderr.write(f"--- {' '.join(map(str, words[-1:]))}\n{done.stderr}")
    return done


def look_at(file, distribution, pythons, details):
    """Return what is found out about a library: versions, the loop, cells and chosen rows."""
    found = {"ran": [], "failed": []}
    for python in pythons:
        loop = run(python, HERE / f"loop_{file}.py", details=details)
        versions = json.loads(run(python, "-c", VERSIONS, distribution or "").stdout)
        found["failed" if loop.returncode else "ran"].append(versions)
        if not loop.returncode and "loop" not in found:
            found.update(loop=loop.stdout, python=python, versions=versions)
    if "loop" not in found:
        raise SystemExit(f"The loop of {file} runs in none of {', '.join(pythons)}.")
    probed = run(found["python"], HERE / f"probe_{file}.py", details=details)
    found.update(json.loads(probed.stdout.splitlines()[-1]))
    found["cells"]["runs"] = runs_with(found)
    return found


def runs_with(found):
    """Return the cell that says with which scikit-learn the loop ran, and with which not."""
    versions = found["versions"]
    text = f"{versions['sklearn']}, NumPy {versions['numpy']}"
    if versions["python"].startswith("3.6"):
        text += ", Python 3.6"
    failed = [other["sklearn"] for other in found["failed"]]
    return text + (f"; fails with {', '.join(failed)}" if failed else "")


def published(distribution):
    """Return when a distribution was released last, and its license, as PyPI knows them."""
    if distribution is None:
        return "not yet", "BSD-3-Clause"
    url = f"https://pypi.org/pypi/{distribution}/json"
    with urllib.request.urlopen(url, timeout=60) as answer:
        about = json.load(answer)
    files = {
        name: files[0]["upload_time"][:10] for name, files in about["releases"].items() if files
    }
    info = about["info"]
    latest, newest = info["version"], max(files, key=files.get)
    text = f"{latest}, {files[latest]}"
    if files[newest] > files[latest]:  # a preview
        text += f" ({newest}: {files[newest]})"
    return text, info.get("license_expression") or info.get("license") or "not stated on PyPI"


def compare_rows(found):
    """Print which strategies of two libraries choose the same samples."""
    ours = found["skal"]["chosen"]
    print("\nThe same samples as in skal, on the same model and data:\n")
    for name, about in found.items():
        for strategy, rows in sorted(about["chosen"].items()):
            if name != "skal":
                common = len(set(rows) & set(ours[strategy]))
                print(f"{name:16} {strategy:30} {common} of {len(rows)}")


def compare_loops(found):
    """Print what the loops printed."""
    for name, about in found.items():
        print(f"\n{name}: the loop\n{about['loop']}", end="")


def table(found):
    """Return the table as Markdown."""
    lines = ["| |" + "".join(f" {name} |" for name in found), "| --- |" + " --- |" * len(found)]
    for row, title in ROWS.items():
        cells = [about["cells"].get(row, "?") for about in found.values()]
        lines.append(f"| {title} |" + "".join(f" {cell} |" for cell in cells))
    return "\n".join(lines)


def main():
    """Look at all libraries and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    for option in ("modal", "skactiveml", "smalltext", "libact"):
        parser.add_argument(f"--{option}", nargs="+", default=[], metavar="PYTHON")
    parser.add_argument("--details", action="store_true", help="show errors and what was found")
    options = parser.parse_args()
    given = {"skal": [sys.executable], "small_text": options.smalltext}
    given = {**vars(options), **given}
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        jobs = {
            name: threads.submit(look_at, file, distribution, given[file], options.details)
            for name, file, distribution, _ in LIBRARIES
            if given[file]
        }
    found = {name: job.result() for name, job in jobs.items()}
    for name, _, distribution, _ in LIBRARIES:
        if name in found:
            cells = found[name]["cells"]
            cells["release"], cells["license"] = published(distribution)
    print(table(found))
    of_peers = (
        f"{name} {about['versions']['library']}" for name, about in found.items() if name != "skal"
    )
    print(f"\nChecked on {datetime.date.today()} with {', '.join(of_peers)}.")
    compare_rows(found)
    compare_loops(found)


if __name__ == "__main__":
    main()
