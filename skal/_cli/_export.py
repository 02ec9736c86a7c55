"""`skal export`: write the table with all labels to a file."""

from ..session import majority, majority_of_each, median, salvage
from ._dialect import Dialect
from ._files import check_place, check_writable, is_parquet, read_table, write_table
from ._key_columns import read_ids
from ._messages import CommandError, note, require_pandas, say
from ._number_column import decimal_of, shown_number, written_labels, written_number
from ._predictions import fitted_model, predicted_columns, write_model
from ._project import open_project
from ._settings import SETTINGS, Settings, checked_settings, session_path
from ._several_column import ordered, written, written_lists


def export(options):
    """Write the table with its labels filled in. Returns the exit code."""
    _check_paths(options)
    if options.salvage:
        return _export_salvaged(options)
    needs_model = options.predict or options.model_out is not None
    with open_project(options.data, to_ask=needs_model, model=options.model) as project:
        learner = fitted_model(project) if needs_model else None
        if options.output is not None:
            _export_table(options, project, learner)
        if options.model_out is not None:
            write_model(options.model_out, project, learner)
    return 0


def _check_paths(options):
    """Refuse what cannot be written before anything is fitted."""
    protected = [options.data, session_path(options.data)]
    if options.output is None:
        _check_has_output(options)
    else:
        check_writable(options.output, *protected)
    if options.model_out is not None:
        others = [*protected, options.output or options.data]
        check_place(options.model_out, *others, flag="--model-out")
    if options.salvage and (options.predict or options.model_out is not None):
        raise CommandError(
            "--salvage reads labels alone. Leave out --predict and --model-out, or --salvage."
        )
    if options.model is not None and not options.predict and options.model_out is None:
        raise CommandError("--model needs --predict or --model-out, which train a model.")


def _check_has_output(options):
    if options.model_out is None or options.predict or options.salvage:
        raise CommandError("-o FILE is needed: the table to write.")


def _export_table(options, project, learner):
    labels = project.labels()
    columns = predicted_columns(project, learner, labels) if options.predict else {}
    are_numbers = project.settings.are_numbers
    if are_numbers and not is_parquet(options.output):
        labels = written_labels(project, labels)
        decimal = decimal_of(project)
        columns = {name: _as_text(values, decimal) for name, values in columns.items()}
    if project.settings.are_several and not is_parquet(options.output):
        labels = written_lists(project, labels)
        columns = {name: _as_cells(project, values) for name, values in columns.items()}
    _write(options, project.table, project.settings.label, labels, columns)
    say(f"{options.output}: {project.progress()}")
    if columns:
        n_rows = len(project.table) - len(labels)
        say(
            f"Predictions for the {n_rows} rows without a label are in the "
            f"column{'s' if len(columns) > 1 else ''} "
            f"{_and(list(map(repr, columns)))}."
        )
        if len(columns) == 1:
            what = "standard deviations" if are_numbers else "probabilities"
            say(f"The model gives no {what}.")


def _and(names):
    """Return names as text, the last one behind "and"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _as_text(numbers, decimal):
    return [None if one is None else shown_number(one).replace(".", decimal) for one in numbers]


def _as_cells(project, values):
    sign = project.settings.label_separator or project.settings.sign
    return [written(one, sign) if isinstance(one, list) else one for one in values]


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
    labels = _resolved(salvaged.records, settings)
    _check_rows(table, settings.id, salvaged.records)
    name = settings.label or "label"
    if settings.are_numbers and not is_parquet(options.output):
        labels = {row: written_number(label) for row, label in labels.items()}
    if settings.are_several and not is_parquet(options.output):
        sign = settings.label_separator or settings.sign
        labels = {row: written(label, sign) for row, label in labels.items()}
    _write(options, table, name, labels)
    note(f"{path}: {salvaged.problem or 'nothing is damaged'}.")
    say(
        f"{options.output}: labels of {len(labels)} of {len(table)} rows, from the "
        f"{salvaged.n_actions} actions before the damage, in the column {name!r}."
        if salvaged.problem
        else f"{options.output}: labels of {len(labels)} of {len(table)} rows."
    )
    return 0


def _resolved(records, settings):
    """Return the label of each row, by a rule where people disagree."""
    if settings.are_several:
        lists = _given(records)
        return {row: ordered(majority_of_each(one), settings.classes) for row, one in lists}
    resolve = median if settings.are_numbers else majority
    return {row: resolve(labels) for row, labels in _given(records)}


def _given(records):
    """Return the label of each person, by row."""
    given = {}
    for record in records:
        given.setdefault(record["row"], {})[record["annotator"]] = record["label"]
    return given.items()


def _check_rows(table, id_column, records):
    """Refuse a table whose rows are not those that were labeled."""
    ids = read_ids(table, id_column)
    for record in records:
        row = record["row"]
        if row >= len(table) or ids[row] != record["id"]:
            raise CommandError(
                f"{table.path} is not the table of the session: its row {row + 1} has not the id "
                f"{record['id']!r}. Give the table as it was."
            )


def _write(options, table, name, labels, more=None):
    """Write a table with its column of labels, given by row, and more columns behind it."""
    columns = {name: [labels.get(row) for row in range(len(table))], **(more or {})}
    write_table(
        options.output,
        _with_columns(table, columns, is_parquet(options.output)),
        separator=table.separator,
        encoding=table.encoding,
        neutralize=options.neutralize_formulas,
    )


def _with_columns(table, columns, typed):
    """Return the columns of a table, some replaced or added, with types where wanted and known."""
    if typed and table.frame is not None:
        return table.frame.assign(**columns)
    return {**table.columns, **{name: _cells(values, typed) for name, values in columns.items()}}


def _cells(values, typed):
    """Return values as text; probabilities stay numbers in a file with types."""
    if typed and any(isinstance(value, list) for value in values):
        return values
    are_numbers = any(isinstance(value, float) for value in values)
    if are_numbers:
        return values if typed else ["" if one is None else f"{one:.4f}" for one in values]
    return [value or "" for value in values]
