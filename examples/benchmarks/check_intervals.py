"""How often intervals of R^2, of errors and of several labels hold the truth, by audit rows.

    python examples/benchmarks/check_intervals.py

Audit rows are drawn at random from large populations of which all labels and predictions are
known. Printed is, for each number of audit rows, how often the 95% interval holds the score of the
population, over all populations and in the worst of them.

Populations of numbers differ in how labels and errors are distributed, and in R^2; those of
several labels in how many labels there are, how frequent, how often the model is wrong, and how
much the errors of a row go together.
"""

import argparse
import itertools

import numpy as np
from scipy.stats import norm

from skal.session._intervals import Sample, f1_of, mean_f1_of, share_of
from skal.session._number_intervals import r2_of, rmse_of

N_POPULATION = 50_000
N_AUDIT = (20, 50, 100, 200)


def numbers():
    """Yield named populations: labels and errors of predictions."""
    rng = np.random.RandomState(0)
    draws = {
        "normal": lambda: rng.randn(N_POPULATION),
        "uniform": lambda: rng.rand(N_POPULATION),
        "Laplace": lambda: rng.laplace(size=N_POPULATION),
        "Student, 5 degrees": lambda: rng.standard_t(5, N_POPULATION),
        "lognormal": lambda: rng.lognormal(0, 0.7, N_POPULATION),
    }
    for (of_y, draw), (of_e, error), r2 in itertools.product(
        draws.items(), draws.items(), (0.5, 0.9)
    ):
        if of_e in ("uniform", "lognormal"):
            continue
        y, errors = _standard(draw()), _standard(error())
        kind = "skewed" if of_y == "lognormal" else "symmetric"
        yield f"{kind} labels", f"{of_y}, {of_e}, {r2}", y, errors * np.sqrt(1 - r2)


def _standard(values):
    return (values - values.mean()) / values.std()


def lists():
    """Yield named populations: indicator matrices of labels and of predictions."""
    rng = np.random.RandomState(0)
    cases = itertools.product((3, 8), (0.1, 0.3), (0.02, 0.1, 0.25), (0.0, 0.9))
    for n_labels, frequency, error, together in cases:
        true = _together(rng, n_labels, together) > norm.ppf(1 - frequency)
        wrong = _together(rng, n_labels, together) < norm.ppf(error)
        name = f"{n_labels} labels, {frequency}, {error}, {together}"
        yield "several labels", name, true, true ^ wrong


def _together(rng, n_labels, share):
    common, own = rng.randn(N_POPULATION, 1), rng.randn(N_POPULATION, n_labels)
    return share * common + np.sqrt(1 - share**2) * own


def of_numbers(y, errors):
    """Return for each score its true value, and a function from rows to bounds."""
    mean_square = np.mean(errors**2)
    return {
        "r2": (1 - mean_square / y.var(), lambda i, s: r2_of(s, y[i], errors[i], 0.95)),
        "rmse": (np.sqrt(mean_square), lambda i, s: rmse_of(s, errors[i], 0.95)),
    }


def of_lists(true, said):
    """Return the same for several labels."""
    hits, given = (true & said).sum(axis=0), true.sum(axis=0) + said.sum(axis=0)
    wrong = (true != said).sum(axis=1)
    full = np.full(len(true), true.shape[1])
    # As in a session, a mean over labels needs 5 rows of each.
    return {
        "f1_micro": (2 * hits.sum() / given.sum(), lambda i, s: f1_of(s, true[i], said[i], 0.95)),
        "f1_macro": (
            np.mean(2 * hits / given),
            lambda i, s: (
                mean_f1_of(s, true[i], said[i], 0.95) if true[i].sum(axis=0).min() >= 5 else None
            ),
        ),
        "hamming_loss": (np.mean(true != said), lambda i, s: share_of(s, wrong[i], full[i], 0.95)),
    }


def coverage(scores, n_audit, n_samples, rng):
    """Return how often the intervals of each score hold its true value, None if there are few."""
    held = {name: [] for name in scores}
    sample = Sample(np.ones(n_audit, bool), np.zeros(n_audit))
    for _ in range(n_samples):
        rows = rng.randint(N_POPULATION, size=n_audit)
        for name, (truth, bounds_of) in scores.items():
            bounds = bounds_of(rows, sample)
            if bounds is not None:
                held[name].append(bounds.low - 1e-9 <= truth <= bounds.high + 1e-9)
    enough = max(20, n_samples // 4)
    return {name: np.mean(one) for name, one in held.items() if len(one) >= enough}


def table(n_samples, populations=(numbers, lists)):
    """Return coverages by score, kind of population and number of audit rows."""
    rng, found = np.random.RandomState(1), {}
    for make in populations:
        for kind, _, *arrays in make():
            scores = (of_numbers if make is numbers else of_lists)(*arrays)
            for n_audit in N_AUDIT:
                for name, share in coverage(scores, n_audit, n_samples, rng).items():
                    found.setdefault((name, kind, n_audit), []).append(share)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=100, help="audits of each population")
    found = table(parser.parse_args().samples)
    print(f"{'score':14} {'population':18} audit rows  coverage  worst population")
    for (name, kind, n_audit), shares in sorted(found.items()):
        print(f"{name:14} {kind:18} {n_audit:10} {np.mean(shares):9.1%} {min(shares):12.1%}")


if __name__ == "__main__":
    main()
