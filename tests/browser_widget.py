"""Label digits in a notebook in a real browser, and see what the session recorded.

    python tests/browser_widget.py screenshot.png [chromium]

Needs notebook, ipywidgets and playwright, and a chromium.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright
from sklearn.datasets import load_digits

from skal import ActiveLearner
from skal.session import LabelingSession

NOTEBOOK = Path(__file__).parents[1] / "examples" / "notebooks" / "label_digits.ipynb"
MINUTE = 60_000


def main(screenshot, chromium="/usr/bin/chromium"):
    """Run the notebook and compare what was clicked with what is in the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "digits.skal")
        shutil.copy(NOTEBOOK, folder)
        with serving(folder, path) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            click_through(page, url, screenshot)
            browser.close()
        check(path)
    print("ok")


@contextlib.contextmanager
def serving(folder, path):
    """Serve a folder as notebooks."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "notebook", "--no-browser", f"--port={port}", "--allow-root"]
    command += ["--IdentityProvider.token=", "--ServerApp.password=", "--ip=127.0.0.1"]
    env = {**os.environ, "SESSION_FILE": path}
    log = open(os.path.join(folder, "server.log"), "w")
    server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url + "/api")
        yield f"{url}/notebooks/{NOTEBOOK.name}"
    finally:
        server.terminate()
        server.wait()
        log.close()


def wait_for(url):
    """Wait until a server answers."""
    for _ in range(120):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5)
            return
        time.sleep(0.5)
    raise TimeoutError(url)


def click_through(page, url, screenshot):
    """Label two rows, undo one, skip one, label one."""
    page.goto(url, timeout=MINUTE)
    page.get_by_text("session.widget").first.click(timeout=MINUTE)
    status = page.get_by_text("labelled 0 of 1797")
    page.wait_for_timeout(4000)
    page.keyboard.press("Shift+Enter")
    status.wait_for(timeout=MINUTE)
    steps = [
        ("3", "labelled 1 of 1797"),
        ("7", "labelled 2 of 1797"),
        ("Undo", "labelled 1 of 1797"),
        ("Skip", "labelled 1 of 1797, skipped 1"),
        ("5", "labelled 2 of 1797, skipped 1"),
    ]
    for name, expected in steps:
        page.locator(".widget-button", has_text=name).first.click(timeout=MINUTE)
        page.get_by_text(expected, exact=True).wait_for(timeout=MINUTE)
    page.get_by_text("Model:").wait_for(timeout=MINUTE)
    page.wait_for_timeout(500)
    page.screenshot(path=screenshot)


def check(path):
    """Compare the session's file with what was clicked."""
    X, _ = load_digits(return_X_y=True)
    with LabelingSession(path, ActiveLearner(random_state=0), X, classes=range(10)) as session:
        labels, skipped = session.labels(), session.skipped()
        found = labels["label"].tolist(), len(skipped), session.progress()["n_pending"]
    if found != ([3, 5], 1, 1):
        raise SystemExit(f"The session recorded {found}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
