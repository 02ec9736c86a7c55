"""Draw how to choose a strategy: questions on the left, strategies on the right, with links.

The picture becomes part of the page, so it takes the colors of the theme, light or dark::

    python docs/choosing_chart.py choosing_chart.svg
"""

import html
import pathlib
import sys

WIDTH, LEFT, RIGHT, GAP = 360, 169, 155, 28
LINE, PADDING, BETWEEN = 16, 9, 20
RIGHT_EDGE = 4 + LEFT + GAP

# A question, in lines, with the section that says more; and the strategy if the answer is yes.
QUESTIONS = [
    (["Is each label a number?"], "#what-is-a-label", ["LCMD"], "LCMD"),
    (
        ["Can a sample have", "several labels?"],
        "#what-is-a-label",
        ["MultilabelUncertainty"],
        "MultilabelUncertainty",
    ),
    (
        ["Are all samples of one", "class to be found?"],
        "#what-are-the-labels-for",
        ["Relevance"],
        "Relevance",
    ),
    (
        ["Do mistakes cost", "differently?"],
        "#what-are-the-labels-for",
        ["ExpectedCost"],
        "ExpectedCost",
    ),
    (
        ["Will the model predict", "other data than the pool?"],
        "#what-are-the-labels-for",
        ["EPIG", "and a Committee"],
        "EPIG",
    ),
    (
        ["Are there no distances?", "(categories as they are,", "missing values)"],
        "#what-is-in-the-pool",
        ["UncertaintySampling", '"margin"'],
        "UncertaintySampling",
    ),
]
DEFAULT = [
    ("MaxHerding", "as long as there is no model"),
    ("UncertaintyHerding", "as soon as there is one"),
]
AROUND = [
    ("Do labels have prices?", "CostAware"),
    ("Too slow on all rows?", "Subsample"),
    ("Are there copies?", "Distinct"),
]

STYLE = """
.chart { display: block; width: 100%; max-width: 30rem; height: auto; margin: 1.5rem auto; }
.chart text { fill: currentColor; font-size: 12.5px; font-family: inherit; }
.chart .small { font-size: 11.5px; }
.chart .box { fill: var(--pst-color-surface); stroke: var(--pst-color-border); }
.chart .answer { fill: none; stroke: var(--pst-color-primary); stroke-width: 1.3; }
.chart a { text-decoration: none; }
.chart a text { fill: var(--pst-color-link); }
.chart .name { font-weight: 600; font-size: 11.5px; }
.chart a:hover text, .chart a:focus text { text-decoration: underline; }
.chart .arrow { fill: none; stroke: currentColor; stroke-width: 1.2; }
.chart .head { fill: currentColor; }
"""


def draw(path):
    """Draw the chart into an SVG file, which is to be a part of a page in docs/user_guide."""
    parts, y = [], 4
    for question, section, answer, name in QUESTIONS:
        height = LINE * max(len(question), len(answer)) + 2 * PADDING
        middle = y + height / 2
        parts += [
            _box(4, y, LEFT, height, "box"),
            _link(section, _text(question, 4 + LEFT / 2, middle)),
            _arrow(4 + LEFT, middle, RIGHT_EDGE, middle),
            _text(["yes"], 4 + LEFT + GAP / 2 - 3, middle - 9, "small"),
            _box(RIGHT_EDGE, y, RIGHT, height, "answer"),
            _strategy(name, answer, RIGHT_EDGE + RIGHT / 2, middle),
            _arrow(4 + LEFT / 2, y + height, 4 + LEFT / 2, y + height + BETWEEN),
            _text(["no"], 4 + LEFT / 2 + 14, y + height + BETWEEN / 2 - 1, "small"),
        ]
        y += height + BETWEEN
    parts.append(_wide("The default: ActiveLearner(model)", DEFAULT, y, "answer"))
    y += _height(DEFAULT) + BETWEEN
    around = [(name, question) for question, name in AROUND]
    parts.append(_wide("Around any of them", around, y, "box"))
    y += _height(AROUND) + BETWEEN
    height = LINE * 2 + 2 * PADDING
    parts += [
        _box(4, y, WIDTH - 8, height, "box"),
        _link(
            "simulation.html",
            _text(
                ["Compare with random sampling on labeled", "data of the same kind: label_curve"],
                WIDTH / 2,
                y + height / 2,
            ),
        ),
    ]
    pathlib.Path(path).write_text(_picture(parts, y + height + 4), encoding="utf-8")


def _picture(parts, height):
    label = "Which strategy? Questions that lead to one; the tables below say the same in words."
    return "\n".join(
        [
            f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" role="group"'
            f' aria-label="{label}" xmlns="http://www.w3.org/2000/svg">',
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def _height(rows):
    return LINE * (1 + len(rows)) + 2 * PADDING


def _wide(title, rows, y, kind):
    """Draw a box over the whole width: a title, and in each row a strategy and when to take it."""
    lines = [
        _box(4, y, WIDTH - 8, _height(rows), kind),
        _text([title], WIDTH / 2, y + PADDING + LINE / 2, "name"),
    ]
    for i, (name, words) in enumerate(rows, start=1):
        middle = y + PADDING + LINE * (i + 0.5)
        link = _link(_page(name), _text([name], 14, middle, "name", "start"))
        lines += [link, _text([words], 160, middle, anchor="start")]
    return "\n".join(lines)


def _strategy(name, lines, x, middle):
    return _link(_page(name), _text(lines, x, middle, "name"))


def _page(name):
    return f"../reference/generated/skal.strategies.{name}.html"


def _box(x, y, width, height, kind):
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _text(lines, x, middle, kind="", anchor="middle"):
    """Write lines whose middle is at a height."""
    top = middle - LINE * (len(lines) - 1) / 2 + 4.5
    written = [
        f'<text class="{kind}" x="{x:g}" y="{top + LINE * i:g}" text-anchor="{anchor}">'
        f"{html.escape(line, quote=False)}</text>"
        for i, line in enumerate(lines)
    ]
    return "\n".join(written)


def _link(target, inside):
    return f'<a href="{target}">{inside}</a>'


def _arrow(x, y, to_x, to_y):
    """Draw an arrow to the right or down."""
    if y == to_y:
        head = f"{to_x},{y:g} {to_x - 7},{y - 4:g} {to_x - 7},{y + 4:g}"
    else:
        head = f"{x:g},{to_y:g} {x - 4:g},{to_y - 7:g} {x + 4:g},{to_y - 7:g}"
    line = f'<path class="arrow" d="M{x:g} {y:g}L{to_x:g} {to_y:g}"/>'
    return f'{line}<polygon class="head" points="{head}"/>'


if __name__ == "__main__":
    draw(sys.argv[1])
