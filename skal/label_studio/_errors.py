"""What can go wrong between a session and Label Studio."""


class LabelStudioError(ValueError):
    """What was given does not fit: the address, the token, the project or its labeling config."""


class ServerAwayError(OSError):
    """The server does not answer, or says that it cannot at present. It may come back."""


class RefusedError(LabelStudioError):
    """The server refuses what is asked, as things on it have changed meanwhile, or for good."""
