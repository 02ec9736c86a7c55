"""Write the table of pool outputs that the user guide shows, from the table in the code."""

import pathlib

from skal.pool import OUTPUTS


def write(path):
    """Write the table to a file that a page includes."""
    rows = [("output", "type and shape", "holds"), *map(cells, OUTPUTS.values())]
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 18 32 50", ""]
    for row in rows:
        lines += [f"   {'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)]
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def cells(output):
    """Return the cells of the row of an output."""
    return f"`{output.name}`", output.kind, output.summary
