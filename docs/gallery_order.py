"""The order of the gallery; Sphinx wants it by name, so it is a module."""


class QuickstartFirst:
    """Put the quickstart first, and the others by name."""

    def __init__(self, src_dir):
        self.src_dir = src_dir

    def __call__(self, filename):
        """Return the key to sort by."""
        return "quickstart" not in filename, filename
