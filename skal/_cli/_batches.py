"""`skal next`, `skal add` and `skal export`: labels that are given in a spreadsheet."""

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ._columns import described
from ._messages import NOTHING_LEFT, CommandError, listed, note
from ._project import ROW, describe_progress, open_project
from ._settings import remember_batch, session_path
from ._tables import check_writable, read_table, write_table

N_PROBLEMS = 10  # that are told of one file


# Out --------------------------------------------------------------------------------------


def next_batch(options):
    """Write the rows to be labeled next to a file. Returns the exit code."""
    path = Path(options.output)
    check_writable(path, options.data, session_path(options.data))
    if path.exists():
        raise CommandError(
            f"{path} exists, and may hold labels that were not added yet. Add them by skal add, "
            "or choose another name for -o."
        )
    with open_project(options.data, options) as project:
        print(f"Columns: {described(project.readings)}.")
        if options.pending:
            rows = project.pending(options.annotator)
        else:
            rows = project.rows(project.session.next(options.n, annotator=options.annotator))
        if not rows:
            _tell_nothing_left(project, options.pending)
            return 0
        _hand_out(project, rows, path, new=not options.pending)
        print(
            f"Rows in {path}: {len(rows)}. Fill in the column {project.settings.label!r}, save "
            f"the file, and then: skal add {options.data} {path}"
        )
    return 0


def _tell_nothing_left(project, only_pending):
    print("No rows wait for labels." if only_pending else NOTHING_LEFT)
    print(describe_progress(project))
    if not only_pending and project.session.progress()["n_pending"]:
        print("To write the rows that wait to a file once more: skal next ... --pending")


def _hand_out(project, rows, path, new):
    """Write rows to a file; if that fails, they are free again."""
    try:
        write_table(path, _batch(project, rows), separator=project.table.separator)
    except BaseException:
        if new:
            project.session.release(project.ids(rows))
        raise
    remember_batch(project.table.path, rows)


def _batch(project, rows):
    """Return the columns of a batch: which row it is, its label to be filled in, and the data."""
    label = project.settings.label
    data = {
        name: [values[row] for row in rows]
        for name, values in project.table.columns.items()
        if name != label
    }
    return {ROW: [row + 1 for row in rows], label: [""] * len(rows), **data}


# Back -------------------------------------------------------------------------------------


@dataclass
class Answer:
    """A label in a file, and where it stands there."""

    row: int
    label: str
    where: str


def add(options):
    """Take labels from a file, all or none. Returns the exit code."""
    with open_project(options.data, to_ask=False) as project:
        batch = read_table(options.batch)
        answers, n_open, problems = _read_answers(project, batch)
        answers = _told_apart(project, answers, problems)
        new, changed = _sorted_out(project, answers, options, problems)
        _refuse(problems)
        _tell_of_new_classes(project, [*new, *changed])
        _take(project, new, changed, options.annotator)
        known = len(answers) - len(new) - len(changed)
        counts = {
            "New labels": len(new) or "none",
            "changed": len(changed),
            "known already": known,
        }
        _tell_taken(project, {**counts, "not answered yet": n_open})
    return 0


def _read_answers(project, batch):
    """Return the labels in a file, how many are open, and what is wrong."""
    label = batch.column(project.settings.label)
    keys, read_key = _key_column(project, batch)
    answers, n_open, problems = [], 0, []
    for i, (key, name) in enumerate(zip(keys, label, strict=True)):
        row = read_key(key)
        if row is None:
            problems.append(f"{batch.where(i)}: there is no row {key!r} in {project.table.path}.")
        elif name:
            answers.append(Answer(row, name, batch.where(i)))
        else:
            n_open += 1
    return answers, n_open, problems


def _key_column(project, batch):
    """Return the column that says which row it is, and a function that reads it."""
    id_name = project.settings.id
    if ROW in batch.columns or id_name not in batch.columns:
        return batch.column(ROW), lambda text: _row_number(text, len(project.table))
    ids = project.ids(range(len(project.table)))
    return batch.column(id_name), dict(zip(ids, range(len(ids)), strict=True)).get


