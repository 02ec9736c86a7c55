"""Nearness: minus the distance, as a similarity."""

import numpy as np

from ._as_rows import as_rows
from ._nearest import nearest_sq_distances
from ._similarities import Similarities, close_sq_distances


class Nearness(Similarities):
    """The similarity -d of rows at a distance d.

    To cover rows with it is to make the distances to the nearest chosen row small.
    """

    def __init__(self, rows):
        self.rows = rows.to_double()

    def __len__(self):
        return len(self.rows)

    def tile(self, i, j):
        distances = np.sqrt(close_sq_distances(self.rows.take(i), self.rows.take(j)))
        return np.negative(distances, out=distances)

    def of_labeled(self, labeled):
        return -np.sqrt(nearest_sq_distances(self.rows, as_rows(labeled, "labeled", self.rows)))
