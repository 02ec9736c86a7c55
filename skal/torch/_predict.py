"""What a classifier with `predict_proba` and `classes_` can say besides."""

import numpy as np


class FromProbabilities:
    """`predict` and `predict_log_proba` of a classifier with `predict_proba`."""

    def predict(self, X):
        """Return the most probable classes, of shape (n_samples,)."""
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, of shape (n_samples, n_classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))
