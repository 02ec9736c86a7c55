"""The figures of strategies in the documentation."""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from skal.strategies import CoreSet, QueryStrategy, UncertaintySampling
from skal.testing import all_strategies

DOCS = pathlib.Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module", autouse=True)
def path_of_docs():
    sys.path.insert(0, str(DOCS))
    yield
    sys.path.remove(str(DOCS))


@pytest.mark.parametrize("cls", all_strategies(), ids=lambda cls: cls.__name__)
def test_every_strategy_is_drawn_in_a_small_file(cls):
    from strategy_figures import figure_of

    text = figure_of(cls).standalone()
    root = ElementTree.fromstring(text)
    assert len(root.findall("{*}svg")) == 4
    assert root.find("{*}title").text
    assert len(text) < 25_000


def test_stages_ask_for_points_without_labels_and_label_what_was_asked_for():
    from strategy_figures import play, setting_of

    stages = play(setting_of(UncertaintySampling), 10, (0, 10, 20))
    for before, after in zip(stages, stages[1:], strict=False):
        assert not set(before.batch) & set(before.labeled)
        np.testing.assert_array_equal(after.labeled, np.r_[before.labeled, before.batch])


def test_a_figure_tells_where_the_cold_start_chooses():
    from strategy_figures import figure_of

    assert "cold start" in figure_of(UncertaintySampling).panels[0]
    assert "cold start" not in figure_of(CoreSet).panels[0]


def test_a_strategy_that_cannot_be_shown_says_what_to_do():
    from strategy_figures import setting_of

    class Unheard(QueryStrategy):
        def _query(self, pool, n):
            return np.argsort(pool.predicted_loss)[:n]

    with pytest.raises(ValueError, match="Add a row to SETTINGS"):
        setting_of(Unheard)


def test_an_animation_shows_one_frame_at_a_time():
    from strategy_figures import ANIMATED_STOPS, animation_of

    text = animation_of(CoreSet).standalone()
    delays = [float(delay) for delay in re.findall(r"linear (\S+)s infinite", text)]
    period = float(re.search(r"animation:\S+ (\S+)s", text)[1])
    np.testing.assert_allclose(np.diff(delays), period / len(ANIMATED_STOPS))
    assert len(text) < 300_000


def test_the_command_writes_the_figure(tmp_path):
    from strategy_figures import figure_of, main

    path = tmp_path / "figure.svg"
    main(["CoreSet", "-o", str(path)])
    assert path.read_text(encoding="utf-8") == figure_of(CoreSet).standalone()


def test_captions_are_those_of_strategies():
    from strategy_captions import CAPTIONS

    assert set(CAPTIONS) <= {cls.__name__ for cls in all_strategies()}


def test_regions_of_a_model_lie_where_it_predicts_their_class():
    from matplotlib.path import Path
    from strategy_drawing import GRID, LIMIT, SIZE, outline

    heights = np.add.outer(0.3 * GRID, GRID) - 1.0  # y along the first axis
    path = outline(heights.ravel(), 0, np.inf)
    steps = np.array(re.findall(r"-?\d+ -?\d+", path.replace("M", "").replace("l", " ")))
    corners = np.cumsum([list(map(int, step.split())) for step in steps], axis=0)
    points = np.random.RandomState(0).uniform(-LIMIT, LIMIT, size=(200, 2))
    above = 0.3 * points[:, 1] + points[:, 0] - 1.0
    at = (points * [1, -1] + LIMIT) / (2 * LIMIT) * SIZE
    inside = Path(corners).contains_points(at)
    clear = abs(above) > 0.1
    np.testing.assert_array_equal(inside[clear], above[clear] > 0)
