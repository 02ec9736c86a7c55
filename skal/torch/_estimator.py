"""What the estimators around a torch module share: training, features, members and pickles."""

import copy
from functools import partial

import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted
from torch import nn

from .._base import (
    Integral,
    Interval,
    Real,
    StrOptions,
    check_count,
    derive_seed,
    draw_seed,
    make_random_state,
)
from ._build import build_module, try_out
from ._devices import CPU, choose_device, device_here
from ._dropout import Masks
from ._inputs import read_labels, read_samples
from ._loss_prediction import LossPredictionHead
from ._outputs import read_members, read_outputs
from ._params import ModuleParams
from ._passes import layer_named
from ._precision import ask
from ._seeds import LOCK, seeded
from ._training import OPTIMIZERS, SCHEDULES, Training

# Each use of the seed of a fit derives a seed of its own from one of these keys.
BUILD, TRAIN, ORDER, SPLIT, MEMBERS = range(5)


def _predicts_loss(estimator):
    if estimator.loss_prediction is None:
        name = type(estimator).__name__
        raise AttributeError(
            f"predict_loss needs a {name} that was trained with a head for it: "
            f"{name}(module, loss_prediction=LossPredictionHead(layers=[...]))."
        )
    return True


class TorchEstimator(ModuleParams):
    """Base of the estimators around a torch module.

    Subclasses have the parameters named in `_parameter_constraints`. They set `_answer`, the name
    of what the network answers, and define `_task`, `_labeled` and `_keep`.
    """

    _parameter_constraints = {
        "module": [nn.Module, callable, None],
        "optimizer": [StrOptions(set(OPTIMIZERS)), callable],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "lr_schedule": [StrOptions(set(SCHEDULES)), callable],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "embedding_layer": [str, None],
        "loss_prediction": [LossPredictionHead, None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "device": [str, torch.device],
        "mixed_precision": ["boolean"],
        "warm_start": ["boolean"],
        "callbacks": [callable, list, tuple, None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    # A mask serves all rows, so a member is the same function for every row. BatchBALD needs
    # that: joint predictions of members that change from row to row have no meaning.
    members_consistent = True

    def fit(self, X, y=None, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : {ndarray, csr, data frame, tensor} of shape (n_samples, ...) or Dataset
            Training samples. A Dataset yields `x` or `(x, y)`.
        y : array-like of shape (n_samples,), default=None
            Class labels of a classifier, numbers of a regressor; None takes them from a Dataset
            that yields pairs.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, at least 0. A weight of k is the same as k copies.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If X and y do not fit each other or the module, a label is not among the classes or is
            not a number, or the loss is not finite. The network then stays as it was.
        """
        self._check_params()
        goes_on = self.warm_start and hasattr(self, "module_")
        return self._learn(X, y, sample_weight, self.max_epochs, goes_on)

    @classmethod
    def _started(cls, module, params):
        """Return an estimator whose network is a copy of a trained module."""
        if not isinstance(module, nn.Module):
            raise TypeError(f"module must be a torch.nn.Module, got {type(module).__name__}.")
        if "loss_prediction" in params:
            raise ValueError("from_trained takes no loss_prediction: a head learns only in fit.")
        estimator = cls(module, **params)
        estimator._check_params()
        estimator.device_ = choose_device(estimator.device)
        estimator.module_ = copy.deepcopy(module).to(estimator.device_).eval()
        estimator.loss_net_ = None
        estimator._seed = draw_seed(make_random_state(estimator.random_state))
        return estimator

    @property
    def _task(self):
        """What the outputs of the fitted network stand for: `Classes` or `Numbers`."""
        raise NotImplementedError(f"{type(self).__name__} must define _task.")

    def _labeled(self, samples, y, sample_weight, task):
        """Return `LabeledSamples`, and their task; `task` where that is known already."""
        raise NotImplementedError(f"{type(self).__name__} must define _labeled().")

    def _keep(self, task):
        """Remember the task of the fitted network."""
        raise NotImplementedError(f"{type(self).__name__} must define _keep().")

    def _learn(self, X, y, sample_weight, n_epochs, goes_on, task=None):
        """Train new networks or the present ones, and keep them once that has succeeded."""
        samples = read_samples(self, X, reset=not goes_on)
        y = read_labels(X, y, len(samples))
        task = self._task if goes_on else task
        data, task = self._labeled(samples, y, sample_weight, task)
        device, seed = choose_device(self.device), draw_seed(make_random_state(self.random_state))
        learned, held_out = self._hold_out(data, task, derive_seed(seed, SPLIT))
        nets = self._networks(data.samples, task, device, seed, goes_on)
        training = Training(self, task, *nets, device)
        with seeded(derive_seed(seed, TRAIN), device):
            history = training.run(learned, held_out, derive_seed(seed, ORDER), n_epochs)
        self.module_, self.loss_net_ = nets[0].eval(), nets[1]
        self.history_, self.input_shape_ = history, samples.row_shape
        self.device_, self._seed = device, seed
        self._keep(task)
        return self

    def _networks(self, samples, task, device, seed, goes_on):
        """Return a network to train and its head or None: new ones, or copies of the present."""
        if goes_on:
            nets = copy.deepcopy((self.module_, self.loss_net_))
        else:
            with seeded(derive_seed(seed, BUILD), device):
                nets = self._build(samples, task, device)
        return [net if net is None else net.to(device) for net in nets]

    def _build(self, samples, task, device):
        """Return a new network, and the head that is trained with it or None."""
        shape, params, head = samples.row_shape, self._module_params(), self.loss_prediction
        module = build_module(self.module, shape, task.n_outputs, params).to(device)
        layers = {} if head is None else head.layers_of(module)
        if self.embedding_layer is not None:
            layer_named(module, self.embedding_layer, "embedding_layer")
        features = try_out(module, samples, task, device, layers)
        return module, None if head is None else head.build(features).to(device)

    def _hold_out(self, data, task, seed):
        """Return the samples to train on, and those of the validation loss or None."""
        if self.validation_fraction is not None:
            return data.split(self.validation_fraction, seed, task.strata(data.labels))
        if self.patience is not None:
            raise ValueError(
                f"patience={self.patience} watches the loss of samples held out: set "
                "validation_fraction, too."
            )
        return data, None

    def embed(self, X):
        """Return the features of the samples in the network.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.

        Returns
        -------
        embedding : ndarray of shape (n_samples, n_dims), float32
            The output of `embedding_layer`, flattened to one row per sample.
        """
        return self.predict_outputs(X, ["embedding"])["embedding"]

    @available_if(_predicts_loss)
    def predict_loss(self, X):
        """Return the losses that the head predicts. Only their order has a meaning.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.

        Returns
        -------
        predicted_loss : ndarray of shape (n_samples,), float32
        """
        return self.predict_outputs(X, ["predicted_loss"])["predicted_loss"]

    def predict_outputs(self, X, names):
        """Return several outputs from one forward pass.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.
        names : list of str
            The outputs to return: "embedding", "predicted_loss", of a classifier "proba" and of
            a regressor "prediction".

        Returns
        -------
        outputs : dict of str to ndarray
            For each name what `embed`, `predict_loss`, `predict_proba` or `predict` returns.

        Raises
        ------
        ValueError
            If a name is not one of these.
        """
        check_is_fitted(self)
        known = [self._answer, "embedding", "predicted_loss"]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"names must be among {known}, got {unknown[0]!r}.")
        samples = read_samples(self, X, reset=False)
        return self._ask(partial(read_outputs, self, self._task, samples, names), samples)

    def _members(self, X, n_members, random_state):
        """Return the answers of members that differ by their dropout."""
        check_is_fitted(self)
        n_members = check_count(n_members or self.n_members, "n_members")
        seed = self._seed if random_state is None else draw_seed(make_random_state(random_state))
        masks = Masks(derive_seed(seed, MEMBERS))
        samples = read_samples(self, X, reset=False)
        question = partial(read_members, self, self._task, samples, n_members, masks)
        return self._ask(question, samples)

    def _ask(self, question, samples):
        with LOCK:
            return ask(self.module_, question, samples.row_shape)

    @property
    def n_members_(self):
        """Number of members that are drawn by dropout."""
        check_is_fitted(self)
        return self.n_members

    def __getstate__(self):
        state = dict(super().__getstate__())
        for name in ("module_", "loss_net_"):
            if state.get(name) is not None and self.device_ != CPU:
                state[name] = copy.deepcopy(state[name]).cpu()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if hasattr(self, "module_") and self.device_ != CPU:
            self.device_ = device_here(self.device_)
            self.module_, self.loss_net_ = (
                net if net is None else net.to(self.device_)
                for net in (self.module_, self.loss_net_)
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags
