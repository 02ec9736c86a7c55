"""Settings of the command line, which are kept in the file of the session."""

import re
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from ..session import SEPARATOR, DamagedSessionError, read_note, update_note, write_note
from ._columns import ROLES
from ._failures import what_is_damaged
from ._files import check_there
from ._goals import NONE
from ._messages import CommandError, command, listed
from ._models import strategy_name
from ._names import BUILT_IN, MODELS, TASKS, USUAL
from ._parser import AUDIT
from ._several_column import LIST, SEVERAL

ENDING = ".skal"
SETTINGS, BATCHES = "command line", "batches"  # the keys of the notes
PATTERNS = {
    "encoding": r"[\w-]+",
    "separator": r"[^\w\r\n\"]",
    "decimal": "[.,]",
    "date_order": "dmy|mdy|ymd",
    "rows": r"[A-Za-z0-9+/=]*",
    "task": "|".join(TASKS),
    "label_separator": r"\[\]|[^\w\s\"]",
    "audit": r"0(\.\d+)?|\d(\.\d+)?e-\d+",
}
FIXED = (
    "label",
    "id",
    "task",
)  # with another column, the labels of a session would mean something else


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
    named : list of str
        Classes that were named, where others are welcome.
    spellings : list of str
        Classes that were ever in use, in the spelling that counts.
    new_column : bool
        Whether the table had no column of labels when the session was begun.
    roles : dict of str to str
        How each other column is read.
    rows : str or None
        Checksums of the rows, where there are no ids to tell them apart.
    order : list of str or None
        The ids in the order of the session.
    encoding, separator, missing, decimal, date_order
        How the table is written, as in :class:`Dialect`.
    group_copies : bool or None
        Whether one answer is for all rows with the same content.
    audit : float or None
        The share of the rows that are drawn at random. None, in sessions that were begun before
        there was such a share: 0.
    stop : list of str
        When to stop, as on the command line.
    task : {"classes", "regression", "multilabel"} or None
        What labels are. None, where nobody has said it: classes.
    label_separator : str or None
        What separates the labels in a cell, where rows have several: one sign, or "[]" where
        cells hold lists.
    """

    label: str = None
    id: str = None
    model: str = "logistic"
    strategy: str = "uncertainty_herding"
    classes: list = None
    named: list = field(default_factory=list)
    spellings: list = field(default_factory=list)
    new_column: bool = False
    roles: dict = field(default_factory=dict)
    rows: str = None
    order: list = None
    encoding: str = None
    separator: str = None
    missing: list = field(default_factory=list)
    decimal: str = None
    date_order: str = None
    group_copies: bool = None
    audit: float = None
    stop: list = field(default_factory=list)
    task: str = None
    label_separator: str = None

    @property
    def are_numbers(self):
        """Whether labels are numbers."""
        return self.task == "regression"

    @property
    def are_several(self):
        """Whether rows have several labels."""
        return self.task == SEVERAL

    @property
    def sign(self):
        """What people write between the labels of a row, beside lists."""
        return SEPARATOR if self.label_separator in (None, LIST) else self.label_separator


def session_path(path):
    """Return the path of the session of a table."""
    return Path(f"{path}{ENDING}")


def saved_settings(path):
    """Return the settings of the session of a table, None where there is no session."""
    place = session_path(path)
    if place.exists() and not place.is_file():
        raise CommandError(f"{place} is not a file, and cannot be the session of {path}.")
    kept = _note(path, SETTINGS)
    return None if kept is None else checked_settings(kept, place)


def checked_settings(kept, place):
    """Return settings from a file, which may come from anywhere; what they hold is only data."""
    if not isinstance(kept, dict):
        raise CommandError(f"{place}: the settings must be a dict, got {type(kept).__name__}.")
    types = {one.name: (one.type, type(getattr(Settings(), one.name))) for one in fields(Settings)}
    unknown = [name for name in kept if name not in types]
    if unknown:
        raise CommandError(
            f"{place} has the setting {unknown[0]!r}, which this version of skal does not know. "
            "Upgrade skal."
        )
    wrong = [name for name, value in kept.items() if not _is_setting(name, value, types[name])]
    if wrong:
        raise CommandError(
            f"{place}: the setting {wrong[0]!r} is damaged, got {str(kept[wrong[0]])[:60]!r}. "
            "Restore the file from a copy."
        )
    return Settings(**kept)


def _is_setting(name, value, types):
    if not isinstance(value, types):
        return False
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    if isinstance(value, dict):
        return all(role in ROLES for role in value.values())
    return value is None or re.fullmatch(PATTERNS.get(name, "(?s).*"), str(value)) is not None


def _note(path, key):
    try:
        return read_note(session_path(path), key)
    except DamagedSessionError as error:
        raise CommandError(what_is_damaged(error, path)) from error
    except ValueError as error:  # another program's file
        raise CommandError(str(error)) from error


def remember(path, settings):
    """Keep the settings of the session of a table."""
    write_note(session_path(path), SETTINGS, asdict(settings))


def remember_batch(path, rows):
    """Keep the rows that were written to a file, by their places in the session."""
    # Two people may write batches at the same time, and both have to be kept.
    update_note(session_path(path), BATCHES, lambda kept: sorted({*(kept or ()), *rows}))


def rows_in_batches(path):
    """Return the rows that were ever written to a file, by their places in the session."""
    return set(_note(path, BATCHES) or ())


def settings_of(path, options, *, runs_model=True, model=None):
    """Return the settings of the session of a table, changed by the options of the command.

    Parameters
    ----------
    path : str or Path
        The table.
    options : Namespace or None
        None: there must be a session already, and its settings stay.
    runs_model : bool, default=True
        Whether the command will import the model.
    model : str, default=None
        What the command names in place of the model of the session.

    Returns
    -------
    settings : Settings
    """
    saved = saved_settings(path)
    if options is None:
        settings = _begun(saved, path)
        if runs_model:
            _check_model(settings.model, {} if model is None else {"model": model}, path)
        return settings
    # What is not said stays as it was.
    names = {one.name for one in fields(Settings)}
    given = {k: value for k, value in vars(options).items() if k in names and value is not None}
    if saved is not None:
        _check_fixed(saved, given, path)
    settings = replace(saved or Settings(), **given)
    if settings.label_separator is not None and settings.task is None and saved is None:
        settings.task = SEVERAL
    if settings.label_separator is not None and not settings.are_several:
        raise CommandError(
            "--label-separator is for rows that have several labels, by --task multilabel, and "
            "rows have one label here. Leave it out."
        )
    if saved is None:
        use_defaults(settings, options)
    if settings.are_numbers and settings.classes:
        _refuse_classes()
    if runs_model:
        _check_model(settings.model, given, path)
    settings.stop = [one for one in settings.stop if one != NONE]
    settings.strategy = strategy_name(settings.strategy)
    settings.missing = list(dict.fromkeys([*(saved.missing if saved else ()), *settings.missing]))
    if settings.label is None:
        raise CommandError("--label COLUMN is needed: the column that holds the labels.")
    return settings


def use_defaults(settings, options):
    """Set what is usual for the task where nothing is said: model, strategy and audit."""
    model, strategy = USUAL[settings.task or "classes"]
    settings.model = getattr(options, "model", None) or model
    settings.strategy = strategy_name(getattr(options, "strategy", None) or strategy)
    settings.audit = getattr(options, "audit", None)
    if settings.audit is None:
        settings.audit = AUDIT


def _refuse_classes():
    raise CommandError(
        "--classes and --add-class are about classes, but labels are numbers here, by --task "
        "regression. Leave them out."
    )


def begin_anew(path):
    """Return how to begin a session again, in words."""
    place = session_path(path)
    return f"To begin anew, move the session away: {move(place)}"


def move(place):
    """Return the command that moves a session away."""
    return command("mv", place, f"{place}.old").removeprefix("skal ")


def _begun(saved, path):
    if saved is None:
        check_there(path)
        start = command("next", path, "--label", "COLUMN", "-n", 20, "-o", "batch.csv")
        raise CommandError(
            f"There is no session {session_path(path)}. Start one with skal label or skal next: "
            f"{start}"
        )
    return saved


def _check_fixed(saved, given, path):
    for name in FIXED:
        before, now = getattr(saved, name), given.get(name)
        if name == "task":
            before = before or "classes"
            if now not in (None, before):
                raise CommandError(
                    f"--task {now} differs from that of the session, {before}. Leave it out, or "
                    f"start another session beside a copy of the file. {begin_anew(path)}"
                )
        if now not in (None, before):
            raise CommandError(
                f"--{name} {now} differs from the {name} column of the session, {before}. Leave "
                f"it out, or start another session beside a copy of the file. {begin_anew(path)}"
            )


def _check_model(model, given, path):
    """Refuse to import what a file names: whoever wrote the file would decide what runs."""
    if model not in BUILT_IN and "model" not in given:
        raise CommandError(
            f"The session {session_path(path)} names the model {model!r}, which is not built in. "
            "The code of such a model only runs if the command itself names it. If you trust "
            f"it, add {command('--model', model).removeprefix('skal ')}; else choose one of "
            f"{listed(MODELS, 99)} with --model."
        )


def add_classes(settings, names):
    """Allow more classes, or know them where all are allowed; return those of before."""
    if settings.are_numbers:
        if names:
            _refuse_classes()
        return []
    if settings.classes is None:
        before = list(settings.named)
        settings.named = list(dict.fromkeys([*before, *names]))
    else:
        before = list(settings.classes)
        settings.classes = list(dict.fromkeys([*before, *names]))
    return before
