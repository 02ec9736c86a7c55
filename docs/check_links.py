"""
Check that links inside of a built site lead somewhere
======================================================

Every ``href``, ``src`` and ``srcset`` of every page must name a file of the site and, behind a
``#``, an element of that page. Links to other sites are not followed.

    python docs/check_links.py docs/_build/html
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links of a page, and the anchors that links may name."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = set(), {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note what an element links to, and its anchor."""
        for name, value in attrs:
            if name == "id" or (tag, name) == ("a", "name"):
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.links.add(value)
            elif name == "srcset":
                self.links.update(one.split()[0] for one in value.split(","))


def broken_links(site):
    """Yield (page, link, what is missing) for each link that leads nowhere."""
    site = Path(site).resolve()
    # The theme keeps templates in _static, which nobody reads as pages.
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in paths}
    for path, page in pages.items():
        for link in sorted(page.links):
            missing = what_is_missing(link, path, pages)
            if missing:
                yield path.relative_to(site), link, missing


def what_is_missing(link, path, pages):
    """Return "file" or "anchor" where a link of a page leads nowhere, else an empty text."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "file"
    # Other files, such as pictures, have no anchors that could be checked.
    if target in pages and unquote(parts.fragment) not in pages[target].anchors:
        return "anchor"
    return ""


def main():
    """Print the broken links of a site, and fail if there are any."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "index.html").is_file():
        sys.exit("Usage: python docs/check_links.py SITE, where SITE is a folder with index.html")
    broken = list(broken_links(sys.argv[1]))
    for page, link, missing in broken:
        print(f"{page}: {link} (no such {missing})")
    sys.exit(f"Broken links: {len(broken)}." if broken else None)


if __name__ == "__main__":
    main()
