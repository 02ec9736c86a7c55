"""Devices: the one to train on, and the one that a pickled network wakes up on."""

import torch

CPU = torch.device("cpu")


def choose_device(device):
    """Return the torch.device that the parameter `device` stands for.

    Raises
    ------
    ValueError
        If it is not a device, or a GPU where there is none.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device must be 'auto' or a torch device, got {device!r}.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device={str(device)!r} asks for a GPU, but torch.cuda.is_available() is False. Use "
            "device='auto' or 'cpu'."
        )
    return device


def device_here(device):
    """Return `device` if this machine has such a GPU, else the CPU."""
    on_gpu = device.type == "cuda" and torch.cuda.is_available()
    return device if on_gpu and (device.index or 0) < torch.cuda.device_count() else CPU
