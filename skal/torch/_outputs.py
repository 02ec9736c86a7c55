"""Outputs of a fitted network for many samples: a table of those that one pass gives, members."""

from contextlib import ExitStack, contextmanager

import numpy as np
import torch

from ._dropout import dropping, member_passes
from ._passes import evaluating, input_of_last_linear, layer_named, outputs_of, run_module


def read_outputs(classifier, samples, names, module):
    """Return several outputs of one forward pass.

    Parameters
    ----------
    classifier : TorchClassifier
        The classifier that is asked.
    samples : Samples
        The samples.
    names : list of str
        Keys of `OUTPUTS`.
    module : Module
        The network of the classifier, or a copy in another precision.

    Returns
    -------
    outputs : dict of str to ndarray
        Arrays with one row per sample.
    """
    outputs = {}
    with ExitStack() as stack:
        stack.enter_context(evaluating(module))
        readers = {name: stack.enter_context(OUTPUTS[name](classifier, module)) for name in names}
        for rows, x in samples.batches(classifier.device_):
            logits = _checked(run_module(module, x), classifier.classes_)
            for name, read in readers.items():
                _store(outputs, name, read(logits), rows, len(samples))
    return outputs


def read_members(classifier, samples, n_members, masks, module):
    """Return the probabilities of the members that dropout makes of a network.

    Parameters
    ----------
    classifier, samples, module
        As in :func:`read_outputs`.
    n_members : int
        The number of members.
    masks : Masks
        The units that each of them leaves out.

    Returns
    -------
    member_proba : ndarray of shape (n_members, n_samples, n_classes), float32
    """
    shape = (n_members, len(samples), len(classifier.classes_))
    members = np.empty(shape, dtype=np.float32)
    with evaluating(module), dropping(module, masks) as passing:
        for rows, x in samples.batches(classifier.device_):
            for member, logits in enumerate(member_passes(module, x, passing, n_members)):
                proba = torch.softmax(_checked(logits, classifier.classes_).float(), dim=1)
                members[member, rows] = proba.cpu().numpy()
    return members


@contextmanager
def _proba(classifier, module):
    yield lambda logits: torch.softmax(logits.double(), dim=1)


@contextmanager
def _embedding(classifier, module):
    name = classifier.embedding_layer
    if name is None:
        recording = input_of_last_linear(module)
    else:
        layer = layer_named(module, name, "embedding_layer")
        recording = outputs_of({"embedding": layer})
    with recording as recorded:
        yield lambda logits: recorded["embedding"].flatten(start_dim=1).float()


@contextmanager
def _predicted_loss(classifier, module):
    layers = classifier.loss_prediction.layers_of(module)
    with outputs_of(layers) as recorded:
        yield lambda logits: classifier.loss_net_([recorded[name] for name in layers]).float()


# For each output a context in which it can be read after every batch, from the logits or from
# what hooks record. A new output is a row here.
OUTPUTS = {"proba": _proba, "embedding": _embedding, "predicted_loss": _predicted_loss}


def _checked(logits, classes):
    if logits.dim() != 2 or logits.shape[1] != len(classes):
        raise ValueError(
            f"The module must return an output for each of the {len(classes)} classes "
            f"{classes.tolist()}, but returned shape {tuple(logits.shape)}."
        )
    if not torch.isfinite(logits).all():
        raise ValueError(
            "The module returned NaN or infinity. Look at the scale of X and at the training "
            "loss in history_."
        )
    return logits


def _store(outputs, name, tensor, rows, n_samples):
    """Write the output for some rows into an array for all of them."""
    values = tensor.cpu().numpy()
    if name not in outputs:
        outputs[name] = np.empty((n_samples, *values.shape[1:]), dtype=values.dtype)
    outputs[name][rows] = values
