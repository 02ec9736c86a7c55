"""Outputs of a fitted network for many samples: a table of those that one pass gives, members."""

from contextlib import ExitStack, contextmanager

import numpy as np
import torch

from ._dropout import dropping, member_passes
from ._passes import evaluating, input_of_last_linear, layer_named, outputs_of, run_module


def read_outputs(estimator, task, samples, names, module):
    """Return several outputs of one forward pass.

    Parameters
    ----------
    estimator : TorchClassifier or TorchRegressor
        The estimator that is asked.
    task : Classes or Numbers
        What the outputs of the network stand for.
    samples : Samples
        The samples.
    names : list of str
        Keys of `OUTPUTS`.
    module : Module
        The network of the estimator, or a copy in another precision.

    Returns
    -------
    outputs : dict of str to ndarray
        Arrays with one row per sample.
    """
    outputs = {}
    with ExitStack() as stack:
        stack.enter_context(evaluating(module))
        readers = {
            name: stack.enter_context(OUTPUTS[name](estimator, task, module)) for name in names
        }
        for rows, x in samples.batches(estimator.device_):
            output = _checked(task, run_module(module, x), len(x))
            for name, read in readers.items():
                _store(outputs, name, read(output), rows, len(samples))
    return outputs


def read_members(estimator, task, samples, n_members, masks, module):
    """Return the answers of the members that dropout makes of a network.

    Parameters
    ----------
    estimator, task, samples, module
        As in :func:`read_outputs`.
    n_members : int
        The number of members.
    masks : Masks
        The units that each of them leaves out.

    Returns
    -------
    members : ndarray of shape (n_members, n_samples, n_classes) or (n_members, n_samples)
        Probabilities of classes in single precision, or numbers in double precision.
    """
    shape = (n_members, len(samples), *task.answer_shape)
    members = np.empty(shape, dtype=task.member_precision)
    with evaluating(module), dropping(module, masks) as passing:
        for rows, x in samples.batches(estimator.device_):
            for member, output in enumerate(member_passes(module, x, passing, n_members)):
                answers = task.answers(_checked(task, output, len(x)), task.member_precision)
                members[member, rows] = answers.cpu().numpy()
    return members


@contextmanager
def _answers(estimator, task, module):
    yield lambda output: task.answers(output, "float64")


@contextmanager
def _embedding(estimator, task, module):
    name = estimator.embedding_layer
    if name is None:
        recording = input_of_last_linear(module)
    else:
        layer = layer_named(module, name, "embedding_layer")
        recording = outputs_of({"embedding": layer})
    with recording as recorded:
        yield lambda output: recorded["embedding"].flatten(start_dim=1).float()


@contextmanager
def _predicted_loss(estimator, task, module):
    layers = estimator.loss_prediction.layers_of(module)
    with outputs_of(layers) as recorded:
        yield lambda output: estimator.loss_net_([recorded[name] for name in layers]).float()


# For each output a context in which it can be read after every batch, from the output of the
# network or from what hooks record. A new output is a row here.
OUTPUTS = {
    "proba": _answers,
    "prediction": _answers,
    "embedding": _embedding,
    "predicted_loss": _predicted_loss,
}


def _checked(task, output, n_samples):
    output = task.checked(output, n_samples)
    if not torch.isfinite(output).all():
        raise ValueError(
            "The module returned NaN or infinity. Look at the scale of X and at the training "
            "loss in history_."
        )
    return output


def _store(outputs, name, tensor, rows, n_samples):
    """Write the output for some rows into an array for all of them."""
    values = tensor.cpu().numpy()
    if name not in outputs:
        outputs[name] = np.empty((n_samples, *values.shape[1:]), dtype=values.dtype)
    outputs[name][rows] = values
