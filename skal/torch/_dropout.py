"""Monte Carlo dropout: members that leave out different units, each the same for all rows."""

import math
from contextlib import contextmanager

import torch
from torch import nn

from .._base import derive_seed
from ._passes import run_module

# Alpha dropout sets dropped units to the limit of SELU at minus infinity, -scale * alpha.
ALPHA_PRIME = -1.7580993408473766
BY_CHANNEL = (nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.FeatureAlphaDropout)
ALPHA = (nn.AlphaDropout, nn.FeatureAlphaDropout)


def active_dropout(module):
    """Return the dropout layers of a module with p > 0, in a dict by name."""
    layers = {
        name: layer
        for name, layer in module.named_modules()
        if isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0
    }
    if not layers:
        raise ValueError(
            "Members are drawn by dropout, but the module has no dropout layer with p > 0 "
            "(functional dropout is not seen). Use nn.Dropout layers, or an ensemble: "
            "skal.torch.DeepEnsemble(estimator)."
        )
    for name, layer in layers.items():
        if layer.p >= 1:
            raise ValueError(
                f"The dropout layer {name!r} has p={layer.p}, which drops every unit, so that all "
                "members are the same. Use p below 1."
            )
    return layers


class Masks:
    """The masks of the members of one network, drawn when they are first needed.

    A mask depends on the seed, the member, the layer and the number of earlier calls of the
    layer in the same pass. It does not depend on the batch, its size or its order.

    Parameters
    ----------
    seed : int
        Seed of all masks.
    """

    def __init__(self, seed):
        self.seed = seed
        self._drawn = {}

    def kept(self, member, layer, call, shape, p, device):
        """Return the mask of shape (1, *shape): 1 where a unit is kept."""
        key = (member, layer, call, *shape)
        if key not in self._drawn:
            # On the CPU, so that members are the same on every device.
            generator = torch.Generator().manual_seed(derive_seed(self.seed, member, layer, call))
            kept = torch.rand((1, *shape), generator=generator, dtype=torch.float32) >= p
            self._drawn[key] = kept.to(device=device, dtype=torch.float32)
        return self._drawn[key]


class _Pass:
    """State of a forward pass: the member, the calls so far, the outputs before dropout.

    Up to the first dropout layer all members compute the same. The pass of the first member over
    a batch records the outputs of leaf layers there, and the passes of the others replay them.
    """

    def __init__(self, masks):
        self.masks = masks
        self.recorded = []

    def start(self, member, n_rows, replay):
        """Begin the pass of a member over a batch."""
        self.member = member
        self.n_rows = n_rows
        self.replaying = replay
        self.before_dropout = True
        self.calls = {}
        self.place = 0
        if not replay:
            self.recorded = []

    def drop(self, layer, number, x):
        """Return the output of a dropout layer for its input."""
        if x.shape[0] != self.n_rows:
            raise ValueError(
                f"The dropout layer {layer} got a tensor of shape {tuple(x.shape)} for a batch of "
                f"{self.n_rows} samples: samples must be the first axis where units are dropped "
                "(batch_first=True), so that a member is the same for all of them."
            )
        self.before_dropout = False
        call = self.calls.get(number, 0)
        self.calls[number] = call + 1
        shape = x.shape[1:]
        if isinstance(layer, BY_CHANNEL):
            shape = (x.shape[1], *[1] * (x.dim() - 2))
        kept = self.masks.kept(self.member, number, call, shape, layer.p, x.device)
        return _apply(layer, kept.to(x.dtype), x)

    def run(self, forward, args, kwargs):
        """Run a leaf layer, or replay its output for the first member."""
        if not self.before_dropout:
            return forward(*args, **kwargs)
        place, self.place = self.place, self.place + 1
        if self.replaying and self.recorded[place] is not None:
            # A copy, because later layers may write into it, as in `x += residual`.
            return self.recorded[place].clone()
        output = forward(*args, **kwargs)
        if not self.replaying:
            # Others, such as the tuple of an LSTM, are computed again by every member.
            is_tensor = isinstance(output, torch.Tensor)
            self.recorded.append(output.clone() if is_tensor else None)
        return output


def _apply(layer, kept, x):
    keep = 1 - layer.p
    if not isinstance(layer, ALPHA):
        return x * (kept / keep)
    # Dropped units take a value, and an affine map restores mean and variance.
    scale = 1 / math.sqrt(keep * (1 + layer.p * ALPHA_PRIME**2))
    return scale * (x * kept + ALPHA_PRIME * (1 - kept) - layer.p * ALPHA_PRIME)


@contextmanager
def dropping(module, masks):
    """Let the dropout layers of a module use `masks`; yield the :class:`_Pass`."""
    dropout = active_dropout(module)
    passing = _Pass(masks)
    patched = []
    fast_path = torch.backends.mha.get_fastpath_enabled()
    try:
        # Transformer layers in evaluation mode take a shortcut around their dropout.
        torch.backends.mha.set_fastpath_enabled(False)
        for number, layer in enumerate(dropout.values()):
            patched.append(_patch(layer, _dropping_forward(passing, layer, number)))
        for layer in module.modules():
            if next(layer.children(), None) is None and layer not in dropout.values():
                patched.append(_patch(layer, _replaying_forward(passing, layer.forward)))
        yield passing
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)
        for layer, before in patched:
            del layer.forward
            if before is not None:
                layer.forward = before


def _patch(layer, forward):
    before = layer.__dict__.get("forward")
    layer.forward = forward
    return layer, before


def _dropping_forward(passing, layer, number):
    return lambda x: passing.drop(layer, number, x)


def _replaying_forward(passing, forward):
    return lambda *args, **kwargs: passing.run(forward, args, kwargs)


def member_passes(module, batch, passing, n_members):
    """Yield the outputs of every member for a batch.

    Raises
    ------
    ValueError
        If a pass calls no dropout layer, or one whose input does not have the samples
        as its first axis.
    """
    for member in range(n_members):
        passing.start(member, len(batch), replay=member > 0)
        output = run_module(module, batch.clone())
        if passing.before_dropout:
            raise ValueError(
                "Members are drawn by dropout, but the forward pass called no dropout layer of "
                "the module. Call nn.Dropout layers in forward, or use "
                "skal.torch.DeepEnsemble(estimator)."
            )
        yield output
