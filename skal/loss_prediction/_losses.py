"""Losses of a model on labeled samples, and features for the regressor that predicts them.

The loss depends on the outputs of the model: the log loss of probabilities, the hinge loss of a
decision function, or the number of errors. Features are read off the same outputs; how many there
are does not depend on which classes the model knows.
"""

import numpy as np

from ..acquisition import _kernels, decision_margin

# What a log or hinge loss is cut off at, so that no single label rules the regression. The
# log loss reaches it where the true class had a probability of 0.7 % or less.
MAX_LOSS = 5.0


class _Loss:
    """One kind of loss.

    Subclasses give the `output` of the pool that they read, the `worst` loss there is, and the
    methods `of_codes(pool, codes)`, the losses for known labels, `features(pool, n_classes)`, and
    `certain_features(n_samples, n_classes)`, those of a model that is certain of one class.
    """

    def of_labels(self, pool, y):
        """Return the losses on the samples of a pool, the worst for classes not known."""
        is_class = np.asarray(y)[:, None] == pool.classes
        losses = self.of_codes(pool, is_class.argmax(axis=1))
        return np.where(is_class.any(axis=1), losses, self.worst)


class _LogLoss(_Loss):
    """The log loss; the features are the probabilities in falling order."""

    output, worst = "proba", MAX_LOSS

    def of_codes(self, pool, codes):
        proba = pool.proba[np.arange(len(codes)), codes]
        # Cut off before the logarithm, which is infinite at 0.
        return -np.log(np.maximum(proba, np.exp(-MAX_LOSS)))

    def features(self, pool, n_classes):
        unseen = n_classes - len(pool.classes)
        return np.pad(np.sort(pool.proba, axis=1)[:, ::-1], ((0, 0), (0, unseen)))

    def certain_features(self, n_samples, n_classes):
        return np.tile(np.eye(1, n_classes), (n_samples, 1))


class _HingeLoss(_Loss):
    """The hinge loss; the only feature is 1 at the decision boundary and falls to 0."""

    output, worst = "decision", MAX_LOSS

    def of_codes(self, pool, codes):
        lead = _lead(pool.decision, pool.decision_kind, codes, len(pool.classes))
        return np.clip(1 - lead, 0, MAX_LOSS)

    def features(self, pool, n_classes):
        lead = -decision_margin(pool.decision, kind=pool.decision_kind)
        return 1 - np.tanh(lead / 2)[:, None]

    def certain_features(self, n_samples, n_classes):
        return np.zeros((n_samples, 1))


class _ZeroOneLoss(_Loss):
    """1 for a wrong prediction, 0 for a right one; there are no features."""

    output, worst = "predicted", 1.0

    def of_codes(self, pool, codes):
        return (pool.predicted != codes).astype(float)

    def features(self, pool, n_classes):
        return np.empty((len(pool), 0))

    def certain_features(self, n_samples, n_classes):
        return np.empty((n_samples, 0))


LOSSES = (_LogLoss(), _HingeLoss(), _ZeroOneLoss())


def loss_of(pool):
    """Return the loss that the outputs of a model allow, the most informative one."""
    return next(loss for loss in LOSSES if pool.has(loss.output))


def _lead(decision, kind, codes, n_classes):
    """Return how far each sample's class `codes` is ahead of its strongest rival."""
    if decision.ndim == 1:
        return np.where(codes == 1, decision, -decision)
    rows, own, rivals = np.arange(len(codes)), codes[:, None], np.arange(n_classes)
    if kind == "ovo":
        duels = decision[rows[:, None], _kernels.pair_position(own, rivals, n_classes)]
        leads = np.where(own < rivals, duels, -duels)
    else:
        leads = decision[rows, codes][:, None] - decision
    leads[rows, codes] = np.inf  # a class is not its own rival
    return leads.min(axis=1)
