"""Training of a network by stochastic gradient descent, with early stopping."""

import copy
from contextlib import nullcontext

import numpy as np
import torch

from .._base import show_progress
from ._data import slices_of
from ._loss_prediction import pairwise_ranking_loss
from ._passes import evaluating, outputs_of, run_module

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
    "sgd": torch.optim.SGD,
}

SCHEDULES = {
    "constant": lambda optimizer, n_epochs: None,
    "cosine": lambda optimizer, n_epochs: torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, max(1, n_epochs)
    ),
}


class Training:
    """One fit of a network.

    Parameters
    ----------
    params : TorchClassifier or TorchRegressor
        The estimator; its parameters say how to train.
    task : Classes or Numbers
        What the outputs of the network stand for.
    module : Module
        The network, trained in place.
    head : LossNet or None
        A head that is trained with the network, on the layers of `params.loss_prediction`.
    device : torch.device
        The device of both.
    """

    def __init__(self, params, task, module, head, device):
        self.params = params
        self.task = task
        self.module = module
        self.device = device
        self.head = head
        self.head_layers = params.loss_prediction.layers_of(module) if head is not None else {}

    def run(self, learned, held_out, seed, n_epochs):
        """Train the network.

        Parameters
        ----------
        learned : LabeledSamples
            The samples to train on.
        held_out : LabeledSamples or None
            The samples to watch the loss of.
        seed : int
            Seed of the order of the samples.
        n_epochs : int
            Number of passes over them.

        Returns
        -------
        history : list of dict
            The record of every epoch, as the attribute `history_`.
        """
        rng = np.random.RandomState(seed)
        optimizer = self._optimizer()
        schedule = self._schedule(optimizer, n_epochs)
        history, best = [], _Best(self.params.patience)
        for epoch in range(n_epochs):
            lr = optimizer.param_groups[0]["lr"]
            losses = self._epoch(learned, rng, optimizer, epoch / n_epochs)
            if schedule is not None:
                schedule.step()
            record = {"epoch": epoch + 1, "lr": lr, **losses}
            if held_out is not None:
                record["validation_loss"] = self._mean_loss(held_out)
            _refuse_nan(record)
            history.append(record)
            if self.params.verbose:
                _show(record, n_epochs)
            wants_stop = _call_back(self.params.callbacks, record, self.module)
            if best.is_over(record, self.module, self.head) or wants_stop:
                break
        best.restore(self.module, self.head)
        return history

    def _epoch(self, learned, rng, optimizer, progress):
        self.module.train()
        totals = {"loss": 0.0, **({"loss_prediction": 0.0} if self.head is not None else {})}
        seen = 0
        for rows in batch_rows(rng.permutation(len(learned)), self.params.batch_size):
            x, y, w = learned.tensors(rows, self.device)
            optimizer.zero_grad(set_to_none=True)
            with outputs_of(self.head_layers) as recorded, self._precision():
                output = run_module(self.module, x)
                features = [recorded[name] for name in self.head_layers]
                parts = self._losses(output, y, w, features, progress)
            sum(parts.values()).backward()
            optimizer.step()
            seen += len(rows)
            for name, value in parts.items():
                totals[name] = totals[name] + value.detach() * len(rows)
        self.module.eval()
        # Only now are the sums read from the device: a GPU would have to wait in every step.
        return {name: float(total) / seen for name, total in totals.items()}

    def _losses(self, output, y, w, features, progress):
        losses = self._sample_losses(output, y)
        if losses.dim() == 0:
            if self.head is not None or bool((w != w[0]).any()):
                # The mean of a batch cannot be weighted, and a ranking needs single losses.
                raise ValueError(
                    "loss must return one loss per sample, of shape (n_samples,), where samples "
                    "have weights or losses are predicted, but it returned a scalar. Use "
                    "reduction='none'."
                )
            return {"loss": losses}
        # In a batch of a dataset all weights may be 0.
        parts = {"loss": (losses * w).sum() / w.sum().clamp_min(1e-12)}
        if self.head is not None:
            prediction = self.params.loss_prediction
            # Late in training the gradient of the head would hold the network back.
            if progress >= prediction.detach_after:
                features = [feature.detach() for feature in features]
            ranking = pairwise_ranking_loss(self.head(features), losses, prediction.margin)
            parts["loss_prediction"] = prediction.weight * ranking
        return parts

    def _sample_losses(self, output, y):
        losses = self.task.sample_losses(self.params.loss, output, y)
        # Columns and rows would be broadcast to the losses of all pairs, without an error.
        if losses.dim() and losses.shape != y.shape:
            raise ValueError(
                f"loss must return one loss per sample, here of shape {tuple(y.shape)}, or a "
                f"scalar, but it returned shape {tuple(losses.shape)}."
            )
        return losses

    def _mean_loss(self, held_out):
        total = 0.0
        with evaluating(self.module):
            for rows in slices_of(held_out):
                x, y, w = held_out.tensors(rows, self.device)
                losses = self._sample_losses(run_module(self.module, x), y)
                mean = losses if losses.dim() == 0 else (losses * w).sum() / w.sum()
                total += float(mean) * float(w.sum())
        return total / held_out.weights.sum()

    def _optimizer(self):
        make = OPTIMIZERS.get(self.params.optimizer, self.params.optimizer)
        trained = [*self.module.parameters(), *(self.head.parameters() if self.head else ())]
        trained = [parameter for parameter in trained if parameter.requires_grad]
        if not trained:
            raise ValueError(
                "The module has no parameters to train. For a module that stays as it is, use "
                f"{type(self.params).__name__}.from_trained."
            )
        return make(trained, lr=self.params.lr, weight_decay=self.params.weight_decay)

    def _schedule(self, optimizer, n_epochs):
        schedule = self.params.lr_schedule
        return (
            SCHEDULES[schedule](optimizer, n_epochs)
            if schedule in SCHEDULES
            else schedule(optimizer)
        )

    def _precision(self):
        if self.params.mixed_precision and self.device.type == "cuda":
            return torch.autocast("cuda", dtype=torch.bfloat16)
        return nullcontext()


