"""Tables as text."""


def aligned(table):
    """Return the lines of a table, a list of rows of cells, with its columns aligned."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
