"""Text that files can hold."""


def is_encodable(text):
    """Whether UTF-8 can hold a text: it has no halves of characters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_encodable(text, name):
    """Refuse text that no file could hold."""
    if not is_encodable(text):
        raise ValueError(
            f"{name} must be text that UTF-8 can hold, got {text!r} with half of a character (a "
            "lone surrogate). Decode the text with its right encoding, or replace what cannot be "
            'written: text.encode("utf-8", "replace").decode().'
        )
