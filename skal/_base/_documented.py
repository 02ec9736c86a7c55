"""The link from the diagram of an estimator to its page in the documentation."""

import functools
import os
import sys
from importlib import metadata
from urllib.parse import quote


class Documented:
    """Mixin of public estimators and strategies: scikit-learn's diagrams link to their pages.

    The pages are found below the address in the environment variable ``SKAL_DOCS``, or else in the
    metadata of the installed package. Without an address there is no link.
    """

    def _get_doc_link(self):
        """Return the address of the page, empty where there is none."""
        address, page = os.environ.get("SKAL_DOCS") or _published(), _page_of(type(self))
        if not address or not page:
            return ""
        return quote(f"{address.rstrip('/')}/reference/generated/{page}.html", safe=":/%")


@functools.cache
def _published():
    """Return the address of the documentation that the package gives, empty without one."""
    try:
        urls = metadata.metadata("scikit-skal").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Documentation", "")


def _page_of(cls):
    """Return the public name of a class, None if it is private or from elsewhere."""
    package, *path = cls.__module__.split(".")
    if package != "skal":
        return None
    public = [part for part in path if not part.startswith("_")]
    for module in ("skal", ".".join([package, *public])):
        if cls.__name__ in getattr(sys.modules.get(module), "__all__", ()):
            return f"{module}.{cls.__name__}"
    return None
