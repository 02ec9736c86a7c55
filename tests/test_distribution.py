"""What the distribution is called, and what users are told to install."""

import configparser
import pathlib
import re

import pytest

import skal

ROOT = pathlib.Path(__file__).parents[1]
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", encoding="utf-8")
EXTRAS = "|".join(CONFIG["options.extras_require"])
# On the package index the name "skal" belongs to another project.
ANOTHER_PROJECT = re.compile(
    r"""pip3?\s+install(\s+-\S+)*\s+["'\\]*skal(?![\w/-]|\.\w)"""
    rf"""|(?<!scikit-)\bskal\\?\[({EXTRAS})\b"""
)


@pytest.mark.parametrize(
    "text",
    ["pip install skal", 'pip install "skal[plot]"', "skal[cli,plot]", "pip install -U skal."],
)
def test_the_pattern_finds_the_name_of_another_project(text):
    assert ANOTHER_PROJECT.search(text)


@pytest.mark.parametrize(
    "text", ['pip install "scikit-skal[plot]"', "pip install ./skal", "skal[0]"]
)
def test_the_pattern_leaves_our_own_name_alone(text):
    assert not ANOTHER_PROJECT.search(text)


def shipped_texts():
    """Return the files that users read: the package, the documentation, the examples."""
    found = [*ROOT.glob("*.md"), *ROOT.glob(".github/**/*")]
    for folder in (pathlib.Path(skal.__file__).parent, ROOT / "docs", ROOT / "examples"):
        found += folder.rglob("*")
    built = {"auto_examples", "generated", "_build"}
    endings = {".py", ".md", ".rst", ".yml", ".ipynb"}
    return [path for path in found if path.suffix in endings and not built & set(path.parts)]


def test_nobody_is_told_to_install_another_project():
    assert CONFIG["metadata"]["name"] == "scikit-skal"
    found = [
        f"{path}: {line.strip()}"
        for path in shipped_texts()
        for line in path.read_text(encoding="utf-8").splitlines()
        if ANOTHER_PROJECT.search(line)
    ]
    assert found == []


def test_the_citation_names_this_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {skal.__version__}\n" in citation
