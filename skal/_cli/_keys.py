"""The keys in the terminal: one for each class, and one for each command."""

import string

from ._color import painted
from ._messages import joined

NEW, SKIP, UNDO, LEAVE, MORE = "new", "skip", "undo", "leave", "more"
HELP, KEEP, GIVE, NONE = "help", "keep", "give", "none"
# The key of each command, and those that it has where a class has the name of this key.
KEYS = {NEW: "+&", SKIP: "s/", UNDO: "u<", LEAVE: "q!", MORE: "m>", HELP: "?*"}
KEYS_OF_REVIEW = {**KEYS, KEEP: "k="}
# What is added where rows have several labels; on a keyboard, one key chooses, and Enter answers.
KEYS_OF_LISTS = {NONE: "0-"}
KEYS_OF_CHOICES = {GIVE: "\n", NONE: "0-"}
SHOWN = {"\n": "Enter"}
# What a command does, for the menu and in a sentence.
NAMES = {
    GIVE: "give these",
    NONE: "none of them",
    KEEP: "keep",
    NEW: "another class",
    MORE: "more",
}
NAMES |= {SKIP: "skip", UNDO: "undo", LEAVE: "quit"}
MEANINGS = {
    NEW: "Name a class that has no key, or a new one.",
    KEEP: "The label is right. The row is not shown again as long as it has this label.",
    SKIP: "Put the row aside. It is not asked for again, and can be labeled later.",
    UNDO: "Take back your last answer. Press the key again to take back the one before.",
    LEAVE: "Stop. All answers are saved; the next time, this command goes on from here.",
    MORE: "Show the row again, with long texts to their end.",
    HELP: "Show this list.",
}
MEANINGS_OF_LISTS = {
    GIVE: "Answer by the labels that are chosen.",
    NONE: "The row has none of the labels. This is an answer, unlike skip.",
    NEW: "Name labels that have no key, or new ones, with commas between them.",
}
LIKELY = "*"  # behind the class that the model predicts


def command_keys(classes, keys=KEYS):
    """Return the command behind each key, none of which is the name of a class."""
    taken = {name.casefold() for name in classes}
    found = {}
    for command, wanted in keys.items():
        others = [key for key in string.punctuation if key not in "".join(keys.values())]
        key = next(key for key in [*wanted, *others] if key not in taken and key not in found)
        found[key] = command
    return found


def class_keys(classes, keys=KEYS):
    """Return the class behind each key.

    A class of one character is its own key; the others have digits, and then letters.
    """
    own = {name: name for name in classes if len(name) == 1}
    taken = {*own, *command_keys(classes, keys), *(key for some in keys.values() for key in some)}
    free = (
        key
        for key in string.digits[1:] + string.ascii_lowercase + string.ascii_uppercase
        if key not in taken
    )
    # Where keys run out, the remaining classes can still be typed by name.
    found = {name: own.get(name) or next(free, None) for name in classes}
    return {key: name for name, key in found.items() if key is not None}


def menu(classes, *, new, more, likely=(), keys=KEYS):
    """Return the line that tells the keys.

    Parameters
    ----------
    classes : list of str
    new, more : bool
        Whether other classes may be named, and whether there is more of the row to read.
    likely : list of str, default=()
        The classes that the model predicts, which are marked.
    keys : dict, default=KEYS
        The commands, with the keys that they may have.
    """
    entries = [
        _entry(key, name + LIKELY if name in likely else name, name in likely)
        for key, name in class_keys(classes, keys).items()
    ]
    return joined([*entries, *_command_entries(classes, new, more, keys)], "  ")


def _command_entries(classes, new, more, keys):
    key_of = {command: key for key, command in command_keys(classes, keys).items()}
    hidden = {NEW: not new, MORE: not more}
    shown = [one for one in NAMES if one in keys and not hidden.get(one)]
    names = {**NAMES, NEW: "other labels"} if NONE in keys else NAMES
    return [_entry(key_of[one], names[one]) for one in shown]


def _entry(key, name, is_likely=False):
    key = SHOWN.get(key, key)
    if is_likely:
        return painted(f"[{key}] {name}", "likely")
    return joined([painted(f"[{key}]", "bold"), f" {name}"])


def explanation(classes, *, new, keys=KEYS, meanings=None, noun="class"):
    """Return all keys with a sentence each, as lines."""
    meanings = {**MEANINGS, **(meanings or {})}
    lines = [(key, f"The {noun} {name!r}.") for key, name in class_keys(classes, keys).items()]
    lines += [
        (SHOWN.get(key, key), meanings[command])
        for key, command in command_keys(classes, keys).items()
        if new or command != NEW
    ]
    text = [joined(["  ", painted(key, "bold"), f"  {meaning}"]) for key, meaning in lines]
    if not classes and not new:
        return joined([*text, "  Ctrl-C and Ctrl-D stop, too."], "\n")
    last = f"  {LIKELY}  Marks the {noun} that the model predicts. Ctrl-C and Ctrl-D stop, too."
    return joined([*text, last], "\n")


def key_of(command, classes, keys=KEYS):
    """Return the key of a command."""
    return next(key for key, one in command_keys(classes, keys).items() if one == command)
