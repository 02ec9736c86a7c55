"""Options of a command: what their values may be, and errors that name the way out."""

import argparse
import difflib
import re
import sys

from ._messages import readable

CHOICE = re.compile(r"(.+?): invalid choice: (.+?) \(.*\)", re.DOTALL)
NEEDED = re.compile(r"the following arguments are required: (.*)")
NO_VALUE = re.compile(r"(.+?): expected (?:one|at least one) argument")
A_VALUE = re.compile(r"(.+?): ignored explicit argument (.*)")
COMMAND = "COMMAND"


class Parser(argparse.ArgumentParser):
    """A parser whose errors say in one line what is wrong, and where the options are listed."""

    def error(self, message):
        """Say what is wrong and end with exit code 2."""
        text = readable(f"skal: {self._plain(message)} All options: {self.prog} --help")
        print(text, file=sys.stderr)
        self.exit(2)

    def parse_known_args(self, args=None, namespace=None):
        """Parse arguments; a command refuses by itself those that it does not know."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._of_unknown(unknown))
        return found, unknown

    def _plain(self, message):
        message = message.removeprefix("argument ")
        choice = CHOICE.fullmatch(message)
        if choice is not None:
            return self._of_choice(choice[1], choice[2])
        needed, no_value, a_value = (
            form.fullmatch(message) for form in (NEEDED, NO_VALUE, A_VALUE)
        )
        if needed is not None:
            return " ".join(map(self._of_needed, needed[1].split(", ")))
        if no_value is not None:
            return f"{no_value[1]} needs a value behind it."
        if a_value is not None:
            return f"{a_value[1]} takes no value, got {a_value[2]}."
        message = re.sub(r"^([^:]+): (?=must be)", r"\1 ", message)
        return message if message.endswith((".", "?")) else f"{message}."

    def _action(self, name):
        return next(one for one in self._actions if name in _names(one))

    def _of_needed(self, name):
        """Return what must be given, and what it is."""
        action = self._action(name)
        if action.metavar == COMMAND:
            return f"A command must be given: one of {', '.join(action.choices)}."
        return f"{name} must be given: {action.help}."

    def _of_choice(self, name, got):
        """Return what may be chosen, and what was meant perhaps."""
        action = self._action(name)
        known = list(map(str, action.choices))
        name = "The command" if name == COMMAND else name
        hint = _hint(got.strip("'\""), known)
        return f"{name} must be one of {', '.join(known)}, got {got}.{hint}"

    def _of_unknown(self, unknown):
        first = unknown[0]
        if not first.startswith("-"):
            return f"{self.prog} has no use for {first!r}."
        known = [name for action in self._actions for name in action.option_strings]
        return f"{self.prog} has no option {first.partition('=')[0]}.{_hint(first, known)}"


def _names(action):
    return {"/".join(action.option_strings), action.metavar, action.dest}


def _hint(got, known):
    near = difflib.get_close_matches(got, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def a_name(text):
    """Return a name if it is not blank."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # bytes of the command line that are not UTF-8
        text = ""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"must be a name, got {text!r}")
    return text


def an_encoding(text):
    """Return the name of an encoding."""
    try:
        "x".encode(text)
    except (LookupError, ValueError):
        raise argparse.ArgumentTypeError(
            f"must be an encoding such as utf-8, cp1252 or gb18030, got {text!r}"
        ) from None
    return text


def a_separator(text):
    """Return the sign between fields, given as such or in words."""
    sign = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(text, text)
    if len(sign) != 1 or sign.isalnum() or sign in '_"\r\n':
        raise argparse.ArgumentTypeError(f"must be one sign such as ; or tab, got {text!r}")
    return sign


def a_label_separator(text):
    """Return the sign between labels, given as such or in words."""
    sign = {"comma": ",", "semicolon": ";", "pipe": "|"}.get(text, text)
    if len(sign) != 1 or sign.isalnum() or sign.isspace() or sign in '_"':
        raise argparse.ArgumentTypeError(f"must be one sign such as | or ; or ,, got {text!r}")
    return sign


def a_decimal_sign(text):
    """Return the sign before fractions, given as such or in words."""
    sign = {"point": ".", "comma": ","}.get(text, text)
    if sign not in (".", ","):
        raise argparse.ArgumentTypeError(f"must be . or , (or point, comma), got {text!r}")
    return sign


def a_share(text):
    """Return a share from 0 to below 1."""
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"must be a share from 0 to below 1, got {text!r}")
    return share


def at_least_one(text):
    """Return a whole number of at least 1."""
    return _whole_number(text, at_least=1)


def at_least_zero(text):
    """Return a whole number of at least 0."""
    return _whole_number(text, at_least=0)


def at_least_two(text):
    """Return a whole number of at least 2."""
    return _whole_number(text, at_least=2)


def _whole_number(text, at_least):
    if not text.isdecimal() or int(text) < at_least:
        raise argparse.ArgumentTypeError(
            f"must be a whole number of at least {at_least}, got {text!r}"
        )
    return int(text)
