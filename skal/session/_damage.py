"""Errors about damaged files."""


class DamagedSessionError(ValueError):
    """The file of a session was damaged: by a disk, or by a program that is not skal.

    The message names the place, such as "at action 17". What was written before can be read by
    :func:`skal.session.salvage`.

    Parameters
    ----------
    path : str
        The file of the session.
    place : str
        Where the damage is, such as "at action 17".
    reason : str
        How it shows.
    """

    def __init__(self, path, place, reason):
        super().__init__(
            f"{path} is damaged {place}: {reason}. The file was left as it is. What was written "
            "before this place can be read: by skal.session.salvage(path) in Python, or by "
            "skal export DATA --salvage -o FILE. Or restore the file from a copy."
        )
        self.path = path
        self.place = place
        self.reason = reason

    def __reduce__(self):
        return type(self), (self.path, self.place, self.reason)


def damaged_action(path, seq, reason):
    """Return the error for an action that is not as it was written."""
    return DamagedSessionError(path, f"at action {seq}", reason)
