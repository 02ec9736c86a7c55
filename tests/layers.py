"""The layers of skal, and who imports whom, read from the source with `ast`.

The tests hold the source to this order, and the documentation draws its picture from it.
"""

import ast
import pathlib
from typing import NamedTuple

# A room is what stands directly below `skal`: a module, or a package with all its files. A room
# may import from its own row and from the rows above it in this list.
LAYERS = [
    {"_base"},
    {"acquisition", "geometry", "label_quality"},
    {"committee", "pool", "loss_prediction", "dask"},
    {"embeddings", "strategies"},
    {"learner"},
    {"stopping", "inspection", "testing"},
    {"simulation", "session"},
    {"plotting", "label_studio"},
    {"__init__"},
    {"_cli"},
]
# The bridge to torch stands beside the layers: it meets the rest of skal by method names.
TORCH_IMPORTS = LAYERS[0] | LAYERS[1]


class Import(NamedTuple):
    """One import of one file of skal by another.

    A file is given by the parts of its module name below `skal`: ``("pool", "_pool")``, and
    ``("pool", "__init__")`` for the package itself. `name` is what is imported from the target,
    and None where that is the target itself.
    """

    source: tuple
    target: tuple
    name: str | None

    def __str__(self):
        source, target = (".".join(("skal", *file)) for file in (self.source, self.target))
        return f"{source} imports {target}" + (f" ({self.name})" if self.name else "")


def room_of(file):
    """Return the room that a file belongs to; the module `__main__` is the door of `_cli`."""
    return "_cli" if file[0] == "__main__" else file[0]


def layer_of(room):
    """Return the number of the layer of a room, counted from the lowest."""
    return next(i for i, layer in enumerate(LAYERS) if room in layer)


def read_imports(package):
    """Return every `Import` among the files of a package, those inside functions included."""
    paths = {
        path.relative_to(package).with_suffix("").parts: path
        for path in sorted(pathlib.Path(package).rglob("*.py"))
    }
    return [found for file in paths for found in _imports_of(file, paths)]


def _imports_of(source, paths):
    for node in ast.walk(ast.parse(paths[source].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            module = _below_skal(node, source)
            for alias in node.names if module is not None else ():
                yield _resolve(source, module, alias.name, paths)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first, *module = alias.name.split(".")
                if first == "skal":
                    yield _resolve(source, tuple(module), None, paths)


def _below_skal(node, source):
    """Return the module of a `from ... import`, as parts below `skal`; None if it is elsewhere."""
    parts = tuple(node.module.split(".")) if node.module else ()
    if node.level:
        return source[: len(source) - node.level] + parts
    return parts[1:] if parts[0] == "skal" else None


def _resolve(source, module, name, paths):
    """Return the import of a module, or of a name in it, with the file that it leads to."""
    for target in ((*module, name), (*module, name, "__init__")):
        if target in paths:
            return Import(source, target, None)
    for target in (module, (*module, "__init__")):
        if target in paths:
            return Import(source, target, name)
    raise ModuleNotFoundError(f"{source} imports skal.{'.'.join(module)}, which does not exist.")


def between_rooms(imports):
    """Return the imports of one room by another."""
    return [found for found in imports if room_of(found.source) != room_of(found.target)]


def room_arrows(imports):
    """Return who imports whom, as a set of pairs of rooms.

    The root is left out: it only hands on names, and its version is asked for.
    """
    pairs = {(room_of(found.source), room_of(found.target)) for found in between_rooms(imports)}
    return {pair for pair in pairs if "__init__" not in pair}


def find_circle(arrows):
    """Return the members of a circle of arrows in order, an empty list where there is none."""
    targets = {}
    for source, target in sorted(arrows):
        targets.setdefault(source, []).append(target)
    finished = set()

    def visit(member, path):
        if member in path:
            return [*path[path.index(member) :], member]
        if member in finished:
            return []
        for target in targets.get(member, []):
            if found := visit(target, [*path, member]):
                return found
        finished.add(member)
        return []

    return next(filter(None, (visit(member, []) for member in targets)), [])
