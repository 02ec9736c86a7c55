"""Deep active learning: a scikit-learn classifier around any `torch.nn.Module`.

The core of skal never imports this package. It calls the methods of its classifiers by name, as
it would those of any other classifier: `predict_proba`, `embed`, `member_proba`, `predict_loss`
and `predict_outputs`.
"""

from .._base import import_optional

# Before the imports below, which would otherwise fail without a word on how to install torch.
import_optional("torch", "skal.torch needs", install='"scikit-skal[torch]"')

from ._classifier import TorchClassifier  # noqa: E402
from ._ensemble import DeepEnsemble  # noqa: E402
from ._loss_prediction import LossPredictionHead  # noqa: E402

__all__ = ["DeepEnsemble", "LossPredictionHead", "TorchClassifier"]
