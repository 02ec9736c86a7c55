"""Randomness that leaves torch's global generators as they were."""

import threading
from contextlib import contextmanager

import torch

# Dropout in training, the initialization of layers and patched layers all live in state that
# threads share, so one pass at a time has it. Torch is parallel within a pass.
LOCK = threading.RLock()


@contextmanager
def seeded(seed, device):
    """Let torch's global generators start from `seed`, and restore them afterwards.

    Parameters
    ----------
    seed : int
        The seed of the CPU's generator and of that of `device`.
    device : torch.device
        The device of the network.
    """
    devices = [device] if device.type == "cuda" else []
    with LOCK, torch.random.fork_rng(devices=devices):
        # Not torch.manual_seed: it seeds the generators of all GPUs, but only those of `devices`
        # are restored.
        torch.default_generator.manual_seed(seed)
        if devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield
