"""The write-ahead log of SQLite, frame by frame in plain Python: slow, short and obviously right.

See https://www.sqlite.org/fileformat2.html#walformat.
"""

import struct


def checksum(data, before, order):
    """Return the two sums over bytes; `order` is "<" or ">", as for struct."""
    s0, s1 = before
    for x0, x1 in struct.iter_unpack(f"{order}2I", data):
        s0 = (s0 + x0 + s1) % 2**32
        s1 = (s1 + x1 + s0) % 2**32
    return s0, s1


def replayed(content):
    """Return the pages of the frames that SQLite reads, by the transactions they belong to.

    Returns
    -------
    transactions : list of list of (int, bytes)
        Numbers and contents of pages. A transaction without its end is left out.
    n_whole : int
        How many frames are whole, one after the other.
    """
    if len(content) < 32:
        return [], 0
    magic, _, page_size, _, *salt = struct.unpack(">6I", content[:24])
    if magic not in (0x377F0682, 0x377F0683):
        return [], 0
    order = ">" if magic & 1 else "<"
    sums = checksum(content[:24], (0, 0), order)
    if sums != struct.unpack(">2I", content[24:32]):
        return [], 0
    transactions, pages, n_whole = [], [], 0
    for start in range(32, len(content) - page_size - 23, page_size + 24):
        head, page = content[start : start + 24], content[start + 24 : start + 24 + page_size]
        number, size, *rest = struct.unpack(">6I", head)
        sums = checksum(head[:8] + page, sums, order)
        if rest != [*salt, *sums]:
            break
        n_whole += 1
        pages.append((number, page))
        if size:
            transactions.append(pages)
            pages = []
    return transactions, n_whole


def written(transactions, *, page_size=512, order="<", salt=(7, 9)):
    """Return a write-ahead log of transactions, as SQLite writes it."""
    magic = 0x377F0682 | (order == ">")
    head = struct.pack(">6I", magic, 3007000, page_size, 0, *salt)
    sums = checksum(head, (0, 0), order)
    content = head + struct.pack(">2I", *sums)
    for pages in transactions:
        for place, (number, page) in enumerate(pages, 1):
            begin = struct.pack(">2I", number, 40 if place == len(pages) else 0)
            sums = checksum(begin + page, sums, order)
            content += begin + struct.pack(">4I", *salt, *sums) + page
    return content
