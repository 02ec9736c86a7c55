"""The pool: unlabeled samples as the fitted model sees them."""

from ._outputs import OUTPUTS, MissingOutputError, Output, given_for_each
from ._pool import Pool, add_output

__all__ = ["MissingOutputError", "OUTPUTS", "Output", "Pool", "add_output", "given_for_each"]
