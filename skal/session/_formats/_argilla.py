"""Records of Argilla."""

from ._content import Answer
from ._json_file import SCORE, JsonFile


class Argilla(JsonFile):
    """The JSON of Argilla's ``dataset.records``."""

    name = "argilla"
    key = "fields"

    def item(self, task, content):
        """Return a record. The label of a person is a suggestion, as responses need users."""
        value, probability, agent = *task.prediction, task.model
        # A person's label stands in for the prediction, as a question has one suggestion.
        if task.labels:
            value, probability = task.verdict, None
            agent = next(annotator for annotator, label in task.labels if label == value)
        suggestion = {"value": _text(value), "score": probability, "agent": agent}
        return {
            "id": str(task.id),
            "fields": {name: _text(value) for name, value in task.fields.items()},
            "metadata": {} if task.score is None else {SCORE: task.score},
            "suggestions": {} if value is None else {content.question: suggestion},
            "responses": {},
            "vectors": {},
        }

    def answers(self, item, question):
        """Return an answer for each response."""
        for response in item["responses"].get(question, ()):
            if response["value"] is not None:
                person = response.get("user_id")
                person = None if person is None else str(person)
                yield Answer(item["id"], response["value"], person)


def _text(value):
    # The fields of a dataset are text fields, and may not be null.
    return "" if value is None else str(value)
