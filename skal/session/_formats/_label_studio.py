"""Tasks and annotations of Label Studio."""

from ..._base import json_value
from ._content import Answer, Choices
from ._json_file import ID, SCORE, JsonFile
from ._time import log_time

# What JSON-MIN holds of an annotation, beside the data of the task and the answers.
MINIMAL_KEYS = (
    *("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"),
    *("agreement", "predictions", "file_upload"),
)


class LabelStudio(JsonFile):
    """The JSON that Label Studio imports, with predictions, and that it exports."""

    name = "label-studio"
    key = "data"

    def item(self, task, content):
        """Return a task with the prediction, and an annotation for each label."""
        data = {**task.fields, ID: json_value(task.id), SCORE: json_value(task.score)}
        item = {"data": data}
        label, probability = task.prediction
        if label is not None:
            score = {} if probability is None else {"score": probability}
            result = [_result(label, content)]
            item["predictions"] = [{"model_version": task.model, **score, "result": result}]
        if task.labels:
            item["annotations"] = [
                {"result": [_result(label, content)], "meta": {"annotator": annotator}}
                for annotator, label in task.labels
            ]
        return item

    def read(self, path, question):
        """Return the answers of all items, in the order in which they were given."""
        # JSON-MIN has the latest annotation of a task first, and the first label of a row counts
        # where as many people disagree.
        return sorted(super().read(path, question), key=lambda one: one.extra.get("time", ""))

    def is_item(self, item):
        """Whether a dict is a task, or an answer of JSON-MIN, which has no "data" around it."""
        return self.key in item or ID in item

    def answers(self, item, question):
        """Return an answer for each annotation that chooses a label or was cancelled."""
        if not isinstance(item.get(self.key), dict):
            return _minimal_answers(item, question)
        return _answers(item, question)

    def questions(self, item):
        """Return the names of the questions that are answered."""
        if not isinstance(item.get(self.key), dict):
            return [name for name in item if name not in (*MINIMAL_KEYS, ID, SCORE)]
        annotations = item.get("annotations") or ()
        results = [result for one in annotations for result in one.get("result") or ()]
        return [result["from_name"] for result in results if "from_name" in result]


def _answers(task, question):
    annotations = task.get("annotations") or ()
    for annotation in annotations:
        who, when = _person(annotation), _when(annotation)
        if annotation.get("was_cancelled"):
            yield Answer(_id(task["data"]), None, who, when)
            continue
        results = annotation.get("result") or ()
        values = [one["value"] for one in results if one.get("from_name") == question]
        if values or not results:  # else it answers another question
            choices = [choice for value in values for choice in _choices(value, question)]
            yield Answer(_id(task["data"]), _one_or_all(choices), who, when)
    if not annotations and task.get("cancelled_annotations"):
        yield Answer(_id(task["data"]), None)


def _minimal_answers(item, question):
    """Yield the answer in an item of JSON-MIN: one annotation, beside the data of the task."""
    if item.get(question) not in (None, "", [], {}):
        label = _one_or_all(_choices(item[question], question))
        person = item.get("annotator")
        yield Answer(_id(item), label, None if person is None else str(person), _when(item))


def _id(data):
    if ID not in data:
        raise ValueError(
            f"there is no {ID!r}, which tells the row, among {', '.join(map(repr, data))}. "
            'export(..., format="label-studio") writes tasks that have it.'
        )
    return data[ID]


def _choices(value, question):
    """Return the choices in the value of a result: alone in JSON-MIN, or in a list."""
    if isinstance(value, dict):
        if "number" in value:
            return [value["number"]]
        if "choices" not in value:
            kinds = ", ".join(map(repr, value))
            raise ValueError(f"{question!r} is not answered by choices, but by {kinds}")
        value = value["choices"]
    return value if isinstance(value, list) else [value]


def _one_or_all(choices):
    """Return one choice alone, and several or none of them as :class:`Choices`."""
    return choices[0] if len(choices) == 1 else Choices(choices)


def _as_texts(label):
    return list(map(str, label)) if isinstance(label, list) else [str(label)]


def _result(label, content):
    """Return a label as the tag `Choices` has it, and a number as the tag `Number` does."""
    is_number = isinstance(label, float)
    return {
        "from_name": content.question,
        "to_name": content.field,
        "type": "number" if is_number else "choices",
        "value": {"number": label} if is_number else {"choices": _as_texts(label)},
    }


def _person(annotation):
    """Return who made an annotation, of the tool's own or one that a session wrote."""
    # An id, or a user with an email address, depending on the kind of export.
    person = annotation.get("completed_by")
    if isinstance(person, dict):
        person = person.get("email", person.get("id"))
    if person is None:
        person = (annotation.get("meta") or {}).get("annotator")
    return None if person is None else str(person)


def _when(annotation):
    created = annotation.get("created_at")
    return {} if created is None else {"time": log_time(created)}
