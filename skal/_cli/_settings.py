"""What was said once and holds for a whole session; it is kept in the file of the session."""

import contextlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..session._store import Store
from ._messages import CommandError
from ._models import strategy_name

ENDING = ".skal"
SETTINGS, BATCHES = "command line", "batches"  # what the session remembers them by


@dataclass
class Settings:
    """How the table is read, and who chooses its rows.

    Attributes
    ----------
    label, id : str or None
        The columns of the labels and of the ids.
    model, strategy : str
    classes : list of str or None
        The only classes there are.
    roles : dict of str to str
        How each other column is read.
    rows : str or None
        Checksums of the rows, where there are no ids to tell them apart.
    """

    label: str = None
    id: str = None
    model: str = "logistic"
    strategy: str = "margin"
    classes: list = None
    roles: dict = field(default_factory=dict)
    rows: str = None


def session_path(path):
    """Return the path of the session of a table."""
    return Path(f"{path}{ENDING}")


# In the file ------------------------------------------------------------------------------


@contextlib.contextmanager
def _stored(path):
    try:
        store = Store(session_path(path))
    except ValueError as error:
        raise CommandError(str(error)) from error
    try:
        yield store
    finally:
        store.close()


def saved_settings(path):
    """Return the settings of the session of a table, or None."""
    if not session_path(path).exists():
        return None
    with _stored(path) as store:
        kept = store.recall(SETTINGS)
    return None if kept is None else Settings(**kept)


def remember(path, settings):
    """Keep the settings."""
    with _stored(path) as store, store.transaction():
        store.remember(SETTINGS, asdict(settings))


def remember_batch(path, rows):
    """Keep in mind that some rows were written to a file."""
    with _stored(path) as store, store.transaction():
        store.remember(BATCHES, sorted({*(store.recall(BATCHES) or ()), *rows}))


def rows_in_batches(path):
    """Return the rows that were ever written to a file."""
    with _stored(path) as store:
        return set(store.recall(BATCHES) or ())


# On the command line ----------------------------------------------------------------------


def settings_of(path, options):
    """Return the settings of the session of a table, changed by what the command line says.

    Parameters
    ----------
    path : str or Path
        The table.
    options : Namespace or None
        What the command line says. None: the session must be there already.

    Returns
    -------
    settings : Settings
    """
    saved = saved_settings(path)
    if saved is None and options is None:
        raise CommandError(
            f"There is no session {session_path(path)}. Begin one by skal label or "
            f"skal next: skal next {path} --label COLUMN -n 20 -o batch.csv"
        )
    settings = saved or Settings()
    if options is None:
        return settings
    settings.label = _unchanged("label", settings.label, options.label, saved)
    settings.id = _unchanged("id", settings.id, options.id, saved)
    settings.model = options.model or settings.model
    settings.strategy = strategy_name(options.strategy or settings.strategy)
    settings.classes = split_classes(options.classes) or settings.classes
    if settings.label is None:
        raise CommandError("--label COLUMN is needed: the column that holds the labels.")
    return settings


def _unchanged(name, before, now, saved):
    if saved is None or now is None or now == before:
        return now if before is None else before
    raise CommandError(
        f"--{name} {now} differs from what the session was begun with, {before}. Leave it out, or "
        "give other labels a session of their own, beside a copy of the file."
    )


def split_classes(text):
    """Return the names in a list with commas; None stays None."""
    names = [name.strip() for name in (text or "").split(",")]
    return list(dict.fromkeys(name for name in names if name)) or None
