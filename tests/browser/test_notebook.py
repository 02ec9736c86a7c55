"""Label digits in a notebook in a real browser, and see what the session recorded.

Needs notebook, ipywidgets and playwright, and a chromium. If the environment variable
SKAL_SCREENSHOT is set, a picture of the page at the end is written to the file that it names.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright
from sklearn.datasets import load_digits

from skal import ActiveLearner
from skal.session import LabelingSession

NOTEBOOK = Path(__file__).parents[2] / "examples" / "notebooks" / "label_digits.ipynb"
PATIENCE = 240_000  # milliseconds; a busy machine starts a kernel slowly

# A button to click, and the progress that the widget must show then.
STEPS = [
    ("3", "labeled 1 of 1797"),
    ("7", "labeled 2 of 1797"),
    ("Undo", "labeled 1 of 1797"),
    ("Skip", "labeled 1 of 1797, skipped 1"),
    ("5", "labeled 2 of 1797, skipped 1"),
]


@pytest.fixture
def session_file(tmp_path):
    return tmp_path / "digits.skal"


@pytest.fixture
def notebook_url(tmp_path, session_file):
    """Serve the notebook from a folder of its own."""
    shutil.copy(NOTEBOOK, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "notebook", "--no-browser", f"--port={port}", "--allow-root"]
    command += ["--IdentityProvider.token=", "--ServerApp.password=", "--ip=127.0.0.1"]
    env = {**os.environ, "SESSION_FILE": str(session_file)}
    with open(tmp_path / "server.log", "w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
        try:
            wait_for(url + "/api")
            yield f"{url}/notebooks/{NOTEBOOK.name}"
        finally:
            server.terminate()
            server.wait()


def wait_for(url):
    for _ in range(120):
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=5)
            return
        time.sleep(0.5)
    raise TimeoutError(url)


@pytest.fixture
def page():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1000, "height": 900})
        browser.close()


def run_all_cells(page, result):
    """Run the notebook until it shows its result.

    As long as the kernel is not connected, which the page does not tell, it asks for a kernel
    instead of running the cells, or does nothing.
    """
    kernel = page.locator(".jp-Dialog button", has_text="Select")
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    deadline = time.monotonic() + PATIENCE / 1000
    while not result.is_visible():
        assert time.monotonic() < deadline, "the notebook shows no result"
        page.get_by_text("Run", exact=True).first.click(timeout=PATIENCE)
        page.get_by_text("Run All Cells", exact=True).click(timeout=PATIENCE)
        with suppress(PlaywrightTimeout):
            result.or_(kernel).first.wait_for(timeout=PATIENCE / 12)
        idle.or_(kernel).or_(result).first.wait_for(timeout=PATIENCE)  # cells may take long
        if kernel.is_visible():
            kernel.click(timeout=PATIENCE)
            kernel.wait_for(state="hidden", timeout=PATIENCE)


def test_what_is_clicked_is_recorded(notebook_url, page, session_file):
    page.goto(notebook_url, timeout=PATIENCE)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=PATIENCE)
    run_all_cells(page, page.get_by_text("labeled 0 of 1797"))
    for button, said in STEPS:
        page.locator(".widget-button", has_text=button).first.click(timeout=PATIENCE)
        page.get_by_text(said, exact=True).wait_for(timeout=PATIENCE)
    page.get_by_text("Model:").wait_for(timeout=PATIENCE)
    if "SKAL_SCREENSHOT" in os.environ:
        page.wait_for_timeout(500)
        page.screenshot(path=os.environ["SKAL_SCREENSHOT"])

    X, _ = load_digits(return_X_y=True)
    learner = ActiveLearner(random_state=0)
    with LabelingSession(session_file, learner, X, classes=range(10)) as session:
        labels = session.labels()
        assert labels["label"].tolist() == [3, 5]
        assert len(session.skipped()) == 1
        assert session.progress()["n_pending"] == 1
