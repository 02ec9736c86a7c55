"""Pools in dask collections: rows that are taken from them, and left out.

:meth:`ActiveLearner.query`, :meth:`ActiveLearner.select` and :meth:`ActiveLearner.pool` take dask
arrays and data frames. Where they are computed is for the active scheduler of dask to say.
"""

from ._partitions import DaskPartitions as DaskPartitions
from ._partitions import computed as computed
from ._rows import drop, take

__all__ = ["drop", "take"]
