"""A small Label Studio on loopback, which keeps to what the real one was seen to do.

The tests in ``tests/label_studio`` ask the same of a real server, of version 1.23.
"""

import contextlib
import json
import re
import threading
import urllib.parse
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

TOKEN = "0123456789abcdef0123456789abcdef01234567"
ANNA, BOB = 1, 2
START = datetime(2024, 3, 9, tzinfo=timezone.utc)


class Refusal(Exception):
    """An answer other than success."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status = status


class FakeLabelStudio:
    """The server and what stands on it.

    Attributes
    ----------
    requests : list of tuple
        Method and path of each request.
    failures : list of callable or int
        What happens to the next requests in place of an answer: a status, or a function of the
        answer that is lost on its way.
    """

    def __init__(self):
        self.projects, self.tasks, self.annotations = {}, {}, {}
        self.users = {ANNA: "anna@example.org"}
        self.requests, self.failures = [], []
        self.token = TOKEN
        self._n = self._ticks = 0
        self._lock = threading.Lock()
        self._server = self._thread = None
        self._port = 0

    # The server

    @property
    def url(self):
        return f"http://127.0.0.1:{self._port}"

    def start(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                with fake._lock:
                    status, found = fake.respond(self.command, self.path, body, self.headers)
                if status is None:
                    self.connection.close()  # the answer is lost
                    return
                text = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://elsewhere.invalid/login?next=secret")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def respond(self, method, path, body, headers):
        """Return the status and what the answer holds; None where it is lost."""
        path, _, query = path.partition("?")
        query = {key: values[-1] for key, values in urllib.parse.parse_qs(query).items()}
        self.requests.append((method, path))
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, int):
            return failure, b"<html>Bad gateway</html>"
        try:
            status, found = 200, self._found(method, path, query, body, headers)
        except Refusal as error:
            status, found = error.status, {"status_code": error.status, "detail": str(error)}
        return (None, None) if failure == "lost" else (status, found)

    def _found(self, method, path, query, body, headers):
        if path == "/api/version":
            return {"release": "1.23.2", "label-studio-os-package": {"version": "1.23.2"}}
        if headers.get("Authorization") != f"Token {self.token}":
            raise Refusal(401, "Invalid token.")
        for pattern, function in ROUTES.items():
            wanted, _, pattern = pattern.partition(" ")
            match = re.fullmatch(pattern, path)
            if match and method == wanted:
                return function(self, *map(int, match.groups()), query=query, body=body)
        raise Refusal(404, "Not found.")

    # What skal asks for

    def whoami(self, query, body):
        return {"id": ANNA, "email": self.users[ANNA]}

    def list_users(self, query, body):
        return [{"id": number, "email": email} for number, email in self.users.items()]

    def make_project(self, query, body):
        number = self.add_project(body["label_config"])
        self.projects[number].update(body)
        return self.projects[number]

    def show_project(self, number, query, body):
        if number not in self.projects:
            raise Refusal(404, "No Project matches the given query.")
        return self.projects[number]

    def change_project(self, number, query, body):
        if "model_version" in body and body["model_version"] not in self.list_models(
            number, query, None
        ):
            raise Refusal(400, "Model version doesn't exist.")
        self.projects[number].update(body)
        return self.projects[number]

    def list_tasks(self, query, body):
        tasks = [one for one in self.tasks.values() if one["project"] == int(query["project"])]
        (ordering,) = json.loads(query["query"])["ordering"]
        latest = ordering == "-tasks:updated_at"
        tasks.sort(key=lambda one: one["updated_at"] if latest else one["id"], reverse=latest)
        page, size = int(query["page"]), int(query["page_size"])
        shown = tasks[(page - 1) * size : page * size]
        if not shown and page > 1:
            raise Refusal(404, "Invalid page.")
        return {"total": len(tasks), "tasks": [self._with_annotations(one) for one in shown]}

    def _with_annotations(self, task):
        given = [one for one in self.annotations.values() if one["task"] == task["id"]]
        return {**task, "annotations": given}

    def import_tasks(self, number, query, body):
        config = self.show_project(number, query, None)["label_config"]
        for item in body:
            for name in re.findall(r"\$(\w+)", config):
                if name not in item["data"]:
                    raise Refusal(400, f'"{name}" key is expected in task data')
        return {"task_ids": [self.add_task(number, **item)["id"] for item in body]}

    def import_predictions(self, number, query, body):
        for item in body:
            if item["task"] not in self.tasks:
                raise Refusal(400, f"Invalid task ID {item['task']}")
        for item in body:
            self.tasks[item["task"]]["predictions"].append(item)
        return {"created": len(body)}

    def list_models(self, number, query, body):
        tasks = [one for one in self.tasks.values() if one["project"] == number]
        names = [one["model_version"] for task in tasks for one in task["predictions"]]
        return {name: names.count(name) for name in names}

    def delete_model(self, number, query, body):
        for task in self.tasks.values():
            if task["project"] == number:
                task["predictions"] = [
                    one
                    for one in task["predictions"]
                    if one["model_version"] != body["model_version"]
                ]
        return {}

    def act(self, query, body):
        assert query["id"] == "delete_tasks"
        for number in body["selectedItems"]["included"]:
            self.delete_task(number)
        return {}

    # What people do

    def add_project(self, config):
        self._n += 1
        self.projects[self._n] = {
            "id": self._n,
            "label_config": config,
            "model_version": "",
            "sampling": "Sequential sampling",
            "show_collab_predictions": True,
        }
        return self._n

    def add_task(self, project, data, meta=None, predictions=()):
        self._n += 1
        self.tasks[self._n] = {
            "id": self._n,
            "project": project,
            "data": data,
            "meta": meta or {},
            "predictions": [dict(one) for one in predictions],
            "updated_at": self._now(),
        }
        return self.tasks[self._n]

    def delete_task(self, number):
        del self.tasks[number]
        for key in [key for key, one in self.annotations.items() if one["task"] == number]:
            del self.annotations[key]

    def annotate(self, task, choice, who=ANNA, name="label"):
        """Answer a task, or skip it where the choice is None; return the number of the answer.

        Several choices are a list, a number is one of the tag Number, and a dict is the value of a
        result as it stands.
        """
        self._n += 1
        self.annotations[self._n] = {
            "id": self._n,
            "task": task,
            "completed_by": who,
            **_answer(choice, name),
            "updated_at": self._now(),
        }
        self.tasks[task]["updated_at"] = self._now()
        return self._n

    def change(self, annotation, choice, name="label"):
        one = self.annotations[annotation]
        one.update(_answer(choice, name), updated_at=self._now())
        self.tasks[one["task"]]["updated_at"] = self._now()

    def withdraw(self, annotation):
        task = self.annotations.pop(annotation)["task"]
        self.tasks[task]["updated_at"] = self._now()

    def next_task(self, project):
        """Return the task that somebody is given who asks for one, None if there is none."""
        done = {one["task"] for one in self.annotations.values()}
        tasks = [
            one
            for one in self.tasks.values()
            if one["project"] == project and one["id"] not in done
        ]
        version = self.projects[project]["model_version"]
        if self.projects[project]["sampling"] == "Uncertainty sampling":
            scored = {
                prediction["score"]: one
                for one in tasks
                for prediction in one["predictions"]
                if prediction["model_version"] == version
            }
            return scored[min(scored)] if scored else None
        return min(tasks, key=lambda one: one["id"], default=None)

    def _now(self):
        self._ticks += 1
        return (START + timedelta(seconds=self._ticks)).isoformat().replace("+00:00", "Z")


def _answer(choice, name):
    value = choice
    if isinstance(choice, (int, float)):
        value = {"number": choice}
    elif not isinstance(choice, dict):
        value = {"choices": [choice] if isinstance(choice, str) else choice}
    result = {"from_name": name, "to_name": "text", "type": next(iter(value)), "value": value}
    return {
        "was_cancelled": choice is None,
        "result": [result] if choice not in (None, []) else [],
    }


ROUTES = {
    r"GET /api/current-user/whoami": FakeLabelStudio.whoami,
    r"GET /api/users/": FakeLabelStudio.list_users,
    r"POST /api/projects/": FakeLabelStudio.make_project,
    r"GET /api/projects/(\d+)/": FakeLabelStudio.show_project,
    r"PATCH /api/projects/(\d+)/": FakeLabelStudio.change_project,
    r"GET /api/tasks/": FakeLabelStudio.list_tasks,
    r"POST /api/projects/(\d+)/import": FakeLabelStudio.import_tasks,
    r"POST /api/projects/(\d+)/import/predictions": FakeLabelStudio.import_predictions,
    r"GET /api/projects/(\d+)/model-versions/": FakeLabelStudio.list_models,
    r"DELETE /api/projects/(\d+)/model-versions/": FakeLabelStudio.delete_model,
    r"POST /api/dm/actions/": FakeLabelStudio.act,
}


@contextlib.contextmanager
def running():
    """Start a server, and stop it at the end."""
    server = FakeLabelStudio().start()
    try:
        yield server
    finally:
        server.stop()


def parsed(config):
    """Return a labeling config as XML."""
    return ElementTree.fromstring(config)
