"""Draw the stages of labeling as SVG: points, regions of the model, and the next batch.

The SVG is written here rather than by matplotlib: points become one short path, a figure is about
10 kB, and colors come from a style sheet, so that one figure suits light and dark pages.
"""

import html
import pathlib
import re
from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator

STYLE = pathlib.Path(__file__).parent / "_static" / "strategy_figures.css"

# A panel is SIZE wide and shows the square from -LIMIT to LIMIT; above it is the title.
SIZE, LIMIT, TITLE = 400, 5.2, 50
GRID = np.linspace(-LIMIT, LIMIT, 35)
# Where the line is that some figures show.
DIVIDER = 0.5
N_LEVELS = 7
SECONDS = 0.9

# One shape a class besides its color, around a point: circle, square, triangle, diamond.
CIRCLE = "m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z"
SHAPES = (CIRCLE, "m-7-7h14v14h-14z", "m0-10l10 17h-20z", "m0-10l10 10l-10 10l-10-10z")
RING = "m-13 0a13 13 0 1 0 26 0a13 13 0 1 0-26 0z"


@dataclass(frozen=True)
class Figure:
    """One or more panels side by side.

    Parameters
    ----------
    kind : {"classes", "numbers", "labels"}
        What is labeled.
    panels : list of str
        The content of each SVG element.
    points : str
        The path of the pool, which all panels share.
    alt : str
        What is seen, for those who do not see it.
    """

    kind: str
    panels: list
    points: str
    alt: str

    def page(self, shares_points=False, panels=None):
        """Return all or some panels as HTML, side by side or two by two where there is less room.

        With `shares_points` there is another figure on the page, which holds the path of the pool.
        """
        points = "" if shares_points else self._hidden_points()
        svgs = "".join(_svg(panel) for panel in panels or self.panels)
        label = html.escape(self.alt)
        return f'<div class="skal-figure" role="img" aria-label="{label}">{points}{svgs}</div>'

    def _hidden_points(self):
        defs = f'<defs><path id="skal-points" d="{self.points}"/></defs>'
        return f'<svg class="skal-shared" aria-hidden="true">{defs}</svg>'

    def standalone(self):
        """Return a file of its own, whose colors follow the reader's setting."""
        width = len(self.panels) * (SIZE + 20) - 20
        place = f'width="{SIZE}" height="{SIZE + TITLE}" x='
        panels = "".join(
            _svg(panel, f'{place}"{i * (SIZE + 20)}"') for i, panel in enumerate(self.panels)
        )
        defs = f'<defs><path id="skal-points" d="{self.points}"/></defs>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="skal-figure" '
            f'viewBox="0 0 {width} {SIZE + TITLE}" role="img">'
            f"<title>{html.escape(self.alt)}</title><style>{standalone_style()}</style>"
            f"{defs}{panels}</svg>\n"
        )


def standalone_style():
    """Return the style sheet with the dark colors where the reader prefers them."""
    style = STYLE.read_text(encoding="utf-8")
    dark = re.search(r'html\[data-theme="dark"\] \.skal-figure (\{.*?\})', style, re.DOTALL)
    return f"{style}@media (prefers-color-scheme: dark) {{ .skal-figure {dark[1]} }}"


def draw_figure(name, setting, stages, X, y):
    """Return the figure of a strategy: one panel a stage."""
    canvas = _Canvas(X, y, setting)
    panels = [canvas.panel(stage, _title(stage)) for stage in stages]
    counts = ", ".join(str(len(stage.labeled)) for stage in stages)
    alt = (
        f"{len(stages)} panels of the same points in the plane, after {counts} labels. Rings mark "
        f"the batch that {name} asks for next."
    )
    return Figure(canvas.kind, panels, canvas.pool, alt)


def draw_animation(name, setting, stages, X, y):
    """Return the animation of a strategy: one panel in which the stages follow each other."""
    canvas = _Canvas(X, y, setting)
    seconds = SECONDS * len(stages)
    frames = []
    for i, stage in enumerate(stages):
        title = f"{len(stage.labeled)} labels"
        if len(stage.labeled):
            title += f", accuracy {stage.score:.2f}"
        delay = i * SECONDS - seconds  # below 0: as if it had begun earlier
        style = f"animation:skal-{name} {seconds:.1f}s linear {delay:.1f}s infinite"
        frames.append(f'<g class="skal-frame" style="{style}">{canvas.panel(stage, title)}</g>')
    shown = 100 / len(stages)
    steps = (
        f"<style>@keyframes skal-{name}{{0%,{shown:.2f}%{{opacity:1}}"
        f"{shown + 0.01:.2f}%,100%{{opacity:0}}}}</style>"
    )
    alt = (
        f"An animation: labels come in, the regions of the model move, and rings mark the next "
        f"{len(stages[0].batch)} points that {name} asks for."
    )
    return Figure(canvas.kind, [steps + "".join(frames)], canvas.pool, alt)


