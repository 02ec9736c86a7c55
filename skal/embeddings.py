"""Embeddings: the spaces in which distances between samples are measured.

An embedding is any object with parameters and a method `transform(pool)` that returns one row per
sample, of a kind that :mod:`skal.geometry` accepts: a dense array, a csr matrix, `OuterRows` or
`KernelRows`. The distance between two samples is the distance between their rows. An embedding is
a parameter of strategies, so a search can set its parameters: ``strategy__embedding__gamma``.
"""

from functools import partial

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.utils.extmath import safe_sparse_dot

from ._base import (
    Documented,
    HasMethods,
    Interval,
    Real,
    StrOptions,
    num_rows,
    numeric_rows,
    validate_params,
)
from .geometry import KernelRows, OuterRows, as_rows
from .pool import MissingOutputError

__all__ = ["GradientEmbedding", "KernelEmbedding", "ModelEmbedding", "rows_of"]

# Kernels of scikit-learn that are inner products in a feature space ("sigmoid" only for some
# parameters, but SVC has it). "additive_chi2" is left out, because it is a negative distance.
KERNELS = {"chi2", "cosine", "laplacian", "linear", "poly", "polynomial", "rbf", "sigmoid"}


class ModelEmbedding(Documented, BaseEstimator):
    """Place samples in the feature space of the model.

    The rows are the output of the model's own method `embed(X)`, else the output of the
    transformers of a fitted pipeline, else X itself, which must then be numeric.

    See Also
    --------
    GradientEmbedding : The space of gradients of the loss.
    KernelEmbedding : The feature space of a kernel.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.embeddings import ModelEmbedding
    >>> ModelEmbedding().transform(Pool.from_arrays([[1, 2], [3, 4]]))
    array([[1., 2.],
           [3., 4.]])
    """

    def transform(self, pool):
        """Return the rows of a pool, dense or csr, of shape (n_samples, n_dims)."""
        return pool.embedding


def rows_of(pool, embedding=None):
    """Return the rows of a pool in an embedding.

    Parameters
    ----------
    pool : Pool
        The samples.
    embedding : embedding object, default=None
        The embedding. None stands for :class:`ModelEmbedding`.

    Returns
    -------
    rows : {ndarray, csr matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        One row per sample.

    Raises
    ------
    ValueError
        If the embedding is a class, or does not return real numbers in one row per sample.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.embeddings import rows_of
    >>> rows_of(Pool.from_arrays([[1, 2], [3, 4]])).shape
    (2, 2)
    """
    if embedding is None:
        return pool.embedding
    if isinstance(embedding, type):
        raise ValueError(
            "embedding must be an object with a method transform, got the class "
            f"{embedding.__name__}. Pass an instance, {embedding.__name__}()."
        )
    return _checked(embedding.transform(pool), type(embedding).__name__, len(pool))


def _checked(values, name, n_samples):
    """Return rows of a form that distances can be computed of, or say what is wrong with them.

    Whether all numbers are finite is seen where they are squared, see `as_rows`.
    """
    rows = values if isinstance(values, (KernelRows, OuterRows)) else numeric_rows(values)
    if rows is None:
        raise ValueError(
            f"transform of {name} must return real numbers of shape (n_samples, n_dims), but this "
            f"embedding gave {_described(values)}. A single number per sample is a column, "
            "values.reshape(-1, 1)."
        )
    if num_rows(rows) != n_samples:
        raise ValueError(
            f"transform of {name} must return one row for each of the {n_samples} samples, but "
            f"this embedding gave {num_rows(rows)}."
        )
    return rows


def _described(values):
    if isinstance(values, np.ndarray):
        return f"an array of {values.dtype} of shape {values.shape}"
    return f"an object of type {type(values).__name__}"


