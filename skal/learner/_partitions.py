"""Pools in partitions: their columns, and the transformers of a cold start."""

import numpy as np

from .._base import (
    as_in_fit,
    derive_seed,
    draw_positions,
    make_random_state,
    unfitted_transformers,
)
from ._cold_start import ColdModel

_MOST_FITTED = 100_000  # samples that transformers are fitted on


def partitions_as_in_fit(learner, partitions):
    """Return partitions with the columns that the learner saw in `fit`, in the same order."""
    template = partitions.template
    known = learner._kind_of_X
    if known.family == "sparse" and isinstance(template, np.ndarray):
        return partitions  # a dask array may hold csr blocks and not say so
    template = as_in_fit(learner, template)
    return (
        partitions.with_columns(template.columns) if hasattr(template, "columns") else partitions
    )


def cold_model_of_partitions(template, partitions, known, task):
    """Return the stand-in of the model, with transformers fitted on a sample of the partitions.

    The sample is the same however the samples are divided.
    """
    X = None
    if unfitted_transformers(template) is not None:
        n_samples = int(partitions.lengths.sum())
        random_state = make_random_state(derive_seed(n_samples))
        X = partitions.take(
            np.sort(draw_positions(random_state, n_samples, min(n_samples, _MOST_FITTED)))
        )
    return ColdModel(template, X, known, task).fitted()
