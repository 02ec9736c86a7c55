"""Build the documentation: `sphinx-build -W --keep-going docs docs/_build/html`."""

import functools
import os
import pathlib
import sys
import warnings

import jinja2.sandbox
import numpydoc.docscrape_sphinx
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

import skal

# The examples play in processes of their own, which must not each use every core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

sys.path.insert(0, os.path.dirname(__file__))  # for the modules beside it

project = "skal"
author = "The skal developers"
copyright = "The skal developers, BSD-3-Clause"
version = release = skal.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "strategy_pages",
]
exclude_patterns = ["_build", "_templates", "auto_examples/**/*.ipynb"]
templates_path = ["_templates"]
nitpicky = True

# In docstrings a name between single backticks is code, as in scikit-learn.
default_role = "literal"

# What comes from scikit-learn and from Python is documented there.
autodoc_default_options = {
    "members": True,
    "inherited-members": "BaseEstimator, ClassifierMixin, MetaEstimatorMixin, object, "
    "AttributeError, dict",
    "exclude-members": "get_metadata_routing, set_fit_request, "
    "set_partial_fit_request, set_score_request, set_transform_request",
}
autosummary_generate = True
autosummary_imported_members = True
autosummary_ignore_module_all = False
# These are documented as skal.ActiveLearner and so on, not a second time in their modules.
autosummary_context = {"top_level": skal.__all__}
numpydoc_show_class_members = False


class Compiled(jinja2.BytecodeCache):
    """Compile the template of docstrings once, and not for each of a thousand docstrings."""

    def __init__(self):
        self.codes = {}

    def load_bytecode(self, bucket):
        """Take the code of a template, if there is one."""
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket):
        """Keep the code of a template."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


numpydoc.docscrape_sphinx.SandboxedEnvironment = functools.partial(
    jinja2.sandbox.SandboxedEnvironment, bytecode_cache=Compiled()
)
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"benchmarks|__init__\.py",
    "within_subsection_order": "gallery_order.QuickstartFirst",
    "backreferences_dir": "reference/generated/backreferences",
    "doc_module": ("skal",),
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "write_computation_times": False,
}
# Figures are collected, not shown.
warnings.filterwarnings("ignore", message=".*FigureCanvasAgg is non-interactive.*")

toc_object_entries_show_parents = "hide"
html_theme = "pydata_sphinx_theme"
html_title = "skal"
html_static_path = ["_static"]
html_css_files = ["skal.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "skal"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "collapse_navigation": True,  # else each page repeats the names of all
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {
    name: []
    for name in (
        "index",
        "results",
        "results_regression",
        "faq",
        "coming_from",
        "performance",
        "kernels",
        "glossary",
        "changelog",
        "citing",
        "contributing",
    )
}

# Pages that exist, known by rule; so the build asks the network for nothing.
ELSEWHERE = {
    "sklearn": "https://scikit-learn.org/stable/modules/generated/{}.html",
    "joblib": "https://joblib.readthedocs.io/en/stable/generated/{}.html",
    "pandas": "https://pandas.pydata.org/docs/reference/api/{}.html",
    "dask": "https://docs.dask.org/en/stable/generated/{}.html",
    "numpy": "https://numpy.org/doc/stable/reference/generated/{}.html",
    "collections": "https://docs.python.org/3/library/collections.abc.html#{}",
}


def refer(app, env, node, content):
    """Resolve a name of another project, or one of `skal` that is given without its module."""
    target = node.get("reftarget", "")
    library, _, rest = target.partition(".")
    if library in ELSEWHERE and rest:
        uri = ELSEWHERE[library].format(target)
        return nodes.reference("", "", content, internal=False, refuri=uri)
    if node.get("refdomain") != "py" or node.hasattr("refspecific"):
        return None
    node["refspecific"] = True
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], target, node, content
    )


# As MathML, which browsers show by themselves; MathJax would be fetched from the network.
html_math_renderer = "mathml"


def write_formula(translator, node):
    """Write a formula into the page."""
    as_block = isinstance(node, nodes.math_block)
    translator.body.append(tex2mathml(node.astext(), as_block))
    raise nodes.SkipNode


def allow_missing_pictures(app, config):
    """Let pages show pictures of examples that are not run, with `-D plot_gallery=0`."""
    if str(config.plot_gallery) in ("0", "False"):
        config.suppress_warnings.append("image.not_readable")


def make_figures(app):
    """Make what pages show: changes, a chart, imports, outputs of a pool, and the citation."""
    import changelog
    import choosing_chart
    import citation
    import pool_outputs
    import who_imports_whom

    folder = pathlib.Path(app.srcdir, "reference", "generated")
    folder.mkdir(parents=True, exist_ok=True)
    who_imports_whom.draw(folder / "rooms.svg")
    pool_outputs.write(folder / "pool_outputs.inc")
    changelog.write(folder / "changelog.inc")
    choosing_chart.draw(folder / "choosing_chart.svg")
    (folder / "skal.bib").write_text(citation.bibtex() + "\n", encoding="utf-8")


def setup(app):
    """Connect what is defined here."""
    app.connect("config-inited", allow_missing_pictures)
    app.connect("builder-inited", make_figures)
    app.connect("missing-reference", refer)
    app.add_html_math_renderer("mathml", (write_formula, None), (write_formula, None))