class GradientEmbedding(Documented, BaseEstimator):
    r"""Place samples in the space of gradients that their most probable labels would cause.

    For features h and predicted probabilities p, the gradient of the cross-entropy in a linear
    last layer, with the predicted class :math:`\hat y` in place of the label, is

    .. math:: g(x) = (p(x) - e_{\hat y}) \otimes h(x).

    The gradient is long where the model is uncertain. Samples that would change the model in a
    similar way have gradients of similar directions. The array of shape
    (n_samples, n_classes * n_dims) is never built, because distances follow from the two factors.
    If several classes have the largest probability, the first one counts as predicted.

    Parameters
    ----------
    embedding : embedding object, default=None
        The embedding that gives the features h. None stands for :class:`ModelEmbedding`. With a
        :class:`KernelEmbedding` the features are those of the kernel, which are known only by
        their inner products.
    bias : bool, default=False
        Whether h gets a constant 1 as its last feature, for the gradient by the intercepts.

    See Also
    --------
    skal.strategies.BADGE : Draws diverse batches in this space.

    References
    ----------
    J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020). Deep batch active
    learning by diverse, uncertain gradient lower bounds. ICLR. arXiv:1906.03671.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.embeddings import GradientEmbedding
    >>> pool = Pool.from_arrays([[1.0, 2.0, 0.0]], proba=[[0.75, 0.25]])
    >>> rows = GradientEmbedding().transform(pool)
    >>> rows.shape
    (1, 6)
    >>> rows.left, rows.right
    (array([[-0.25,  0.25]]), array([[1., 2., 0.]]))
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None], "bias": ["boolean"]}

    def __init__(self, embedding=None, bias=False):
        self.embedding = embedding
        self.bias = bias

    def transform(self, pool):
        """Return the gradients of a pool.

        Parameters
        ----------
        pool : Pool
            The samples, with `proba` and the outputs that the inner embedding reads.

        Returns
        -------
        rows : OuterRows or KernelRows
            `OuterRows` if the features are dense, else `KernelRows` with the same distances.

        Raises
        ------
        MissingOutputError
            If the model is a regressor, or a classifier without probabilities.
        """
        validate_params(self)
        if pool.has("prediction") and not pool.has("proba"):
            raise MissingOutputError(
                "GradientEmbedding is made of the probabilities of a classifier, but the model is "
                "a regressor. The gradient of its prediction is the features of its last layer: "
                'use ModelEmbedding(), or KernelEmbedding("rbf", gamma=...) with the kernel of a '
                "support vector machine."
            )
        if isinstance(self.embedding, (ModelEmbedding, type(None))):
            pool.compute_in_one_pass("proba", "embedding")
        features = rows_of(pool, self.embedding)
        # In the precision of dense features, which are the larger factor and are not copied then.
        dtype = getattr(features, "dtype", None) if isinstance(features, np.ndarray) else None
        errors = pool.map(lambda proba: _errors(proba, dtype), "proba")
        return _outer(errors, features, self.bias)


def _errors(proba, dtype):
    """Return the probabilities less 1 for the most probable class."""
    errors = proba.copy()
    errors[np.arange(len(errors)), errors.argmax(axis=1)] -= 1
    return errors if dtype is None else errors.astype(dtype, copy=False)


def _outer(errors, features, bias):
    """Return the rows `errors_i` outer `features_i`, for features of any kind."""
    if isinstance(features, OuterRows):
        raise ValueError(
            "embedding must give dense, csr or kernel rows as features, got OuterRows."
        )
    if isinstance(features, KernelRows):
        return _outer_by_products(errors, features.X, features.kernel, bias)
    if sp.issparse(features):
        return _outer_by_products(errors, as_rows(features, "embedding").X, _dot, bias)
    if bias:
        ones = np.ones((len(features), 1), dtype=features.dtype)
        features = np.hstack([features, ones])
    return OuterRows(errors, features)


def _outer_by_products(errors, X, kernel, bias):
    """Return rows for the outer products of errors and features that are given by a kernel on X.

    The inner product of two outer products is the product of the inner products of their factors.
    Therefore a row only has to hold both factors side by side.
    """
    both = sp.hstack([errors, X], format="csr") if sp.issparse(X) else np.hstack([errors, X])
    return KernelRows(both, partial(_outer_products, kernel, errors.shape[1], float(bias)))


def _outer_products(kernel, n_errors, bias, A, B):
    of_errors = _dot(A[:, :n_errors], B[:, :n_errors])
    return of_errors * (kernel(A[:, n_errors:], B[:, n_errors:]) + bias)


def _dot(A, B):
    return safe_sparse_dot(A, B.T, dense_output=True)


class KernelEmbedding(Documented, BaseEstimator):
    r"""Place samples in the feature space of a kernel.

    In this space a support vector machine is linear. Squared distances are

    .. math:: \|\phi(x) - \phi(z)\|^2 = k(x, x) + k(z, z) - 2 k(x, z).

    The kernel is applied to the input of the model's classifier, which in a pipeline is the output
    of the transformers, see :class:`ModelEmbedding`.

    Parameters
    ----------
    kernel : str, callable or None, default=None
        The kernel. None stands for the kernel of the fitted model, with its parameters: of a
        `SVC`, `NuSVC`, `SVR`, `NuSVR`, `KernelRidge` or `GaussianProcessRegressor`. The names
        "rbf", "linear", "poly", "polynomial", "sigmoid", "laplacian", "cosine" and "chi2" stand
        for kernels of :func:`sklearn.metrics.pairwise.pairwise_kernels`; for "precomputed" see the
        notes. A callable takes two sets of rows and returns an array of shape
        (n_rows, n_other_rows).
    gamma : float, default=None
        Coefficient of named kernels other than "linear" and "cosine", above 0. None stands for
        the default of scikit-learn, which is 1 / n_dims for most kernels.
    degree : float, default=3
        Degree of the kernel "poly", at least 1.
    coef0 : float, default=1
        Constant term of the kernels "poly" and "sigmoid".

    Notes
    -----
    With a precomputed kernel (`kernel="precomputed"`, here or in the `SVC`), X holds the kernel
    values :math:`k_l(x)` of each sample with all labeled samples. The kernel between two unlabeled
    samples is unknown. The support vector machine depends on x only through the projection of
    :math:`\phi(x)` onto the span of the labeled samples. Therefore the projections are returned,
    as dense rows :math:`K_{ll}^{-1/2} k_l(x)` with one coordinate for each eigenvalue of
    :math:`K_{ll}` above the round-off.

    For some parameters "sigmoid" is not an inner product in any feature space, and neither may a
    callable be. Negative squared distances then count as zero.

    References
    ----------
    B. Schölkopf (2000). The kernel trick for distances. NIPS.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> from skal.embeddings import KernelEmbedding
    >>> from skal.strategies import CoreSet
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), SVC(kernel="rbf", gamma=0.5))
    >>> learner = ActiveLearner(model, strategy=CoreSet(KernelEmbedding())).fit(X[::10], y[::10])
    >>> learner.query(X, n=3).shape
    (3,)
    """

    _parameter_constraints = {
        "kernel": [StrOptions(KERNELS | {"precomputed"}), callable, None],
        "gamma": [Interval(Real, 0, None, closed="neither"), None],
        "degree": [Interval(Real, 1, None, closed="left")],
        "coef0": [Interval(Real, None, None, closed="neither")],
    }

    def __init__(self, kernel=None, gamma=None, degree=3, coef0=1):
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0

    def transform(self, pool):
        """Return the samples of a pool in the kernel's feature space.

        Parameters
        ----------
        pool : Pool
            The samples.

        Returns
        -------
        rows : KernelRows or ndarray
            One row per sample, an array of shape (n_samples, n_dims) for a precomputed kernel.

        Raises
        ------
        MissingOutputError
            If `kernel` is None and the model is not one of the above, fitted.
        ValueError
            If the input of the kernel holds NaN, infinity or numbers too large to square, or if a
        precomputed kernel does not have one column per labeled sample.
        """
        validate_params(self)
        kernel = pool.svm_kernel if self.kernel is None else self.kernel
        if isinstance(kernel, str) and kernel == "precomputed":
            return _projected(pool)
        return KernelRows(_finite(pool), partial(_on_writable, self._function(kernel)))

    def _function(self, kernel):
        if callable(kernel):
            return kernel
        params = {"gamma": self.gamma, "degree": self.degree, "coef0": self.coef0}
        return partial(pairwise_kernels, metric=kernel, filter_params=True, **params)


def _finite(pool):
    """Return the input of a kernel, or name the first row that is not finite."""
    return as_rows(pool.embedding, "embedding").X


def _on_writable(kernel, A, B):
    """Call a kernel with writable rows, because compiled kernels refuse read-only arrays.

    Values that overflow are infinite without a warning, because `KernelRows` refuses them.
    """
    if A.shape[1:] != B.shape[1:]:
        raise ValueError(
            "The samples of the pool and the labeled samples must have as many dimensions as each "
            f"other in the embedding, got rows of shape {A.shape[1:]} and {B.shape[1:]}."
        )
    A, B = (X if sp.issparse(X) else np.require(X, requirements="W") for X in (A, B))
    with np.errstate(over="ignore", invalid="ignore"):
        return kernel(A, B)


def _projected(pool):
    """Return K_ll^(-1/2) k_l(x), the projections onto the span of the labeled samples."""
    values = _dense(_finite(pool))
    # The pool of the labeled samples has no `labeled`. Its own X holds the kernel values then.
    of_labeled = _dense(_finite(pool.labeled)) if len(pool.labeled) else values
    if of_labeled.shape != (values.shape[1], values.shape[1]):
        raise ValueError(
            "A precomputed kernel needs X of shape (n_samples, n_labeled) for the pool and "
            f"(n_labeled, n_labeled) for the labeled samples, got {values.shape} and "
            f"{of_labeled.shape}."
        )
    return values @ _inverse_root(of_labeled)


def _inverse_root(gram):
    """Return V L^(-1/2) for the eigenvalues L above round-off and their eigenvectors V."""
    precision = np.finfo(gram.dtype).eps
    values, vectors = scipy.linalg.eigh(gram.astype(np.float64))
    # Eigenvalues that are zero but for round-off must be left out: the rows are divided by the
    # roots of the eigenvalues, which would turn round-off into large noise.
    kept = values > len(values) * precision * abs(values).max()
    if not kept.any():
        raise ValueError(
            "A precomputed kernel must be positive semi-definite and not zero on the labeled "
            f"samples, but its largest eigenvalue is {values.max()}."
        )
    return vectors[:, kept] / np.sqrt(values[kept])


def _dense(X):
    return X.toarray() if sp.issparse(X) else X
