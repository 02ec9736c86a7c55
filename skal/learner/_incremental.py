"""Incremental learning: continue the fit of an estimator instead of fitting from scratch."""

import copy
import dataclasses

from .._base import CodedClassifier, grow, is_regressor


def prepare_incremental(estimator):
    """Prepare an unfitted estimator, in place, for `continue_fit`.

    Raises
    ------
    ValueError
        If the estimator has neither `partial_fit` nor `warm_start`.
    """
    if hasattr(estimator, "partial_fit"):
        return
    if "warm_start" not in estimator.get_params(deep=False):
        raise ValueError(
            f"incremental=True needs an estimator with partial_fit or warm_start, but "
            f"{type(estimator).__name__} has neither. Use incremental=False to fit from scratch."
        )
    estimator.set_params(warm_start=True)


def continue_fit(estimator, template, labeled, new):
    """Return a copy of a fitted estimator that has also learned from new samples.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        It has `partial_fit`, or was fitted with ``warm_start=True``. It is not changed.
    template : classifier or regressor
        The estimator with its original parameters.
    labeled : Labeled
        All labeled samples, the new ones included.
    new : Labeled
        The new samples; a classifier knows their classes.
    """
    if isinstance(estimator, CodedClassifier):
        return _continue_on_codes(estimator, template, labeled, new)
    # Both ways of fitting change the estimator in place, which must not happen if they fail.
    estimator = copy.deepcopy(estimator)
    if hasattr(estimator, "partial_fit"):
        known = {} if is_regressor(estimator) else {"classes": estimator.classes_}
        return estimator.partial_fit(new.X, new.y, **known, **new.params)
    grow(estimator, template)
    return estimator.fit(labeled.X, labeled.y, **labeled.params)


def _continue_on_codes(coded, template, labeled, new):
    """Do the same for a classifier that learns codes of the labels."""
    labeled, new = (
        dataclasses.replace(one, y=coded.codes_of_labels(one.y)) for one in (labeled, new)
    )
    continued = copy.copy(coded)
    continued.estimator_ = continue_fit(coded.estimator_, template, labeled, new)
    return continued
