"""Tasks and annotations of Label Studio."""

from .._json import json_value
from ._content import Answer
from ._json_file import ID, SCORE, JsonFile
from ._time import log_time


class LabelStudio(JsonFile):
    """The JSON that Label Studio imports, with predictions, and that it exports."""

    name = "label-studio"
    key = "data"

    def item(self, task, content):
        """Return a task with the prediction, and an annotation for each label."""
        item = {"data": {**task.fields, ID: json_value(task.id), SCORE: task.score}}
        label, probability = task.prediction
        if label is not None:
            score = {} if probability is None else {"score": probability}
            result = [_choice(label, content)]
            item["predictions"] = [{"model_version": task.model, **score, "result": result}]
        if task.labels:
            item["annotations"] = [
                {"result": [_choice(label, content)], "meta": {"annotator": annotator}}
                for annotator, label in task.labels
            ]
        return item

    def answers(self, item, question):
        """Return an answer for each annotation that chooses a label."""
        for annotation in item.get("annotations", ()):
            choices = [
                choice
                for result in annotation.get("result", ())
                if result.get("from_name") == question
                for choice in result["value"]["choices"]
            ]
            # Skipped by a person, or an answer to another question.
            if annotation.get("was_cancelled") or not choices:
                continue
            id_ = item["data"][ID]
            if len(choices) > 1:
                raise ValueError(
                    f"Row {id_!r} has several choices for {question!r}, {choices}, but a session "
                    'keeps one label a row. Use choice="single" in Label Studio.'
                )
            yield Answer(id_, choices[0], _person(annotation), _when(annotation))


def _choice(label, content):
    value = {"choices": [str(label)]}
    return {
        "from_name": content.question,
        "to_name": content.field,
        "type": "choices",
        "value": value,
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
