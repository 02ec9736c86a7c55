"""Chunks: how much temporary data fits into memory."""

from sklearn import get_config


def working_memory():
    """Return how many bytes a chunk of temporary data may take."""
    return int(get_config()["working_memory"] * 2**20)
