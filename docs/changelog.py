"""The changelog of the repository, which is Markdown, as a page."""

import pathlib
import re

CHANGELOG = pathlib.Path(__file__).parent.parent / "CHANGELOG.md"
UNDERLINES = {"##": "-", "###": "~"}


def as_rst(text):
    """Return Markdown as reStructuredText: headings below the title, and links."""
    lines = []
    for line in text.splitlines()[1:]:
        marks, _, title = line.partition(" ")
        if marks in UNDERLINES:
            lines += [title, UNDERLINES[marks] * len(title)]
        else:
            lines.append(line)
    return re.sub(r"\[([^]]+)\]\(([^)]+)\)", r"`\1 <\2>`__", "\n".join(lines)) + "\n"


def write(path):
    """Write the changelog to a file that a page includes."""
    path.write_text(as_rst(CHANGELOG.read_text(encoding="utf-8")), encoding="utf-8")
