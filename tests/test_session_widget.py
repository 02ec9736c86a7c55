"""The notebook widget, its buttons pressed without a browser."""

import asyncio
import base64
import struct
import sys
import threading
import zlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import RandomSampling

X = np.random.RandomState(0).randn(12, 3)


@pytest.fixture
def session(tmp_path):
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(random_state=0), X) as session:
        yield session


def panel_of(session, **options):
    return session.widget(**options).panel


@pytest.fixture
def html_of(tmp_path):
    """Return a function that shows the only row of some data."""

    def html_of(X, **options):
        learner = ActiveLearner(cold_start=RandomSampling())
        with LabelingSession(tmp_path / "one.skal", learner, X) as session:
            return panel_of(session, **options).row.value

    return html_of


def test_a_class_button_labels_the_row_that_is_shown(session):
    panel = panel_of(session, classes=["cat", "dog"])
    first = panel.current
    panel.buttons["dog"].click()
    assert session.labels()[["id", "label"]].values.tolist() == [[first, "dog"]]
    assert panel.current not in (None, first)
    assert panel.message.value == ""
    assert (panel.bar.value, panel.bar.max) == (1, 12)
    assert panel.status.value == "labeled 1 of 12"


def test_undo_shows_the_row_again(session):
    panel = panel_of(session, classes=["cat", "dog"])
    first = panel.current
    panel.buttons["dog"].click()
    panel.undo.click()
    assert panel.current == first
    assert session.progress()["n_labeled"] == 0


def test_skip_puts_the_row_aside(session):
    panel = panel_of(session, classes=["cat", "dog"])
    first = panel.current
    panel.skip.click()
    assert session.skipped() == [first]
    assert panel.status.value == "labeled 0 of 12, skipped 1"


def test_pending_rows_of_the_annotator_come_first(session):
    offered = session.next(2, annotator="anna")
    other = session.next(1, annotator="bert")
    panel = panel_of(session, classes=[0, 1], annotator="anna")
    assert panel.current == offered[0]
    panel.buttons[1].click()
    assert panel.current == offered[1]
    assert session.labels()["annotator"].tolist() == ["anna"]
    assert session.pending("bert") == other


def test_a_new_class_gets_a_button(session):
    panel = panel_of(session)
    assert panel.buttons == {}
    panel.new_class.value = "<bird>"
    assert list(panel.buttons) == ["<bird>"]
    assert panel.new_class.value == ""
    assert session.labels()["label"].tolist() == ["<bird>"]


@pytest.mark.parametrize(
    "text, labels, expected",
    [("3", [1], 3), ("3", ["a"], "3"), ("3", [], 3), ("True", [True], True)],
)
def test_new_classes_are_of_the_kind_there_is(session, text, labels, expected):
    session.label(range(len(labels)), labels)
    panel_of(session).new_class.value = text
    typed = session.records()[-1]["label"]
    assert typed == expected and type(typed) is type(expected)


def test_the_prediction_is_marked(session):
    session.label([0, 1, 2, 3], ["cat", "dog", "cat", "dog"])
    panel = panel_of(session)
    marked = [name for name, button in panel.buttons.items() if button.button_style]
    predicted = session.model().predict(X[[panel.current]]).tolist()
    assert marked == predicted
    assert f"<b>{predicted[0]}</b> (probability 0." in panel.prediction.value


def test_nothing_left(session):
    panel = panel_of(session, classes=[0, 1])
    for i in range(12):
        panel.buttons[i % 2].click()
    assert "Nothing is left" in panel.row.value
    assert panel.skip.disabled and panel.buttons[0].disabled and not panel.undo.disabled
    panel.undo.click()
    assert panel.current is not None and not panel.skip.disabled


def test_a_row_labeled_elsewhere_is_told_and_left(session, tmp_path):
    panel = panel_of(session, classes=[0, 1])
    first = panel.current
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(random_state=0), X) as other:
        other.label(first, 0)
    panel.buttons[1].click()
    assert "labeled already" in panel.message.value and "Traceback" not in panel.message.value
    assert panel.current != first
    assert session.labels()["label"].tolist() == [0]


class Broken(LogisticRegression):
    def fit(self, X, y):
        raise OSError("the <disk> is gone")


def test_an_exception_of_the_learner_is_shown_in_full(tmp_path):
    learner = ActiveLearner(Broken(), random_state=0)
    with LabelingSession(tmp_path / "a.skal", learner, X) as session:
        panel = panel_of(session, classes=[0, 1])
        panel.buttons[0].click()
        panel.buttons[1].click()
        assert "Traceback" in panel.message.value
        assert "the &lt;disk&gt; is gone" in panel.message.value
        assert session.progress()["n_labeled"] >= 1


def test_clicks_in_another_thread_reach_the_session_in_its_own(session):
    async def notebook():
        panel = panel_of(session, classes=[0, 1])
        thread = threading.Thread(target=panel.buttons[1].click)
        thread.start()
        thread.join()
        await asyncio.sleep(0.01)
        return panel

    panel = asyncio.run(notebook())
    assert panel.message.value == ""
    assert session.labels()["label"].tolist() == [1]


