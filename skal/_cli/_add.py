"""`skal add`: read labels from a file that was filled in."""

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from ._dialect import Dialect
from ._files import read_table
from ._formulas import without_mark
from ._key_columns import ROW
from ._label_column import outside
from ._messages import CommandError, note, say
from ._number_column import why_no_number
from ._project import open_project
from ._several_column import parts_of, quoted, why_not_allowed
from ._spelling import Spellings
from ._taken import why_not_taken

N_PROBLEMS = 10  # that are printed for one file


@dataclass
class Answer:
    """A label in a file, and its place there."""

    row: int
    label: object
    where: str
    line: str


@dataclass
class Answers:
    """The labels in a file, sorted by what they mean for the session.

    Attributes
    ----------
    new, changed : list of Answer
        For rows without a label, and with another one.
    again : list of Answer
        The same labels as those of other people, by somebody who had not labeled the rows.
    n_known : int
        How many labels the session has already.
    n_open : int
        How many rows have no label in the file.
    problems : list of str
        Why the file cannot be taken.
    """

    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    again: list = field(default_factory=list)
    n_known: int = 0
    n_open: int = 0
    problems: list = field(default_factory=list)


def add(options):
    """Take the labels of a file, all or none. Returns the exit code."""
    with open_project(options.data, to_ask=False, to_take=True) as project:
        missing = [*project.settings.missing, *(options.missing or ())]
        batch = read_table(options.batch, replace(Dialect.of(options), missing=tuple(missing)))
        answers = _sorted_answers(project, batch, options)
        _check(answers.problems)
        _note_new_classes(project, [*answers.new, *answers.changed])
        session, annotator = project.session, options.annotator
        _give(project, answers.new, session.label, annotator)
        _give(project, answers.changed, session.relabel, annotator)
        _give(project, answers.again, _second_opinions(session), annotator)
        project.remember_spellings()
        _print_counts(answers)
        say(project.progress())
    return 0


def _sorted_answers(project, batch, options):
    answers = Answers()
    by_row = _by_row(project, _read(project, batch, answers), answers.problems)
    before, asked, people = project.labels(), _asked_for(project), _people(project)
    for answer in by_row.values():
        label = before.get(answer.row)
        problem = _problem(project, answer, label, answer.row in asked, options)
        if problem:
            answers.problems.append(f"{answer.where}: {problem}")
        elif label is None:
            answers.new.append(answer)
        elif label != answer.label:
            answers.changed.append(answer)
        elif options.annotator is None or options.annotator in people[answer.row]:
            answers.n_known += 1
        else:
            answers.again.append(answer)
    return answers


def _people(project):
    """Return who has labeled each row."""
    people = {}
    for record in project.session.records():
        people.setdefault(project.row_of(record["id"]), set()).add(record["annotator"])
    return people


def _second_opinions(session):
    """Return a function that takes labels of rows which others have labeled."""

    def take(ids, labels, annotator):
        answers = [
            {"id": id_, "label": label, "annotator": annotator}
            for id_, label in zip(ids, labels, strict=True)
        ]
        session.import_labels(answers)

    return take


def _read(project, batch, answers):
    """Yield the labels in a file; count rows without one, and collect unknown rows."""
    labels, known = batch.column(project.settings.label), set(project.classes())
    numbers, sign = _numbers(project, batch), project.settings.sign
    for i, (label, (row, problem)) in enumerate(zip(labels, _rows(project, batch), strict=True)):
        where = batch.where(i)
        if problem:
            answers.problems.append(f"{where}: {problem}")
        elif numbers is not None and batch.is_value(label):
            if np.isnan(numbers[i]):
                answers.problems.append(f"{where}: {why_no_number(label)}")
            else:
                yield Answer(row, numbers[i] + 0.0, where, batch.place(i))
        elif project.settings.are_several:
            names = parts_of(label, sign, batch)
            if names is None:
                answers.n_open += 1
            else:
                yield Answer(row, names, where, batch.place(i))
        elif label in known or batch.is_value(label):
            yield Answer(row, label, where, batch.place(i))
        else:
            answers.n_open += 1


def _numbers(project, batch):
    """Return the labels of a file as numbers, NaN where they are none; None for classes."""
    if not project.settings.are_numbers:
        return None
    parsed = batch.numbers(project.settings.label)
    if parsed.doubt:
        note(f"{batch.path}, column {project.settings.label!r}: {parsed.doubt}.")
    return parsed.values.tolist()


