"""A labeling session in a notebook: one row at a time, and buttons to answer."""

import asyncio
import base64
import html
import struct
import threading
import traceback
import zlib

import numpy as np
import scipy.sparse as sp

CELL = "padding: 2px 8px; vertical-align: top; text-align: left;"
TEXT = "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4;"
IMAGE = "height: 200px; image-rendering: pixelated; border: 1px solid #888;"


def session_widget(
    session, *, classes=None, annotator=None, image=None, columns=None, new_classes=True
):
    """Return a widget that shows rows of a session and takes their labels.

    Parameters
    ----------
    session : LabelingSession
        Opened in the thread that calls this.
    classes : array-like, default=None
        A button for each of them. None: the classes labeled so far.
    annotator : str, default=None
        Who labels. None is nobody in particular, and sees the pending rows of everybody.
    image : tuple or callable, default=None
        How to draw a row: the shape of the image, (height, width) or (height, width, 3), or a
        function from the row to an array of such a shape. The row of a pandas frame is a
        Series, that of a polars frame a dict.
    columns : list of str, default=None
        The columns of a frame to show. None: all of them, or none beside an image.
    new_classes : bool, default=True
        Whether there is a field to name a new class.

    Returns
    -------
    widget : ipywidgets.VBox
        Its attribute `panel` holds the parts, see :class:`Panel`.
    """
    show = RowView(session._rows, image, columns)
    return Panel(session, show, classes, annotator, new_classes).box


