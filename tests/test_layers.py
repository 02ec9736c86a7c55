"""Rooms import downward, through the door and never in a circle."""

import pathlib

from layers import (
    TORCH_IMPORTS,
    Import,
    between_rooms,
    find_circle,
    layer_of,
    read_imports,
    room_arrows,
    room_of,
)

import skal

IMPORTS = read_imports(pathlib.Path(skal.__file__).parent)


def points_downward(found):
    """Whether an import stays in its layer or leads to a lower one."""
    source, target = room_of(found.source), room_of(found.target)
    if target == "__init__":
        return found.name == "__version__"
    if source == "torch":
        return target in TORCH_IMPORTS
    return target != "torch" and layer_of(target) <= layer_of(source)


def uses_the_door(found):
    """Whether a room is entered by its `__init__`.

    There is one exception: the unchecked computations in `acquisition._kernels`.
    """
    room = found.target[0]
    return found.target in {(room,), (room, "__init__"), ("acquisition", "_kernels")}


def takes_a_public_name(found):
    """Whether a name is public in its file; the private names of scikit-learn stay as they are."""
    private = found.name is not None and found.name.startswith("_") and found.name[1] != "_"
    return not private or found.target == ("_base", "_sklearn")


def refused(imports, rule):
    """Return the imports that break a rule, as sentences."""
    return {str(found) for found in imports if not rule(found)}


def test_rooms_import_only_from_their_layer_or_below():
    assert refused(between_rooms(IMPORTS), points_downward) == set()


def test_rooms_import_each_other_only_through_the_door():
    assert refused(between_rooms(IMPORTS), uses_the_door) == set()


def test_a_name_that_another_file_imports_is_public():
    assert refused(IMPORTS, takes_a_public_name) == set()


def test_neither_rooms_nor_files_import_each_other_in_a_circle():
    assert find_circle(room_arrows(IMPORTS)) == []
    assert find_circle({(found.source, found.target) for found in IMPORTS}) == []


def test_every_room_has_a_layer():
    rooms = {room_of(found.source) for found in IMPORTS} - {"torch"}
    assert all(layer_of(room) >= 0 for room in rooms)


def test_the_rules_refuse_what_they_forbid():
    upward = Import(("pool", "_pool"), ("learner", "__init__"), "ActiveLearner")
    root = Import(("pool", "_pool"), ("__init__",), "ActiveLearner")
    bridge = Import(("torch", "_data"), ("pool", "__init__"), "Pool")
    assert not any(map(points_downward, [upward, root, bridge]))
    inside = Import(("learner", "_learner"), ("pool", "_memory"), "Memory")
    assert points_downward(inside) and not uses_the_door(inside)
    private = Import(("learner", "_learner"), ("learner", "_labeled"), "_Labeled")
    assert uses_the_door(upward) and not takes_a_public_name(private)
    assert find_circle({("a", "b"), ("b", "c"), ("c", "b")}) == ["b", "c", "b"]


def test_imports_are_read_in_every_spelling(tmp_path):
    files = {
        "__init__.py": "from .room import one",
        "room/__init__.py": "from ._inside import one",
        "room/_inside.py": "def one():\n    from ..other import two",
        "other.py": "import skal.room._inside\nfrom skal import room\nimport numpy",
    }
    (tmp_path / "room").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert set(read_imports(tmp_path)) == {
        Import(("__init__",), ("room", "__init__"), "one"),
        Import(("room", "__init__"), ("room", "_inside"), "one"),
        Import(("room", "_inside"), ("other",), "two"),
        Import(("other",), ("room", "_inside"), None),
        Import(("other",), ("room", "__init__"), None),
    }
