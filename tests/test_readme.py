"""The README says what the code does."""

import contextlib
import io
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(marker):
    """Return the block of the README that follows a marker."""
    return re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, flags=re.DOTALL)[1]


def from_docs(name, monkeypatch):
    """Import a module of the folder docs."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    monkeypatch.delitem(sys.modules, name, raising=False)
    return __import__(name)


def test_the_loop_prints_what_the_readme_shows():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(block("python: loop"), {})
    assert printed.getvalue() == block("output: loop")


def test_the_results_are_those_of_the_results_page():
    results = (ROOT / "docs" / "results.inc").read_text(encoding="utf-8")
    settings, wins, losses = re.search(
        r'^ +"default","(\d+)","[^"]+","[^"]+","(\d+)","(\d+)"', results, flags=re.MULTILINE
    ).groups()
    assert losses == "0"
    text = " ".join(README.split())
    assert f"In the {settings} settings" in text
    assert f"better than random sampling in {wins} and significantly worse in none" in text


def test_the_picture_says_the_number_of_the_readme():
    claim = re.search(r"\*\*(\d+ labels do the work of \d+)\*\*", README)[1]
    for theme in ("light", "dark"):
        picture = ROOT / "docs" / "_static" / f"label_curve_{theme}.svg"
        assert claim in picture.read_text(encoding="utf-8")
    assert f'say "{claim}"' in " ".join(README.split())


def test_the_citation_is_that_of_the_citation_file(monkeypatch):
    citation = from_docs("citation", monkeypatch)
    assert block("citation").strip() == citation.bibtex()


def test_links_lead_to_files_that_a_code_host_renders():
    links = re.findall(r'\]\(([^)#]+)\)|(?:src|srcset)="([^"]+)"', README)
    paths = [a or b for a, b in links if not (a or b).startswith("http")]
    assert len(paths) > 4
    for path in paths:
        assert (ROOT / path).exists(), path
        assert not path.endswith((".rst", ".inc")), path  # their roles would be shown raw


def test_classes_and_functions_exist():
    import skal.session
    import skal.simulation
    import skal.strategies

    table = README.split("## Which strategy?")[1].split("##")[0]
    named = set(re.findall(r"`(\w+)\(", table))
    assert len(named) > 6
    assert named <= set(skal.strategies.__all__)
    assert hasattr(skal.simulation, "label_curve") and hasattr(skal.session, "LabelingSession")
