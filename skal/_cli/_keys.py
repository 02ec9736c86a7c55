"""The keys of `skal label`: one for each class, and one for each command."""

import string

NEW, SKIP, UNDO, LEAVE, MORE = "new", "skip", "undo", "leave", "more"
# The key of each command, and those that it has where a class has the name of this key.
KEYS = {NEW: "+&", SKIP: "s/", UNDO: "u<", LEAVE: "q!", MORE: "m>"}


def command_keys(classes):
    """Return the command behind each key, none of which is the name of a class."""
    taken = {name.casefold() for name in classes}
    keys = {}
    for command, wanted in KEYS.items():
        others = [key for key in string.punctuation if key not in "".join(KEYS.values())]
        key = next(key for key in [*wanted, *others] if key not in taken and key not in keys)
        keys[key] = command
    return keys


def class_keys(classes):
    """Return the class behind each key.

    A class of one character is its own key; the others have digits, and then letters.
    """
    own = {name: name for name in classes if len(name) == 1}
    taken = {*own, *command_keys(classes), *(key for keys in KEYS.values() for key in keys)}
    free = (
        key
        for key in string.digits[1:] + string.ascii_lowercase + string.ascii_uppercase
        if key not in taken
    )
    # Where keys run out, the remaining classes can still be typed by name.
    keys = {name: own.get(name) or next(free, None) for name in classes}
    return {key: name for name, key in keys.items() if key is not None}


def menu(classes, *, new, more):
    """Return the line that tells all keys.

    Parameters
    ----------
    classes : list of str
    new, more : bool
        Whether other classes may be named, and whether there is more of the row to read.
    """
    key_of = {command: key for key, command in command_keys(classes).items()}
    entries = [f"[{key}] {name}" for key, name in class_keys(classes).items()]
    entries += [f"[{key_of[NEW]}] another class"] if new else []
    entries += [f"[{key_of[MORE]}] more"] if more else []
    last = f"[{key_of[SKIP]}] skip  [{key_of[UNDO]}] undo  [{key_of[LEAVE]}] quit"
    return "  ".join([*entries, last])
