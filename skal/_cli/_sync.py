"""`skal sync`: let people label in Label Studio, and take their labels as they come."""

import getpass
import os
import sys
from pathlib import Path

from ..label_studio import LabelStudio, LabelStudioError, ServerAwayError, Shown, role_of
from ..label_studio import sync as sync_session
from ._columns import described
from ._failures import plain_server_error
from ._messages import NOTHING_LEFT, CommandError, command, say
from ._project import open_project


def sync(options):
    """Keep the session and a project in step until nothing is left. Returns the exit code."""
    with open_project(options.data, options) as project:
        say(f"Columns: {described(project.readings)}.")
        try:
            server = LabelStudio(options.label_studio, _token(options.label_studio))
            synced = _synced(project, server, options)
        except (LabelStudioError, ServerAwayError) as error:
            raise CommandError(plain_server_error(error)) from error
        except KeyboardInterrupt:
            say("Stopped. Tasks that are open stay open; the same command goes on from here.")
            synced = None
        project.remember_spellings()
        _say_end(project, synced, options)
    return 0


def _token(url):
    """Return the token: from the environment, or from a person. It is kept nowhere."""
    variable = LabelStudio.TOKEN_VARIABLE
    token = os.environ.get(variable)
    if token:
        return token
    if not sys.stdin.isatty():
        raise CommandError(
            f"The environment variable {variable} must hold a token of {url}, as nobody is here "
            "to be asked for it. The page Account & Settings of Label Studio shows it."
        )
    return getpass.getpass(f"Token of {url} (not shown): ")


def _synced(project, server, options):
    return sync_session(
        project.session,
        server,
        options.project,
        n=options.n,
        classes=project.classes(),
        question=options.question,
        title=options.title or Path(options.data).name,
        prelabel=options.prelabel,
        shown=_shown(project),
        every=options.every,
        once=options.once,
        report=_report,
    )


def _report(sentence):
    say(plain_server_error(sentence))
    sys.stdout.flush()  # a log file is to be read while the command runs


def _shown(project):
    """Return how people see the rows of the table: all columns but that of the labels."""
    columns = project.table.without(project.settings.label)
    roles = {name: _role(project, name, values) for name, values in columns.items()}

    def rows(ids):
        places = project.rows(ids)
        return [{name: columns[name][row] for name in columns} for row in places]

    return Shown(roles, rows, str(Path(project.table.path).parent))


def _role(project, name, values):
    role = role_of([value for value in values if project.table.is_value(value)])
    reading = project.readings.get(name)
    if role == "image" or reading is None or reading.role == "drop":
        return role
    return reading.role if reading.role in ("text", "image") else "value"


def _say_end(project, synced, options):
    say(project.progress())
    if synced is not None and not options.once:
        say(NOTHING_LEFT)
    path = project.table.path
    if project.session.progress()["n_labeled"]:
        say(f"To get the labels: {command('export', path, '-o', 'labeled.csv')}")
