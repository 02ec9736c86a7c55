"""Count the structure of the code: lengths, methods, comments, private reaches, repetition.

Nothing is run: the files are read with `ast` and `tokenize`. A folder is a checkout with `skal`
and `tests` in it, or the package itself. Without one, the skal that Python imports is counted. Two
folders are shown side by side::

    python examples/benchmarks/count_structure.py path/to/before path/to/after

What is counted:

- A *code line* holds something else than a comment and is not part of a docstring. A string over
  several lines counts with all of them.
- The *length* of a function is its code lines, with its decorators and the functions inside it.
- The *methods* of a class are the functions in its body, properties included.
- *Comments* are counted line by line, those behind code included. A *ruler* draws a line of ``-``
  or ``=``.
- A *private name* is reached by a test as an attribute ``x._name``, where ``x`` is neither `self`
  nor `cls` and the package defines that name, or by importing a ``_name`` that is not a module.
  A *private module* is one below `skal` whose path has a part with an underscore, `skal._base`
  excepted. Names with two leading underscores do not count.
- A *repeated block* is a run of six or more code lines that stands in two places; a longer run
  counts once, three places count as three pairs. Imports and lines without a letter are passed
  over, white space is folded. Blocks of one *shape* differ only in names, numbers and strings.
"""

import argparse
import ast
import collections
import importlib.util
import io
import itertools
import keyword
import pathlib
import re
import statistics
import tokenize

LONG_FUNCTION = 30
BLOCK = 6
TOO_COMMON = 8  # a block in more places than these is an idiom, not a copy
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
# From Python 3.12 on, a string with placeholders is several tokens.
VALUES = {tokenize.NUMBER, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None)}
RULER = re.compile(r"[-=]{4,}\s*$")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    """One file: its syntax tree, its comments, and which of its lines are code."""

    def __init__(self, path):
        self.path = path
        text = path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        self.tree = ast.parse(text)
        self.nodes = list(ast.walk(self.tree))
        self.tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        docstrings = set(itertools.chain.from_iterable(map(_docstring_lines, self.nodes)))
        held = set()
        for token in self.tokens:
            if token.type not in LAYOUT:
                held.update(range(token.start[0], token.end[0] + 1))
        self.code = held - docstrings
        self.comments = [token.string for token in self.tokens if token.type == tokenize.COMMENT]

    def code_lines_of(self, node):
        """Return how many code lines a function or class has."""
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return len(self.code.intersection(range(first, node.end_lineno + 1)))


def _docstring_lines(node):
    if not isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) or not node.body:
        return ()
    first = node.body[0]
    value = getattr(first, "value", None) if isinstance(first, ast.Expr) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return range(first.lineno, first.end_lineno + 1)
    return ()


def percentile(values, share):
    """Return the smallest value that `share` of the values do not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def count(package, tests):
    """Return the figures of a package and its tests, as a dict from a description to a number."""
    sources = [Source(path) for path in sorted(package.rglob("*.py"))]
    return {
        **count_files(sources),
        **count_classes(sources),
        **count_functions(sources),
        **count_comments(sources),
        **count_reaches(sources, package, tests),
        f"repeated blocks of {BLOCK} code lines, pairs": count_repeated(sources, _folded),
        "blocks of the same shape, pairs": count_repeated(sources, _shape),
    }


def count_files(sources):
    """Count files and their code lines."""
    lengths = {source: len(source.code) for source in sources}
    return {
        "files": len(sources),
        "code lines": sum(lengths.values()),
        "code lines of the longest file": max(lengths.values()),
    }


def count_classes(sources):
    """Count the methods of classes."""
    counts = []
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                counts.append(sum(isinstance(part, FUNCTIONS) for part in node.body))
    return {
        "classes": len(counts),
        "methods of the largest class": max(counts),
        "methods of a class, 90th percentile": percentile(counts, 0.9),
    }


def count_functions(sources):
    """Count the code lines of functions and methods."""
    lengths = [
        source.code_lines_of(node)
        for source in sources
        for node in source.nodes
        if isinstance(node, FUNCTIONS)
    ]
    return {
        "functions": len(lengths),
        "code lines of a function, median": float(statistics.median(lengths)),
        "code lines of a function, 90th percentile": percentile(lengths, 0.9),
        "code lines of the longest function": max(lengths),
        f"functions of more than {LONG_FUNCTION} code lines": sum(
            length > LONG_FUNCTION for length in lengths
        ),
    }


def count_comments(sources):
    """Count comment lines, and how many code lines there are for each."""
    comments = [comment for source in sources for comment in source.comments]
    whys = [comment for comment in comments if not RULER.search(comment)]
    n_code = sum(len(source.code) for source in sources)
    return {
        "comments": len(comments),
        "of which rulers": len(comments) - len(whys),
        "code lines per comment": n_code / max(len(comments), 1),
        "code lines per comment, without rulers": n_code / max(len(whys), 1),
    }


def count_reaches(sources, package, tests):
    """Count the places where the tests reach for what is private in the package."""
    defined = {name for source in sources for name in _defined(source)}
    modules = {_module_name(source.path, package) for source in sources}
    names, private_modules = [], set()
    for source in map(Source, sorted(tests.rglob("*.py"))):
        names += [name for name in _attributes(source) if name in defined]
        for statement, module, name in _imported(source):
            is_module = f"{module}.{name}" in modules
            names += [] if is_module else [name]
            private_modules.add((statement, f"{module}.{name}" if is_module else module))
    return {
        "private names reached by tests": sum(map(_is_private, names)),
        "private modules imported by tests": sum(_is_inside(name) for _, name in private_modules),
    }


def _is_private(name):
    return name.startswith("_") and not name.startswith("__")


def _is_inside(module):
    parts = module.split(".")[1:]
    return any(map(_is_private, parts)) and parts[0] != "_base"


def _module_name(path, package):
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _defined(source):
    """Return the names that a file gives to functions, classes, variables and attributes."""
    for node in source.nodes:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def _attributes(source):
    """Return the names of all attributes that are not read from `self` or `cls`."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
                yield node.attr


