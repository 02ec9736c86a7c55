"""Settings of the command line, which are kept in the file of the session."""

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from ..session import read_note, update_note, write_note
from ._messages import CommandError
from ._models import strategy_name

ENDING = ".skal"
SETTINGS, BATCHES = "command line", "batches"  # the keys of the notes
FIXED = ("label", "id")  # with another column, the labels of a session would mean something else


@dataclass
class Settings:
    """How the table is read, and how its rows are chosen.

    An option of the command line that has the name of an attribute is remembered.

    Attributes
    ----------
    label, id : str or None
        The columns of the labels and of the ids.
    model, strategy : str
    classes : list of str or None
        The only classes allowed.
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


def saved_settings(path):
    """Return the settings of the session of a table, None where there is no session."""
    kept = _note(path, SETTINGS)
    return None if kept is None else Settings(**kept)


def _note(path, key):
    try:
        return read_note(session_path(path), key)
    except ValueError as error:  # another program's file, or a damaged one
        raise CommandError(str(error)) from error


def remember(path, settings):
    """Keep the settings of the session of a table."""
    write_note(session_path(path), SETTINGS, asdict(settings))


def remember_batch(path, rows):
    """Keep the rows that were written to a file."""
    # Two people may write batches at the same time, and both have to be kept.
    update_note(session_path(path), BATCHES, lambda kept: sorted({*(kept or ()), *rows}))


def rows_in_batches(path):
    """Return the rows that were ever written to a file."""
    return set(_note(path, BATCHES) or ())


def settings_of(path, options):
    """Return the settings of the session of a table, changed by the options of the command.

    Parameters
    ----------
    path : str or Path
        The table.
    options : Namespace or None
        None: there must be a session already, and its settings stay.

    Returns
    -------
    settings : Settings
    """
    saved = saved_settings(path)
    if options is None:
        return _begun(saved, path)
    # What is not said stays as it was.
    names = {one.name for one in fields(Settings)}
    given = {k: value for k, value in vars(options).items() if k in names and value is not None}
    if saved is not None:
        _check_fixed(saved, given)
    settings = replace(saved or Settings(), **given)
    settings.strategy = strategy_name(settings.strategy)
    if settings.label is None:
        raise CommandError("--label COLUMN is needed: the column that holds the labels.")
    return settings


def _begun(saved, path):
    if saved is None:
        raise CommandError(
            f"There is no session {session_path(path)}. Start one with skal label or skal next: "
            f"skal next {path} --label COLUMN -n 20 -o batch.csv"
        )
    return saved


def _check_fixed(saved, given):
    for name in FIXED:
        before, now = getattr(saved, name), given.get(name)
        if now not in (None, before):
            raise CommandError(
                f"--{name} {now} differs from the {name} column of the session, {before}. Leave "
                "it out, or start another session beside a copy of the file."
            )
