"""Questions in the terminal: single keys where there is a keyboard, lines where there is not."""

import contextlib
import os
import sys

from ._messages import readable

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


class Lines:
    """Answers come line by line, as from a file."""

    has_keys = False  # whether keys are read as they are pressed

    @property
    def has_person(self):
        """Whether somebody is there who can be asked."""
        return sys.stdin.isatty()

    def key(self, question):
        """Ask for a key; a whole line is as good."""
        return self.line(question)

    def line(self, question):
        """Ask for a line of text."""
        print(readable(question), end="", flush=True)
        answer = sys.stdin.readline()
        if not answer:
            raise EOFError
        if not sys.stdin.isatty():
            print(readable(answer.rstrip("\n")))  # so that a record of the sitting can be read
        return answer.strip()


class PosixKeys(Lines):
    """A keyboard whose keys are read as they are pressed."""

    has_keys = True

    def key(self, question):
        """Ask for a key; what was pressed before the question was seen does not count."""
        with self._keyboard():
            print(readable(question), end="", flush=True)
            key = self._press()
        print("" if key.isspace() else readable(key))
        return key

    def _press(self):
        while True:
            pressed = self._read()
            if not pressed or pressed in ENDS:
                raise EOFError
            if len(pressed) == 1:  # an arrow key sends several characters, and is not an answer
                return "\n" if pressed == "\r" else pressed

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
    """A keyboard on Windows."""

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
    """Return the reader of answers that fits the standard input of this process."""
    if not sys.stdin.isatty():
        return Lines()
    if termios is not None:
        return PosixKeys()
    return Lines() if msvcrt is None else WindowsKeys()
