"""Inline styles: a notebook has no style sheet of ours."""

CELL = "padding: 2px 8px; vertical-align: top; text-align: left;"
TEXT = "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4;"
IMAGE = "height: 200px; image-rendering: pixelated; border: 1px solid #888;"
PICTURE = "max-height: 400px; max-width: 100%; border: 1px solid #888;"
ERROR = f"color: #b00020; {TEXT}"
