"""Fitted kernel machines: one-vs-one values, norms of weights and kernels."""

import copy
import functools

import numpy as np
import scipy.sparse as sp

from ._predictors import is_regressor


def is_svc(predictor):
    """Return whether `predictor` is a fitted kernel support vector classifier (`SVC`, `NuSVC`)."""
    return hasattr(predictor, "dual_coef_") and hasattr(predictor, "decision_function_shape")


def one_vs_one(svc):
    """Return a shallow copy of a fitted `SVC` whose decision function is one-vs-one.

    The fitted attributes are shared. The default decision function of `SVC` for more than two
    classes is a transformed count of votes and not a distance.
    """
    svc = copy.copy(svc)
    svc.decision_function_shape, svc.break_ties = "ovo", False
    return svc


def decision_norms(predictor):
    """Return the norms of the weight vectors, one for each column of the decision function.

    Returns
    -------
    norms : ndarray of shape (n_columns,) or None
        None if the model has no weight vectors, or their norms are unknown.
    """
    if is_svc(predictor):
        return _svc_norms(predictor)
    coef = getattr(predictor, "coef_", None)
    if coef is None:
        return None
    coef = coef.toarray() if sp.issparse(coef) else np.atleast_2d(coef)
    return np.linalg.norm(coef, axis=1)


def kernel_of(predictor):
    """Return the kernel of a fitted kernel machine as a function of two sets of rows.

    Returns
    -------
    kernel : callable, "precomputed" or None
        "precomputed" leaves no function to call. None if the model is not one of scikit-learn's
        support vector machines with a kernel, `KernelRidge` or `GaussianProcessRegressor`.
    """
    if hasattr(predictor, "kernel_") and is_regressor(predictor):
        return predictor.kernel_
    if not hasattr(predictor, "dual_coef_") or not hasattr(predictor, "kernel"):
        return None
    # KernelRidge calls a function with two samples, support vector machines with two sets.
    of_pairs = hasattr(predictor, "X_fit_")
    if predictor.kernel == "precomputed" or (callable(predictor.kernel) and not of_pairs):
        return predictor.kernel
    return _pairwise(predictor)


def _pairwise(predictor):
    # Imported here, as it takes long.
    from sklearn.metrics.pairwise import pairwise_kernels

    if callable(predictor.kernel):
        params = predictor.kernel_params or {}
    else:
        # A support vector machine has replaced "scale" by a number.
        gamma = getattr(predictor, "_gamma", predictor.gamma)
        params = {"gamma": gamma, "degree": predictor.degree, "coef0": predictor.coef0}
    return functools.partial(
        pairwise_kernels, metric=predictor.kernel, filter_params=True, **params
    )


def _svc_norms(svc):
    """Return norms in kernel space: ||w_ij||^2 = a' K a, a the dual coefficients of the pair."""
    kernel = kernel_of(svc)
    if kernel == "precomputed":
        return None  # the kernel values between support vectors are not stored
    # With a callable kernel, support_vectors_ is empty: scikit-learn keeps all of X in a private
    # attribute instead.
    fitted_on = getattr(svc, "_BaseLibSVM__Xfit", None)
    vectors = fitted_on[svc.support_] if callable(svc.kernel) else svc.support_vectors_
    duals = _svc_pair_duals(svc)
    squares = np.einsum("pi,ij,pj->p", duals, kernel(vectors, vectors), duals, optimize=True)
    # Kernels such as "sigmoid" are not positive semi-definite, and round-off leaves negatives too.
    return np.sqrt(np.maximum(squares, 0))


def _svc_pair_duals(svc):
    """Return the dual coefficients of each pair of classes, (n_pairs, n_support_vectors).

    For every support vector of class i, libsvm stores the coefficient against class j in row
    j - 1 if j > i, else in row j.
    """
    stored = svc.dual_coef_.toarray() if sp.issparse(svc.dual_coef_) else svc.dual_coef_
    ends = np.cumsum(svc.n_support_)
    of_class = [slice(end - count, end) for end, count in zip(ends, svc.n_support_, strict=True)]
    n_classes = len(of_class)
    pairs = []
    for i in range(n_classes):
        for j in range(i + 1, n_classes):
            duals = np.zeros(stored.shape[1])
            duals[of_class[i]] = stored[j - 1, of_class[i]]
            duals[of_class[j]] = stored[i, of_class[j]]
            pairs.append(duals)
    return np.array(pairs)
