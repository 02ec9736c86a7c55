"""Learning loss: ask where the model predicts that it loses most."""

from .base import ScoreStrategy

__all__ = ["LearningLoss"]


class LearningLoss(ScoreStrategy):
    """Choose the samples of the largest predicted loss.

    The model carries a second predictor, trained to tell how much it loses on a sample whose
    label it does not know: a head on a network's own layers in the paper, or
    :class:`~skal.loss_prediction.LossPredictingClassifier` around any classifier of
    scikit-learn. The score is what it predicts, `pool.predicted_loss`.

    See Also
    --------
    skal.loss_prediction.LossPredictingClassifier : Gives any classifier predicted losses.
    UncertaintySampling : Reads the model's uncertainty off its probabilities instead.

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

    def score_samples(self, pool):
        """Return the predicted loss of every sample, of shape (n_samples,)."""
        return pool.predicted_loss
