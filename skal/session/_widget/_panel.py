"""The panel: what the widget shows, and what its buttons do."""

import html
import traceback

from ..._base import import_optional
from .._failures import explained_failures
from .._numbers import number_of
from ._class_buttons import ClassButtons
from ._own_thread import OwnThread
from ._style import ERROR


class Panel:
    """The parts of the widget, and what they do.

    Parameters
    ----------
    session : LabelingSession
    show : RowView
    classes : array-like or None
        None: the classes labeled so far.
    annotator : str or None
    new_classes : bool

    Attributes
    ----------
    current : id or None
        The row that is shown.
    buttons : dict of Button
        One for each class.
    row, prediction, status, quality, message : HTML
        The row, the model's prediction, the number of labels, how good the model is and whether
        that is enough, and errors.
    new_class : Text
        For the name of a class, or a number.
    give : Button
        Answers by the classes that are chosen, where rows have several labels.
    undo, skip, retry : Button
    bar : IntProgress
    box : VBox
        All of them.
    """

    def __init__(self, session, show, classes=None, annotator=None, new_classes=True):
        self._widgets = import_optional(
            "ipywidgets", "The widget needs", '"scikit-skal[notebook]"'
        )
        self._session = session
        self._show = show
        self._annotator = annotator
        self._own_thread = OwnThread()
        self._model, self._model_key = None, None
        self._are_several = session.several_labels
        self._chosen = set()  # labels of the row that is shown, where it may have several
        self._actions = []  # the answers that were given here, which can be undone
        self.current = None
        self._build(new_classes)
        in_use = session.progress(estimate=False)["classes"]
        self._are_numbers = in_use is None
        if self._are_numbers:
            if classes is not None:
                raise ValueError(
                    "classes must be None where labels are numbers, which have a field instead of "
                    f"buttons, got {classes!r}."
                )
            self.new_class.placeholder = "number, then Enter"
            self.new_class.layout.display = None
        self._classes.add(sorted(in_use or ()) if classes is None else classes)
        self._run(None)

    def _build(self, new_classes):
        w = self._widgets
        self.row, self.prediction, self.status, self.message = (w.HTML() for _ in range(4))
        self.quality = w.HTML()
        self.bar = w.IntProgress(min=0, layout=w.Layout(width="200px"))
        self.give = self._button("Give these labels", self._on_give, icon="check")
        self.give.layout.display = None if self._are_several else "none"
        self.undo = self._button("Undo", self._on_undo, icon="undo")
        self.skip = self._button("Skip", self._on_skip, icon="forward")
        self.retry = self._button("Look again", None, icon="refresh")
        self.new_class = w.Text(placeholder="new class, then Enter", continuous_update=False)
        self.new_class.layout.display = None if new_classes else "none"
        self.new_class.observe(lambda _: self._own_thread(self._on_new_class), names="value")
        class_box = w.Box(layout=w.Layout(flex_flow="row wrap"))
        self._classes = ClassButtons(
            class_box, lambda label: self._button(str(label), lambda: self._choose(label))
        )
        self.buttons = self._classes.by_label
        actions = w.HBox([self.give, self.new_class, self.skip, self.undo, self.retry])
        progress = w.HBox([self.bar, self.status])
        self.box = w.VBox(
            [progress, self.quality, self.row, self.prediction, class_box, actions, self.message]
        )
        self.box.panel = self

    def _button(self, description, act, **options):
        button = self._widgets.Button(description=description, **options)
        button.on_click(lambda pressed: self._own_thread(self._press, pressed, act))
        return button

    def _press(self, button, act):
        self._run(act)
        # A disabled button has lost the focus, which those who press keys rely on.
        if not button.disabled:
            button.focus()

    def _on_new_class(self):
        text = self.new_class.value.strip()
        if text:
            self.new_class.value = ""
            label_of = number_of if self._are_numbers else self._classes.label_of
            self._run(lambda: self._choose(label_of(text)))

    def _choose(self, label):
        """Answer by a label, or where rows have several choose it, or no longer."""
        if not self._are_several:
            self._answer(label)
            return
        self._classes.add([label])
        self._chosen ^= {label}

    def _on_give(self):
        self._answer([label for label in self.buttons if label in self._chosen])

    def _answer(self, label):
        self._session.label([self.current], [label], annotator=self._annotator)
        self._actions.append(self._session.last_action)

    def _on_skip(self):
        self._session.skip([self.current], annotator=self._annotator)
        self._actions.append(self._session.last_action)

    def _on_undo(self):
        # Not the last action of the session, which may be that of somebody else.
        if not self._actions:
            raise ValueError("Nothing to undo: nothing was answered here yet.")
        # The row is pending again, and shown before any other.
        (self.current,) = self._session.undo(actions=[self._actions.pop()])

    def _run(self, act):
        """Act, then show what is to be labeled now, or what went wrong."""
        # A second click on its way must not answer for a row that nobody has seen.
        self._enable(False)
        # Each step is tried: the row is shown though its model fails, and so is the progress.
        errors = []
        for step in (act, self._move_on, self._show_row, self._predict, self._show_progress):
            try:
                if step is not None:
                    step()
            except Exception as error:
                errors.append(_message(error))
        # A model that fails does so for the next row and for the prediction.
        self.message.value = "".join(dict.fromkeys(errors))
        self._enable(True)

    def _enable(self, on):
        for button in (*self.buttons.values(), self.skip, self.new_class, self.give):
            button.disabled = not on or self.current is None
        self.undo.disabled = self.retry.disabled = not on
        self.retry.layout.display = None if self.current is None else "none"

    def _move_on(self):
        """Stay with a row that is still open, else take another."""
        open_rows = self._session.pending(self._annotator)
        if self.current not in open_rows:
            self.current, self._chosen = None, set()
            open_rows = open_rows or self._session.next(1, annotator=self._annotator)
            self.current = open_rows[0] if open_rows else None

    def _show_row(self):
        self.row.value = ""
        if self.current is not None:
            self.row.value = self._show(self.current)

    def _predict(self):
        self.prediction.value = ""
        self._classes.mark(None)
        progress = self._session.progress(estimate=False)
        if self.current is None or not progress["n_labeled"]:
            return
        # The model of this round: one for each label would make labeling slow.
        if self._are_several:
            self._predict_several()
            return
        if self._model is None or self._model_key != progress["n_rounds"]:
            self._model, self._model_key = self._session.model(), progress["n_rounds"]
        with explained_failures():
            label, proba = self._show.predicted(self._model, self.current)
        chance = "" if proba is None else f" (probability {proba:.2f})"
        shown = f"{label:.6g}" if self._are_numbers else str(label)
        self.prediction.value = f"Model: <b>{html.escape(shown)}</b>{chance}"
        self._classes.mark(label)

    def _predict_several(self):
        """Show the labels that the model predicts, and mark those that are chosen."""
        # Kept for the row, as each choice shows it anew.
        if self._model_key != (self.current, self._chosen_at()):
            (found,) = self._session.ranked([self.current])
            self._model, self._model_key = found, (self.current, self._chosen_at())
        predicted = self._model["predicted"]
        if predicted is not None:
            shown = html.escape(", ".join(map(str, predicted)) or "none")
            self.prediction.value = f"Model: <b>{shown}</b>"
        self._classes.mark_several(predicted or (), self._chosen)

    def _chosen_at(self):
        return self._session.progress(estimate=False)["n_labeled"]

    def _show_progress(self):
        progress = self._session.progress()
        self._classes.add(list(progress["classes"] or ()))
        self.bar.max, self.bar.value = progress["n_rows"], progress["n_labeled"]
        status = f"labeled {progress['n_labeled']} of {progress['n_rows']}"
        if progress["n_skipped"]:
            status += f", skipped {progress['n_skipped']}"
        if progress["labels_per_hour"] is not None:
            status += f", {progress['labels_per_hour']:.0f} an hour"
        self.status.value = status
        self.quality.value = _quality(progress)
        if self.current is None:
            self.row.value = f"<p><b>{_why_nothing(progress)}</b></p>"


def _message(error):
    """Return an error as HTML: what explains itself in a sentence, anything else in full."""
    if isinstance(error, (ValueError, RuntimeError)):
        text = str(error)
    else:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return f'<pre role="alert" style="{ERROR}">{html.escape(text)}</pre>'


def _quality(progress):
    """Return how good the model is, and what the stopping criterion says, as HTML."""
    lines = [] if progress["estimate"] is None else [str(progress["estimate"])]
    lines += ["There are enough labels, by the stopping criterion."] if progress["stop"] else []
    return "<br>".join(map(html.escape, lines))


def _why_nothing(progress):
    if progress["n_pool"]:
        reason = "the budget is spent" if progress["budget"] is not None else "none was offered"
        return f"There is no row to show: {progress['n_pool']} are in the pool, but {reason}."
    if progress["n_pending"]:
        return (
            f"Nothing is left to label here; {progress['n_pending']} rows are pending for others."
        )
    return "Nothing is left to label."
