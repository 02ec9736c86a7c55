"""
Networks: the cost of the outputs that strategies read
======================================================

One forward pass should serve all outputs of a query, and members by Monte Carlo dropout should
cost no more than as many plain passes. Everything is compared with a plain loop over batches of
the same network in the same process, in turn. Run with ``--quick`` for a small version.
"""

import argparse
import time

import numpy as np
import torch
from torch import nn

from skal.torch import TorchClassifier

N_MEMBERS = 20


def late_dropout(input_shape, n_classes):
    """Return a small convolutional network with dropout in front of its last layers."""
    return nn.Sequential(
        nn.Conv2d(input_shape[0], 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, n_classes),
    )


def dropout_everywhere(input_shape, n_classes):
    """Return the same network with dropout on its input, so that members share no layer."""
    return nn.Sequential(nn.Dropout(0.1), *late_dropout(input_shape, n_classes))


def bare_pass(module, X, batch_size=512):
    """Return probabilities by a plain loop."""
    module.eval()
    device = next(module.parameters()).device
    out = []
    with torch.no_grad():
        for start in range(0, len(X), batch_size):
            batch = torch.from_numpy(X[start : start + batch_size]).to(device)
            out.append(torch.softmax(module(batch), dim=1).cpu().numpy())
    return np.concatenate(out)


def in_turn(functions, repeats):
    """Return the shortest time of each function, run one after the other `repeats` times."""
    times = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return {name: min(seconds) for name, seconds in times.items()}


def main():
    """Run the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version, in seconds")
    quick = parser.parse_args().quick
    n_samples = 1_000 if quick else 20_000
    X = np.random.default_rng(0).random((n_samples, 1, 16, 16), dtype=np.float32)
    y = np.arange(n_samples) % 10
    print(f"{n_samples} images of 16 x 16, {N_MEMBERS} members, {torch.get_num_threads()} threads")
    for network in (late_dropout, dropout_everywhere):
        classifier = TorchClassifier(network, max_epochs=1, n_members=N_MEMBERS, random_state=0)
        classifier.fit(X[:640], y[:640])
        module = classifier.module_
        bare_pass(module, X)
        times = in_turn(
            {
                "one bare pass": lambda module=module: bare_pass(module, X),
                "probabilities": lambda c=classifier: c.predict_proba(X),
                "both": lambda c=classifier: c.predict_outputs(X, ["proba", "embedding"]),
            },
            repeats=5 if quick else 3,
        )
        one = times["one bare pass"]
        members = in_turn({"members": lambda c=classifier: c.member_proba(X)}, repeats=1)
        print(f"{network.__name__}: one bare pass {one:.3f} s, members {members['members']:.3f} s")
        print(f"  probabilities over one bare pass: {times['probabilities'] / one:.3f}")
        print(f"  probabilities and embedding over one bare pass: {times['both'] / one:.3f}")
        ratio = members["members"] / (N_MEMBERS * one)
        print(f"  members over {N_MEMBERS} bare passes: {ratio:.3f}")


if __name__ == "__main__":
    main()
