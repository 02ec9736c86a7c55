"""Files in which labels leave a session and come back: tables, and tasks of annotation tools."""

import csv
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timezone
from numbers import Real

import numpy as np
import scipy.sparse as sp

from .._base import replace_file
from ._rows import text_of

TABLES = ("csv", "parquet")
FORMATS = (*TABLES, "label-studio", "argilla")
ID, SCORE = "skal_id", "skal_score"
TRUTH = {"True": True, "False": False}
READERS = {int: int, bool: TRUTH.__getitem__}


@dataclass
class Task:
    """A row as an annotation tool needs to know it."""

    id: object
    fields: dict
    prediction: tuple  # label and probability, or None for each
    score: float
    model: str
    labels: list  # of annotator and label


@dataclass
class Answer:
    """A label that came from a file; `extra` is what else an entry of the log holds."""

    id: object
    label: object
    annotator: str = None
    extra: dict = field(default_factory=dict)


def check_format(format, path):
    """Return the format to write, by its name or by the ending of the path."""
    if format is None:
        format = os.path.splitext(os.fspath(path))[1].lower().removeprefix(".")
        if format not in TABLES:
            raise ValueError(
                f'format must be given for the path {os.fspath(path)!r}: "label-studio" and '
                '"argilla" are JSON, and only ".csv" and ".parquet" say what they are.'
            )
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {format!r}.")
    return format


# Writing ----------------------------------------------------------------------------------


def write_table(path, format, columns):
    """Write labels, given as lists by the name of the column."""
    if format == "parquet":
        frame = _pandas_for_parquet().DataFrame(columns)
        replace_file(path, lambda name: frame.to_parquet(name, index=False))
    else:
        replace_file(path, lambda name: _write_csv(name, columns))


def _write_csv(name, columns):
    with open(name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def write_tasks(path, format, tasks, *, question, field):
    """Write tasks as JSON."""
    if format == "label-studio":
        content = [_label_studio_task(task, question, field) for task in tasks]
    else:
        content = [_argilla_record(task, question) for task in tasks]
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    replace_file(path, lambda name: _write_text(name, text))


def _write_text(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def _label_studio_task(task, question, field):
    task_ = {"data": {**task.fields, ID: _json_value(task.id), SCORE: task.score}}
    label, probability = task.prediction
    if label is not None:
        score = {} if probability is None else {"score": probability}
        result = [_choice(label, question, field)]
        task_["predictions"] = [{"model_version": task.model, **score, "result": result}]
    if task.labels:
        task_["annotations"] = [
            {"result": [_choice(label, question, field)], "meta": {"annotator": annotator}}
            for annotator, label in task.labels
        ]
    return task_


def _choice(label, question, field):
    value = {"choices": [text_of(label)]}
    return {"from_name": question, "to_name": field, "type": "choices", "value": value}


def _argilla_record(task, question):
    """Return a record. People's labels are suggestions: responses need users of the server."""
    label, probability, agent = *task.prediction, task.model
    if task.labels:
        (agent, label), probability = task.labels[0], None
    suggestion = {"value": _text(label), "score": probability, "agent": agent}
    return {
        "id": text_of(task.id),
        "fields": {name: _text(value) for name, value in task.fields.items()},
        "metadata": {} if task.score is None else {SCORE: task.score},
        "suggestions": {} if label is None else {question: suggestion},
        "responses": {},
        "vectors": {},
    }


def _text(value):
    return "" if value is None else text_of(value)


def fields_of(X, field):
    """Return each row of X as a dict of JSON values; a single value is named `field`."""
    if hasattr(X, "columns"):
        columns = {str(name): X[name].to_list() for name in X.columns}
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(columns, map(_json_value, row), strict=True)) for row in rows]
    if sp.issparse(X):
        X = X.toarray()
    return [_fields_of_row(row, field) for row in X]


def _fields_of_row(row, field):
    row = row.tolist() if isinstance(row, (np.ndarray, np.generic)) else row
    if isinstance(row, (list, tuple)):
        return {f"x{i}": _json_value(value) for i, value in enumerate(row)}
    return {field: _json_value(row)}


