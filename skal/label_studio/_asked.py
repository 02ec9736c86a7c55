"""What a project asks for: one class, several labels or a number, and how answers hold it."""

import math
from numbers import Real

SINGLE, MULTIPLE = "single", "multiple"


class OneClass:
    """One class for each row: a tag `Choices` of which one choice is taken."""

    tags = ("Choices",)
    what = "name a class"
    choice = SINGLE

    def fits(self, tag):
        """Whether a tag of the labeling config asks for this."""
        return (tag.get("choice", SINGLE) == MULTIPLE) == (self.choice == MULTIPLE)

    def why_wrong(self, tag):
        """Return why a tag asks for something else, "" if it does not."""
        if self.fits(tag):
            return ""
        return (
            'has choice="multiple", but a row has one label. Write choice="single" in the '
            "labeling config, or begin a session in which rows have several labels."
        )

    def answer(self, values, tag):
        """Return the answer in the values of an annotation, and why it cannot be taken."""
        choices = [str(choice) for value in values for choice in value.get("choices", ())]
        if len(choices) > 1:
            return None, f"it has several choices, {', '.join(map(repr, choices))}."
        return (choices[0] if choices else None), ""

    def value(self, predicted, tag, choices):
        """Return a predicted label as the value of a result, None if the tag cannot show it."""
        # A class may have been labeled that is not a choice there.
        return {"choices": [str(predicted)]} if str(predicted) in choices else None

    def type_of(self, tag):
        """Return what Label Studio calls such results."""
        return "choices"

    def is_same(self, answer, label):
        """Whether an answer is a label of the session."""
        return str(label) == answer

    def as_label(self, answer, session):
        """Return an answer, which is text, as a label of the kind of those in the session."""
        return _like(answer, session)


class SeveralClasses(OneClass):
    """Several labels for each row: a tag `Choices` of which any choices are taken, or none."""

    what = "name labels"
    choice = MULTIPLE

    def why_wrong(self, tag):
        """Return why a tag asks for something else, "" if it does not."""
        if self.fits(tag):
            return ""
        return (
            f'has choice="{tag.get("choice", SINGLE)}", but a row may have several labels. Write '
            'choice="multiple" in the labeling config.'
        )

    def answer(self, values, tag):
        """Return the choices, in order, of which there may be none."""
        return sorted({str(one) for value in values for one in value.get("choices", ())}), ""

    def value(self, predicted, tag, choices):
        """Return those of the predicted labels that are choices, None if none is."""
        found = [str(name) for name in predicted if str(name) in choices]
        return {"choices": found} if found else None

    def is_same(self, answer, label):
        """Whether an answer is a label of the session."""
        return sorted(map(str, label)) == answer

    def as_label(self, answer, session):
        """Return an answer as a list of labels."""
        return [_like(name, session) for name in answer]


class Numbers:
    """A number for each row: a tag `Number`, or `Rating`."""

    tags = ("Number", "Rating")
    what = "give a number"
    choice = None

    def fits(self, tag):
        """Whether a tag of the labeling config asks for this."""
        return True

    def why_wrong(self, tag):
        """Return "": every such tag asks for a number."""
        return ""

    def answer(self, values, tag):
        """Return the number, None where there is none, and why it cannot be taken."""
        name = self.type_of(tag)
        numbers = [value[name] for value in values if value.get(name) is not None]
        if len(numbers) > 1:
            return None, f"it has several numbers, {', '.join(map(str, numbers))}."
        if numbers and (isinstance(numbers[0], bool) or not isinstance(numbers[0], Real)):
            return None, f"{numbers[0]!r} is not a number."
        return (float(numbers[0]) if numbers else None), ""

    def value(self, predicted, tag, choices):
        """Return a predicted number as the tag shows it, None if it is out of its range."""
        number = float(predicted)
        if tag.tag == "Rating":
            stars = round(number) if math.isfinite(number) else 0
            return {"rating": stars} if 1 <= stars <= int(tag.get("maxRating", 5)) else None
        low, high = float(tag.get("min", -math.inf)), float(tag.get("max", math.inf))
        rounded = float(f"{number:.6g}")
        return {"number": rounded} if low <= rounded <= high and math.isfinite(number) else None

    def type_of(self, tag):
        """Return what Label Studio calls such results."""
        return tag.tag.lower()

    def is_same(self, answer, label):
        """Whether an answer is a label of the session."""
        return float(label) == answer

    def as_label(self, answer, session):
        """Return the answer, which is a number already."""
        return answer


def asked_by(session):
    """Return what a session asks for."""
    if session.several_labels:
        return SeveralClasses()
    numbers = session.progress(estimate=False)["classes"] is None
    return Numbers() if numbers else OneClass()


def _like(text, session):
    """Return text as a class of the kind that the session has: text, whole numbers or truth."""
    in_use = session.progress(estimate=False)["classes"]
    known = {str(name): name for name in [*(session.classes or ()), *in_use]}
    kind = type(next(iter(known.values()), text))
    if text in known or kind is str:
        return known.get(text, text)
    return text == "True" if kind is bool else kind(text)
