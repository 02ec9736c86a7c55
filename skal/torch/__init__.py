"""Deep active learning: any `torch.nn.Module` as a classifier that strategies can ask everything.

The core of skal never imports this package, and meets it through method names alone: `embed`,
`member_proba`, `predict_loss` and `predict_outputs`.
"""

try:
    import torch  # noqa: F401
except ImportError as error:
    raise ImportError('skal.torch needs PyTorch: pip install "scikit-skal[torch]".') from error

from ._classifier import TorchClassifier
from ._ensemble import DeepEnsemble
from ._loss_prediction import LossPredictionHead

__all__ = ["DeepEnsemble", "LossPredictionHead", "TorchClassifier"]
