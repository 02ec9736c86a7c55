"""Records of Argilla."""

from ..._base import json_value
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
            # The median of numbers may be the label of nobody.
            agents = (annotator for annotator, label in task.labels if label == value)
            agent = next(agents, None)
        suggestion = {"value": _text(value), "score": probability, "agent": agent}
        score = json_value(task.score)
        return {
            "id": str(task.id),
            "fields": {name: _text(value) for name, value in task.fields.items()},
            "metadata": {} if score is None else {SCORE: score},
            "suggestions": {} if value is None else {content.question: suggestion},
            "responses": {},
            "vectors": {},
        }

    def answers(self, item, question):
        """Return an answer for each response."""
        for response in item["responses"].get(question, ()):
            person = response.get("user_id")
            person = None if person is None else str(person)
            if response.get("status") == "discarded":
                yield Answer(item["id"], None, person)
            elif response["value"] is not None:
                yield Answer(item["id"], response["value"], person)

    def questions(self, item):
        """Return the names of the questions with responses."""
        return [name for name, responses in item["responses"].items() if responses]


def _text(value):
    # The fields of a dataset are text fields, and may not be null.
    if isinstance(value, list):  # of a MultiLabelQuestion
        return list(map(str, value))
    return "" if value is None else str(value)