def _json_value(value):
    """Return a value that JSON can hold; what is missing is null."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, Real):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_json_value(one) for one in value]
    return None if type(value).__name__ in ("NAType", "NaTType") else str(value)


# Reading ----------------------------------------------------------------------------------


def read(path, format, question):
    """Return the answers in a file."""
    format = _format_to_read(path, format)
    if format == "csv":
        return _read_csv(path)
    if format == "parquet":
        frame = _pandas_for_parquet().read_parquet(path)
        names = list(frame.columns)
        return _answers(path, names, zip(*(frame[name].tolist() for name in names), strict=True))
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    reader = _label_studio_answers if format == "label-studio" else _argilla_answers
    try:
        return [answer for item in content for answer in reader(item, question)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{os.fspath(path)} cannot be read as JSON of {format}: {error!r}. Expected is a list "
            "of what export(..., format=...) writes, with the answers of the tool."
        ) from error


def _format_to_read(path, format):
    if format is not None or not os.fspath(path).lower().endswith(".json"):
        return check_format(format, path)
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    first = content[0] if isinstance(content, list) and content else {}
    return "argilla" if "fields" in first else "label-studio"


def _read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        names, *lines = csv.reader(file)
    lines = [line for line in lines if line]
    return _answers(path, names, ([text or None for text in line] for line in lines))


def _answers(path, names, lines):
    missing = {"id", "label"} - set(names)
    if missing:
        raise ValueError(
            f"{os.fspath(path)} must have the columns id and label, got {list(names)}."
        )
    answers = []
    for line in lines:
        given = dict(zip(names, map(_present, line), strict=True))
        if given["label"] is not None:
            answers.append(
                Answer(given["id"], given["label"], given.get("annotator"), _extra(given))
            )
    return answers


def _present(value):
    """Return None for a value that a data frame calls missing."""
    return None if value != value or type(value).__name__ == "NAType" else value


def _extra(given):
    """Return what a table says besides the label, each of its own type."""
    types = {"time": _time, "round": lambda value: int(float(value)), "strategy": str}
    types["score"] = float
    return {
        name: to_type(given[name])
        for name, to_type in types.items()
        if given.get(name) is not None
    }


def _time(value):
    """Return a time as the log has it: ISO 8601, UTC."""
    if not isinstance(value, datetime):
        value = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return value.astimezone(timezone.utc).isoformat(timespec="microseconds")


def _label_studio_answers(task, question):
    for annotation in task.get("annotations", ()):
        choices = [
            choice
            for result in annotation.get("result", ())
            if result.get("from_name") == question
            for choice in result["value"]["choices"]
        ]
        if annotation.get("was_cancelled") or not choices:
            continue
        if len(choices) > 1:
            raise ValueError(
                f"Row {task['data'][ID]!r} has several choices for {question!r}, {choices}, but "
                'a session keeps one label a row. Use choice="single" in Label Studio.'
            )
        yield Answer(task["data"][ID], choices[0], _person(annotation), _when(annotation))


def _person(annotation):
    """Return who made an annotation of Label Studio, or one that a session wrote."""
    person = annotation.get("completed_by")
    if isinstance(person, dict):
        person = person.get("email", person.get("id"))
    if person is None:
        person = (annotation.get("meta") or {}).get("annotator")
    return None if person is None else str(person)


def _when(annotation):
    created = annotation.get("created_at")
    return {} if created is None else {"time": _label_studio_time(created)}


def _label_studio_time(text):
    try:
        return _time(text)
    except ValueError:  # fractions of a second of a length that Python 3.10 does not read
        return _time(datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z"))


def _argilla_answers(record, question):
    for response in record["responses"].get(question, ()):
        if response["value"] is not None:
            person = response.get("user_id")
            yield Answer(record["id"], response["value"], None if person is None else str(person))


def typed(answers, known):
    """Return the labels of answers, with text made into the labels it stands for.

    Parameters
    ----------
    answers : list of Answer
    known : dict
        The labels there are, by what is written for them.
    """
    labels = [answer.label for answer in answers]
    labels = [label.strip() if isinstance(label, str) else label for label in labels]
    kinds = set(map(type, known.values())) or {_kind_written(labels)}
    read = READERS.get(kinds.pop() if len(kinds) == 1 else str, str)
    return [_meant(label, known, read) if isinstance(label, str) else label for label in labels]


def _meant(text, known, read):
    if text in known:
        return known[text]
    try:
        return read(text)
    except (KeyError, ValueError):
        return text  # of another kind than the labels there are, which is an error with a name


def _kind_written(labels):
    """Return the type of labels of which only the text is known."""
    if all(label in TRUTH for label in labels):
        return bool
    return int if all(_is_integer(label) for label in labels) else str


def _is_integer(label):
    try:
        return isinstance(label, str) and str(int(label)) == label
    except ValueError:
        return False


def _pandas_for_parquet():
    try:
        import pandas
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "Parquet needs pandas and pyarrow: pip install pandas pyarrow. CSV works without."
        ) from error
    return pandas
