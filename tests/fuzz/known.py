"""What is known to break: a line goes when it is mended, and none may be added."""

KNOWN = {}
