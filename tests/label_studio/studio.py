"""A real Label Studio server, with data in a folder of its own, and what people do on it.

The environment variable SKAL_LABEL_STUDIO names the program ``label-studio``.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress

TOKEN = "0123456789abcdef0123456789abcdef01234567"
ANNA, PASSWORD = "anna@example.org", "a-secret-word"
PATIENCE = 240  # seconds; the first start makes a database
QUIET = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
}


class Studio:
    """A server, and its users.

    Parameters
    ----------
    folder : Path
        Where it keeps its data.
    """

    def __init__(self, folder):
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process = None

    def start(self):
        command = [os.environ["SKAL_LABEL_STUDIO"], "start", "--no-browser"]
        command += ["--port", str(self._port), "--username", ANNA, "--password", PASSWORD]
        command += ["--user-token", TOKEN]
        env = {**os.environ, **QUIET, "LABEL_STUDIO_BASE_DATA_DIR": str(self._folder)}
        env.pop("PYTHONPATH", None)
        with open(self._folder / "server.log", "a") as log:
            self._process = subprocess.Popen(
                command, env=env, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._is_up():
            assert self._process.poll() is None, (self._folder / "server.log").read_text()[-3000:]
            assert time.monotonic() < deadline, "Label Studio does not start"
            time.sleep(0.3)

    def _is_up(self):
        with suppress(OSError):
            # The user comes last: before, the token opens nothing.
            return self.ask("GET", "/api/current-user/whoami")["email"] == ANNA
        return False

    def stop(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ask(self, method, path, body=None):
        headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    # What people do

    def add_project(self, config):
        return self.ask("POST", "/api/projects/", {"title": "made", "label_config": config})["id"]

    def add_user(self, email):
        body = {"email": email, "username": email, "password": PASSWORD}
        return self.ask("POST", "/api/users/", body)["id"]

    def delete_user(self, number):
        self.ask("DELETE", f"/api/users/{number}/")

    def annotate(self, task, choice, who=None, name="label", to_name="text"):
        """Answer a task, or skip it where the choice is None; return the number of the answer.

        Several choices are a list, and a number is one of the tag Number.
        """
        body = {**_answer(choice, name, to_name), "lead_time": 1.5}
        if who is not None:
            body["completed_by"] = who
        return self.ask("POST", f"/api/tasks/{task}/annotations/", body)["id"]

    def change(self, annotation, choice, name="label", to_name="text"):
        self.ask("PATCH", f"/api/annotations/{annotation}/", _answer(choice, name, to_name))

    def withdraw(self, annotation):
        self.ask("DELETE", f"/api/annotations/{annotation}/")

    def delete_task(self, task):
        self.ask("DELETE", f"/api/tasks/{task}/")

    def tasks(self, project):
        path = f"/api/tasks?project={project}&fields=all&page_size=5000"
        return self.ask("GET", path)["tasks"]

    def next_task(self, project):
        """Return the task that a person is given who asks for one, None if there is none."""
        try:
            return self.ask("POST", f"/api/dm/actions?id=next_task&project={project}", {})
        except urllib.error.HTTPError as error:
            assert error.code == 404
            return None

    def export(self, project, kind):
        return self.ask("GET", f"/api/projects/{project}/export?exportType={kind}")


def _answer(choice, name, to_name):
    value = {"choices": [choice] if isinstance(choice, str) else choice}
    if isinstance(choice, (int, float)):
        value = {"number": choice}
    result = {"from_name": name, "to_name": to_name, "type": next(iter(value)), "value": value}
    is_empty = choice is None or choice == []
    return {"result": [] if is_empty else [result], "was_cancelled": choice is None}
