"""Active learning for scikit-learn: choose the samples that a person should label next."""

from .committee import Committee
from .learner import ActiveLearner
from .pool import Pool
from .simulation import LabelBudgetClassifier, LabelBudgetRegressor

__all__ = ["ActiveLearner", "Committee", "LabelBudgetClassifier", "LabelBudgetRegressor", "Pool"]

__version__ = "0.1.0.dev0"
