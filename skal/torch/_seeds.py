"""Randomness that leaves torch's global generators as they were."""

import threading
from contextlib import contextmanager

import numpy as np
import torch

# Dropout in training, the initialization of layers and patched layers all live in state that
# threads share, so one pass at a time has it. Torch is parallel within a pass.
LOCK = threading.RLock()


@contextmanager
def seeded(seed, device):
    """Let torch's global generators start from `seed`, and put them back afterwards."""
    devices = [device] if device.type == "cuda" else []
    with LOCK, torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def derived(seed, *key):
    """Return a seed for torch that belongs to a key of integers."""
    return int(np.random.SeedSequence([seed, *key]).generate_state(1)[0])
