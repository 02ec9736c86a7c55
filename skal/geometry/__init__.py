"""Distances between samples, and the batches that follow from them.

The kernels here are greedy k-center (farthest first), k-means++ seeding and weighted k-means.
They look bound by memory: one pass over all rows per center. They need not be. Four ideas,
each exact, carry the whole module.

**Rows.** A kernel asks rows for no more than their number, some of them (`take`), their
products with other rows, their squared norms and single distances. So dense and csr rows,
outer products that are never built and rows known only through a kernel function are all
served by the same code.

**Bounds.** Every row carries an upper bound on the squared distance to its nearest center.
Distances only shrink as centers join, so a bound stays true however many centers its row has
yet to meet. A row must meet them only when its bound says that it may be the answer.

**Two precisions.** Products are taken in the precision of the data, in blocks, where BLAS is
fast. A sum of `d` products, added in any order, errs by at most `d u |x| |c|`, u the unit
round-off, hence a squared distance `|x|^2 + |c|^2 - 2 x.c` by at most
`d u (|x|^2 + |c|^2)`. With that slack added an approximate distance is a sure upper bound, with
it taken off a sure lower one. What decides is then settled in float64, by differences. So
float32 costs no order and no law, it only saves time.

**Few questions.** The farthest row is among those with the largest bounds, and a row drawn in
proportion to its bound and kept with probability distance / bound follows the D^2 law. Both
k-center and k-means++ thus settle a short list at a time and leave the rest alone.
"""

from ._as_rows import as_rows
from ._clustering import weighted_kmeans_select
from ._k_center import k_center_greedy
from ._kernel_rows import KernelRows
from ._nearest import nearest_sq_distances, sq_distances
from ._outer_rows import OuterRows
from ._seeding import kmeans_plusplus

__all__ = [
    "KernelRows",
    "OuterRows",
    "as_rows",
    "k_center_greedy",
    "kmeans_plusplus",
    "nearest_sq_distances",
    "sq_distances",
    "weighted_kmeans_select",
]
