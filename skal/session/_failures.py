"""Errors of a model that was fitted on the few rows that have labels."""

import contextlib

WAY_OUT = (
    "No row was offered, and no label is lost. What is fitted on the labeled rows alone has to be "
    "told what to do with anything that is not among them, as OneHotEncoder("
    'handle_unknown="ignore") is; fit_transformers="all" fits transformers that need no labels on '
    "all rows. Change the estimator and open the session again, or label rows of your own choice "
    "with label(ids, y) first."
)


@contextlib.contextmanager
def explained_failures():
    """Add the way out to the message of an error, which stays the same error otherwise."""
    try:
        yield
    except (ValueError, TypeError) as error:
        # Errors of other libraries may be made of more than a message.
        if len(error.args) == 1 and isinstance(error.args[0], str):
            error.args = (f"{error.args[0].rstrip()} {WAY_OUT}",)
        raise
