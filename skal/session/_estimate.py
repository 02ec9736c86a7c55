"""Estimates of the quality of a model, and what they say in words."""

from dataclasses import dataclass

# At least so many audit rows must be labeled before there is an estimate, and at least so many of
# those that matter for a class.
MIN_AUDIT, MIN_OF_CLASS = 20, 5


@dataclass(frozen=True)
class Estimate:
    """A score of the present model, or a count of rows, with its interval.

    ``str(estimate)`` says it in a sentence.

    Parameters
    ----------
    value, low, high : float or None
        The estimate and the ends of its interval. None if there are too few audit rows, fewer than
        20, or fewer than 5 that matter for a class, or if labels that are numbers, or the errors
        of the model, are all the same. Counts are whole numbers.
    n_audit : int
        How many audit rows it rests on: those that are labeled, and were drawn since rows were
        appended to the data for the last time.
    scoring : str
        As in :meth:`LabelingSession.estimate`.
    confidence : float
        How often such an interval holds the true value.
    n_labels : int
        How many rows were labeled.
    positive : label or None
        The class, for a score of one class.
    n_unlabeled : int
        The number of rows that the estimate is about: those without a label, skipped ones left
        out.
    n_skipped : int
        How many audit rows were skipped. The estimate does not speak for such rows.
    several_labels : bool
        Whether rows have several labels, and are right only where all of these are.

    Examples
    --------
    >>> from skal.session import Estimate
    >>> print(Estimate(0.9, 0.84, 0.94, 120, "accuracy", 0.95, 800, n_unlabeled=5000))
    The model is right about 90.0% of the 5,000 rows without a label: between 84.0% and 94.0%, at
    95% confidence, by 120 audit rows.
    """

    value: float
    low: float
    high: float
    n_audit: int
    scoring: str
    confidence: float
    n_labels: int
    positive: object = None
    n_unlabeled: int = 0
    n_skipped: int = 0
    several_labels: bool = False

    def __str__(self):
        subject, verb, of_what = self._words()
        if not self.n_unlabeled:
            return f"{self._nothing_left(subject)}{self._note()}"
        if self.value is None:
            return (
                f"There are too few audit rows to say {subject}: {self._n_audit()}, and "
                f"{self._needed()}."
            )
        numbers = [self._number(one) for one in (self.value, self.low, self.high)]
        value, low, high = numbers
        return (
            f"{verb.format(value)} {of_what}: between {low} and {high}, at "
            f"{_percent(self.confidence, None)} confidence, by {self._n_audit()}.{self._note()}"
        )

    def _nothing_left(self, subject):
        if self.scoring in ("found", "n_left"):
            return f"No rows without a label are left, and so none of {self.positive!r} either."
        return f"No rows without a label are left, of which to say {subject}."

    def _words(self):
        rows = f"the {self.n_unlabeled:,} rows without a label"
        name = repr(self.positive)
        right = "right about all labels of" if self.several_labels else "right about"
        return {
            "accuracy": ("the accuracy", f"The model is {right} {{}}", f"of {rows}"),
            "f1_micro": (
                "the F1 score",
                "The F1 score of all labels is {}",
                f"on {rows}",
            ),
            "f1_macro": ("the F1 score", "The mean F1 score of the labels is {}", f"on {rows}"),
            "hamming_loss": (
                "the share of wrong labels",
                "The model is wrong about {} of the single labels",
                f"of {rows}",
            ),
            "balanced_accuracy": (
                "the balanced accuracy",
                "The balanced accuracy of the model is {}",
                f"on {rows}",
            ),
            "f1": (f"the F1 score of {name}", f"The F1 score of {name} is {{}}", f"on {rows}"),
            "recall": (
                f"the recall of {name}",
                f"The model recognizes {{}} of the rows of {name}",
                f"among {rows}",
            ),
            "found": (
                f"the share of {name} that is found",
                f"{{}} of all rows of {name}",
                "are labeled already",
            ),
            "n_left": (
                f"how many rows of {name} are left",
                f"{{}} rows of {name}",
                f"are left among {rows}",
            ),
            "r2": ("R^2", "R^2 of the model is {}", f"on {rows}"),
            "rmse": (
                "the error",
                "The root mean squared error of the model is {}",
                f"on {rows}",
            ),
        }[self.scoring]

    def _number(self, value):
        formats = {"n_left": ",.0f", "r2": ".3f", "rmse": ".4g"}
        return format(value, formats[self.scoring]) if self.scoring in formats else _percent(value)

    def _n_audit(self):
        return f"{self.n_audit:,} audit row{'' if self.n_audit == 1 else 's'}"

    def _needed(self):
        if self.n_audit < MIN_AUDIT:
            return f"at least {MIN_AUDIT} are needed"
        if self.scoring in ("r2", "rmse"):
            return "neither their labels nor the errors of the model may be all the same"
        if self.scoring == "f1_micro":
            return "there must be labels among them, in other rows than their copies"
        if self.scoring in ("accuracy", "hamming_loss"):
            return "labels are needed that are not of their copies"
        if self.scoring in ("balanced_accuracy", "f1_macro"):
            return f"at least {MIN_OF_CLASS} of each class are needed"
        return f"at least {MIN_OF_CLASS} of the class are needed"

    def _note(self):
        if not self.n_skipped:
            return ""
        return f" It does not speak for rows like the {self.n_skipped:,} skipped audit rows."


def _percent(share, digits=1):
    """Return a share in percent; digits=None: with those that it takes, as 99.9% is not 100%."""
    percent = 100 * share
    return f"{percent:.12g}%" if digits is None else f"{percent:.{digits}f}%"
