"""Show the figures of strategies on pages: an extension for Sphinx.

The figures are drawn when the documentation is built, unless nothing that they show has changed or
the gallery is left out. Pages do without a figure that is not there.

Every strategy has its figure under the first line of its docstring. ``.. strategy-animation::
BADGE`` shows an animation anywhere, and ``.. strategy-gallery::`` all strategies at once.
"""

import hashlib
import inspect
import json
import pathlib

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from strategy_captions import CAPTIONS
from strategy_drawing import Figure

import skal
from skal.testing import all_strategies

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "reference" / "generated" / "figures"
# The panel that stands for a strategy: after 20 labels.
IN_GALLERY = 2
LEGEND = (
    "Filled points have labels, rings mark the next batch of ten, and pale regions show what the "
    "model predicts."
)
PAUSE = (
    '<p class="skal-caption">The same in batches of five, with the accuracy on other points. '
    '<label class="skal-pause"><input type="checkbox"> Pause</label></p>'
)

logger = logging.getLogger(__name__)


def caption_of(cls):
    """Return what is seen in the figure of a strategy."""
    return CAPTIONS.get(cls.__name__) or inspect.getdoc(cls).partition("\n")[0]


def read_figure(name, kind="figure"):
    """Return a figure that was drawn, or None."""
    path = FOLDER / f"{name}_{kind}.json"
    return Figure(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def draw_all(app):
    """Draw all figures, unless they are as the code would draw them."""
    if str(app.config.plot_gallery).lower() in ("0", "false"):
        return
    stamp = FOLDER / "drawn_from.txt"
    sources = _digest_of_sources()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == sources:
        return
    from strategy_figures import ANIMATED, animation_of, figure_of

    FOLDER.mkdir(parents=True, exist_ok=True)
    for cls in all_strategies():
        _write(f"{cls.__name__}_figure", figure_of(cls))
        if cls.__name__ in ANIMATED:
            _write(f"{cls.__name__}_animation", animation_of(cls))
    stamp.write_text(sources, encoding="utf-8")
    logger.info("drew the figures of strategies")


def _write(name, figure):
    text = json.dumps(vars(figure))
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def _digest_of_sources():
    """Return a digest of all code that a figure depends on."""
    paths = [*pathlib.Path(skal.__file__).parent.rglob("*.py"), *HERE.glob("strategy_*.py")]
    return _digest(sorted(paths))


def _digest(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def pages_to_read_again(app, env, added, changed, removed):
    """Return the pages with figures where these differ from the ones that the pages show."""
    shown = getattr(env, "strategy_figures", None)
    shows = [HERE / "strategy_captions.py", *sorted(FOLDER.glob("*.json"))]
    env.strategy_figures = _digest(shows)
    if shown == env.strategy_figures:
        return []
    with_figures = getattr(env, "strategy_figure_pages", set())
    return sorted(with_figures & env.found_docs)


def add_figure(app, what, name, obj, options, lines):
    """Put the figure of a strategy under the first line of its documentation."""
    if what == "class" and inspect.isclass(obj) and obj in all_strategies():
        end = lines.index("", 1) if "" in lines[1:] else len(lines)
        lines[end:end] = ["", f".. strategy-figure:: {obj.__name__}", ""]


class _Shows(SphinxDirective):
    """What the directives share: pages that use one are read again when figures change."""

    def run(self):
        """Return the nodes, and remember the page."""
        pages = getattr(self.env, "strategy_figure_pages", set())
        self.env.strategy_figure_pages = pages | {self.env.docname}
        return self.show()

    def text(self, text, name="skal-caption"):
        """Return text that is written in reStructuredText."""
        return [nodes.container("", *self.parse_text_to_nodes(text), classes=[name])]

    def html(self, figure, panels=None, around="{}"):
        """Return the HTML of a figure; the first one of a page holds the points of all."""
        is_first = not self.env.temp_data.get("skal_points")
        self.env.temp_data["skal_points"] = True
        text = figure.page(shares_points=not is_first, panels=panels)
        return [nodes.raw("", around.format(text), format="html")]

    def animation(self, name):
        """Return an animation that can be paused, or nothing if there is none."""
        found = read_figure(name, "animation")
        if found is None:
            return []
        return self.html(found, around=f'<div class="skal-animation">{{}}{PAUSE}</div>')


class StrategyFigure(_Shows):
    """The figure of a strategy, its caption, how to draw it, and the animation if there is one."""

    required_arguments = 1

    def show(self):
        """Return the nodes."""
        name = self.arguments[0]
        figure = read_figure(name)
        if figure is None:
            return []
        caption = caption_of(getattr(skal.strategies, name))
        command = f"``python docs/strategy_figures.py {name} -o figure.svg`` draws this figure."
        shown = self.html(figure) + self.text(f"{caption} {LEGEND} {command}")
        return shown + self.animation(name)


class StrategyAnimation(_Shows):
    """The animation of a strategy."""

    required_arguments = 1

    def show(self):
        """Return the nodes."""
        return self.animation(self.arguments[0])


class StrategyGallery(_Shows):
    """All strategies of one kind of labels: a panel, the name, and what is seen."""

    required_arguments = 1

    def show(self):
        """Return the nodes."""
        cards = nodes.container("", classes=["skal-gallery"])
        for cls in all_strategies():
            figure = read_figure(cls.__name__)
            if figure is not None and figure.kind == self.arguments[0]:
                cards += self.card(cls, figure)
        return [cards] if cards.children else self.text("This build leaves the pictures out.")

    def card(self, cls, figure):
        """Return the card of a strategy."""
        title = f":class:`~skal.strategies.{cls.__name__}`"
        panel = self.html(figure, panels=[figure.panels[IN_GALLERY]])
        text = self.text(f"{title}\n\n{caption_of(cls)}", "skal-card-text")
        return nodes.container("", *panel, *text, classes=["skal-card"])


def setup(app):
    """Connect what is defined here."""
    app.add_directive("strategy-figure", StrategyFigure)
    app.add_directive("strategy-animation", StrategyAnimation)
    app.add_directive("strategy-gallery", StrategyGallery)
    app.add_css_file("strategy_figures.css")
    app.connect("builder-inited", draw_all)
    app.connect("env-get-outdated", pages_to_read_again)
    app.connect("autodoc-process-docstring", add_figure, priority=600)  # after numpydoc
    return {"parallel_read_safe": False}
