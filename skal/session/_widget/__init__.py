"""A labeling session in a notebook: one row at a time, and buttons to answer."""

from ._panel import Panel
from ._row_view import RowView

__all__ = ["session_widget"]


def session_widget(session, rows, *, classes, annotator, image, columns, new_classes, folder):
    """Return a widget that shows rows of a session and takes their labels.

    Parameters
    ----------
    session : LabelingSession
        Opened in the thread that calls this.
    rows : Rows
        The rows of the session.
    classes, annotator, image, columns
        As in :meth:`LabelingSession.widget`.
    new_classes : bool
        Whether there is a field to name a new class.
    folder : str
        Where relative paths of images begin.

    Returns
    -------
    widget : ipywidgets.VBox
        Its attribute `panel` holds the parts, see :class:`Panel`.
    """
    show = RowView(rows, image, columns, folder)
    return Panel(session, show, classes, annotator, new_classes).box