def _refuse_nan(record):
    for name, value in record.items():
        if not np.isfinite(value):
            raise ValueError(
                f"The {name.replace('_', ' ')} is {value} in epoch {record['epoch']}. Use a "
                f"smaller lr (it is {record['lr']:g}), scale X, or look for a division by zero in "
                "the module."
            )


def _call_back(callbacks, record, module):
    """Call every callback; return whether one of them wants to stop."""
    callbacks = [callbacks] if callable(callbacks) else callbacks or ()
    answers = [callback(dict(record), module) for callback in callbacks]
    return any(answer is True for answer in answers)


class _Best:
    """The weights at the lowest validation loss, and whether to wait for a lower one."""

    def __init__(self, patience):
        self.patience = patience
        self.loss = np.inf
        self.epoch = 0
        self.states = None

    def is_over(self, record, module, head):
        if self.patience is None:
            return False
        if record["validation_loss"] < self.loss:
            self.loss, self.epoch = record["validation_loss"], record["epoch"]
            self.states = [
                copy.deepcopy(net.state_dict()) for net in (module, head) if net is not None
            ]
        return record["epoch"] - self.epoch >= self.patience

    def restore(self, module, head):
        if self.states is not None:
            nets = [net for net in (module, head) if net is not None]
            for net, state in zip(nets, self.states, strict=True):
                net.load_state_dict(state)


def batch_rows(order, batch_size):
    """Return the batches of an epoch; a last one of a single sample joins the one before.

    Batch normalization cannot learn from a single sample.
    """
    starts = list(range(0, len(order), batch_size))
    if len(starts) > 1 and len(order) - starts[-1] == 1:
        starts.pop()
    return np.split(order, starts[1:])


def _show(record, n_epochs):
    losses = [f"{name.replace('_', ' ')} {record[name]:.4f}" for name in record if "loss" in name]
    epoch = f"epoch {record['epoch']}/{n_epochs}"
    show_progress(record["epoch"], n_epochs, ", ".join([epoch, *losses]))
