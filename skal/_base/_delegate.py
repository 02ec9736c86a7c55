"""`Delegate`, the base of estimators that wrap a classifier or a regressor."""

from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._arrays import check_same_length
from ._columns import as_learned, check_kind
from ._documented import Documented
from ._kinds import rows_given
from ._predictors import one_column
from ._sklearn import MetadataRouter, MethodMapping, route, take_over_tags


def _inner_has(method):
    """Return a check for `available_if`: whether the wrapped estimator has a method."""

    def check(delegate):
        # Not hasattr: the AttributeError of the wrapped estimator may say why it has no method.
        getattr(delegate._answering(), method)
        return True

    return check


class Delegate(Documented, MetaEstimatorMixin, BaseEstimator):
    """Base of estimators that hand `predict` and its relatives on to a wrapped estimator.

    They are classifiers or regressors, as the wrapped one is. Subclasses set `_inner`, the name of
    the parameter that holds it; what was fitted is the attribute of the same name with a trailing
    underscore. Subclasses define `_template()`, which returns the unfitted estimator as the
    parameters describe it, and may override `_answering()`, `_fitted_inner()` and
    `_check_answer(method, X)`.
    """

    _inner = "estimator"

    def predict(self, X):
        """Predict the labels of samples.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            The samples.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The predicted class, or the predicted number, of each sample.
        """
        return one_column(self._answer("predict", X))

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
        """Return the score of the wrapped estimator on labeled samples.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            The samples.
        y : array-like of shape (n_samples,)
            Their labels.
        **score_params : dict
            Passed to the `score` of the wrapped estimator, such as `sample_weight`.

        Returns
        -------
        score : float
            The accuracy of a classifier, the R^2 of a regressor, unless the wrapped estimator has
            a `score` of its own.
        """
        X = rows_given(X)
        self._check_answer("score", X)
        check_same_length(X=X, y=y)
        params = route(self, "score", score_params, to=self._inner)
        model = self._fitted_inner()
        return model.score(as_learned(self, model, X), y, **params)

    def get_metadata_routing(self):
        """Return the metadata that `fit` and `score` pass to the wrapped estimator."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        mapping.add(caller="score", callee="score")
        router = MetadataRouter(owner=type(self).__name__)
        return router.add(**{self._inner: self._template()}, method_mapping=mapping)

    def __sklearn_tags__(self):
        return take_over_tags(super().__sklearn_tags__(), [self._template()])

    def _template(self):
        raise NotImplementedError(f"{type(self).__name__} must define _template().")

    def _answering(self):
        """Return the estimator that decides which methods are available."""
        fitted = getattr(self, f"{self._inner}_", None)
        return self._template() if fitted is None else fitted

    def _fitted_inner(self):
        """Return the estimator that answers."""
        return getattr(self, f"{self._inner}_")

    def _check_answer(self, method, X):
        """Raise an error if `method` cannot be called on X: nothing is fitted, or X is strange."""
        check_is_fitted(self, f"{self._inner}_")
        check_kind(self, X)

    def _answer(self, method, X):
        X = rows_given(X)
        self._check_answer(method, X)
        model = self._fitted_inner()
        return getattr(model, method)(as_learned(self, model, X))