class Panel:
    """The parts of the widget, and what they do.

    Attributes
    ----------
    current : id or None
        The row that is shown.
    buttons : dict of Button
        One for each class.
    row, prediction, status, message : HTML
        The row, what the model says of it, how far the session is, and errors.
    new_class : Text
    undo, skip, retry : Button
    bar : IntProgress
    box : VBox
        All of them.
    """

    def __init__(self, session, show, classes=None, annotator=None, new_classes=True):
        self._widgets = _import_ipywidgets()
        self._session = session
        self._show = show
        self._annotator = annotator
        self._own_thread = OwnThread()
        self._model, self._model_key = None, None
        self.current = None
        self.buttons = {}
        self._build(new_classes)
        self._add_classes(sorted(session.progress()["classes"]) if classes is None else classes)
        self._run(None)

    # Parts ------------------------------------------------------------------------------

    def _build(self, new_classes):
        w = self._widgets
        self.row, self.prediction, self.status, self.message = (w.HTML() for _ in range(4))
        self.bar = w.IntProgress(min=0, layout=w.Layout(width="200px"))
        self.undo = self._button("Undo", self._on_undo, icon="undo")
        self.skip = self._button("Skip", self._on_skip, icon="forward")
        self.retry = self._button("Look again", self._on_retry, icon="refresh")
        self.new_class = w.Text(placeholder="new class, then Enter", continuous_update=False)
        self.new_class.layout.display = None if new_classes else "none"
        self.new_class.observe(lambda _: self._own_thread(self._on_new_class), names="value")
        self._class_box = w.Box(layout=w.Layout(flex_flow="row wrap"))
        actions = w.HBox([self.new_class, self.skip, self.undo, self.retry])
        progress = w.HBox([self.bar, self.status])
        self.box = w.VBox(
            [progress, self.row, self.prediction, self._class_box, actions, self.message]
        )
        self.box.panel = self

    def _button(self, description, act, **options):
        button = self._widgets.Button(description=description, **options)
        button.on_click(lambda pressed: self._own_thread(self._press, pressed, act))
        return button

    def _add_classes(self, classes):
        for label in np.asarray(classes, dtype=object).tolist():
            if label not in self.buttons:
                self.buttons[label] = self._button(
                    str(label), lambda label=label: self._answer(label)
                )
        # Buttons that are there already stay the same, and keep the focus.
        if len(self._class_box.children) < len(self.buttons):
            self._class_box.children = tuple(self.buttons.values())

    # Answers ----------------------------------------------------------------------------

    def _press(self, button, act):
        self._run(act)
        if not button.disabled:
            button.focus()

    def _on_new_class(self):
        text = self.new_class.value.strip()
        if text:
            self.new_class.value = ""
            self._run(lambda: self._answer(_typed(text, self.buttons)))

    def _answer(self, label):
        self._session.label([self.current], [label], annotator=self._annotator)

    def _on_skip(self):
        self._session.skip([self.current], annotator=self._annotator)

    def _on_undo(self):
        rows = self._session.undo(annotator=self._annotator)
        self.current = rows[0] if rows else self.current

    def _on_retry(self):
        pass

    def _run(self, act):
        """Act, then show what is to be labeled now, or what went wrong."""
        # A second click on its way must not answer for a row that nobody has seen.
        self._enable(False)
        errors = []
        for step in (act, self._move_on, self._show_row, self._predict, self._show_progress):
            try:
                if step is not None:
                    step()
            except Exception as error:
                errors.append(_message(error, brief=step is act))
        self.message.value = "".join(errors)
        self._enable(True)

    def _enable(self, on):
        for button in (*self.buttons.values(), self.skip, self.new_class):
            button.disabled = not on or self.current is None
        self.undo.disabled = self.retry.disabled = not on
        self.retry.layout.display = None if self.current is None else "none"

    # What is shown ----------------------------------------------------------------------

    def _move_on(self):
        """Stay with a row that is still open, else take another."""
        open_rows = self._session.pending(self._annotator)
        if self.current not in open_rows:
            self.current = None
            open_rows = open_rows or self._session.next(1, annotator=self._annotator)
            self.current = open_rows[0] if open_rows else None

    def _show_row(self):
        self.row.value = ""
        if self.current is not None:
            self.row.value = self._show(self.current)

    def _predict(self):
        self.prediction.value = ""
        self._mark(None)
        progress = self._session.progress()
        if self.current is None or not progress["n_labeled"]:
            return
        # The model of this round: one for each label would make labeling slow.
        if self._model is None or self._model_key != progress["n_rounds"]:
            self._model, self._model_key = self._session.model(), progress["n_rounds"]
        label, proba = self._show.predicted(self._model, self.current)
        said = "" if proba is None else f" (probability {proba:.2f})"
        self.prediction.value = f"Model: <b>{html.escape(str(label))}</b>{said}"
        self._mark(label)

    def _mark(self, label):
        for name, button in self.buttons.items():
            is_predicted = label is not None and name == label
            button.button_style = "info" if is_predicted else ""
            button.tooltip = "The model's prediction" if is_predicted else None

    def _show_progress(self):
        progress = self._session.progress()
        self._add_classes(list(progress["classes"]))
        self.bar.max, self.bar.value = progress["n_rows"], progress["n_labeled"]
        status = f"labeled {progress['n_labeled']} of {progress['n_rows']}"
        if progress["n_skipped"]:
            status += f", skipped {progress['n_skipped']}"
        self.status.value = status
        if self.current is None:
            self.row.value = f"<p><b>{_why_nothing(progress)}</b></p>"


class OwnThread:
    """Calls functions in the thread this was made in, as a session belongs to one thread.

    Notebooks may run what answers a click in a thread of its own, while cells go on.
    """

    def __init__(self):
        self._thread = threading.get_ident()
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def __call__(self, function, *args):
        if self._loop is None or threading.get_ident() == self._thread:
            function(*args)
        else:
            self._loop.call_soon_threadsafe(function, *args)


class RowView:
    """HTML for rows."""

    def __init__(self, rows, image=None, columns=None):
        self._rows = rows
        self._image = image
        self._columns = columns

    def __call__(self, id_):
        rows = self._rows.take([self._rows.position(id_)])
        row = _only(rows)
        picture = self._picture(row, id_)
        if picture and self._columns is None:
            return picture
        return picture + _row_html(row, self._columns)

    def _picture(self, row, id_):
        if callable(self._image):
            array = self._image(row)
        elif self._image is not None:
            array = np.asarray(row if not hasattr(row, "values") else _values(row))
            array = array.reshape(self._image)
        else:
            array = row if is_image(row) else None
        if array is None:
            return ""
        data = base64.b64encode(png(array)).decode()
        alt = html.escape(f"Row {id_}")
        return f'<img style="{IMAGE}" alt="{alt}" src="data:image/png;base64,{data}">'

    def predicted(self, model, id_):
        """Return the predicted label of a row and its probability, None without."""
        X = self._rows.take([self._rows.position(id_)])
        label = np.asarray(model.predict(X)).tolist()[0]
        proba = float(np.max(model.predict_proba(X))) if hasattr(model, "predict_proba") else None
        return label, proba


