"""Scripts that check the documentation find what they look for."""

import pathlib

import pytest

DOCS = pathlib.Path(__file__).parents[1] / "docs"


@pytest.fixture
def check_links(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    import check_links

    return check_links


def site_of(folder, **pages):
    """Write pages of a site; names are their paths without the ending."""
    for name, text in pages.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_links_that_lead_somewhere_are_not_reported(tmp_path, check_links):
    (tmp_path / "a.png").write_bytes(b"")
    site_of(
        tmp_path,
        index='<a href="sub/page.html#there">x</a><a href="#here">x</a><p id="here"></p>'
        '<a href="https://scikit-learn.org/no/such#page">x</a><a href="mailto:a@b.c">x</a>',
        **{"sub/page": '<p id="there"><img src="../a.png?v=1" srcset="../a.png, ../a.png 2x">'},
    )
    assert list(check_links.broken_links(tmp_path)) == []


@pytest.mark.parametrize(
    "text, link, missing",
    [
        ('<a href="other.html">', "other.html", "file"),
        ('<img src="a.png">', "a.png", "file"),
        ('<source srcset="index.html, b.png 2x">', "b.png", "file"),
        ('<a href="#nowhere">', "#nowhere", "anchor"),
        ('<a href="index.html#nowhere">', "index.html#nowhere", "anchor"),
        ('<a href=".">', ".", "file"),
    ],
)
def test_links_that_lead_nowhere_are_found(tmp_path, check_links, text, link, missing):
    site_of(tmp_path, index=text)
    found = [(str(page), *rest) for page, *rest in check_links.broken_links(tmp_path)]
    assert found == [("index.html", link, missing)]


def test_templates_of_the_theme_are_no_pages(tmp_path, check_links):
    site_of(tmp_path, index="", **{"_static/macros": '<script src="{{ path }}">'})
    assert list(check_links.broken_links(tmp_path)) == []
