"""Label Studio as the page on which people label the rows of a session."""

from ._errors import LabelStudioError, RefusedError, ServerAwayError
from ._server import LabelStudio
from ._shown import Shown, role_of
from ._sync import Synced, sync

__all__ = [
    "LabelStudio",
    "LabelStudioError",
    "RefusedError",
    "ServerAwayError",
    "Shown",
    "Synced",
    "role_of",
    "sync",
]
