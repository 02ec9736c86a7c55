"""Deep active learning: classifiers and regressors of scikit-learn around any `torch.nn.Module`.

The core of skal never imports this package. It calls the methods of its estimators by name, as
it would those of any other estimator: `predict_proba`, `embed`, `member_proba`,
`member_prediction`, `predict_loss` and `predict_outputs`.
"""

from .._base import import_optional

# Before the imports below, which would otherwise fail without a word on how to install torch.
import_optional("torch", "skal.torch needs", install='"scikit-skal[torch]"')

from ._classifier import TorchClassifier  # noqa: E402
from ._ensemble import DeepEnsemble  # noqa: E402
from ._loss_prediction import LossPredictionHead  # noqa: E402
from ._regressor import TorchRegressor  # noqa: E402

__all__ = ["DeepEnsemble", "LossPredictionHead", "TorchClassifier", "TorchRegressor"]
