"""Forward passes that remember what layers said on the way."""

from contextlib import contextmanager

import torch
from torch import nn


def layer_named(module, name, asked_by):
    """Return the layer of a dotted name, or say which names there are."""
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
    said = {}

    def keep(name):
        def hook(layer, inputs, output):
            said[name] = output

        return hook

    handles = [layer.register_forward_hook(keep(name)) for name, layer in layers.items()]
    try:
        yield said
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def input_of_last_linear(module):
    """Record what went into the linear layer that was called last, as `said["embedding"]`."""
    said = {}

    def hook(layer, inputs):
        said["embedding"] = inputs[0]

    linear = [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
    if not linear:
        names = ", ".join(repr(name) for name, _ in module.named_modules() if name)
        raise ValueError(
            "embed needs the input of the last nn.Linear, but the module has none. Name a layer: "
            f"embedding_layer= one of {names or 'none'}."
        )
    handles = [layer.register_forward_pre_hook(hook) for layer in linear]
    try:
        yield said
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def evaluating(module):
    """Keep a module in evaluation mode and without gradients; every layer's mode is put back."""
    modes = [(layer, layer.training) for layer in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for layer, mode in modes:
            layer.training = mode


def flat(features):
    """Return the features of a batch as rows."""
    return features.flatten(start_dim=1)