@pytest.mark.parametrize("library", [pd, pl])
def test_frames_are_tables(html_of, library):
    html = html_of(library.DataFrame({"a<b": ["x & y"], "n": [3]}))
    assert "a&lt;b" in html and "x &amp; y" in html and ">3<" in html


def test_columns_choose_what_is_shown(html_of):
    html = html_of(pd.DataFrame({"a": ["one"], "b": ["two"]}), columns=["b"])
    assert "two" in html and "one" not in html


def test_text_is_escaped(html_of):
    assert "&lt;script&gt;" in html_of(["<script>"])


@pytest.mark.parametrize("image", [(2, 2), lambda row: row.reshape(2, 2)])
def test_flat_rows_can_be_drawn(html_of, image):
    assert "data:image/png;base64," in html_of(np.arange(4.0).reshape(1, 4), image=image)


@pytest.mark.parametrize(
    ("X", "tag"), [(np.zeros((1, 4, 5, 3)), "<img"), (np.zeros((1, 4)), "<table")]
)
def test_arrays_are_images_and_numbers_a_table(html_of, X, tag):
    assert tag in html_of(X)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_png_holds_the_pixels(html_of, shape):
    pixels = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    html = html_of(pixels[None])
    data = base64.b64decode(html.partition("base64,")[2].partition('"')[0])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">2I", data[16:24]) == (3, 2)
    start = data.index(b"IDAT") + 4
    size = struct.unpack(">I", data[start - 8 : start - 4])[0]
    lines = np.frombuffer(zlib.decompress(data[start : start + size]), np.uint8).reshape(2, -1)
    assert (lines[:, 0] == 0).all()
    np.testing.assert_array_equal(lines[:, 1:].reshape(shape), pixels)


def test_without_ipywidgets(session, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(ImportError, match=r"skal\[notebook\]"):
        session.widget()


def test_the_session_hands_out_its_widget(tmp_path):
    X = np.arange(8.0).reshape(-1, 1)
    with LabelingSession(tmp_path / "a.skal", None, X, classes=["no", "yes"]) as session:
        panel = session.widget(annotator="anna").panel
        assert list(panel.buttons) == ["no", "yes"]
        assert panel.new_class.layout.display == "none"
        row = panel.current
        panel.buttons["yes"].click()
        labels = session.labels()
        assert labels[["id", "label", "annotator"]].to_numpy().tolist() == [[row, "yes", "anna"]]
    with LabelingSession(tmp_path / "b.skal", None, X) as session:
        panel = session.widget().panel
        assert not panel.buttons and panel.new_class.layout.display is None


PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.mark.parametrize("library", [pd, pl])
def test_a_column_names_the_image(html_of, tmp_path, library):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(PNG)
    frame = library.DataFrame({"photo": ["photos/1.png"], "size": ["large"]})
    html = html_of(frame, image="photo")
    assert f"data:image/png;base64,{base64.b64encode(PNG).decode()}" in html
    # The rest of the row is shown beside it.
    assert "large" in html and "<th" in html and html.count("photos/1.png") == 1


@pytest.mark.parametrize(
    ("value", "content", "shown"),
    [
        ("https://x.org/a.png?b=1&c=<", None, 'src="https://x.org/a.png?b=1&amp;c=&lt;"'),
        ("a.png", None, "There is no image"),
        ("a.png", b"<script>", "is not an image in PNG"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "data:image/jpeg"),
        ("a.gif", b"GIF89a", "data:image/gif"),
        ("a.webp", b"RIFF\n\0\0\0WEBP", "data:image/webp"),
        ("a.bmp", b"BM", "data:image/bmp"),
        ("javascript:alert(1)", None, "There is no image"),
        ("", None, "There is no image"),
        (None, None, "There is no image"),
    ],
)
def test_images_that_are_shown_and_those_that_are_not(html_of, tmp_path, value, content, shown):
    if content is not None:
        (tmp_path / value).write_bytes(content)
    html = html_of(pd.DataFrame({"photo": [value], "size": ["large"]}), image="photo")
    assert shown in html and "large" in html


def test_no_image_is_opened_unless_a_column_is_named(html_of, tmp_path):
    (tmp_path / "1.png").write_bytes(PNG)
    assert "<img" not in html_of(pd.DataFrame({"photo": [str(tmp_path / "1.png")]}))


def test_a_column_of_images_must_exist(session, html_of):
    with pytest.raises(ValueError, match=r"image must be a column of X, which are \['a'\]"):
        html_of(pd.DataFrame({"a": [1]}), image="b")
    with pytest.raises(ValueError, match="a shape or a function, got 'b'"):
        session.widget(image="b")


def test_the_widget_says_how_good_the_model_is(tmp_path, monkeypatch):
    monkeypatch.setattr("skal.session._pace.MOMENT", 0.0)  # however fast the buttons are pressed
    rows = np.random.RandomState(0).randn(60, 2)
    labels = np.where(rows[:, 0] > 0, "cat", "dog")
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(), rows, audit=0.9) as session:
        panel = panel_of(session, classes=["cat", "dog"])
        assert "too few audit rows" in panel.quality.value
        for _ in range(40):
            panel.buttons[labels[panel.current]].click()
        assert "The model is right about" in panel.quality.value
        assert "an hour" in panel.status.value
