"""Questions in the terminal: single keys where there is a keyboard, lines where there is not."""

import contextlib
import os
import shutil
import sys
import textwrap

try:
    import termios
    import tty
except ImportError:  # Windows
    termios = tty = None
try:
    import msvcrt
except ImportError:
    msvcrt = None

INTERRUPT, ENDS = "\x03", ("\x04", "\x1a")
MAX_CHARACTERS = 2000  # of a text, before one has to ask for more
MAX_WIDTH = 100


class Lines:
    """Answers come line by line, as from a file."""

    def key(self, question):
        """Ask for a key; a whole line is as good."""
        return self.line(question)

    def line(self, question):
        """Ask for a line of text."""
        print(question, end="", flush=True)
        answer = sys.stdin.readline()
        if not answer:
            raise EOFError
        if not sys.stdin.isatty():
            print(answer.rstrip("\n"))  # so that a record of the sitting can be read
        return answer.strip()


class PosixKeys(Lines):
    """A keyboard whose keys are read as they are pressed."""

    def key(self, question):
        """Ask for a key; what was pressed before the question was seen does not count."""
        with self._keyboard():
            print(question, end="", flush=True)
            key = self._press()
        print("" if key.isspace() else key)
        return key

    def _press(self):
        while True:
            pressed = self._read()
            if not pressed or pressed in ENDS:
                raise EOFError
            if len(pressed) == 1:  # an arrow key sends several characters, and is no answer
                return pressed

    @contextlib.contextmanager
    def _keyboard(self):
        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        try:
            tty.setcbreak(descriptor, termios.TCSAFLUSH)  # Ctrl-C still interrupts
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _read(self):
        return os.read(sys.stdin.fileno(), 64).decode(errors="ignore")


class WindowsKeys(PosixKeys):
    """The same by means of Windows."""

    @contextlib.contextmanager
    def _keyboard(self):
        while msvcrt.kbhit():
            msvcrt.getwch()
        yield

    def _read(self):
        key = msvcrt.getwch()
        if key == INTERRUPT:
            raise KeyboardInterrupt
        # An arrow or a function key comes in two parts.
        return key + msvcrt.getwch() if key in ("\x00", "\xe0") else key


def open_terminal():
    """Return what reads the answers of this process."""
    if not sys.stdin.isatty():
        return Lines()
    if termios is not None:
        return PosixKeys()
    return Lines() if msvcrt is None else WindowsKeys()


# Showing ----------------------------------------------------------------------------------


def width():
    """Return how many characters a line may have."""
    return min(shutil.get_terminal_size().columns, MAX_WIDTH)


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
    short = {name: readable(value) for name, value in values.items() if name not in texts}
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
        lines += [f"  {name}:", _wrapped(readable(values[name]), whole)]
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


def readable(text):
    """Return text without characters that would do something to the terminal."""
    text = text.strip().replace("\r\n", "\n").replace("\t", " ")
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
