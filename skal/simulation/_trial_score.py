"""A trial of the scorer on models of few labels, before the first game."""

import re

import numpy as np
from sklearn.metrics import check_scoring, get_scorer, get_scorer_names
from sklearn.pipeline import Pipeline

from .._base import InvalidParameterError, add_note, response_method
from ._scene import N_CLASSES
from ._scoring import first_line, listed, reads_outputs

# What else to try where a scorer fails: the same score for several classes, then other scores.
VARIANTS = ("{}_macro", "{}_ovr", "{}")
OTHERS = ("roc_auc", "roc_auc_ovr", "balanced_accuracy", "f1_micro", "r2")

_FITTED_ON_LABELED = (
    "The transformers of this pipeline are fitted on the labeled samples only, and others may "
    "hold what those lack, such as a category. Tell them what to do then, as by "
    'OneHotEncoder(handle_unknown="ignore"). Transformers that need no labels can also be fitted '
    'beforehand: see "Transformers fitted on the pool" in the user guide, under "The learner".'
)


def check_scorer(estimator, scoring):
    """Refuse what is not a scorer, or not one scorer."""
    if isinstance(scoring, (list, tuple, set, dict)):
        raise InvalidParameterError(f"scoring must be a single scorer, got {scoring!r}.")
    if isinstance(scoring, str) and scoring not in get_scorer_names():
        raise InvalidParameterError(
            "scoring must be one of sklearn.metrics.get_scorer_names(), such as 'accuracy', "
            f"'balanced_accuracy', 'f1_macro' or 'roc_auc', got {scoring!r}."
        )
    check_scoring(estimator, scoring=scoring)


def try_scorer(scoring, learners, models, scene):
    """Refuse a scorer that gives one of the models no score."""
    if isinstance(scoring, str) and reads_outputs(get_scorer(scoring)) and scene.unlearnable():
        raise InvalidParameterError(
            f"scoring={scoring!r} compares outputs for each class, but each test part has a class "
            "that is not in its training part. Shuffle the samples before they are divided, or "
            "use scoring='balanced_accuracy'."
        )
    if not len(scene.test):
        return
    models = {name: model for name, model in models.items() if model is not None}
    tested = scene.tested(scene.labeled(N_CLASSES))
    for name, model in models.items():
        try:
            error = _failure(scoring, model, scene, tested)
        except Exception as fault:
            add_note(fault, f"This is the learner {name!r}, before its first game.")
            if isinstance(model, Pipeline):
                add_note(fault, _FITTED_ON_LABELED)
            raise
        if error is not None and (error := _failure_on_all(scoring, learners[name], scene)):
            raise InvalidParameterError(
                _refusal(scoring, name, error, _fitting(scoring, models, scene, tested), scene)
            ) from error


def _failure(scoring, model, scene, tested):
    """Return the error of a scorer on a model that knows the classes of the samples, or None."""
    X, y = scene.answer(tested)
    scorer = check_scoring(model, scoring=scoring)
    try:
        score = float(scorer(model, X, y))
    except Exception as error:
        model.predict(X)  # the fault of the model comes through as it is
        return error
    # A callable of the user's may have its reasons to return NaN.
    if np.isnan(score) and response_method(scorer) is not None:
        return ValueError("it returned NaN.")
    return None


def _failure_on_all(scoring, learner, scene):
    """Return the error that a scorer raises on all classes and all test samples, or None.

    A scorer may have been made for all classes. Where no model can be made of them, the scorer has
    the benefit of the doubt.
    """
    try:
        model = scene.taught(learner, scene.labeled()).estimator_
    except Exception:
        return None
    return _failure(scoring, model, scene, scene.test)


def _refusal(scoring, name, error, fitting, scene):
    """Return the message that refuses a scorer, with the names of scorers that would do."""
    labels = scene.answer(scene.test)[1]
    classes = {*labels.tolist()} if scene.has_classes else None
    if classes is not None:
        what = f"the classes {listed(classes)}"
    else:
        what = "numbers" if labels.ndim == 1 else "several labels a sample"
    text = (
        f"scoring must fit the labels and the learners, got {scoring!r}, which gives the learner "
        f"{name!r} no score on {what}: {first_line(error)}"
    )
    text = text if text.endswith(".") else f"{text}."
    if classes is not None and len(classes) < 2:
        text += " No test part has two classes that its training part has as well: shuffle it."
    if isinstance(error, AttributeError):
        text += (
            " Wrap the classifier in sklearn.calibration.CalibratedClassifierCV for probabilities."
        )
    return f"{text} Use scoring={fitting[0]!r}." if fitting else text


def _fitting(scoring, models, scene, tested):
    """Return the names of scorers that can score all models, those most alike first."""
    if not isinstance(scoring, str):
        return []
    base = re.sub(
        "_(macro|micro|weighted|samples|ovr|ovo|ovr_weighted|ovo_weighted)$", "", scoring
    )
    names = dict.fromkeys([*(variant.format(base) for variant in VARIANTS), *OTHERS])
    known = get_scorer_names()
    return [
        name
        for name in names
        if name in known
        and not any(_failure(name, model, scene, tested) for model in models.values())
    ]
