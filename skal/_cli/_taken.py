"""Why an answer was not taken, in the words of the command line."""

from ._several_column import quoted


def why_not_taken(project, rows, annotator, error):
    """Return why rows could not be labeled or skipped, as sentences.

    Parameters
    ----------
    project : Project
    rows : list of int
    annotator : str or None
        Who answered.
    error : Exception
        What the session says, in the words of Python; it counts where nothing else is known.

    Returns
    -------
    why : str
    """
    labels, offers = project.labels(), project.offers()
    skipped = set(project.rows(project.session.skipped()))
    for row in rows:
        name = project.title(row)
        if row in labels and row not in offers:
            return f"{name} is labeled {quoted(labels[row])} already, by somebody else."
        if annotator is not None and offers.get(row) not in (None, annotator):
            return f"{name} was given to {offers[row]!r}, and not to {annotator!r}."
        if row in labels:
            return f"{name} is labeled {quoted(labels[row])} already, and asked for a second time."
        if row in skipped:
            return f"{name} is skipped already, by somebody else."
    return str(error)


def why_not_undone(error):
    """Return why an action could not be taken back, as a sentence."""
    text = str(error)
    if text.startswith("Somebody else"):
        return "Somebody else has changed the same rows since. Their labels stay."
    return "It was taken back already." if "undone already" in text else text