def _title(stage):
    n_labeled = len(stage.labeled)
    if not n_labeled:
        return "no labels: cold start" if stage.is_cold else "no labels"
    return f"{n_labeled} labels"


def _svg(content, place=""):
    box = f"0 {-TITLE} {SIZE} {SIZE + TITLE}"
    return f'<svg class="skal-panel" viewBox="{box}" {place}>{content}</svg>'


class _Canvas:
    """Points, their labels, and how they are drawn."""

    def __init__(self, X, y, setting):
        self.kind = setting.problem
        self.setting = setting
        # y grows downward.
        self.at = np.rint((X * [1, -1] + LIMIT) / (2 * LIMIT) * SIZE).astype(int)
        self.pool = "".join(f"M{a} {b}h0" for a, b in self.at)
        self.levels = np.linspace(y.min(), y.max(), N_LEVELS + 1)
        self.groups = self._groups(y)

    def _groups(self, y):
        """Return the group of each label, by which it has its color."""
        if self.kind == "numbers":
            return np.digitize(y, self.levels[1:-1])
        return y if self.kind == "classes" else y @ [1, 2]

    def panel(self, stage, title):
        """Return the content of one panel."""
        divider = ""
        if self.setting.divided:
            x = round((DIVIDER + LIMIT) / (2 * LIMIT) * SIZE)
            divider = f'<path class="skal-divider" d="M{x} 0v{SIZE}"/>'
        return (
            f'<rect class="skal-frame-line" x="1" y="1" width="{SIZE - 2}" height="{SIZE - 2}"/>'
            f"{self._regions(stage)}{divider}"
            f'<use class="skal-pool" href="#skal-points"/>'
            f"{self._labeled(stage.labeled)}"
            f'<path class="skal-batch" d="{self._marks(stage.batch, RING)}"/>'
            f'<text class="skal-title" x="{SIZE // 2}" y="-16">{title}</text>'
        )

    def _marks(self, rows, shape):
        return "".join(f"M{a} {b}{shape}" for a, b in self.at[rows])

    def _labeled(self, rows):
        of_rows = self.groups[rows]
        return "".join(
            f'<path class="skal-label {self._color(group)}" '
            f'd="{self._marks(rows[of_rows == group], self._shape(group))}"/>'
            for group in np.unique(of_rows)
        )

    def _color(self, group):
        return f"skal-{self.kind[0]}{group}"

    def _shape(self, group):
        return CIRCLE if self.kind == "numbers" else SHAPES[group]

    def _regions(self, stage):
        """Return the regions in which the model predicts the same."""
        if not len(stage.labeled):
            return ""
        grid = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)
        return "".join(
            f'<path class="skal-region {self._color(group)}" d="{path}"/>'
            for group, path in self._borders(stage.learner, grid)
            if path
        )

    def _borders(self, learner, grid):
        if self.kind == "numbers":
            heights = learner.predict(grid)
            edges = [-np.inf, *self.levels[1:-1], np.inf]
            for group in range(N_LEVELS):
                yield group, outline(heights, edges[group], edges[group + 1])
            return
        proba = learner.predict_proba(grid)
        if self.kind == "labels":
            has = proba - 0.5
            signs = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]])
            sides = [(has * sign).min(axis=1) for sign in signs]
            known = range(4)
        else:
            known = learner.classes_
            ranked = np.sort(proba, axis=1)
            others = np.where(proba == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])
            sides = (proba - others).T
        for group, side in zip(known, sides, strict=True):
            yield group, outline(side, 0, np.inf)


def outline(heights, low, high):
    """Return the path around the places where heights are between two numbers."""
    heights = heights.reshape(len(GRID), len(GRID))
    big = 1e6
    generator = contour_generator(GRID, GRID, heights, fill_type="OuterOffset")
    lines = generator.filled(max(low, -big), min(high, big))
    path = ""
    for points, offsets in zip(*lines, strict=True):
        for start, stop in zip(offsets, offsets[1:], strict=False):
            ring = np.rint((points[start:stop] * [1, -1] + LIMIT) / (2 * LIMIT) * SIZE)
            path += _ring(ring.astype(int))
    return path


def _ring(points):
    """Return a closed path through points, without those on straight lines."""
    points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
    kept = points[_bends(points)]
    if len(kept) < 3:
        return ""
    steps = np.diff(kept, axis=0)
    return f"M{kept[0, 0]} {kept[0, 1]}l" + " ".join(f"{a} {b}" for a, b in steps) + "z"


def _bends(points):
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    return before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
