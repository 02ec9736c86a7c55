"""Layout of values and texts in the width of the terminal."""

import shutil
import textwrap

from ._messages import readable

MAX_CHARACTERS = 2000  # of a text, before one has to ask for more
MIN_WIDTH, USUAL_WIDTH, MAX_WIDTH = 20, 80, 100


def width():
    """Return the number of characters that fit in a line."""
    # A terminal may not say how wide it is, and then has 0 columns.
    return max(min(shutil.get_terminal_size().columns or USUAL_WIDTH, MAX_WIDTH), MIN_WIDTH)


def rule(left, right):
    """Return a line across the terminal with words at both ends."""
    return f"-- {left} " + "-" * max(width() - len(left) - len(right) - 8, 2) + f" {right} --"


def shown(values, texts, *, whole=False):
    """Return the values of a row as text to be read.

    Parameters
    ----------
    values : dict of str to str
    texts : collection of str
        The columns that hold text; they come last, each under its name.
    whole : bool, default=False
        Whether long texts are shown to the end.
    """
    short = {name: _tidy(value) for name, value in values.items() if name not in texts}
    short = {readable(name): value for name, value in short.items()}
    margin = max(map(len, short), default=0)
    lines = [
        textwrap.fill(
            value or "(empty)",
            width(),
            initial_indent=f"  {name:<{margin}}  ",
            subsequent_indent=" " * (margin + 4),
            break_on_hyphens=False,
        )
        for name, value in short.items()
    ]
    for name in texts:
        lines += [f"  {readable(name)}:", _wrapped(_tidy(values[name]), whole)]
    return "\n".join(lines)


def is_long(text):
    """Whether a text is not shown to the end at first."""
    return len(text) > MAX_CHARACTERS


def _wrapped(text, whole):
    hidden = 0 if whole else max(len(text) - MAX_CHARACTERS, 0)
    indent = " " * 4
    paragraphs = [
        textwrap.fill(
            line, width(), initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )
        for line in text[: len(text) - hidden].splitlines()
    ]
    paragraphs += [f"{indent}... ({hidden} more characters)"] if hidden else []
    return "\n".join(paragraphs or [f"{indent}(empty)"])


def _tidy(text):
    return readable(text.strip().replace("\r\n", "\n").replace("\t", " "))
