"""Hints for callers who are used to the parameters of other libraries."""

import functools


def hints(**advice):
    """Decorate a function such that a parameter of another library raises an error with a hint.

    Parameters
    ----------
    **advice : str
        By the name of a parameter that the function does not have, what to write instead.
    """

    def decorate(function):
        @functools.wraps(function)
        def checked(*args, **kwargs):
            for name in advice.keys() & kwargs.keys():
                raise TypeError(
                    f"{function.__qualname__} has no parameter {name!r}. {advice[name]}"
                )
            return function(*args, **kwargs)

        return checked

    return decorate
