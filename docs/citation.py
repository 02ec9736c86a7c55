"""
Print the BibTeX entry of skal, made from CITATION.cff
======================================================

    python docs/citation.py
"""

import re
from pathlib import Path

CITATION = Path(__file__).resolve().parents[1] / "CITATION.cff"


def bibtex():
    """Return the entry."""
    text = CITATION.read_text(encoding="utf-8")
    # Titles, versions and names are one line each, so that no YAML library is needed.
    found = dict(re.findall(r'^([\w-]+): "?([^"\n>]+)"?$', text, flags=re.MULTILINE))
    authors = " and ".join(f"{{{name}}}" for name in re.findall(r"^  - name: (.+)$", text, re.M))
    entries = {"author": authors, "title": found["title"], "version": found["version"]}
    entries["note"] = f"{found['license']} license"
    if "date-released" in found:
        entries["year"] = found["date-released"][:4]
    lines = [f"  {name:<7} = {{{value}}}," for name, value in entries.items()]
    return "\n".join([f"@{found['type']}{{skal,", *lines, "}"])


if __name__ == "__main__":
    print(bibtex())
