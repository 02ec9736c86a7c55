"""Ask a network in double precision where that costs little."""

import copy

import torch

# Networks of tabular data are asked in double precision up to this number of parameters.
SMALL = 2**20


def ask(module, question, row_shape):
    """Return the answer of a network to a question, in double precision where that is cheap.

    In single precision the last digit of an answer depends on the batch that a row is in.

    Parameters
    ----------
    module : Module
        The network.
    question : callable
        Called with the network, or with a copy of it in double precision; returns the answer.
        It may be called more than once.
    row_shape : tuple of int
        The shape of one sample.

    Returns
    -------
    answer : object
        What `question` returns.

    Raises
    ------
    Exception
        Every error of the network, but for one that double precision alone brings about.
    """
    if len(row_shape) != 1 or not _is_small(module):
        return question(module)
    double = copy.deepcopy(module).double()
    try:
        return question(double)
    except RuntimeError as error:
        failure = error
    # Torch raises RuntimeError where precisions mix: a network may have constants in single
    # precision. An error that comes in single precision, too, is raised here.
    answer = question(module)
    try:
        question(double)
    except RuntimeError:
        # Always in double precision and not in single precision: it is the precision.
        return answer
    # It came once and not again, so it is not the precision, and its cause is for the user.
    raise failure


def _is_small(module):
    """Whether passes in double precision take little time and memory: on the CPU, few weights."""
    parameters = list(module.parameters())
    return (
        all(p.dtype == torch.float32 and p.device.type == "cpu" for p in parameters)
        and sum(p.numel() for p in parameters) <= SMALL
    )
