"""The record of a session: its log, replayed action by action."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ._chain import START, Link
from ._draws import Draws
from ._history import History


class Entry(NamedTuple):
    """The part of an action about one row. `row` is its position, `id` its id as JSON."""

    row: int
    id: str
    label: object = None
    annotator: str = None
    time: str = None
    round: int = 0
    strategy: str = None
    score: float = None
    price: float = 0.0


@dataclass
class Action:
    """What one call did; `seq` is its number in the log, `digest` as in :class:`Link`."""

    kind: str
    annotator: str = None
    time: str = ""
    details: dict = field(default_factory=dict)
    entries: list = field(default_factory=list)
    seq: int = None
    digest: bytes = None


class Record:
    """What is known after some actions of the log, see :meth:`apply`.

    Attributes
    ----------
    seq : int
        Number of the last action.
    digest : bytes
        Its digest.
    seed : int
        Seed of all that is drawn in the session.
    data : dict
        The fingerprint of the data when they were last seen.
    opinions : dict of dict
        For each labeled row, in the order of the first labels, an entry for each annotator.
    pending : dict
        For each row that was offered and not answered yet, the entry of the offer.
    skipped : dict
        For each skipped row, the entry.
    declined : set of tuple
        Row and annotator, where a second opinion was not given.
    known : set
        The rows whose labels were known from the start.
    n_fits, fitted_at : int
        How many models have chosen rows, and the last action the latest of them knew.
    n_given, n_seen : int
        How many labels were ever given, and how many of them that model knew.
    changed_at : int
        The last action that made models before it outdated: it changed labels or undid some.
    history : History
        The actions that can be undone.
    draws : Draws
        The audit rows, and what they were drawn from.
    """

    def __init__(self):
        self.seq, self.digest = START
        self.seed = None
        self.data = None
        self.opinions = {}
        self.pending = {}
        self.skipped = {}
        self.declined = set()
        self.known = set()
        self.n_fits = self.fitted_at = self.n_given = self.n_seen = self.changed_at = 0
        self.history = History()
        self.draws = Draws()

    @property
    def random_state(self):
        """The seed, of a size that scikit-learn takes."""
        return self.seed % 2**31

    @property
    def link(self):
        """The number of the last action and its digest."""
        return Link(self.seq, self.digest)

    def apply(self, action):
        """Take the next action into account."""
        KINDS[action.kind](self, action)
        self.seq, self.digest = action.seq, action.digest

    def is_taken(self, row):
        """Whether a row is labeled, pending or skipped, and so not in the pool."""
        return row in self.opinions or row in self.pending or row in self.skipped

    def entries(self):
        """Return the entries of all labels."""
        return [entry for given in self.opinions.values() for entry in given.values()]

    def disagreements(self):
        """Return the rows on which annotators disagree."""
        return [
            row
            for row, given in self.opinions.items()
            if len(given) > 1 and len({entry.label for entry in given.values()}) > 1
        ]

    # One method for each kind of action, see KINDS.

    def _created(self, action):
        self.seed = action.details["seed"]

    def _rows(self, action):
        self.data = action.details
        self.draws.appended()

    def _known(self, action):
        # Not given by anybody in the session, they count neither for refit_every nor for undo.
        for entry in action.entries:
            self._leave(entry.row)
            self.known.add(entry.row)
            self.opinions[entry.row] = {entry.annotator: entry}
        self.changed_at = action.seq

    def _offer(self, action):
        self.draws.offered(action.entries, self.is_taken)
        for entry in action.entries:
            self.pending[entry.row] = entry
        # An offer by a model that knew another action is the first one by a new model.
        if action.details["fitted_at"] != self.fitted_at:
            self.fitted_at = action.details["fitted_at"]
            self.n_seen = action.details["n_seen"]
            self.n_fits += 1

    def _relabel(self, action):
        self.history.add(action, self.opinions)
        for entry in action.entries:
            given = self.opinions[entry.row]
            if entry.annotator in given:
                given[entry.annotator] = entry
            else:  # somebody who had not labeled the row settles it
                self.opinions[entry.row] = {entry.annotator: entry}
        self.changed_at = action.seq

    def _answers(self, action):
        # Labels and skips; what was imported may hold both.
        self.history.add(action, self.opinions)
        for entry in action.entries:
            self._leave(entry.row)
            self.pending.pop(entry.row, None)
            if entry.label is None:
                self._put_aside(entry)
            else:
                self.skipped.pop(entry.row, None)
                self.opinions.setdefault(entry.row, {})[entry.annotator] = entry
                self.n_given += 1

    def _put_aside(self, entry):
        # A second opinion is declined by one annotator; others may still be asked.
        if entry.row in self.opinions:
            self.declined.add((entry.row, entry.annotator))
        else:
            self.skipped[entry.row] = entry

    def _leave(self, row):
        if not self.is_taken(row):
            self.draws.left(row)

    def _release(self, action):
        for entry in action.entries:
            self.pending.pop(entry.row, None)
            if not self.is_taken(entry.row):
                self.draws.returned(entry.row)

    def _undo(self, action):
        for seq in action.details["undone"]:
            undone, before = self.history.pop(seq)
            for entry in undone.entries:
                self._restore(entry.row, before.get(entry.row))
                # A corrected row has its label from before; all other rows are open again.
                if undone.kind != "relabel":
                    self.declined.discard((entry.row, entry.annotator))
                    self.skipped.pop(entry.row, None)
                    self.pending[entry.row] = entry._replace(label=None)
            if undone.kind != "skip":
                self.changed_at = action.seq

    def _restore(self, row, opinions):
        # Assigning to a row that is still there keeps the order of the first labels.
        if opinions is None:
            self.opinions.pop(row, None)
        else:
            self.opinions[row] = opinions


KINDS = {
    "created": Record._created,
    "rows": Record._rows,
    "known": Record._known,
    "offer": Record._offer,
    "label": Record._answers,
    "skip": Record._answers,
    "import": Record._answers,
    "relabel": Record._relabel,
    "release": Record._release,
    "undo": Record._undo,
}
# The kinds that can be undone, as they are calls by which people answer.
UNDOABLE = ("label", "skip", "import", "relabel")
