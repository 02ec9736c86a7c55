"""The outputs of a pool."""

WAYS_OUT = {
    "X": "Pass X= to Pool.from_arrays.",
    "proba": (
        "Use UncertaintySampling('margin') or SimpleMargin(), which read the decision "
        "function, or wrap the classifier in sklearn.calibration.CalibratedClassifierCV."
    ),
    "decision": "Use a strategy that reads probabilities, such as UncertaintySampling().",
    "member_proba": (
        "Make it a committee: skal.Committee(classifier), a list of classifiers, a forest, "
        "bagging or voting classifier, or a model with a method member_proba(X)."
    ),
    "embedding": (
        "Put a transformer that makes numbers of X in front of the classifier (a Pipeline), "
        "or give the model a method embed(X)."
    ),
    "predicted_loss": (
        "Wrap the classifier in skal.loss_prediction.LossPredictingClassifier, or use a model "
        "with a method predict_loss(X)."
    ),
    "predicted": "Use a model with a method predict(X).",
    "svm_kernel": "Use a SVC or NuSVC, alone or at the end of a pipeline, or name a kernel.",
    "prices": (
        "Pass prices= to learner.query, learner.pool or Pool.from_arrays, or name them in "
        "CostAware(prices=...)."
    ),
    "y": "Only the pool of labeled samples, `pool.labeled`, has labels.",
}


class MissingOutputError(AttributeError):
    """A strategy asked the pool for something that the model cannot give."""
