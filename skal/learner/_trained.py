"""Models that were trained before the learner saw them."""

from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from .._base import is_frozen, is_regressor
from ..committee import Committee, without_fit


def trained(template):
    """Return the model of an estimator that needs no labels, None if it has to be fitted.

    That is a `FrozenEstimator` around a fitted classifier or regressor, also as the last step of
    a pipeline whose transformers are frozen or have nothing to learn, and a committee of such
    models.
    """
    if isinstance(template, Committee):
        return without_fit(template, trained)
    if isinstance(template, Pipeline):
        ready = all(_needs_no_fit(step) for _, step in template.steps[:-1])
        return template if ready and trained(template.steps[-1][1]) is not None else None
    return template if is_frozen(template) and _is_fitted(template) else None


def _is_fitted(frozen):
    if not is_regressor(frozen):
        return hasattr(frozen, "classes_")
    try:
        check_is_fitted(frozen)
    except NotFittedError:
        return False
    return True


def _needs_no_fit(step):
    if step is None or isinstance(step, str) or is_frozen(step):  # "passthrough"
        return True
    return not get_tags(step).requires_fit
