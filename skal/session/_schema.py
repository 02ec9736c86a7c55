"""The tables of a session, in all formats there were."""

APPLICATION_ID = 0x736B616C  # "skal"

VERSION = 2

_ACTIONS = """\
CREATE TABLE actions (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, annotator TEXT, time TEXT NOT NULL,
    details TEXT NOT NULL
)"""
_ENTRIES = """\
CREATE TABLE entries (
    action INTEGER NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL, id TEXT NOT NULL,
    label TEXT, annotator TEXT, time TEXT, round INTEGER NOT NULL, strategy TEXT, score REAL,
    price REAL NOT NULL, PRIMARY KEY (action, place)
) WITHOUT ROWID"""
_MEMORY = "CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"

# The digests, see _chain.py, must not be NULL: a process with an older version of skal, which
# does not write them, is refused by SQLite and acknowledges nothing.
_WITH_DIGESTS = {
    "actions": _ACTIONS.replace(
        "details TEXT NOT NULL", "details TEXT NOT NULL, digest BLOB NOT NULL"
    ),
    "memory": _MEMORY.replace("value TEXT NOT NULL", "value TEXT NOT NULL, digest BLOB NOT NULL"),
}
# One row: the last action and its digest, and the digest of all notes.
_HEAD = """\
CREATE TABLE head (
    place INTEGER PRIMARY KEY CHECK (place = 1), seq INTEGER NOT NULL, digest BLOB NOT NULL,
    notes BLOB NOT NULL
)"""

# How each table of a format was created, by the number of the format and the name of the table.
SCHEMAS = {
    1: {"actions": _ACTIONS, "entries": _ENTRIES, "memory": _MEMORY},
    2: {"entries": _ENTRIES, **_WITH_DIGESTS, "head": _HEAD},
}
SCHEMA = SCHEMAS[VERSION]


def read_schema(connection):
    """Return how the tables of a database were created, by name."""
    return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))


def has_schema(tables, version):
    """Whether a database has all tables of a format, as they were created."""
    return all(tables.get(name) == sql for name, sql in SCHEMAS[version].items())
