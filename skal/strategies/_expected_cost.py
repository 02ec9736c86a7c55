"""Expected cost: uncertainty where mistakes differ in cost."""

import numpy as np

from .._base import StrOptions
from ..acquisition import _kernels, checked_cost
from .base import ScoreStrategy

__all__ = ["ExpectedCost"]

MEASURES = {
    "minimum": _kernels.expected_cost,
    "margin": _kernels.expected_cost_margin,
}


class ExpectedCost(ScoreStrategy):
    """Choose the samples on which the model expects to pay most for its mistakes.

    Predicting class j for a sample costs ``sum_y p_y cost[y, j]`` on average. This is the cost of
    mistakes of the model; for the price of labels see :class:`CostAware`. The strategy helps only
    as far as probabilities are calibrated, and where costs differ much. With equal costs it is
    uncertainty sampling.

    Parameters
    ----------
    cost : array-like of shape (n_classes, n_classes) or data frame, default=None
        ``cost[true, predicted]``, in any unit, with rows and columns in the order of the classes
        of the model. A pandas data frame has classes as its index and its columns; the model may
        then know fewer classes than there are costs for, as after the first labels. None stands
        for a cost of 1 for each mistake.
    measure : {"minimum", "margin"}, default="minimum"
        "minimum" is the expected cost of the cheapest prediction. "margin" is minus the
        difference between the expected costs of the two cheapest predictions.

    Raises
    ------
    ValueError
        If `cost` does not fit the classes that the model knows, or is not finite.

    See Also
    --------
    CostAware : For labels of different prices.
    skal.acquisition.expected_cost : The score as a function of arrays.

    References
    ----------
    D. D. Margineantu (2005). Active cost-sensitive learning. IJCAI.

    P.-L. Chen and H.-T. Lin (2013). Active learning for multiclass cost-sensitive classification
    using probabilistic models. TAAI.

    Examples
    --------
    To miss class 1 costs 10, a false alarm 1.

    >>> from skal import Pool
    >>> from skal.strategies import ExpectedCost
    >>> pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.875, 0.125], [1.0, 0.0]])
    >>> ExpectedCost([[0.0, 1.0], [10.0, 0.0]]).score_samples(pool)
    array([0.5  , 0.875, 0.   ])
    """

    _parameter_constraints = {
        "cost": ["array-like", None],
        "measure": [StrOptions(set(MEASURES))],
    }

    _scores_alone = True

    def __init__(self, cost=None, measure="minimum"):
        self.cost = cost
        self.measure = measure

    def score_samples(self, pool):
        """Return the expected cost of each sample or minus its gap, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        measure = MEASURES[self.measure]
        # Costs are looked at after it is known that there are probabilities.
        return lambda proba: measure(proba, self._cost_of(pool.classes)), "proba"

    def _cost_of(self, classes):
        if self.cost is None:
            return 1 - np.eye(len(classes))
        names = np.asarray(classes).tolist()
        if not hasattr(self.cost, "loc"):
            if np.shape(self.cost) != (len(names), len(names)):
                raise ValueError(
                    "cost must have a row and a column for each of the classes that the model "
                    f"knows, {names}, got shape {np.shape(self.cost)}. A pandas data frame with "
                    "classes as its index and its columns may hold more classes than these."
                )
            return checked_cost(self.cost, len(names))
        missing = [c for c in names if c not in self.cost.index or c not in self.cost.columns]
        if missing:
            raise ValueError(
                "cost must have a row and a column for each of the classes that the model knows, "
                f"{names}, got a data frame without {missing}."
            )
        return checked_cost(self.cost.loc[names, names], len(names))