def _row_number(text, n_rows):
    """Return the place of a row, from its number as spreadsheets may write it."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(number) - 1 if number.is_integer() and 1 <= number <= n_rows else None


def _told_apart(project, answers, problems):
    """Return one answer for each row, with the classes that are meant."""
    known = project.classes()
    by_row = {}
    for answer in answers:
        answer.label = _meant(answer, known)
        other = by_row.setdefault(answer.row, answer)
        if other.label != answer.label:
            problems.append(
                f"{answer.where}: {project.name(answer.row)} is {answer.label!r} here, and "
                f"{other.label!r} in {other.where.rpartition(', ')[2]}."
            )
    return list(by_row.values())


def _meant(answer, known):
    """Return the class that a spreadsheet made TRUE of true, or 1 of 01."""
    if answer.label in known:
        return answer.label
    alike = [name for name in known if _plain(name) == _plain(answer.label)]
    if len(alike) != 1:
        return answer.label
    note(f"{answer.where}: {answer.label!r} counts as {alike[0]!r}.")
    return alike[0]


def _plain(label):
    try:
        return float(label.replace(",", "."))
    except ValueError:
        return label.casefold()


def _sorted_out(project, answers, options, problems):
    """Return the answers that are new and those that change a label; note what is wrong."""
    session, before = project.session, project.labels()
    asked = {*project.rows(session.pending()), *project.rows(session.skipped())}
    new, changed = [], []
    for answer in answers:
        label = before.get(answer.row)
        name, allowed = project.name(answer.row), project.settings.classes
        if allowed and answer.label not in allowed:
            problems.append(
                f"{answer.where}: {answer.label!r} is not one of the classes "
                f"{listed(map(repr, allowed), 20)}."
            )
        elif label is None and answer.row not in asked and not options.unasked:
            problems.append(
                f"{answer.where}: {name} was not asked for. If its label is meant for it, use "
                "--unasked."
            )
        elif label is None:
            new.append(answer)
        elif label != answer.label and not options.relabel:
            problems.append(
                f"{answer.where}: {name} is labeled {label!r} already, and {answer.label!r} "
                "here. To change it, use --relabel."
            )
        elif label != answer.label:
            changed.append(answer)
    return new, changed


def _refuse(problems):
    if problems:
        told = problems[:N_PROBLEMS]
        more = len(problems) - len(told)
        told += [f"... and {more} more."] if more else []
        raise CommandError("\n".join([*told, "No label of this file was taken."]))


def _tell_of_new_classes(project, answers):
    known = project.classes()
    counts = Counter(answer.label for answer in answers if answer.label not in known)
    for name, count in counts.items():
        where = next(answer.where for answer in answers if answer.label == name)
        near = difflib.get_close_matches(name, known, n=1)
        doubt = f" Is {near[0]!r} meant? Then correct the file and use --relabel." if near else ""
        if known:
            note(f"{where}: {name!r} is a new class (rows: {count}).{doubt}")


def _take(project, new, changed, annotator):
    for answers, take in ((new, project.session.label), (changed, project.session.relabel)):
        if answers:
            ids = project.ids([answer.row for answer in answers])
            take(ids, [answer.label for answer in answers], annotator=annotator)


def _tell_taken(project, counts):
    print(", ".join(f"{what}: {count}" for what, count in counts.items() if count) + ".")
    print(describe_progress(project))


# All of it --------------------------------------------------------------------------------


def export(options):
    """Write the table with its labels filled in to a file. Returns the exit code."""
    check_writable(options.output, options.data, session_path(options.data))
    with open_project(options.data, to_ask=False) as project:
        table, name, labels = project.table, project.settings.label, project.labels()
        column = [labels.get(row, "") for row in range(len(table))]
        write_table(
            options.output,
            _with_column(table, name, column, options.output),
            separator=table.separator,
            encoding=table.encoding,
        )
        print(f"{options.output}: {describe_progress(project)}")
    return 0


def _with_column(table, name, values, path):
    """Return the columns of a table, one of them replaced, with types where there are any."""
    if table.frame is None or not path.endswith((".parquet", ".pq")):
        return {**table.columns, name: values}
    return table.frame.assign(**{name: [value or None for value in values]})
