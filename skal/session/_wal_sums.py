"""Checksums of SQLite's write-ahead log.

Words x0, x1 are taken in pairs: s0 += x0 + s1, then s1 += x1 + s0, modulo 2**32. So a step is
s = M s + (x0, x0 + x1) with M = [[1, 1], [1, 2]], whose powers hold Fibonacci numbers. All of it
is linear: the sum over many words is one product, and a single wrong word can mostly be found and
put right.
"""

import functools

import numpy as np

LONGEST = 2 + 65536 // 4  # words: the beginning of a frame, and the largest page


@functools.cache
def _powers():
    """Return a, b and c for M**k = [[a[k], b[k]], [b[k], c[k]]], modulo 2**32."""
    fibonacci = [0, 1]
    while len(fibonacci) < LONGEST + 2:
        fibonacci.append((fibonacci[-1] + fibonacci[-2]) % 2**32)
    numbers = np.array(fibonacci, np.uint32)
    b, c = numbers[0::2], numbers[1::2]
    return np.concatenate([numbers[1:2], c[:-1]]), b, c


class Sums:
    """Checksums of words in one order of bytes.

    Parameters
    ----------
    big_endian : bool
    """

    def __init__(self, big_endian):
        self._kind = ">u4" if big_endian else "<u4"

    def words(self, data):
        """Return bytes of shape (n, n_bytes) as words of shape (n, n_bytes / 4)."""
        return np.ascontiguousarray(data).view(self._kind).astype(np.uint32)

    def bytes(self, words):
        """Return words as bytes, of shape (n_bytes,)."""
        return np.asarray(words).astype(self._kind).ravel().view(np.uint8)

    def of(self, words):
        """Return the sums of rows of words, each begun at zero, of shape (n, 2)."""
        a, b, c = _after_each_pair(words.shape[1])
        weights = np.empty((words.shape[1], 2), np.uint32)
        weights[0::2] = np.stack([a + b, b + c], axis=1)
        weights[1::2] = np.stack([b, c], axis=1)
        return words @ weights

    def after(self, before, words):
        """Return the sums of rows of words, each begun at the sum of shape (2,) before it."""
        a, b, c = (powers[words.shape[1] // 2] for powers in _powers())
        power = np.array([[a, b], [b, c]])
        return before.astype(np.uint32) @ power + self.of(words)

    def wrong_words(self, error, n_words):
        """Return each word that can be the one that is wrong, and what has to be added to it.

        The powers of M repeat modulo powers of two: where the highest bits of a word are wrong,
        another word, some way off, would explain the sum as well.

        Parameters
        ----------
        error : ndarray of shape (2,), dtype uint32
            The sum that was stored minus the sum of the words as they are.
        n_words : int

        Returns
        -------
        found : list of (int, int)
            Empty if not one word alone is wrong.
        """
        a, b, c = _after_each_pair(n_words)
        # The error before all the steps that came after the word: (e, e) or (0, e).
        first, second = c * error[0] - b * error[1], a * error[1] - b * error[0]
        return [
            (2 * int(pair) + place, int(second[pair]))
            for is_wrong, place in ((first == second, 0), (first == 0, 1))
            for pair in np.flatnonzero(is_wrong)
        ]


def _after_each_pair(n_words):
    """Return the powers of M by which what is added with each pair of words is multiplied."""
    return [powers[: n_words // 2][::-1] for powers in _powers()]
