"""Learning loss: choose the samples with the largest predicted loss."""

from .base import ScoreStrategy

__all__ = ["LearningLoss"]


class LearningLoss(ScoreStrategy):
    """Choose the samples with the largest predicted loss.

    The model has a second predictor, trained to predict the loss of the model on a sample whose
    label is unknown. In the paper it is a head on the layers of a network.
    :class:`~skal.loss_prediction.LossPredictingClassifier` adds such a predictor to any classifier
    of scikit-learn. The score is the predicted loss, `pool.predicted_loss`.

    See Also
    --------
    skal.loss_prediction.LossPredictingClassifier : Adds predicted losses to any classifier.
    UncertaintySampling : Computes uncertainty from the predicted probabilities.

    References
    ----------
    D. Yoo and I. S. Kweon (2019). Learning loss for active learning. CVPR. arXiv:1905.03677.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import LearningLoss
    >>> pool = Pool.from_arrays(predicted_loss=[0.2, 1.5, 0.7])
    >>> LearningLoss().query(pool, n=2)
    array([1, 2])
    """

    _scores_alone = True

    def score_samples(self, pool):
        """Return the predicted loss of every sample, of shape (n_samples,)."""
        return pool.predicted_loss
