"""`skal export`: write the table with all labels to a file."""

from ._files import check_writable, is_parquet, write_table
from ._messages import say
from ._project import open_project
from ._settings import session_path


def export(options):
    """Write the table with its labels filled in. Returns the exit code."""
    check_writable(options.output, options.data, session_path(options.data))
    with open_project(options.data, to_ask=False) as project:
        table, labels = project.table, project.labels()
        column = [labels.get(row) for row in range(len(table))]
        write_table(
            options.output,
            _with_column(table, project.settings.label, column, is_parquet(options.output)),
            separator=table.separator,
            encoding=table.encoding,
            neutralize=options.neutralize_formulas,
        )
        say(f"{options.output}: {project.progress()}")
    return 0


def _with_column(table, name, values, typed):
    """Return the columns of a table, one of them replaced, with types where wanted and known."""
    if typed and table.frame is not None:
        return table.frame.assign(**{name: values})
    return {**table.columns, name: [value or "" for value in values]}
