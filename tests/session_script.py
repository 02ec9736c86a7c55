"""Processes that label and get killed, or label at the same time.

The first one imports everything and then forks, so that a life costs milliseconds.

    python session_script.py kill PATH N_KILLS SEED
    python session_script.py race PATH N_PROCESSES
    python session_script.py migrate PATH N_KILLS SEED

What the processes acknowledged is printed as JSON.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback

import numpy as np
from sklearn.dummy import DummyClassifier

import skal
from skal import ActiveLearner
from skal.session import LabelingSession, read_note, salvage
from skal.strategies import RandomSampling

N_ROWS = 3000
MOST_LINES = 12
LONGEST_ACTION = 0.008  # seconds, roughly


def run_script(*arguments):
    """Run this script in a process of its own, and return what it prints."""
    paths = [str(pathlib.Path(skal.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def open_session(path, n_rows=N_ROWS):
    """Open a session that never fits a model, so that most of its life is spent on the file."""
    learner = ActiveLearner(
        DummyClassifier(), RandomSampling(), cold_start=RandomSampling(), random_state=0
    )
    ids = [f"row {i}" for i in range(n_rows)]
    return LabelingSession(path, learner, np.zeros((n_rows, 1)), ids=ids, refit_every=10**9)


def label_of(id_):
    """Return the one right label of a row."""
    return f"class {int(id_.split()[1]) % 3}"


def live(path, say):
    """Answer what is open, ask for more, and now and then skip or undo.

    Each call is announced, and confirmed when it has returned.
    """
    session = open_session(path)
    for step in range(10**6):
        open_ids = session.pending() or session.next(3)
        if step % 7 == 3:
            say("skip", open_ids[:1])
            session.skip(open_ids[0])
        elif step % 5 == 4:
            say("label", open_ids)
            session.label(open_ids, [label_of(id_) for id_ in open_ids])
        else:
            say("label", open_ids[:1])
            session.label(open_ids[0], label_of(open_ids[0]))
        say("done", [])
        if step % 11 == 10:
            say("undo", [])
            session.undo()
            say("done", [])


def forked(work):
    """Run `work(say)` in a child; return its process id and the end of a pipe to read from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        # One write of less than PIPE_BUF bytes arrives as a whole or not at all.
        work(lambda *said: os.write(writing, (json.dumps(said) + "\n").encode()))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def kill(path, n_kills, seed):
    """Kill children one after the other: after some actions, at any moment of the next one."""
    moments = random.Random(seed)
    lives = []
    found(path)  # what a process does only once is not what is to be interrupted
    for _ in range(n_kills):
        child, reading = forked(lambda say: live(path, say))
        with os.fdopen(reading) as pipe:
            said = [pipe.readline() for _ in range(moments.randint(0, MOST_LINES))]
            time.sleep(moments.uniform(0, LONGEST_ACTION))
            os.kill(child, signal.SIGKILL)
            said += pipe.readlines()
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("A child ended before it was killed.")
        lives.append({"said": list(map(json.loads, said)), **found(path)})
    return lives


def found(path):
    """Return what a session that is opened now holds, with an id for each line of the labels."""
    with open_session(path) as session:
        labels = [(record["id"], record["label"]) for record in session.records()]
        return {"labels": labels, "skipped": session.skipped()}


def race(path, n_processes, n_rows=150):
    """Let children label all rows together."""

    def work(name, say):
        with open_session(path, n_rows) as session:
            while ids := session.next(2, annotator=name):
                session.label(ids, [label_of(id_) for id_ in ids], annotator=name)
                say(name, ids)

    children = [
        forked(lambda say, name=f"annotator {i}": work(name, say)) for i in range(n_processes)
    ]
    spoken = [list(map(json.loads, os.fdopen(reading))) for _, reading in children]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, _ in children]
    return {"said": spoken, "codes": codes}


def migrate(path, n_kills, seed):
    """Kill children that open a session of the format before, at any moment."""
    moments = random.Random(seed)
    kept = f"{path}.kept"
    shutil.copyfile(path, kept)
    told = {"before": salvage(path).n_actions, "after": [], "n_killed": 0}
    for _ in range(n_kills):
        for end in ("-wal", "-shm"):
            pathlib.Path(f"{path}{end}").unlink(missing_ok=True)
        shutil.copyfile(kept, path)

        def work(say):
            say("begun")
            read_note(path, "nothing")
            time.sleep(60)

        child, reading = forked(work)
        with os.fdopen(reading) as pipe:
            pipe.readline()
            time.sleep(moments.uniform(0, LONGEST_ACTION))
            os.kill(child, signal.SIGKILL)
        told["n_killed"] += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        # Opened once more, as it was left, and brought up to date if it was not.
        read_note(path, "nothing")
        salvaged = salvage(path)
        told["after"].append(None if salvaged.problem else salvaged.n_actions)
    return told


if __name__ == "__main__":
    task, path, *numbers = sys.argv[1:]
    tasks = {"kill": kill, "race": race, "migrate": migrate}
    print(json.dumps(tasks[task](path, *map(int, numbers))))
