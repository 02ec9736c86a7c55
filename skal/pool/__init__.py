"""The pool: unlabeled samples as the fitted model sees them."""

from ._outputs import MissingOutputError
from ._pool import Pool

__all__ = ["MissingOutputError", "Pool"]
