"""Build the network that the parameter `module` describes, and try it on a few samples."""

import copy
import inspect

import numpy as np
from torch import nn

from ._passes import evaluating, outputs_of, run_module


def build_module(module, input_shape, n_outputs, params):
    """Return a new network.

    Parameters
    ----------
    module : Module, class, callable or None
        As in :class:`TorchClassifier` and :class:`TorchRegressor`.
    input_shape : tuple of int
        The shape of one sample.
    n_outputs : int
        The number of outputs of the network.
    params : dict
        Further arguments of the class or the function.
    """
    if isinstance(module, nn.Module):
        if params:
            raise ValueError(
                f"module__{next(iter(params))} is for a class or a function that builds the "
                f"module, but module is {type(module).__name__}, built already."
            )
        return copy.deepcopy(module)
    if inspect.isclass(module):
        # Its constructor may have been written without skal in mind.
        given = {"input_shape": input_shape, "n_outputs": n_outputs, "n_classes": n_outputs}
        wanted = inspect.signature(module).parameters
        built = module(**{name: given[name] for name in given if name in wanted}, **params)
    else:
        built = (perceptron if module is None else module)(input_shape, n_outputs, **params)
    if not isinstance(built, nn.Module):
        raise TypeError(
            f"module must build a torch.nn.Module, but {module!r} returned {type(built).__name__}."
        )
    return built


def perceptron(input_shape, n_outputs, hidden=100):
    """Return a perceptron with one hidden layer."""
    n_features = int(np.prod(input_shape))
    return nn.Sequential(
        nn.Flatten(), nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_outputs)
    )


def try_out(module, samples, task, device, layers):
    """Check what the module returns for a few samples; return the outputs of some layers.

    Parameters
    ----------
    module : Module
        The network, on `device`.
    samples : Samples
        The first two of them are tried.
    task : Classes or Numbers
        What the outputs of the network stand for.
    device : torch.device
        Where the network is.
    layers : dict of str to Module
        The layers to record.

    Returns
    -------
    features : list of tensor
        One tensor for each of the layers.
    """
    # Two rather than one: a module that squeezes its output gives itself away.
    n_tried = min(2, len(samples))
    with evaluating(module), outputs_of(layers) as recorded:
        task.checked(run_module(module, samples.take(slice(0, 2), device)), n_tried)
    return [recorded[name] for name in layers]
