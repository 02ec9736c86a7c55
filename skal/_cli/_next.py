"""`skal next`: write the rows to label next to a file, as for a spreadsheet."""

from pathlib import Path

from ._columns import described
from ._files import check_writable, write_table
from ._key_columns import ROW
from ._messages import NOTHING_LEFT, CommandError, command, listed, say
from ._parser import N_ROWS
from ._project import open_project
from ._settings import remember_batch, session_path
from ._standing import reached


def next_batch(options):
    """Write rows to a new file. Returns the exit code."""
    path = Path(options.output)
    check_writable(path, options.data, session_path(options.data))
    if path.exists():
        raise CommandError(
            f"{path} exists, and may hold labels that were not added yet. Add them with "
            f"{command('add', options.data, path)}, or choose another name for -o."
        )
    with open_project(options.data, options) as project:
        say(f"Columns: {described(project.readings)}.")
        rows = _rows(project, options)
        if not rows:
            _print_nothing_left(project, options)
            return 0
        _write_batch(project, rows, path, options)
        _say_left_out(project, rows, options)
        if project.counts()["stop"]:
            say(reached(project))
        if project.settings.are_several:
            sign = project.settings.sign
            say(
                f"Write {sign!r} between the labels of a row, and {sign!r} alone for none of them."
            )
        say(
            f"Rows in {path}: {len(rows)}. Fill in the column {project.settings.label!r}, save "
            f"the file, and then: {command('add', options.data, path)}"
        )
    return 0


def _rows(project, options):
    if options.pending:
        return project.pending(options.annotator)[: options.n]
    return project.next(options.n or N_ROWS, options.annotator)


def _say_left_out(project, rows, options):
    if options.pending:
        n_left = len(project.pending(options.annotator)) - len(rows)
        if n_left:
            say(f"Pending rows that are left out, because of -n {options.n}: {n_left}.")


def _print_nothing_left(project, options):
    say(_none_pending(project, options) if options.pending else NOTHING_LEFT)
    say(project.progress())
    if not options.pending and project.counts()["n_pending"]:
        again = command("next", options.data, "-o", options.output, "--pending")
        say(f"To write the pending rows to a file again: {again}")


def _none_pending(project, options):
    """Say that no rows are pending, or by which option those of others are written."""
    others = set(project.offers().values()) - {options.annotator}
    if not others:
        return "No rows are pending."
    ways = [f"with --annotator {who}" for who in sorted(others - {None})]
    ways += ["without --annotator"] if None in others else []
    return f"All rows that are pending are those of others. To write them: {listed(ways)}."


def _write_batch(project, rows, path, options):
    """Write rows to a file; if that fails, new ones are not pending any more."""
    separator, neutralize = project.table.separator, options.neutralize_formulas
    try:
        write_table(path, _batch(project, rows), separator=separator, neutralize=neutralize)
    except BaseException:
        if not options.pending:
            project.session.release(project.ids(rows))
        raise
    remember_batch(project.table.path, [project.number(row) - 1 for row in rows])


def _batch(project, rows):
    """Return the columns of a batch: row numbers, an empty column for labels, and the data."""
    label = project.settings.label
    data = {
        name: [values[row] for row in rows]
        for name, values in project.table.without(label).items()
    }
    return {ROW: [project.number(row) for row in rows], label: [""] * len(rows), **data}