def _imported(source):
    """Return what is imported from skal: the statement, the module and the name in it, or ""."""
    for node in source.nodes:
        pairs = []
        if isinstance(node, ast.ImportFrom):
            pairs = [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            pairs = [(alias.name, "") for alias in node.names]
        yield from ((node, *pair) for pair in pairs if pair[0].split(".")[0] == "skal")


def count_repeated(sources, form):
    """Count the pairs of places that share a run of `BLOCK` code lines, or more, of one form."""
    files = [form(source) for source in sources]
    places = collections.defaultdict(list)
    for i, lines in enumerate(files):
        for start in range(len(lines) - BLOCK + 1):
            places[tuple(lines[start : start + BLOCK])].append((i, start))
    pairs = {
        pair
        for found in places.values()
        if len(found) <= TOO_COMMON
        for pair in itertools.combinations(found, 2)
        if not _overlap(*pair)
    }
    # A pair one line further on belongs to the same run.
    return sum(((i, a - 1), (j, b - 1)) not in pairs for (i, a), (j, b) in pairs)


def _overlap(one, other):
    return one[0] == other[0] and abs(one[1] - other[1]) < BLOCK


def _counted(source):
    """Return the numbers of the code lines that may be repeated: with a letter, no import."""
    imports = set()
    for node in source.nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.update(range(node.lineno, node.end_lineno + 1))
    numbers = sorted(source.code - imports)
    return [n for n in numbers if re.search(r"\w", source.lines[n - 1])]


def _folded(source):
    return [" ".join(source.lines[n - 1].split()) for n in _counted(source)]


def _shape(source):
    """Return the counted lines with a placeholder for every name, number and string."""
    shapes = collections.defaultdict(list)
    for token in source.tokens:
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            shapes[token.start[0]].append("name")
        elif token.type in VALUES:
            shapes[token.start[0]].append("value")
        elif token.type not in LAYOUT:
            shapes[token.start[0]].append(token.string)
    return [" ".join(shapes[n]) for n in _counted(source)]


def folders(path):
    """Return the package and the tests of a checkout, or of the folder of the package."""
    path = pathlib.Path(path).resolve()
    package = path / "skal" if (path / "skal").is_dir() else path
    return package, package.parent / "tests"


def installed():
    """Return the folder of the skal that Python would import."""
    return pathlib.Path(importlib.util.find_spec("skal").origin).parent


def show(value):
    """Return a number as text."""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def print_figures(columns):
    """Print the figures of every folder beside each other."""
    width = max(len(name) for name in columns[0])
    for name in columns[0]:
        print(f"{name:<{width}}" + "".join(f"{show(column[name]):>10}" for column in columns))


def print_files(package, n_files):
    """Print the longest files of a package."""
    sources = [Source(path) for path in package.rglob("*.py")]
    sources.sort(key=lambda source: (-len(source.code), source.path))
    print(f"\nLongest files of {package}, in code lines")
    for source in sources[:n_files]:
        print(f"{len(source.code):>6}  {source.path.relative_to(package)}")


def main():
    """Count the folders that are given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="*", help="a checkout or a package: at most two")
    parser.add_argument(
        "--files", type=int, default=10, metavar="N", help="how many files to list"
    )
    options = parser.parse_args()
    if len(options.folder) > 2:
        parser.error(f"at most two folders are compared, got {len(options.folder)}.")
    found = [folders(folder) for folder in options.folder or [installed()]]
    print_figures([count(package, tests) for package, tests in found])
    for package, _ in found if options.files else ():
        print_files(package, options.files)


if __name__ == "__main__":
    main()
