"""The pool of one partition, made where the partition is."""

import contextlib
from dataclasses import dataclass

import numpy as np

from .._base import add_note, take_rows
from ._pool import Pool


@dataclass
class Common:
    """What the pools of all partitions share."""

    model: object
    labeled: Pool
    n_jobs: int
    refit: object


@dataclass
class Message:
    """What the pool of one partition needs beside its rows."""

    places: object  # of its samples in the whole pool, a slice or an array
    local: np.ndarray  # the rows that take part, None for all of them
    prices: np.ndarray
    seed: int

    def pool(self, X, common, asker):
        """Return the pool of a partition."""
        known = {"prices": self.prices, "refit": common.refit}
        if self.local is not None:
            X = take_rows(X, self.local)
        pool = Pool(
            common.model,
            X,
            labeled=common.labeled,
            n_jobs=common.n_jobs,
            random_state=self.seed,
            **known,
        )
        pool._memory.numbers = places_of(self.places)
        pool._asker = asker
        return pool

    @contextlib.contextmanager
    def counted(self):
        """Let an error say that the rows it may name are those of a partition."""
        try:
            yield
        except Exception as error:
            first = int(places_of(self.places)[0])  # the others follow it, in a view as well
            if first:
                add_note(
                    error,
                    f"Here, the pool is a partition. Its sample 0 is the sample {first} of the "
                    "whole pool.",
                )
            raise


def places_of(where):
    """Return places, a slice or an array, as an array."""
    return np.arange(where.start, where.stop) if isinstance(where, slice) else where


def n_places(where):
    """Return the number of places in a slice or an array."""
    return where.stop - where.start if isinstance(where, slice) else len(where)
