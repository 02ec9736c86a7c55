"""A classifier that is another classifier with something added."""

from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._sklearn import MetadataRouter, MethodMapping, route, take_over_tags


def _inner_has(method):
    """Say whether the classifier inside has a method."""

    def check(delegate):
        getattr(delegate._answering(), method)  # its own AttributeError says most
        return True

    return check


class Delegate(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Answer with the classifier inside.

    Subclasses set `_inner`, the name of the parameter that holds the classifier; the fitted one
    is the attribute of that name with an underscore behind it. They define `_template()`, which
    returns the unfitted classifier as the parameters describe it, and may replace
    `_answering()` and `_check_answer(method, X)`.
    """

    _inner = "estimator"

    def predict(self, X):
        """Predict classes.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        return self._answer("predict", X)

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X):
        """Return class probabilities, of shape (n_samples, n_classes)."""
        return self._answer("predict_proba", X)

    @available_if(_inner_has("predict_log_proba"))
    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, of shape (n_samples, n_classes)."""
        return self._answer("predict_log_proba", X)

    @available_if(_inner_has("decision_function"))
    def decision_function(self, X):
        """Return the decision function, of shape (n_samples,) or (n_samples, n_columns)."""
        return self._answer("decision_function", X)

    def score(self, X, y, **score_params):
        """Return the score on samples with known labels.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
        y : array-like of shape (n_samples,)
        **score_params : dict
            Passed on, such as `sample_weight`.

        Returns
        -------
        score : float
            What the classifier inside scores, by default the accuracy.
        """
        self._check_answer("score", X)
        params = route(self, "score", score_params, to=self._inner)
        return getattr(self, f"{self._inner}_").score(X, y, **params)

    def get_metadata_routing(self):
        """Return the metadata that `fit` and `score` hand on to the classifier inside."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        mapping.add(caller="score", callee="score")
        router = MetadataRouter(owner=type(self).__name__)
        return router.add(**{self._inner: self._template()}, method_mapping=mapping)

    def __sklearn_tags__(self):
        return take_over_tags(super().__sklearn_tags__(), [self._template()])

    def _template(self):
        raise NotImplementedError(f"{type(self).__name__} must define _template().")

    def _answering(self):
        """Return the classifier that says which methods there are."""
        fitted = getattr(self, f"{self._inner}_", None)
        return self._template() if fitted is None else fitted

    def _check_answer(self, method, X):
        """Refuse to answer, where there is no answer to give."""
        check_is_fitted(self, f"{self._inner}_")

    def _answer(self, method, X):
        self._check_answer(method, X)
        return getattr(getattr(self, f"{self._inner}_"), method)(X)
