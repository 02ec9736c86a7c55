"""Distances between samples, densities, and batches by k-center, coverage, k-means and DPP.

Greedy k-center (farthest first) and k-means++ seeding seem to need one pass over all rows per
center. Four ideas, each of them exact, avoid most of that work.

**Rows.** A kernel uses only a few properties of rows: their number, a subset of them (`take`),
their products with other rows, their squared norms and single distances. So the same code serves
dense and csr rows, outer products that are never built, and rows known only through a kernel
function.

**Bounds.** Every row carries an upper bound on the squared distance to its nearest center.
Distances only shrink as centers join, so a bound stays true however many centers its row has
yet to meet. A row must meet them only when its bound says that it may be the answer.

**Two precisions.** Products are taken in the precision of the data, in blocks, where BLAS is
fast. A sum of `d` products, added in any order, errs by at most `d u |x| |c|`, u the unit
round-off, hence a squared distance `|x|^2 + |c|^2 - 2 x.c` by at most
`d u (|x|^2 + |c|^2)`. With that slack added an approximate distance is a sure upper bound, with
it taken off a sure lower one. Whatever decides is then computed in float64, by differences. So
float32 saves time and changes neither the order of k-center nor the law of k-means++.

**Short lists.** The farthest row is among those with the largest bounds, and a row drawn in
proportion to its bound and kept with probability distance / bound follows the D^2 law. Both
k-center and k-means++ thus compute distances for a short list at a time and skip all other rows.
"""

from ._as_rows import as_rows
from ._balls import balls_of_most as balls_of_most
from ._balls import radius_of_purity as radius_of_purity
from ._clustering import cluster_labels as cluster_labels
from ._clustering import weighted_kmeans_select
from ._coordinates import coordinates as coordinates
from ._coverage import greedy_coverage as greedy_coverage
from ._coverage import max_coverage
from ._density import density, typicality
from ._density import mean_sq_distance as mean_sq_distance
from ._density import pair_sums as pair_sums
from ._determinants import dpp_map
from ._determinants import largest_determinant as largest_determinant
from ._determinants import warn_dependent as warn_dependent
from ._k_center import k_center_greedy
from ._kernel_rows import KernelRows
from ._largest_cluster import farthest_of_largest_cluster as farthest_of_largest_cluster
from ._magnified import magnified as magnified
from ._nearest import nearest_sq_distances, sq_distances
from ._nearness import Nearness as Nearness
from ._neighbors import nearest_rows as nearest_rows
from ._outer_rows import OuterRows
from ._parts_k_center import k_center_in_parts as k_center_in_parts
from ._parts_seeding import seeds_in_parts as seeds_in_parts
from ._product_distances import farthest_by_products as farthest_by_products
from ._seeding import kmeans_plusplus
from ._similarities import Gaussian as Gaussian
from ._similarities import close_sq_distances as close_sq_distances

__all__ = [
    "KernelRows",
    "OuterRows",
    "as_rows",
    "density",
    "dpp_map",
    "k_center_greedy",
    "kmeans_plusplus",
    "max_coverage",
    "nearest_sq_distances",
    "sq_distances",
    "typicality",
    "weighted_kmeans_select",
]
