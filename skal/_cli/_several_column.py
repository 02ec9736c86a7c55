"""Several labels a row: a column whose cells hold lists, and how they are written."""

import ast
import json
import re
from collections import Counter

from ..session import SEPARATOR
from ._label_column import classes_of, outside
from ._messages import CommandError, note

SEVERAL = "multilabel"
NONE_OF_THEM = "none of them"
LIST = "[]"  # what separates the labels of cells that hold lists: nothing else need be known
# What may stand between the labels of a cell, where the column alone has to tell; a comma stands
# within single labels as well, such as "Paris, France".
SAFE_SIGNS, SIGNS = ("|", ";"), ("|", ";", ",")
ITEM = r"'[^'\\]*'|\"[^\"\\]*\""
PYTHON_LIST = re.compile(rf"\[\s*(?:(?:{ITEM})\s*(?:,\s*(?:{ITEM})\s*)*,?\s*)?\]")


def sign_of_column(table, name, classes=None, signs=SAFE_SIGNS):
    """Return what separates the labels in the cells of a column, None if they are classes.

    A column is told to hold several labels if all cells are lists, or if each part of the cells
    with a sign between parts occurs in other cells, too. Where all classes are known, the parts
    have to be classes.

    Parameters
    ----------
    table : Table
    name : str
        The column of labels.
    classes : list of str, default=None
        The only classes allowed.
    signs : sequence of str
        What may separate labels.
    """
    present = table.present(name) if name in table.columns else []
    if any(names_in_list(cell) for cell in present) and None not in map(names_in_list, present):
        return LIST
    return next((sign for sign in signs if _is_between(sign, set(present), classes)), None)


def _is_between(sign, cells, classes):
    parts = [names_in(cell, sign) for cell in cells]
    several = [one for one in parts if len(one) > 1]
    if classes:
        return bool(several) and all(name in classes for one in parts for name in one)
    n_cells = Counter(name for one in parts for name in set(one))
    few = len(n_cells) < len(cells)
    return bool(several) and few and all(n_cells[name] > 1 for one in several for name in one)


def names_in(text, sign):
    """Return the labels in a cell; none for the sign alone and for an empty list."""
    found = names_in_list(text)
    found = text.split(sign) if found is None else found
    return [name.strip() for name in found if name.strip()]


def names_in_list(text):
    """Return the labels in a cell that holds a list as JSON or Python writes it, else None."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        found = ast.literal_eval(text) if PYTHON_LIST.fullmatch(text) else None
    is_list = found is not None and all(isinstance(name, str) for name in found)
    return found if is_list else None


def read_several(table, name, sign, *, classes=None, known=(), is_new=False):
    """Return the list of labels of each row, None where there is none.

    Parameters
    ----------
    table : Table
    name : str
        The column of labels.
    sign : str
        What separates the labels in a cell.
    classes : list of str, default=None
        The only labels allowed.
    known : iterable of str, default=()
        Labels in the spelling that counts.
    is_new : bool, default=False
        Whether the column may be missing, as it is only in the session.
    """
    if name not in table.columns and (classes or is_new) and table.columns:
        return [None] * len(table)
    cells = [parts_of(text, sign, table) for text in table.column(name)]
    counts = Counter(part for parts in cells for part in parts or ())
    meant = classes_of(counts, table, name, classes, known, is_label=lambda text, *_: True)
    labels = [None if one is None else ordered(map(meant.get, one), classes) for one in cells]
    for row, label in enumerate(labels):
        problem = why_not_allowed(label or (), classes, sign)
        if problem:
            raise CommandError(f"{table.where(row, name)}: {problem}")
    return labels


def parts_of(text, sign, table):
    """Return the labels in a cell of a table, None if there is no answer in it."""
    text = text.strip()
    is_answer = text == sign or table.is_value(text)
    return names_in(text, sign) if text and is_answer else None


def ordered(names, classes=None):
    """Return labels as the session has them: each once, in the order of the classes or sorted."""
    names = set(names)
    return sorted(names) if not classes else sorted(names, key=lambda one: place_in(classes, one))


def place_in(classes, name):
    """Return the place of a label among the classes; others come last."""
    return (classes.index(name), "") if name in classes else (len(classes), name)


def why_not_allowed(names, classes, sign):
    """Return why labels cannot be those of a row, "" if they can."""
    for name in names:
        signs = [one for one in (SEPARATOR, sign) if one in name]
        if signs:
            return (
                f"{name!r} has {signs[0]!r} in it, which stands between the labels of a row in "
                "tables. Write it otherwise."
            )
        if classes and name not in classes:
            return outside(name, classes)
    return ""


def quoted(label):
    """Return the label of a row within a sentence: quoted, or what a list says."""
    if not isinstance(label, list):
        return repr(label)
    return ", ".join(map(repr, label)) or NONE_OF_THEM


def shown_names(names):
    """Return labels for people to read."""
    return ", ".join(map(str, names)) or NONE_OF_THEM


def written(label, sign):
    """Return a list of labels as a cell from which it can be read again."""
    if label is None:
        return None
    if sign == LIST:
        return json.dumps(label, ensure_ascii=False)
    return sign.join(label) or sign


def written_lists(project, labels):
    """Return labels as text by row; those that are in the table already stay as they are there."""
    table, name = project.table, project.settings.label
    settings, cells = project.settings, table.columns.get(name)
    return {
        row: cells[row]
        if cells is not None and parts_of(cells[row], settings.sign, table) == label
        else written(label, settings.label_separator or settings.sign)
        for row, label in labels.items()
    }


def tell_several(table, settings, *, is_said):
    """Tell from a column what separates the labels of a row, and note it in one line.

    Parameters
    ----------
    table : Table
    settings : Settings
        Gets the sign, and the task if the column tells it.
    is_said : bool
        Whether the user has said that rows have several labels. If not, what is not safe stays a
        column of classes.
    """
    signs = SIGNS if is_said or settings.classes else SAFE_SIGNS
    sign = sign_of_column(table, settings.label, settings.classes, signs)
    if is_said and sign is None:
        sign = _most_frequent_sign(table, settings.label)
    if sign is None:
        return False
    settings.label_separator = sign
    how = "lists" if sign == LIST else f"labels with {sign!r} between them"
    if is_said:
        way_out = "" if sign == LIST else " To choose another sign, use --label-separator."
        note(f"{table.path}, column {settings.label!r}: cells hold {how}.{way_out}")
    else:
        note(
            f"{table.path}, column {settings.label!r}: cells hold {how}, and so rows have several "
            f"labels (--task {SEVERAL}). If each cell is one class, begin with --task classes."
        )
    return True


def _most_frequent_sign(table, name):
    """Return the sign that is in most cells, None if none is in any."""
    cells = table.present(name) if name in table.columns else []
    n_cells = {sign: sum(sign in cell for cell in cells) for sign in SIGNS}
    best = max(n_cells, key=n_cells.get)
    return best if n_cells[best] else None


def maybe_several(table, name):
    """Return how to say that rows have several labels, as a sentence; "" if they hardly do."""
    cells = table.present(name) if name in table.columns else []
    if not any(sign in cell for cell in cells for sign in SIGNS):
        return ""
    return f" If a row may have several labels: --task {SEVERAL}."


def typed_lists(text, sign):
    """Return the labels in a text of the command line, with commas or the sign between them."""
    return [part for one in names_in(text, sign) for part in names_in(one, ",")]
