"""Requests to a Label Studio server, by the standard library alone."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

from ._errors import LabelStudioError, ServerAwayError

TIMEOUT = 120  # seconds; the import of a thousand tasks takes a few
AWAY = (429, 500, 502, 503, 504)  # what a server says that is starting, stopping or overloaded
MAX_DETAIL = 300  # characters of an answer that are shown


class Http:
    """Send JSON and receive JSON.

    Parameters
    ----------
    url : str
        The address of the server.
    token : str
        A legacy token, or a personal access token.
    """

    def __init__(self, url, token):
        self.url = _checked_url(url)
        self._token = _checked_token(token)
        self._access = None  # the short-lived key that a personal access token is exchanged for
        self._opener = urllib.request.build_opener(_NoRedirects)

    def __repr__(self):
        return f"<{type(self).__name__} {self.url}>"  # never the token

    def ask(self, method, path, body=None, **query):
        """Send a request and return the answer as Python objects.

        Raises
        ------
        ServerAwayError
            If the server does not answer. Whether it has done what was asked is not known.
        LabelStudioError
            If the token does not open the door, or the answer is not JSON.
        Refused
            If the server refuses what was asked.
        """
        if query:
            path = f"{path}?{urllib.parse.urlencode(query)}"
        status, text = self._send(method, path, body, self._authorization())
        if status == 401 and self._is_personal:
            self._access = None  # it has expired, after a few minutes
            status, text = self._send(method, path, body, self._authorization())
        return self._answer(status, text)

    @property
    def _is_personal(self):
        """Whether the token is a personal access token, which has three parts."""
        return self._token.count(".") == 2

    def _authorization(self):
        if not self._is_personal:
            return f"Token {self._token}"
        if self._access is None:
            body = {"refresh": self._token}
            status, text = self._send("POST", "/api/token/refresh/", body, None)
            self._access = str(self._answer(status, text).get("access", ""))
        return f"Bearer {self._access}"

    def _send(self, method, path, body, authorization):
        """Return the status and the text of the answer."""
        headers = {"Accept": "application/json"}
        if authorization is not None:
            headers["Authorization"] = authorization
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body, allow_nan=False).encode()
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            return self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error or type(error).__name__
            raise ServerAwayError(f"{self.url} does not answer: {reason}.") from None

    def _exchange(self, request):
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _redirection(error) or error.read()

    def _answer(self, status, text):
        if status in AWAY:
            raise ServerAwayError(f"{self.url} cannot answer at present (HTTP {status}).")
        if status in (301, 302, 303, 307, 308):
            raise LabelStudioError(
                f"{self.url} sends elsewhere, to {text}. The token is only sent to the address "
                "that you give: give the right one."
            )
        try:
            found = json.loads(text) if text else None
        except ValueError:
            raise self._not_label_studio() from None
        if status in (401, 403):
            raise LabelStudioError(
                f"{self.url} does not accept the token: {_detail(found)} Copy a token from the "
                "page Account & Settings of Label Studio."
            )
        if status >= 400:
            raise Refused(status, _detail(found))
        return found

    def _not_label_studio(self):
        return LabelStudioError(
            f"{self.url} is not Label Studio: its answer is not JSON. Give the address of the "
            "server alone, such as http://localhost:8080."
        )


class Refused(Exception):
    """The server refuses a request; `status` is the HTTP status, `detail` what it says."""

    def __init__(self, status, detail):
        super().__init__(f"HTTP {status}: {detail}")
        self.status = status
        self.detail = detail


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follow nothing: the token would be sent to whatever address an answer names."""

    def redirect_request(self, *args):
        return None


def _redirection(error):
    """Return where an answer leads, "" if it leads nowhere."""
    location = error.headers.get("Location", "") if 300 <= error.code < 400 else ""
    # What comes behind a question mark may be private.
    return location.partition("?")[0]


def _detail(found):
    """Return what the server says about a refusal, in at most a few lines."""
    if not isinstance(found, dict):
        return f"{str(found)[:MAX_DETAIL]}."
    errors = found.get("validation_errors")
    said = json.dumps(errors, ensure_ascii=False) if errors else found.get("detail") or found
    said = str(said)
    said = f"{said[:MAX_DETAIL]}..." if len(said) > MAX_DETAIL else said
    return said if said.endswith(".") else f"{said}."


def _checked_url(url):
    """Return an address without a slash at its end, if it can be one of a server."""
    parts = urllib.parse.urlsplit(str(url).strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LabelStudioError(
            f"url must be the address of a Label Studio server, such as http://localhost:8080, "
            f"got {str(url)!r}."
        )
    if parts.username is not None or parts.password is not None:
        raise LabelStudioError(
            "url must not hold a name or a password, as addresses are shown and logged."
        )
    if parts.query or parts.fragment or "/projects" in parts.path:
        server = f"{parts.scheme}://{parts.netloc}"
        raise LabelStudioError(
            f"url must be the address of the server alone, such as {server}, got "
            f"{parts._replace(query='', fragment='').geturl()!r}. Give the number of the project "
            "beside it."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _checked_token(token):
    """Return a token that can stand in a request; what it is must not get into a message."""
    token = str(token).strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise LabelStudioError(
            "token must be what the page Account & Settings of Label Studio shows, without "
            "blanks or line breaks."
        )
    return token
