"""What the session holds open: the file, until it is closed."""

from .._base import html_table
from ._summary import progress_cells


class Handle:
    """An object that holds the file of a session, a :class:`Store`, open as `_store`.

    Its log is `_log`, its rows are `_rows`, and the rules of its labels are `_rules`.
    """

    @property
    def path(self):
        """The path of the file."""
        return self._store.path

    @property
    def several_labels(self):
        """Whether each label is a list of classes."""
        return self._rules.are_several

    def close(self):
        """Close the file. Nothing needs to be saved: every answer is in it already."""
        self._store.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __repr__(self):
        state = f"{len(self._log.record.opinions)} of {len(self._rows)} rows labeled"
        return f"<LabelingSession {self._store.path!r}: {state}>"

    def _repr_html_(self):
        """Return a table of the progress, for notebooks. No model is fitted for it."""
        rows = [[name, text] for name, text in progress_cells(self.progress(estimate=False))]
        return html_table(repr(self), [], rows)

    def __reduce__(self):
        raise TypeError(
            "A LabelingSession is a file held open, and cannot be copied or pickled. Open it "
            f"again from its path, {self._store.path!r}."
        )
