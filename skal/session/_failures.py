"""Errors of a model that was fitted on the few rows that have labels."""

import contextlib

from .._base import InvalidParameterError

WAY_OUT = (
    "No row was offered, and no label is lost. What is fitted on the labeled rows alone has to be "
    "told what to do with anything that is not among them, as OneHotEncoder("
    'handle_unknown="ignore") is; fit_transformers="all" fits transformers that need no labels on '
    "all rows. Change the estimator and open the session again, or label rows of your own choice "
    "with label(ids, y) first."
)


@contextlib.contextmanager
def explained_failures():
    """Add the way out to the message of an estimator's error, which stays the same otherwise.

    Errors that skal raises, and those of parameters, name a way out of their own.
    """
    try:
        yield
    except InvalidParameterError:
        raise
    except (ValueError, TypeError) as error:
        # Errors of other libraries may be made of more than a message.
        is_text = len(error.args) == 1 and isinstance(error.args[0], str)
        # An estimate within an offer has said it already.
        if is_text and not _is_ours(error) and WAY_OUT not in error.args[0]:
            error.args = (f"{error.args[0].rstrip()} {WAY_OUT}",)
        raise


def _is_ours(error):
    """Whether an error was raised by code of skal, rather than by code that it called."""
    place = error.__traceback__
    while place.tb_next is not None:
        place = place.tb_next
    return place.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "skal"
