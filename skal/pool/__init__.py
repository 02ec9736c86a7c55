"""The pool: unlabeled samples as the fitted model sees them."""

from ._outputs import OUTPUTS, MissingOutputError, Output, given_for_each
from ._partitioned import PartitionedPool
from ._pool import Pool, add_output
from ._refit import Refit

__all__ = [
    "MissingOutputError",
    "OUTPUTS",
    "Output",
    "PartitionedPool",
    "Pool",
    "Refit",
    "add_output",
    "given_for_each",
]