def _rows(project, batch):
    """Yield the row of the table for each row of a batch, and why there is none."""
    id_name = project.settings.id
    ways = []  # the columns that tell which row it is, and how they do
    if id_name in batch.columns:
        ways.append((batch.column(id_name), lambda text: _row_of_id(project, text)))
    if ROW in batch.columns or not ways:
        ways.append((batch.column(ROW), lambda text: _row_of_number(project, text)))
    for keys in zip(*(column for column, _ in ways), strict=True):
        rows = [find(key) for key, (_, find) in zip(keys, ways, strict=True)]
        missing = [key for key, row in zip(keys, rows, strict=True) if row is None]
        if missing:
            yield None, f"there is no row {missing[0]!r} in {project.table.path}."
        elif len(set(rows)) > 1:
            yield None, f"{id_name} {keys[0]!r} and {ROW} {keys[1]!r} are of different rows."
        else:
            yield rows[0], ""


def _row_of_id(project, text):
    row = project.row_of(text)
    return project.row_of(without_mark(text)) if row is None else row


def _row_of_number(project, text):
    """Return the row, from its number as spreadsheets may write it."""
    # 1.000 may be a thousand, and 1_0 is a number to nobody but Python.
    if not re.fullmatch(r"[0-9]+([.,]0{1,2})?|[0-9]([.,][0-9]+)?[eE][+]?[0-9]{1,2}", text.strip()):
        return None
    number = float(text.replace(",", "."))
    return project.row_of_number(int(number)) if number.is_integer() else None


def _by_row(project, answers, problems):
    """Return one answer for each row; rows with two labels are problems."""
    spellings = Spellings(project.classes())
    by_row = {}
    for answer in answers:
        answer.label = _meant(answer, spellings, project)
        other = by_row.setdefault(answer.row, answer)
        if other.label != answer.label:
            problems.append(
                f"{answer.where}: {project.name(answer.row)} is {quoted(answer.label)} here, and "
                f"{quoted(other.label)} in {other.line}."
            )
    return by_row


def _meant(answer, spellings, project):
    """Return the classes that a spreadsheet turned into TRUE from true, or into 1 from 01."""
    if isinstance(answer.label, float):
        return answer.label
    if isinstance(answer.label, list):
        names = [_meant_class(name, answer.where, spellings) for name in answer.label]
        return project.in_order(names)
    return _meant_class(answer.label, answer.where, spellings)


def _meant_class(name, where, spellings):
    meant = spellings.meant(name)
    if meant is None:
        spellings.add(name)
        return name
    if meant != name:
        note(f"{where}: {name!r} counts as {meant!r}.")
    return meant


def _asked_for(project):
    session = project.session
    return set(project.rows([*session.pending(), *session.skipped()]))


def _problem(project, answer, label, was_asked, options):
    """Return why an answer cannot be taken, "" if it can; `label` is that of the session."""
    name, allowed = project.name(answer.row), project.settings.classes
    if isinstance(answer.label, list):
        why = why_not_allowed(answer.label, allowed, project.settings.sign)
        if why:
            return why
    elif allowed and answer.label not in allowed:
        return outside(answer.label, allowed)
    if label is None and not was_asked and not options.unasked:
        return f"{name} was not asked for. If its label is meant for it, use --unasked."
    if label not in (None, answer.label) and not options.relabel:
        return (
            f"{name} is labeled {quoted(label)} already, and {quoted(answer.label)} here. To "
            "change it, use --relabel."
        )
    return ""


def _check(problems):
    """Refuse a file with problems as a whole: half of it would be hard to find again."""
    if problems:
        lines = problems[:N_PROBLEMS]
        more = len(problems) - len(lines)
        lines += [f"... and {more} more."] if more else []
        raise CommandError("\n".join([*lines, "No label of this file was taken."]))


def _note_new_classes(project, answers):
    known = project.classes()
    if not known:  # the first labels are new in any case
        return
    counts = Counter(name for one in answers for name in _classes(one) if name not in known)
    for name, count in counts.items():
        where = next(answer.where for answer in answers if name in _classes(answer))
        near = difflib.get_close_matches(name, known, n=1)
        doubt = f" Is {near[0]!r} meant? Then correct the file and use --relabel." if near else ""
        note(f"{where}: {name!r} is a new class (rows: {count}).{doubt}")


def _classes(answer):
    """Return the classes of an answer: one, or a list of them; numbers have none."""
    if isinstance(answer.label, list):
        return answer.label
    return [] if isinstance(answer.label, float) else [answer.label]


def _give(project, answers, take, annotator):
    """Give answers to `take`, a method of the session, in one call, so that one undo suffices."""
    if answers:
        ids = project.ids([answer.row for answer in answers])
        try:
            take(ids, [answer.label for answer in answers], annotator=annotator)
        except ValueError as error:
            rows = [answer.row for answer in answers]
            reason = why_not_taken(project, rows, annotator, error)
            raise CommandError(f"{reason} No label was taken.") from error


def _print_counts(answers):
    counts = {
        "New labels": len(answers.new) or "none",
        "changed": len(answers.changed),
        "second opinions": len(answers.again),
        "known already": answers.n_known,
        "not labeled yet": answers.n_open,
    }
    say(", ".join(f"{what}: {count}" for what, count in counts.items() if count) + ".")
