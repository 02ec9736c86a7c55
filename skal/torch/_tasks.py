"""What the outputs of a network stand for: the classes of a classifier, numbers of a regressor.

Both have the same members. Training, the check of a new network and the answers of a fitted one
ask them, and do not look at labels themselves.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Classes:
    """Labels are classes, read as codes; a network returns a logit for each class.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The classes, in the order of the logits.
    """

    classes: np.ndarray

    losses = {"cross_entropy": F.cross_entropy}
    member_precision = "float32"

    @property
    def n_outputs(self):
        """The number of outputs of a network."""
        return len(self.classes)

    @property
    def answer_shape(self):
        """The shape of the answer for one sample."""
        return (self.n_outputs,)

    def strata(self, codes):
        """Return what a split of labeled samples keeps the shares of, None for nothing."""
        return codes

    def sample_losses(self, loss, logits, codes):
        """Return the losses of samples by the name of a loss or by a callable."""
        if callable(loss):
            return loss(logits, codes)
        # Under autocast logits may be in bfloat16, whose 8 bits are too few for a loss.
        return self.losses[loss](logits.float(), codes, reduction="none")

    def checked(self, logits, n_samples):
        """Return the logits of a batch, or raise a ValueError if they have another shape."""
        if _shape(logits) != (n_samples, self.n_outputs):
            raise ValueError(
                f"The module must return logits for each of the {self.n_outputs} classes, shape "
                f"(n_samples, {self.n_outputs}), but returned {_shape(logits)} for {n_samples} "
                "samples. Pass a function (input_shape, n_classes) -> module, or name all classes "
                "that the module has outputs for: TorchClassifier(module, classes=[...])."
            )
        return logits

    def answers(self, logits, precision):
        """Return the probabilities of the classes, of shape (n_samples, n_classes)."""
        return torch.softmax(logits.to(getattr(torch, precision)), dim=1)


@dataclass(frozen=True)
class Numbers:
    """Labels are numbers; a network returns one for each sample, in units of `scale`.

    Parameters
    ----------
    mean : float, default=0.0
        The number for which an output is 0.
    scale : float, default=1.0
        The difference of numbers for which outputs differ by 1, above 0.
    """

    mean: float = 0.0
    scale: float = 1.0

    losses = {
        "squared_error": F.mse_loss,
        "absolute_error": F.l1_loss,
        "huber": F.huber_loss,
    }
    n_outputs = 1
    answer_shape = ()
    # In single precision, members would agree where the mean is far above the scale.
    member_precision = "float64"

    @classmethod
    def normalizing(cls, y, weights):
        """Return the task in which labels `y` become targets of mean 0 and deviation 1."""
        # In units of the largest, because sums and squares of huge numbers are not finite.
        unit = np.abs(y).max() or 1.0
        parts = y / unit
        mean = np.average(parts, weights=weights)
        deviation = np.sqrt(np.average((parts - mean) ** 2, weights=weights))
        # Equal numbers differ from their mean by rounding alone.
        is_constant = deviation <= 8 * np.finfo(float).eps * abs(mean)
        return cls(float(mean * unit), 1.0 if is_constant else float(deviation * unit))

    def strata(self, y):
        """Return what a split of labeled samples keeps the shares of, None for nothing."""
        return None

    def sample_losses(self, loss, outputs, y):
        """Return the losses of samples by the name of a loss or by a callable."""
        targets = ((y - self.mean) / self.scale).float()
        if not callable(loss):
            outputs = self.checked(outputs, len(y)).float()
            return self.losses[loss](outputs, targets, reduction="none")
        # In training a module may return more than a number for a loss that takes more.
        if _is_one_each(outputs, len(y)):
            outputs = outputs.reshape(len(y))
        return loss(outputs, targets)

    def checked(self, outputs, n_samples):
        """Return the outputs of a batch in one axis, or raise a ValueError."""
        if not _is_one_each(outputs, n_samples):
            raise ValueError(
                "The module must return one number for each sample, shape (n_samples, 1) or "
                f"(n_samples,), but returned {_shape(outputs)} for {n_samples} samples. Several "
                "numbers for a sample are not supported: use a module with one output, or a "
                "TorchRegressor for each of the numbers."
            )
        return outputs.reshape(n_samples)

    def answers(self, outputs, precision):
        """Return the predicted numbers, of shape (n_samples,)."""
        return outputs.to(getattr(torch, precision)) * self.scale + self.mean


def _shape(outputs):
    return tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs).__name__


def _is_one_each(outputs, n_samples):
    # A module that ends in `squeeze()` returns no axis at all for a single sample.
    shapes = [(n_samples, 1), (n_samples,), *([()] if n_samples == 1 else [])]
    return _shape(outputs) in shapes
