"""Outputs that are computed from other outputs of the pool."""

import numpy as np

from ..acquisition import _kernels
from ._of_model import deviation


def votes(pool):
    return pool.map(_kernels.leading_votes, "member_proba", axis=1)


def distance(pool):
    """Return the decision function in units of distance to the separating hyperplanes."""
    decision = pool.decision
    norms = pool.decision_norms if decision.ndim == 2 else None
    if norms is None:
        return decision
    # A direction of length 0 separates nothing: every sample lies on its hyperplane.
    return np.divide(decision, norms, out=np.zeros(decision.shape), where=norms > 0)


def spread_of_members(pool):
    """Return the standard deviation of the members' predictions.

    None without members, and where the model itself states a deviation.
    """
    model = getattr(pool._memory.source, "model", None)
    if not pool.has("member_prediction") or (model is not None and deviation(model) is not None):
        return None
    return pool.map(_kernels.spread, "member_prediction")


def leading_class(pool):
    """Return the classes that a model predicts, as scikit-learn does, where it need not be asked.

    A decision function is not computed for this sake: it costs as much as to predict.
    """
    if pool.has("proba"):
        return pool.proba.argmax(axis=1)
    if not pool.knows("decision"):
        return None
    if pool.decision_kind == "ovo" and pool.has("final_step"):
        return None  # only the model knows to which class it gives equal votes
    decision = pool.decision
    if decision.ndim == 1 or decision.shape[1] == 1:
        return ((decision.ravel() > 0) & (len(pool.classes) > 1)).astype(np.intp)
    if pool.decision_kind == "ovo":
        return _kernels.class_scores(decision.T, len(pool.classes)).argmax(axis=0)
    return decision.argmax(axis=1)
