"""How far the runs of a learner learn from the same samples."""

import numpy as np

N_ROUNDS = 10


def correction_of(runs):
    """Return the second term of Nadeau and Bengio's variance: ``shared * n_test / n_train``.

    Parameters
    ----------
    runs : list of runs or None
        The runs of a learner. None stands for independent ones.

    Returns
    -------
    correction : float
        0 if runs share no more than chance.
    """
    if runs is None or len(runs) < 2:
        return 0.0
    ratio = np.mean([len(run.test) / len(run.train) for run in runs])
    return float(shared_choice(runs) * ratio)


def shared_choice(runs):
    """Return how far runs agree on the samples that they ask for, Cohen's kappa.

    Of the samples that a run asks for and that another could ask for, some share is asked for by
    the latter too. The result is 0 where that is what two random draws have in common, or less,
    and 1 where it is all of them. Initial samples do not count, as no learner chose them.

    Parameters
    ----------
    runs : list of runs
        Two or more.

    Returns
    -------
    kappa : float
        From 0 to 1.
    """
    pools = _masks([run.train for run in runs], runs)
    # Not all rounds, of which there may be as many as samples.
    rounds = np.unique(np.linspace(0, len(runs[0].n_labels) - 1, N_ROUNDS).round().astype(int))
    counts = np.sum([_agreement(runs, pools, i) for i in rounds], axis=0)
    agreed, by_chance, at_most = counts
    if at_most - by_chance <= 1e-9 * at_most:
        # Everything was asked for, or nothing: in both cases all runs chose the same.
        return 1.0
    return float(np.clip((agreed - by_chance) / (at_most - by_chance), 0, 1))


def _masks(rows, runs):
    """Return whether each run has each sample, of shape (n_runs, n_samples), as floats."""
    masks = np.zeros((len(runs), 1 + max(run.train.max() for run in runs)), dtype=np.float32)
    for mask, of_run in zip(masks, rows, strict=True):
        mask[of_run] = 1
    return masks


def _agreement(runs, pools, i):
    """Return three sums over pairs of runs, of samples that both ask for up to a round.

    They are how many that are, how many it would be by chance, and how many at most.
    """
    first = [run.query_indices[: run.n_initial] for run in runs]
    asked = _masks([run.query_indices[run.n_initial : run.n_labels[i]] for run in runs], runs)
    could = pools - _masks(first, runs)
    pairs = ~np.eye(len(runs), dtype=bool)
    # Of pair (a, b): samples that a asked for and b could; and a's chance to ask for one of them.
    available = (asked @ could.T).astype(float)
    share = asked.sum(axis=1, dtype=float) / np.maximum(could.sum(axis=1, dtype=float), 1)
    agreed = (asked @ asked.T)[pairs].sum(dtype=float)
    both_could = (could @ could.T).astype(float)
    by_chance = (both_could * np.outer(share, share))[pairs].sum()
    return agreed, by_chance, np.minimum(available, available.T)[pairs].sum()
