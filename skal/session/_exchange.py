"""The exchange of labels and rows with the files of other programs."""

from ._entries import check_annotator, now
from ._failures import explained_failures
from ._formats import Choices, Content, Task, fields_of, format_to_write, read_answers
from ._place import located
from ._summary import label_columns, shown


class Exchange:
    """Write files, and take the labels of files into the log.

    Parameters
    ----------
    log : Log
    rows : Rows
    rules : LabelRules
    entries : Entries
    models : Models
    verdict : Verdict
    """

    def __init__(self, log, rows, rules, entries, models, verdict):
        self._log = log
        self._rows = rows
        self._rules = rules
        self._entries = entries
        self._models = models
        self._verdict = verdict

    def write(self, path, format, *, ids, question, field):
        """Write a file in a format of `FORMATS`."""
        content = Content(
            columns=lambda: label_columns(self._log.sync(), self._rows.ids),
            tasks=lambda: self._tasks(ids, field),
            question=question,
            field=field,
        )
        format_to_write(format, path).write(path, content)

    def read(self, source, format, *, annotator, question):
        """Take the labels of a file or a list, and return how many were new."""
        check_annotator(annotator)
        # The file is read before others are kept from writing.
        answers, name = read_answers(source, format, question)
        with self._log.acting() as record:
            rules = self._rules.for_answers([answer.label for answer in answers])
            if not rules.are_several:
                answers = list(_single_choices(answers, name, question))
            imported = Imported(name, answers)
            labels = self._new_labels(imported, rules, annotator, record)
            skips = self._new_skips(imported, annotator, record, labels)
            if labels or skips:
                self._log.write("import", [*labels, *skips], annotator)
        return len(labels)

    def _tasks(self, ids, field):
        """Return rows as an annotation tool needs to know them."""
        record = self._log.sync()
        rows = list(record.pending) if ids is None else self._rows.ids.positions(ids)
        if not rows:
            return []
        X = self._rows.take(rows)
        fields, predicted = fields_of(X, field), self._predicted(X, len(rows))
        verdicts = dict(zip(*self._verdict.labels(record), strict=True))
        return [
            self._task(row, fields_of_row, prediction, verdicts.get(row), record)
            for row, fields_of_row, prediction in zip(rows, fields, predicted, strict=True)
        ]

    def _task(self, row, fields, prediction, verdict, record):
        given = record.opinions.get(row, {})
        return Task(
            id=self._rows.ids.at(row),
            fields=fields,
            prediction=prediction,
            score=record.pending[row].score if row in record.pending else None,
            model=f"skal, round {record.n_fits}",
            labels=[
                (who, shown(self._rules.as_used(entry.label))) for who, entry in given.items()
            ],
            verdict=shown(verdict),
        )

    def _predicted(self, X, n_rows):
        """Return a predicted label and its probability for each row, None where unknown."""
        with explained_failures():
            model = self._models.of_all_labels()
            if model is None:
                return [(None, None)] * n_rows
            given = self._verdict.labels(self._log.record)[1]
            labels, probabilities = self._rules.predicted(model, X, given)
        if probabilities is None:
            return [(label, None) for label in labels]
        return list(zip(labels, probabilities.tolist(), strict=True))

    def _new_labels(self, imported, rules, annotator, record):
        """Return the entries for those labels that the session does not have."""
        answers, where = imported.labels, imported.where
        labels = rules.from_text([answer.label for answer in answers], record, where)
        entries = {}
        for i, (answer, label) in enumerate(zip(answers, labels, strict=True)):
            with located(where(i)):
                entry = self._entry(answer, label, annotator, record)
                # A file may repeat itself, and what was imported before.
                key = entry.row, entry.annotator
                before = entries.get(key, record.opinions.get(entry.row, {}).get(entry.annotator))
                if before is None:
                    self._check_one_line(label)
                    entries[key] = entry
                elif before.label != label:
                    raise ValueError(
                        f"Row {self._rows.ids.at(entry.row)!r} has the label "
                        f"{shown(before.label)!r} by {entry.annotator!r} already, and "
                        f"{shown(label)!r} in the file. Use relabel to "
                        "change it."
                    )
        return list(entries.values())

    def _new_skips(self, imported, annotator, record, labels):
        """Return the entries for rows that were skipped, and that nobody has labeled."""
        done = record.skipped.keys() | {entry.row for entry in labels}
        entries = {}
        for answer in imported.skips:
            with located(f"{imported.path}, {answer.place}"):
                entry = self._entry(answer, None, annotator, record)
            # A label stays, unless a second opinion was asked for.
            is_open = entry.row in record.pending or entry.row not in record.opinions
            if is_open and entry.row not in done:
                entries.setdefault(entry.row, entry)
        return list(entries.values())

    def _entry(self, answer, label, annotator, record):
        row = self._rows.ids.position_in_text(answer.id)
        who = annotator if answer.annotator is None else answer.annotator
        check_annotator(who)
        # Annotation tools do not return round, strategy and score: the offer still has them.
        offer = record.pending.get(row) or self._entries.about(row)
        given = {name: value for name, value in answer.extra.items() if value is not None}
        return offer._replace(**{"label": label, "annotator": who, "time": now(), **given})

    def _check_one_line(self, label):
        """Refuse a label that looks like several lines of a table, behind a quote too many."""
        lines = label.splitlines()[1:] if isinstance(label, str) else ()
        for line in lines:
            first, comma, _ = line.partition(",")
            if comma and self._rows.ids.has_text(first):
                raise ValueError(
                    f"the label {label!r} goes on over several lines, of which one begins with "
                    f"the id {first!r}. Is a quote missing, or is there one too many? If it is "
                    "meant so, give the label by label()."
                )


def _single_choices(answers, name, question):
    """Yield answers of one choice; leave out those of none, and refuse those of several."""
    for answer in answers:
        if not isinstance(answer.label, Choices):
            yield answer
        elif answer.label:
            raise ValueError(
                f"{name}, {answer.place}: Row {answer.id!r} has several choices for "
                f"{question!r}, {list(answer.label)}, but this session keeps one label a row. Use "
                'choice="single" in Label Studio, or a session with several_labels=True.'
            )


class Imported:
    """The answers of a file.

    Parameters
    ----------
    path : str
    answers : list of Answer

    Attributes
    ----------
    path : str
    labels, skips : list of Answer
    """

    def __init__(self, path, answers):
        self.path = path
        self.labels = [answer for answer in answers if answer.label is not None]
        self.skips = [answer for answer in answers if answer.label is None]

    def where(self, i):
        """Return the place of a label, in words."""
        return f"{self.path}, {self.labels[i].place}"
