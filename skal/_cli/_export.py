"""`skal export`: write the table with all labels to a file."""

from collections import Counter

from ..session import salvage
from ._dialect import Dialect
from ._files import check_writable, is_parquet, read_table, write_table
from ._key_columns import read_ids
from ._messages import CommandError, note, require_pandas, say
from ._project import open_project
from ._settings import SETTINGS, Settings, checked_settings, session_path


def export(options):
    """Write the table with its labels filled in. Returns the exit code."""
    check_writable(options.output, options.data, session_path(options.data))
    if options.salvage:
        return _export_salvaged(options)
    with open_project(options.data, to_ask=False) as project:
        _write(options, project.table, project.settings.label, project.labels())
        say(f"{options.output}: {project.progress()}")
    return 0


def _export_salvaged(options):
    """Write the labels up to the first damage in the session, which is left as it is."""
    require_pandas()
    path = session_path(options.data)
    if not path.is_file():
        raise CommandError(f"There is no session {path}.")
    salvaged = salvage(path)
    kept = salvaged.notes.get(SETTINGS)
    settings = Settings() if kept is None else checked_settings(kept, path)
    table = read_table(options.data, Dialect.of(settings))
    labels = _majority(salvaged.records)
    _check_rows(table, settings.id, salvaged.records)
    name = settings.label or "label"
    _write(options, table, name, labels)
    note(f"{path}: {salvaged.problem or 'nothing is damaged'}.")
    say(
        f"{options.output}: labels of {len(labels)} of {len(table)} rows, from the "
        f"{salvaged.n_actions} actions before the damage, in the column {name!r}."
        if salvaged.problem
        else f"{options.output}: labels of {len(labels)} of {len(table)} rows."
    )
    return 0


def _majority(records):
    """Return the label of each row, the most frequent one where people disagree."""
    given = {}
    for record in records:
        given.setdefault(record["row"], []).append(record["label"])
    return {row: Counter(labels).most_common(1)[0][0] for row, labels in given.items()}


def _check_rows(table, id_column, records):
    """Refuse a table whose rows are not those that were labeled."""
    ids = read_ids(table, id_column)
    for record in records:
        row = record["row"]
        if row >= len(table) or ids[row] != record["id"]:
            raise CommandError(
                f"{table.path} is not the table of the session: its row {row + 1} has not the id "
                f"{record['id']!r}. Give the table as it was, or read the labels in Python with "
                "skal.session.salvage(path)."
            )


def _write(options, table, name, labels):
    """Write a table with its column of labels, given by row."""
    column = [labels.get(row) for row in range(len(table))]
    write_table(
        options.output,
        _with_column(table, name, column, is_parquet(options.output)),
        separator=table.separator,
        encoding=table.encoding,
        neutralize=options.neutralize_formulas,
    )


def _with_column(table, name, values, typed):
    """Return the columns of a table, one of them replaced, with types where wanted and known."""
    if typed and table.frame is not None:
        return table.frame.assign(**{name: values})
    return {**table.columns, name: [value or "" for value in values]}