def _only(rows):
    """Return the row of data that hold one."""
    if hasattr(rows, "iloc"):
        return rows.iloc[0]
    if hasattr(rows, "row") and hasattr(rows, "columns"):  # polars
        return rows.row(0, named=True)
    if sp.issparse(rows):
        return rows.tocsr()
    return rows[0]


def _values(row):
    return list(row.values()) if isinstance(row, dict) else row.values


def _row_html(row, columns=None):
    if isinstance(row, str):
        return f'<div style="{TEXT} max-width: 50em;">{html.escape(row)}</div>'
    names = list(_named(row)) if columns is None else columns
    values = _named(row)
    return table([(name, values[name]) for name in names])


def _named(row):
    """Return what a row holds, by name."""
    if sp.issparse(row):
        return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
    if hasattr(row, "items"):
        return dict(row.items())
    return dict(enumerate(np.ravel(np.asarray(row)).tolist()))


def table(pairs):
    """Return a table of two columns."""
    lines = [
        f'<tr><th style="{CELL}">{html.escape(str(name))}</th>'
        f'<td style="{CELL} {TEXT}">{html.escape(str(value))}</td></tr>'
        for name, value in pairs
    ]
    return f'<table style="max-width: 60em;">{"".join(lines)}</table>'


# Images -----------------------------------------------------------------------------------


def is_image(row):
    """Whether a row is an array of shape (h, w) or (h, w, 3)."""
    shape = () if sp.issparse(row) else getattr(row, "shape", ())
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def png(array):
    """Return an image of shape (h, w) or (h, w, 3) as PNG."""
    pixels = np.ascontiguousarray(to_bytes(np.asarray(array)))
    if not is_image(pixels):
        raise ValueError(
            f"image must give arrays of shape (h, w) or (h, w, 3), got shape {pixels.shape}."
        )
    height, width = pixels.shape[:2]
    color = 0 if pixels.ndim == 2 else 2
    lines = pixels.reshape(height, -1)
    # Each line starts with the number of its filter, 0 for none.
    data = np.hstack([np.zeros((height, 1), np.uint8), lines]).tobytes()
    header = struct.pack(">2I5B", width, height, 8, color, 0, 0, 0)
    parts = _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(data)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def to_bytes(array):
    """Return brightness from 0 to 255; bytes stay, and numbers beyond [0, 1] are stretched."""
    if array.dtype == np.uint8:
        return array
    array = np.nan_to_num(array.astype(float))
    low, high = min(array.min(), 0.0), max(array.max(), 1.0)
    return np.rint(255 * (array - low) / (high - low)).astype(np.uint8)


def _chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


# Words ------------------------------------------------------------------------------------


def _typed(text, labels):
    """Return text as a label of the kind there is; without any, numbers are numbers."""
    kinds = {type(label) for label in labels} or {int}
    by_text = {str(label): label for label in labels}
    if text in by_text or kinds != {int}:
        return by_text.get(text, text)
    try:
        return int(text)
    except ValueError:
        return text


def _message(error, brief):
    """Return an error as HTML: what a session refused in a sentence, all else in full."""
    if brief and isinstance(error, (ValueError, RuntimeError)):
        text = str(error)
    else:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return f'<pre role="alert" style="color: #b00020; {TEXT}">{html.escape(text)}</pre>'


def _why_nothing(progress):
    if progress["n_pool"]:
        reason = "the budget is spent" if progress["budget"] is not None else "none was offered"
        return f"There is no row to show: {progress['n_pool']} are in the pool, but {reason}."
    if progress["n_pending"]:
        return f"Nothing is left to label here; {progress['n_pending']} rows wait for others."
    return "Nothing is left to label."


def _import_ipywidgets():
    try:
        import ipywidgets
    except ImportError as error:
        raise ImportError('The widget needs ipywidgets: pip install "skal[notebook]".') from error
    return ipywidgets
