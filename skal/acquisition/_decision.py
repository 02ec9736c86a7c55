"""Scores of decision functions: the distance to the decision boundary."""

from . import _kernels
from ._checks import checked_decision


def decision_margin(decision, *, kind="ovr"):
    """Score samples by how close they are to the decision boundary.

    A single column is a binary decision function, scored ``-|f|``. Columns that stand for
    classes (`kind` "ovr") are scored ``-(f_1 - f_2)``, the gap between the two largest. Columns
    that stand for pairs of classes (`kind` "ovo") are scored ``-|f_ab|`` for the two leading
    classes a and b. Classes are ranked as scikit-learn ranks them, by the duels won plus
    ``s / (3 (|s| + 1))``, where s sums the values in their favor; a value of 0 is won by the
    first class of the pair. Three columns fit both kinds, so `kind` has to be given.

    Values of different columns are compared as they are. Where their separating directions differ
    in length, divide each column by the length of its direction first.

    Parameters
    ----------
    decision : array-like of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
        Values of a decision function. Pairs are ordered (0, 1), (0, 2), ..., (1, 2), ..., and a
        positive value speaks for the first of the pair, as in the decision function of a `SVC`
        with ``decision_function_shape="ovo"``.
    kind : {"ovr", "ovo"}, default="ovr"
        Whether columns stand for classes or for pairs of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        At most 0, the score of a sample on the boundary. Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `decision` has a wrong shape or a value that is not finite, or if `kind` is unknown.

    See Also
    --------
    margin : The same idea for probabilities.

    References
    ----------
    S. Tong and D. Koller (2001). Support vector machine active learning with applications to
    text classification. Journal of Machine Learning Research.

    B. Demir, C. Persello and L. Bruzzone (2011). Batch-mode active-learning methods for the
    interactive classification of remote sensing images. IEEE TGRS.

    Examples
    --------
    >>> from skal.acquisition import decision_margin
    >>> decision_margin([-2.0, 0.5])
    array([-2. , -0.5])

    Classes 0 and 1 lead. As classes they are 1 apart, as a pair they are 3 from the boundary.

    >>> decision_margin([[3.0, 2.0, 1.0]], kind="ovr")
    array([-1.])
    >>> decision_margin([[3.0, 2.0, 1.0]], kind="ovo")
    array([-3.])
    """
    return _kernels.decision_margin(checked_decision(decision, kind), kind)
