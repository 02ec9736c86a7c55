"""Sizes of blocks, lists and draws, chosen by measurement.

They decide how much time and memory a kernel needs, and do not change its answer. Tests run with
tiny sizes, too, so that small data pass through every branch.
"""

CHUNK_BYTES = 4 * 2**20  # temporary data of a chunk: stays in cache from one step to the next
BLOCK = 128  # centers met in one product
TYPICAL = 2**16  # values whose median stands for that of all

# Greedy k-center
FEW = 48  # labeled rows that all rows meet at first
SPREAD = 512  # labeled rows among which these are looked for
LONG_LIST = (1024, 8192)  # fewest and most rows on the list that is gathered
SHORT_LIST = 512  # rows on the list that is kept up to date
SETTLED = 32  # rows of the short list settled in float64 at a time
OFFERED = (32, 2**15)  # fewest rows that a part offers at a time, and most of all parts together

# Farthest rows of the largest clusters
GUESSED = (16, 2**23)  # most picks guessed at a time, and most products kept for them
COPIED = 2**28  # bytes that a copy of the rows in single precision may take
FAR = 32  # the farthest rows of a cluster, among which picks are guessed

# k-means++ seeding
DRAWS = (16, 512)  # fewest and most candidates drawn at a time
DRAWN = (64, 8192)  # fewest and most candidates that all parts draw at a time
SUMMED = 8192  # bounds that are added up at a time
DRAW_COST = 2**19  # what one candidate costs beyond its products, in multiplications

# Density: the last digits of a sum depend on these, so the memory at hand does not change them
PAIRS = 384  # rows of a block of which all pairs are looked at
TERMS = 2**17  # numbers in a block of rows that are added up

# Greedy coverage
TILE = (128, 1024)  # rows and columns of similarities computed at once, whatever the memory
EVALUATED = 32  # gains evaluated at a time, twice as many each time up to the rows of a tile

# k-means
FEW_ROWS = 2**12  # up to so many rows are clustered here and not by scikit-learn
MANY_ROWS = 200_000  # of more rows, some are clustered before all of them take part
SUMMED = 4096  # rows of a sum; its last digits depend on this, so the memory does not change it
