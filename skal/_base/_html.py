"""Tables for notebooks."""

from html import escape

# Colors are left to the notebook, which may be light or dark.
_CELL = 'style="text-align: left; padding: 0.1em 1.2em 0.1em 0"'


def html_table(caption, header, rows):
    """Return a table as HTML, with all text escaped.

    Parameters
    ----------
    caption : str
        What the table shows, above it; empty: nothing.
    header : list of str
        The names of the columns; empty: none.
    rows : list of list of str
        The cells.
    """
    head = "".join(f"<th {_CELL}>{escape(str(name))}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    above = f'<div style="margin-bottom: 0.4em">{escape(caption)}</div>' if caption else ""
    head = f"<thead><tr>{head}</tr></thead>" if header else ""
    return f"<div>{above}<table>{head}<tbody>{body}</tbody></table></div>"


def _cell(text):
    return f"<td {_CELL}>{escape(str(text))}</td>"
