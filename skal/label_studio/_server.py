"""A Label Studio server: its projects, and what is asked of them."""

import json
import os

from ._errors import LabelStudioError, RefusedError
from ._http import Http, Refused

PAGE = 200  # tasks that are read by one request
BATCH = 1000  # tasks that are written by one request
LONGEST_TITLE = 50
# In this order, the first to be read are those that have changed last.
LATEST_FIRST = json.dumps({"ordering": ["-tasks:updated_at"]})
OLDEST_FIRST = json.dumps({"ordering": ["tasks:id"]})


class LabelStudio:
    """A Label Studio server, and a key to it.

    Requests are made by Python's standard library. The token is sent to the server, and is shown
    nowhere: not in messages, not by `repr`. It is written to no file.

    Parameters
    ----------
    url : str
        The address of the server, such as ``"http://localhost:8080"``.
    token : str, default=None
        An access token, from the page "Account & Settings" of Label Studio; a personal access
        token or a legacy token. None: the value of the environment variable
        `LABEL_STUDIO_API_KEY`.

    Raises
    ------
    LabelStudioError
        If the url is not an address of a server, or there is no token.

    See Also
    --------
    sync : Let people label the rows of a session on the server.

    Examples
    --------
    >>> from skal.label_studio import LabelStudio
    >>> LabelStudio("http://localhost:8080", "a-secret")
    <LabelStudio http://localhost:8080>
    """

    # The environment variable that holds the token.
    TOKEN_VARIABLE = "LABEL_STUDIO_API_KEY"

    def __init__(self, url, token=None):
        token = os.environ.get(self.TOKEN_VARIABLE) if token is None else token
        if token is None:
            raise LabelStudioError(
                f"token must be given, or stand in the environment variable "
                f"{self.TOKEN_VARIABLE}. The page Account & Settings of Label Studio shows it."
            )
        self._http = Http(url, token)

    def __repr__(self):
        return f"<{type(self).__name__} {self.url}>"

    def __reduce__(self):
        raise TypeError("A LabelStudio holds a token, and cannot be copied or pickled.")

    @property
    def url(self):
        """The address of the server."""
        return self._http.url

    def check(self):
        """Refuse a server that is not Label Studio, or a token that it does not accept.

        Raises
        ------
        LabelStudioError
            If either is so.
        ServerAwayError
            If the server does not answer.
        """
        try:
            version = self._http.ask("GET", "/api/version")
        except Refused:
            version = None
        if not isinstance(version, dict) or "label-studio-os-package" not in version:
            raise LabelStudioError(
                f"{self.url} is not Label Studio: it does not tell its version. Give the address "
                "of the server alone, such as http://localhost:8080."
            )
        self._http.ask("GET", "/api/current-user/whoami")

    def project(self, number):
        """Return what the server knows of a project, as a dict.

        Parameters
        ----------
        number : int
            The number in the address of the page of the project.

        Raises
        ------
        LabelStudioError
            If there is no such project.
        """
        try:
            return self._http.ask("GET", f"/api/projects/{int(number)}/")
        except Refused as error:
            if error.status != 404:
                raise LabelStudioError(f"Project {number} of {self.url}: {error}") from error
            raise LabelStudioError(
                f"There is no project {number} on {self.url}. Its number stands in the address "
                "of its page, behind /projects/. Without a number, a project is made."
            ) from None

    def create_project(self, title, config, *, prelabel=False):
        """Make a project, and return its number.

        Parameters
        ----------
        title : str
        config : str
            The labeling config, XML.
        prelabel : bool, default=False
            Whether predictions are filled in where people answer.
        """
        body = {
            "title": title[:LONGEST_TITLE],
            "label_config": config,
            # Who skips a row says that it cannot be labeled: others are not asked as well.
            "skip_queue": "IGNORE_SKIPPED",
            "show_collab_predictions": prelabel,
        }
        return self._asked("make a project", "POST", "/api/projects/", body)["id"]

    def change_project(self, number, **fields):
        """Change settings of a project."""
        self._asked("change the project", "PATCH", f"/api/projects/{number}/", fields)

    def people(self):
        """Return the name of each user by number: the email address, or the user name."""
        users = self._asked("list the users", "GET", "/api/users/")
        return {one["id"]: one.get("email") or one.get("username") for one in users}

    def tasks(self, number, *, latest_first=False):
        """Yield the pages of the tasks of a project, each a list, and how many tasks there are.

        Parameters
        ----------
        number : int
            The project.
        latest_first : bool, default=False
            Whether those come first that have changed last; else in the order of their numbers.
        """
        query = {"project": number, "fields": "all", "page_size": PAGE, "resolve_uri": "false"}
        query["query"] = LATEST_FIRST if latest_first else OLDEST_FIRST
        page, n_read, total = 1, 0, None
        while total is None or n_read < total:
            try:
                found = self._http.ask("GET", "/api/tasks/", page=page, **query)
            except Refused as error:
                # Tasks were deleted meanwhile, and there is no such page any more.
                if error.status == 404 and page > 1:
                    return
                raise LabelStudioError(f"The tasks of project {number}: {error}") from error
            total, tasks = found["total"], found["tasks"]
            if not tasks:
                return
            n_read += len(tasks)
            yield tasks, total
            page += 1

    def add_tasks(self, number, tasks):
        """Add tasks to a project, many by one request."""
        path = f"/api/projects/{number}/import"
        for start in range(0, len(tasks), BATCH):
            self._asked("add tasks", "POST", path, tasks[start : start + BATCH])

    def delete_tasks(self, number, tasks):
        """Delete tasks by their numbers."""
        selected = {"selectedItems": {"all": False, "included": list(tasks)}}
        path = f"/api/dm/actions/?id=delete_tasks&project={number}"
        self._asked("delete tasks", "POST", path, selected)

    def add_predictions(self, number, predictions):
        """Add predictions to tasks, many by one request."""
        path = f"/api/projects/{number}/import/predictions"
        for start in range(0, len(predictions), BATCH):
            self._asked("add predictions", "POST", path, predictions[start : start + BATCH])

    def model_versions(self, number):
        """Return the names of the models of which a project has predictions."""
        return list(
            self._asked("list the models", "GET", f"/api/projects/{number}/model-versions/")
        )

    def delete_predictions(self, number, version):
        """Delete the predictions of a model."""
        path = f"/api/projects/{number}/model-versions/"
        self._asked("delete predictions", "DELETE", path, {"model_version": version})

    def _asked(self, what, method, path, body=None):
        try:
            return self._http.ask(method, path, body)
        except Refused as error:
            raise RefusedError(f"{self.url} refused to {what}: {error}") from error
