"""Labels that a program hands over, as dicts."""

from ..._base import is_missing
from ._content import Answer
from ._table_answers import table_answers

# How messages call them.
NAME = "the list"


def record_answers(records):
    """Return the answers in a list of dicts, such as :meth:`LabelingSession.records` returns.

    A label that is None says that the row was skipped.
    """
    answers = []
    for number, record in enumerate(records, start=1):
        place = f"item {number}"
        if not isinstance(record, dict):
            raise ValueError(
                f"{NAME}, {place}: a dict is needed, with an id, a label and what records() "
                f"returns besides, got {record!r}."
            )
        answers += table_answers(NAME, list(record), [(place, list(record.values()))])
        if "label" in record and is_missing(record["label"]):
            answers.append(Answer(record.get("id"), None, record.get("annotator"), place=place))
    return answers
