"""Make the sessions of format 1 in this folder, which skal wrote before it had digests.

Run it with a version of skal from that time, such as that of the commit be45770::

    PYTHONPATH=path/to/old/skal python tests/data/make_sessions.py tests/data

Beside each session, what it held is written as JSON.
"""

import datetime
import json
import pathlib
import shutil
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.stopping import StabilizingPredictions

N_ROWS = 40

# The ids of each session, by the name of its file.
IDS = {
    "numbers": None,
    "texts": [f"röw {i}" for i in range(N_ROWS)],
    "mixed": [1, "1", 2.5, (1, 2), *(f"r{i}" for i in range(4, N_ROWS))],
    "dates": [datetime.date(2024, 1, 1) + datetime.timedelta(i) for i in range(N_ROWS)],
}


def data():
    """Return the rows, and their labels."""
    rng = np.random.RandomState(0)
    X = rng.randn(N_ROWS, 3).round(6)
    return X, [["cat", "dög"][int(x > 0)] for x in X[:, 0]]


def open_session(path, ids):
    """Open a session as it was begun; its criterion keeps a stop set in the file."""
    X, y = data()
    criterion = StabilizingPredictions(window=2, threshold=0.9, stop_set_size=20)
    known = [label if i in (0, 3) else None for i, label in enumerate(y)]
    learner = ActiveLearner(LogisticRegression(), random_state=0)
    return LabelingSession(
        path, learner, X, ids=ids, y=known, prices=np.full(N_ROWS, 0.5), stopping=criterion
    )


def play(session, ids):
    """Do everything that a log can hold."""
    _, y = data()
    label_of = dict(zip(range(N_ROWS) if ids is None else ids, y, strict=True))
    for _ in range(3):
        offered = session.next(4)
        session.label(offered[:3], [label_of[id_] for id_ in offered[:3]])
    session.skip(session.pending()[0])
    for id_ in session.next(2, annotator="anna"):
        session.label(id_, "cat", annotator="anna")
    for id_ in session.next(3, annotator="bért", again=True):
        session.label(id_, "dög", annotator="bért")
    session.undo()
    session.label(session.pending("anna") + session.next(1, annotator="carl"), ["cat"])
    labeled = session.labels()["id"].tolist()
    session.relabel(labeled[2], "dög", annotator="judge")
    session.relabel(labeled[3], "cat")
    session.undo()
    session.skip(session.next(2)[0])
    session.release(session.next(1, annotator="dora"))
    session.next(2, annotator="dora")


def content(session):
    """Return what a session holds, as JSON can."""
    labels = session.labels()
    labels = labels.astype(object).where(labels.notna(), None)
    return json.loads(
        json.dumps(
            {
                "records": labels.to_dict("records"),
                "pending": {who: session.pending(who) for who in (None, "anna", "bért", "dora")},
                "skipped": session.skipped(),
                "progress": session.progress(),
                "disagreements": [[str(i), d] for i, d in session.disagreements().items()],
            },
            default=str,
        )
    )


def main(folder):
    """Write the sessions and what they hold."""
    for name, ids in IDS.items():
        path = folder / f"format_1_{name}.skal"
        path.unlink(missing_ok=True)
        with open_session(path, ids) as session:
            play(session, ids)
            (folder / f"format_1_{name}.json").write_text(
                json.dumps(content(session), indent=1, ensure_ascii=False), encoding="utf-8"
            )
    # One that was not closed: its newest actions are in the write-ahead log.
    path, copy = folder / "unclosed.tmp", folder / "format_1_unclosed.skal"
    session = open_session(path, IDS["texts"])
    session.label(session.next(4, annotator="anna")[:2], ["cat", "dög"])
    session.skip(session.pending()[0])
    session.undo()
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{copy}{end}")
    (folder / "format_1_unclosed.json").write_text(
        json.dumps(content(session), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    session.close()
    path.unlink()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
