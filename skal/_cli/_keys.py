"""The keys of `skal label`: one for each class, and one for each command."""

import string

NEW, SKIP, UNDO, LEAVE, MORE = "+", "s", "u", "q", "m"
COMMANDS = (NEW, SKIP, UNDO, LEAVE, MORE)


def class_keys(classes):
    """Return the class behind each key.

    A class of one character is its own key; the others have digits, and then letters.
    """
    own = {name: name for name in classes if len(name) == 1 and name not in COMMANDS}
    free = (
        key
        for key in string.digits[1:] + string.ascii_lowercase + string.ascii_uppercase
        if key not in own and key not in COMMANDS
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
    entries = [f"[{key}] {name}" for key, name in class_keys(classes).items()]
    entries += [f"[{NEW}] another class"] if new else []
    entries += [f"[{MORE}] more"] if more else []
    return "  ".join([*entries, f"[{SKIP}] skip  [{UNDO}] undo  [{LEAVE}] quit"])
