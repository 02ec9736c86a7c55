"""Forward passes: precision of the input, modes of the layers, and hooks that record outputs."""

from contextlib import contextmanager

import torch
from torch import nn


def run_module(module, x):
    """Return the output of a module for a batch, which is cast to the module's precision."""
    # Integers, such as the tokens of a text, are indices and keep their type.
    if x.is_floating_point():
        parameters = (p for p in module.parameters() if p.is_floating_point())
        x = x.to(dtype=next(parameters, x).dtype)
    return module(x)


@contextmanager
def evaluating(module):
    """Keep a module in evaluation mode without gradients; restore the mode of every layer."""
    # One by one: a layer may be in another mode than the module around it.
    modes = [(layer, layer.training) for layer in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for layer, mode in modes:
            layer.training = mode


def layer_named(module, name, asked_by):
    """Return the layer with a dotted name.

    Raises
    ------
    ValueError
        If the module has no such layer; the message lists the names.
    """
    layers = dict(module.named_modules())
    if name not in layers:
        names = ", ".join(repr(known) for known in layers if known)
        raise ValueError(
            f"{asked_by} names the layer {name!r}, but the module has no such layer. It has "
            f"{names or 'none'}."
        )
    return layers[name]


@contextmanager
def outputs_of(layers):
    """Record the last output of every layer, in a dict by name, while in the context."""
    recorded = {}

    def keep(name):
        def hook(layer, inputs, output):
            recorded[name] = output

        return hook

    with _removing([layer.register_forward_hook(keep(name)) for name, layer in layers.items()]):
        yield recorded


@contextmanager
def input_of_last_linear(module):
    """Record the input of the linear layer that is called last, as ``recorded["embedding"]``."""
    recorded = {}

    def hook(layer, inputs):
        recorded["embedding"] = inputs[0]

    linear = [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
    if not linear:
        names = ", ".join(repr(name) for name, _ in module.named_modules() if name)
        raise ValueError(
            "embed needs the input of the last nn.Linear, but the module has none. Name a layer: "
            f"embedding_layer= one of {names or 'none'}."
        )
    with _removing([layer.register_forward_pre_hook(hook) for layer in linear]):
        yield recorded


@contextmanager
def _removing(handles):
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
