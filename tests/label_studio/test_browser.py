"""A person labels ten tasks in a browser, in the order that the session has set.

Needs playwright and a chromium. If the environment variable SKAL_SCREENSHOT is set, pictures of
the pages are written to files whose names begin with its value.
"""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from studio import ANNA, PASSWORD, TOKEN

from skal import ActiveLearner
from skal.label_studio import LabelStudio, sync
from skal.session import LabelingSession
from skal.strategies import UncertaintySampling

TEXTS = [f"{'a good' if i % 3 else 'an ugly'} thing, number {i}" for i in range(40)]
PATIENCE = 120_000  # milliseconds


@pytest.fixture
def page():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 700})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


@pytest.fixture
def session(tmp_path):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    learner = ActiveLearner(model, UncertaintySampling(), random_state=0)
    with LabelingSession(tmp_path / "a.skal", learner, TEXTS, classes=["pos", "neg"]) as session:
        yield session


def picture(page, name):
    if "SKAL_SCREENSHOT" in os.environ:
        page.wait_for_timeout(500)
        page.screenshot(path=f"{os.environ['SKAL_SCREENSHOT']}{name}.png")


def open_labeling(page, studio, project):
    page.goto(f"{studio.url}/user/login/")
    page.fill("#email", ANNA)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{studio.url}/projects/{project}/data")
    page.get_by_role("button", name="Label All Tasks").click()


def shown_task(page, tasks, after=None):
    """Return the row of the task on the page, once it is another than the one before."""
    place = page.locator("[class*=current-task__task-id]").first
    page.get_by_test_id("bottombar-submit-button").wait_for()
    for _ in range(PATIENCE // 100):
        row = tasks.get(place.inner_text().split()[0].lstrip("#"))
        if row is not None and row != after:
            return row
        page.wait_for_timeout(100)
    raise TimeoutError("no other task is shown")


def rows_of_tasks(studio, project):
    return {str(task["id"]): task["data"]["skal_id"] for task in studio.tasks(project)}


def label_shown(page, tasks, n, *, first):
    """Label n tasks by clicking, and return their rows and the one that is shown then."""
    rows = [first]
    for _ in range(n):
        name = "pos" if rows[-1] % 3 else "neg"
        box = page.locator(f"input[name={name}]")
        if not box.is_checked():  # a prediction may have filled it in
            box.check()
        page.get_by_test_id("bottombar-submit-button").click()
        rows.append(shown_task(page, tasks, after=rows[-1]))
    return rows


def test_a_person_labels_ten_tasks_in_the_order_of_the_session(studio, session, page):
    server = LabelStudio(studio.url, TOKEN)
    project = sync(session, server, n=12, once=True).project
    chosen = session.pending()
    tasks = rows_of_tasks(studio, project)
    open_labeling(page, studio, project)
    picture(page, "first")
    rows = label_shown(page, tasks, 5, first=shown_task(page, tasks))
    assert rows == chosen[:6]

    # The model knows five labels now. The sixth task is on the page already.
    sync(session, server, n=12, once=True)
    ranked = [one["id"] for one in session.ranked()]
    tasks = rows_of_tasks(studio, project)
    picture(page, "sixth")
    rows += label_shown(page, tasks, 5, first=rows.pop())[:-1]
    expected = [row for row in ranked if row != chosen[5]][:4]
    assert rows == [*chosen[:6], *expected]

    sync(session, server, n=12, once=True)
    assert session.verdicts() == {row: "pos" if row % 3 else "neg" for row in rows}
    assert {one["annotator"] for one in session.records()} == {ANNA}
    page.goto(f"{studio.url}/projects/{project}/data")
    page.get_by_role("button", name="Label All Tasks").wait_for()
    picture(page, "tasks")
