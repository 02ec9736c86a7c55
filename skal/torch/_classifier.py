"""A scikit-learn classifier around a torch module."""

import copy
import inspect
from contextlib import ExitStack
from functools import partial

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from torch import nn

from .._base import (
    Integral,
    Interval,
    Real,
    StrOptions,
    check_count,
    check_labels,
    make_random_state,
    num_rows,
    take_rows,
    validate_data,
    validate_params,
)
from ._data import Samples, is_dataset, merge_equal
from ._dropout import Masks, dropping, member_passes
from ._loss_prediction import LossPredictionHead
from ._passes import evaluating, flat, input_of_last_linear, layer_named, outputs_of
from ._seeds import LOCK, derived, seeded
from ._training import OPTIMIZERS, SCHEDULES, Training

__all__ = ["TorchClassifier"]

# Up to so many parameters tabular data is predicted in double precision.
SMALL = 2**20

# What the seeds of a fit are for.
BUILD, TRAIN, ORDER, SPLIT, MEMBERS = range(5)


def _predicts_loss(classifier):
    if classifier.loss_prediction is None:
        raise AttributeError(
            "predict_loss needs a classifier that was trained with one: "
            "TorchClassifier(module, loss_prediction=LossPredictionHead(layers=[...]))."
        )
    return True


class TorchClassifier(ClassifierMixin, BaseEstimator):
    """Make a torch module a classifier that query strategies can ask everything.

    Beside `predict` and `predict_proba` it offers what strategies look for: features (`embed`),
    members by Monte Carlo dropout (`member_proba`) and, if wanted, predicted losses
    (`predict_loss`). It is trained in float32. Torch's global generators and the module that was
    given are never changed.

    Parameters
    ----------
    module : Module, class, callable or None, default=None
        The network, from a batch of shape (n_samples, ...) to logits of shape
        (n_samples, n_classes):

        - a `torch.nn.Module`: a copy of it is trained, from the weights that it has;
        - a function, called as ``module(input_shape, n_classes)``, where `input_shape` is the
          shape of one sample, that returns a Module;
        - a class of Modules, called with `input_shape` and `n_classes` if its constructor has
          parameters of these names;
        - None: a perceptron with one hidden layer of 100 units.

        Functions and classes also get the parameters given as ``module__name=value``, which
        a search can set. What they build starts from `random_state`.
    loss : "cross_entropy" or callable, default="cross_entropy"
        A callable takes logits and class codes, both tensors, and returns the loss of every
        sample, of shape (n_samples,). A scalar will do where there are no weights.
    optimizer : {"adamw", "adam", "nadam", "sgd"} or callable, default="adamw"
        A callable takes parameters, `lr` and `weight_decay`, as
        ``functools.partial(torch.optim.SGD, momentum=0.9)``.
    lr : float, default=1e-3
        Learning rate, above 0.
    weight_decay : float, default=0.0
        At least 0.
    lr_schedule : {"constant", "cosine"} or callable, default="constant"
        A callable takes the optimizer and returns a scheduler, which is stepped every epoch.
    max_epochs : int, default=20
        Number of passes over the training samples.
    batch_size : int, default=64
        Number of samples per step of training.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    classes : array-like of shape (n_classes,), default=None
        All classes there are, where the training samples may lack some of them: needed for a
        module of a fixed number of outputs. None: those in y.
    validation_fraction : float, default=None
        Share of the training samples held out to watch, in (0, 1).
    patience : int, default=None
        Stop after so many epochs without a lower validation loss, and go back to the epoch of
        the lowest. None: train to the end.
    embedding_layer : str, default=None
        Name of the layer whose output `embed` returns, as in ``module.named_modules()``. None:
        what goes into the linear layer that is called last.
    loss_prediction : LossPredictionHead, default=None
        A head that learns to predict losses, for `predict_loss`.
    n_members : int, default=20
        Number of members that `member_proba` draws by dropout.
    device : str or torch.device, default="auto"
        "auto" is a GPU where there is one, else "cpu".
    mixed_precision : bool, default=False
        Whether to train in bfloat16 where that is safe; on a GPU only.
    warm_start : bool, default=False
        Whether `fit` goes on from the present weights.
    callbacks : callable or list of callables, default=None
        Called after every epoch with its record (see `history_`) and the module. One that
        returns True ends the training.
    verbose : int, default=0
        Above 0: draw the progress in the terminal.
    random_state : int, RandomState or None, default=None
        Seed of the weights, of the order of the samples and of dropout.
    **module_params
        Parameters of the module, as ``module__name=value``.

    Attributes
    ----------
    module_ : Module
        The trained network, in evaluation mode.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the network's outputs.
    history_ : list of dict
        For each epoch of the last fit: "epoch", "lr", "loss", and where there are such
        "validation_loss" and "loss_prediction".
    input_shape_ : tuple of int
        The shape of one sample.
    device_ : torch.device
        Where the network is.
    n_features_in_ : int
        Number of features, where X is an array.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X is a data frame with names that are all strings.

    See Also
    --------
    DeepEnsemble : Members that were trained apart.
    LossPredictionHead : Learn to predict losses.

    References
    ----------
    Y. Gal and Z. Ghahramani (2016). Dropout as a Bayesian approximation: representing model
    uncertainty in deep learning. ICML. arXiv:1506.02142.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from torch import nn
    >>> from skal import ActiveLearner
    >>> from skal.strategies import BALD
    >>> from skal.torch import TorchClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X = (X / 16).reshape(-1, 1, 8, 8)
    >>> def network(input_shape, n_classes):
    ...     return nn.Sequential(
    ...         nn.Conv2d(input_shape[0], 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    ...         nn.Flatten(), nn.Dropout(0.25), nn.Linear(256, n_classes),
    ...     )
    >>> classifier = TorchClassifier(network, max_epochs=30, lr=5e-3, random_state=0)
    >>> learner = ActiveLearner(classifier, BALD(), random_state=0).fit(X[:300], y[:300])
    >>> learner.query(X[300:], n=5).shape
    (5,)
    >>> learner.score(X[300:], y[300:]) > 0.8
    True
    """

    _parameter_constraints = {
        "module": [nn.Module, callable, None],
        "loss": [StrOptions({"cross_entropy"}), callable],
        "optimizer": [StrOptions(set(OPTIMIZERS)), callable],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "lr_schedule": [StrOptions(set(SCHEDULES)), callable],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
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

    # Masks are drawn once for all rows, so members are the same functions for every row.
    members_consistent = True

    def __init__(
        self,
        module=None,
        *,
        loss="cross_entropy",
        optimizer="adamw",
        lr=1e-3,
        weight_decay=0.0,
        lr_schedule="constant",
        max_epochs=20,
        batch_size=64,
        class_weight=None,
        classes=None,
        validation_fraction=None,
        patience=None,
        embedding_layer=None,
        loss_prediction=None,
        n_members=20,
        device="auto",
        mixed_precision=False,
        warm_start=False,
        callbacks=None,
        verbose=0,
        random_state=None,
        **module_params,
    ):
        self.module = module
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.lr_schedule = lr_schedule
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.class_weight = class_weight
        self.classes = classes
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.embedding_layer = embedding_layer
        self.loss_prediction = loss_prediction
        self.n_members = n_members
        self.device = device
        self.mixed_precision = mixed_precision
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state
        self._set_module_params(module_params)

    @classmethod
    def from_trained(cls, module, classes, **params):
        """Make a fitted classifier of a module that is trained already.

        Parameters
        ----------
        module : Module
            The trained network; a copy of it is kept.
        classes : array-like of shape (n_classes,)
            The classes of its outputs, in their order.
        **params : dict
            Further parameters of :class:`TorchClassifier`.

        Returns
        -------
        classifier : TorchClassifier
            Ready to predict, to be asked by strategies, and to go on with `partial_fit`. What
            clones it, as :class:`~skal.ActiveLearner` does, and fits the clone, goes on from
            the trained weights; to keep them as they are, wrap it in
            :class:`~sklearn.frozen.FrozenEstimator`.

        Raises
        ------
        TypeError
            If `module` is no Module.

        Examples
        --------
        >>> import torch
        >>> from skal.torch import TorchClassifier
        >>> module = torch.nn.Linear(2, 2, bias=False)
        >>> _ = torch.nn.init.eye_(module.weight)
        >>> classifier = TorchClassifier.from_trained(module, ["left", "right"])
        >>> classifier.predict([[1.0, 0.0], [0.0, 1.0]])
        array(['left', 'right'], dtype='<U5')
        """
        if not isinstance(module, nn.Module):
            raise TypeError(f"module must be a torch.nn.Module, got {type(module).__name__}.")
        if "loss_prediction" in params:
            raise ValueError("from_trained takes no loss_prediction: a head learns only in fit.")
        classifier = cls(module, classes=classes, **params)
        classifier._check_params()
        classifier.classes_ = np.asarray(classes)
        classifier.device_ = _device(classifier.device)
        classifier.module_ = copy.deepcopy(module).to(classifier.device_).eval()
        classifier._seed = _drawn_seed(classifier.random_state)
        return classifier

    # Parameters of the module ---------------------------------------------------------

    def _set_module_params(self, params):
        # Like any parameter they are looked at in fit, not here.
        for name, value in params.items():
            setattr(self, name, value)

    def _module_params(self):
        prefix = "module__"
        names = sorted(name for name in vars(self) if name.startswith(prefix))
        return {name.removeprefix(prefix): getattr(self, name) for name in names}

    def get_params(self, deep=True):
        """Return the parameters, those of the module as ``module__name``."""
        params = super().get_params(deep=deep)
        params.update({f"module__{name}": v for name, v in self._module_params().items()})
        return params

    def set_params(self, **params):
        """Set parameters, those of the module as ``module__name``."""
        extra = {
            name: value
            for name, value in params.items()
            if name.startswith("module__") or name in vars(self).keys() - self._get_param_names()
        }
        super().set_params(**{name: params[name] for name in params.keys() - extra.keys()})
        self._set_module_params(extra)
        return self

    def _check_params(self):
        validate_params(self)
        known = set(self._get_param_names())
        stray = [
            name
            for name in vars(self)
            if name not in known and not name.startswith(("module__", "_")) and name[-1] != "_"
        ]
        if stray:
            raise TypeError(
                f"{type(self).__name__} has no parameter {stray[0]!r}. Parameters of the module "
                f"are given as module__{stray[0]}=."
            )

    # Training -------------------------------------------------------------------------

    def fit(self, X, y=None, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : {ndarray, csr, data frame, tensor} of shape (n_samples, ...) or Dataset
            Training samples. A Dataset yields `x` or `(x, y)`.
        y : array-like of shape (n_samples,), default=None
            Class labels; None takes them from a Dataset that yields pairs.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, at least 0. A weight of k is the same as k copies.

        Returns
        -------
        self : TorchClassifier

        Raises
        ------
        ValueError
            If X and y do not fit each other or the module, a label is not among `classes`, or
            the loss is not finite.
        """
        self._check_params()
        if self.warm_start and hasattr(self, "module_"):
            return self._go_on(X, y, sample_weight, self.max_epochs)
        samples = self._samples(X, reset=True)
        y = self._labels(X, y, len(samples))
        classes = np.unique(y) if self.classes is None else np.asarray(self.classes)
        self._train(samples, y, sample_weight, classes, None, self.max_epochs)
        return self

    def partial_fit(self, X, y=None, classes=None, sample_weight=None):
        """Go on with training, for one pass over the samples.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : array-like of shape (n_classes,), default=None
            All classes there are, in the first call; None: the parameter `classes`, else those
            in y.

        Returns
        -------
        self : TorchClassifier

        Raises
        ------
        ValueError
            If a label was not known in the first call.
        """
        self._check_params()
        if hasattr(self, "module_"):
            if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                raise ValueError(
                    f"classes={np.asarray(classes).tolist()} is not the same as in the first call "
                    f"to partial_fit, {self.classes_.tolist()}. Call fit to begin anew."
                )
            return self._go_on(X, y, sample_weight, 1)
        samples = self._samples(X, reset=True)
        y = self._labels(X, y, len(samples))
        classes = self.classes if classes is None else classes
        classes = np.unique(y if classes is None else classes)
        self._train(samples, y, sample_weight, classes, None, 1)
        return self

    def _go_on(self, X, y, sample_weight, n_epochs):
        samples = self._samples(X, reset=False)
        y = self._labels(X, y, len(samples))
        start = copy.deepcopy((self.module_, getattr(self, "loss_net_", None)))
        self._train(samples, y, sample_weight, self.classes_, start, n_epochs)
        return self

    def _train(self, samples, y, sample_weight, classes, start, n_epochs):
        """Train a network of its own, which becomes `module_` once that has gone well."""
        codes = _codes(y, classes)
        weights = self._weights(codes, classes, sample_weight)
        input_shape = samples.row_shape
        samples, codes, weights = merge_equal(samples, codes, weights)
        device, seed = _device(self.device), _drawn_seed(self.random_state)
        learned, held_out = self._split(samples, codes, weights, derived(seed, SPLIT))
        if start is None:
            with seeded(derived(seed, BUILD), device):
                module = self._build(input_shape, len(classes)).to(device)
                head = self._build_head(module, samples, len(classes), device)
        else:
            module, head = start
        training = Training(self, module, device, head)
        with seeded(derived(seed, TRAIN), device):
            history = training.run(*learned, held_out, derived(seed, ORDER), n_epochs)
        self.module_, self.loss_net_ = module.eval(), head
        self.classes_, self.history_, self.input_shape_ = classes, history, input_shape
        self.device_, self._seed = device, seed

    def _build(self, input_shape, n_classes):
        module, params = self.module, self._module_params()
        if isinstance(module, nn.Module):
            if params:
                raise ValueError(
                    f"module__{next(iter(params))} is for a class or a function that builds the "
                    f"module, but module is {type(module).__name__}, built already."
                )
            return copy.deepcopy(module)
        if module is None:
            module = _perceptron
        given = {"input_shape": input_shape, "n_classes": n_classes}
        if inspect.isclass(module):
            wanted = inspect.signature(module).parameters
            built = module(**{k: v for k, v in given.items() if k in wanted}, **params)
        else:
            built = module(input_shape, n_classes, **params)
        if not isinstance(built, nn.Module):
            raise TypeError(
                f"module must build a torch.nn.Module, but {module!r} returned "
                f"{type(built).__name__}."
            )
        return built

    def _build_head(self, module, samples, n_classes, device):
        """Look at what the module makes of a few samples; build the head for its layers."""
        layers = {} if self.loss_prediction is None else self.loss_prediction.layers_of(module)
        if self.embedding_layer is not None:
            layer_named(module, self.embedding_layer, "embedding_layer")
        with evaluating(module), outputs_of(layers) as said:
            output = module(samples.take(slice(0, 2), device))
        shape = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
        if shape != (min(2, len(samples)), n_classes):
            raise ValueError(
                f"The module must return logits of shape (n_samples, n_classes), here "
                f"(n_samples, {n_classes}), but returned {shape} for {min(2, len(samples))} "
                "samples. Pass a function (input_shape, n_classes) -> module, or name all classes "
                "that the module has outputs for: TorchClassifier(module, classes=[...])."
            )
        if not layers:
            return None
        return self.loss_prediction.build([said[name] for name in layers]).to(device)

    def _split(self, samples, codes, weights, seed):
        """Return what to learn from, and what to watch."""
        if self.validation_fraction is None:
            if self.patience is not None:
                raise ValueError(
                    f"patience={self.patience} watches the loss of samples held out: set "
                    "validation_fraction, too."
                )
            return (samples, codes, weights), None
        counts = np.bincount(codes)
        rows = np.arange(len(codes))
        n_held_out = max(1, round(self.validation_fraction * len(codes)))
        can_stratify = counts[counts > 0].min() > 1 and n_held_out >= np.count_nonzero(counts)
        can_stratify = can_stratify and len(rows) - n_held_out >= np.count_nonzero(counts)
        parts = train_test_split(
            rows,
            test_size=n_held_out,
            stratify=codes if can_stratify else None,
            random_state=seed,
        )
        return tuple(
            (Samples(take_rows(samples.X, part)), codes[part], weights[part]) for part in parts
        )

    def _weights(self, codes, classes, sample_weight):
        weights = np.ones(len(codes)) if sample_weight is None else None
        if weights is None:
            weights = np.asarray(sample_weight, dtype=np.float64)
            if weights.shape != (len(codes),):
                raise ValueError(
                    f"sample_weight.shape == {weights.shape}, expected ({len(codes)},): one "
                    "weight per sample."
                )
            if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
                raise ValueError(
                    "sample_weight must be finite and at least 0, and not zero for all samples."
                )
        if self.class_weight is None:
            return weights
        present = np.unique(codes)
        factors = np.ones(len(classes))
        factors[present] = compute_class_weight(
            self.class_weight, classes=classes[present], y=classes[codes]
        )
        return weights * factors[codes]

    # What comes in --------------------------------------------------------------------

    def _samples(self, X, reset):
        if is_dataset(X):
            samples = Samples(X)
            if not num_rows(X):
                raise ValueError("X must hold at least one sample, got an empty Dataset.")
        elif isinstance(X, torch.Tensor):
            samples = Samples(_checked_tensor(X))
        else:
            samples = Samples(
                validate_data(
                    self,
                    X,
                    reset=reset,
                    accept_sparse="csr",
                    dtype=np.float32,
                    allow_nd=True,
                )
            )
        expected = getattr(self, "input_shape_", None)
        if not reset and expected is not None and samples.row_shape != expected:
            raise ValueError(
                f"X must have samples of the shape {expected} seen in fit, got "
                f"{samples.row_shape}."
            )
        return samples

    def _labels(self, X, y, n_samples):
        if y is None and is_dataset(X):
            pairs = [X[i] for i in range(n_samples)]
            if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
                raise ValueError(
                    "y=None takes labels from a Dataset that yields pairs (x, y), but this one "
                    "does not. Pass y."
                )
            y = np.array([label.item() if hasattr(label, "item") else label for _, label in pairs])
        if isinstance(y, torch.Tensor):
            y = y.detach().cpu().numpy()
        y = check_labels(y, type(self).__name__)
        check_consistent_length(np.empty(n_samples), y)
        return y

    # What the network says ------------------------------------------------------------

    def predict(self, X):
        """Return the most probable classes, of shape (n_samples,)."""
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def predict_proba(self, X):
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes), float64
        """
        return self.predict_outputs(X, ["proba"])["proba"]

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities, of shape (n_samples, n_classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def embed(self, X):
        """Return the network's features, one row per sample.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.

        Returns
        -------
        embedding : ndarray of shape (n_samples, n_dims), float32
            The output of `embedding_layer`, flattened.
        """
        return self.predict_outputs(X, ["embedding"])["embedding"]

    @available_if(_predicts_loss)
    def predict_loss(self, X):
        """Return what the head expects the loss to be; only the order of these values counts.

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
        names : list of {"proba", "embedding", "predicted_loss"}
            What is wanted.

        Returns
        -------
        outputs : dict of str to ndarray
            What `predict_proba`, `embed` and `predict_loss` return.
        """
        check_is_fitted(self)
        samples = self._samples(X, reset=False)
        return self._ask(partial(self._outputs, samples, names), samples.row_shape)

    def _ask(self, question, row_shape):
        """Ask the network: in double precision where that costs little.

        In single precision the last digit of an answer depends on the batch that a row is in.
        """
        with LOCK:
            if self.device_.type == "cpu" and len(row_shape) == 1 and _is_small(self.module_):
                try:
                    return question(copy.deepcopy(self.module_).double())
                except RuntimeError:
                    pass  # of mixed precisions: its forward has constants in single precision
            return question(self.module_)

    def _outputs(self, samples, names, module):
        results = {}
        with ExitStack() as stack:
            stack.enter_context(evaluating(module))
            said = self._record(module, names, stack)
            for rows, x in samples.batches(self.device_):
                logits = self._checked(module(_in_precision_of(module, x)))
                for name, tensor in self._read(names, logits, said).items():
                    _store(results, name, tensor, rows, len(samples))
        return results

    def _record(self, module, names, stack):
        """Watch the layers that outputs are read from; return where their outputs come."""
        said = {"embedding": {}, "predicted_loss": {}}
        if "embedding" in names and self.embedding_layer is None:
            said["embedding"] = stack.enter_context(input_of_last_linear(module))
        elif "embedding" in names:
            layer = layer_named(module, self.embedding_layer, "embedding_layer")
            said["embedding"] = stack.enter_context(outputs_of({"embedding": layer}))
        if "predicted_loss" in names:
            layers = self.loss_prediction.layers_of(module)
            said["predicted_loss"] = stack.enter_context(outputs_of(layers))
        return said

    def _read(self, names, logits, said):
        read = {
            "proba": lambda: torch.softmax(logits.double(), dim=1),
            "embedding": lambda: flat(said["embedding"]["embedding"]).float(),
            "predicted_loss": lambda: self.loss_net_(
                [said["predicted_loss"][name].float() for name in self.loss_prediction.layers]
            ),
        }
        return {name: read[name]() for name in names}

    def member_proba(self, X, *, n_members=None, random_state=None):
        """Return what the members that dropout makes of the network say.

        Every member leaves out the same units for all samples, whatever the batches; all other
        layers are in evaluation mode. Layers in front of the first dropout are computed once.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.
        n_members : int, default=None
            How many; None stands for the parameter.
        random_state : int, RandomState or None, default=None
            Which; None stands for the members that were drawn in `fit`, the same every time.

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes), float32

        Raises
        ------
        ValueError
            If the network has no dropout layer, or one that drops everything.
        """
        check_is_fitted(self)
        n_members = check_count(n_members or self.n_members, "n_members")
        seed = self._seed if random_state is None else _drawn_seed(random_state)
        samples = self._samples(X, reset=False)
        masks = Masks(derived(seed, MEMBERS))
        return self._ask(partial(self._members, samples, n_members, masks), samples.row_shape)

    def _members(self, samples, n_members, masks, module):
        members = np.empty((n_members, len(samples), len(self.classes_)), dtype=np.float32)
        with evaluating(module), dropping(module, masks) as passing:
            for rows, x in samples.batches(self.device_):
                x = _in_precision_of(module, x)
                for member, logits in enumerate(member_passes(module, x, passing, n_members)):
                    proba = torch.softmax(self._checked(logits).float(), dim=1)
                    members[member, rows] = proba.cpu().numpy()
        return members

    @property
    def n_members_(self):
        """How many members `member_proba` draws."""
        check_is_fitted(self)
        return self.n_members

    def _checked(self, logits):
        if logits.dim() != 2 or logits.shape[1] != len(self.classes_):
            raise ValueError(
                f"The module must return an output for each of the {len(self.classes_)} classes "
                f"{self.classes_.tolist()}, but returned shape {tuple(logits.shape)}."
            )
        if not torch.isfinite(logits).all():
            raise ValueError(
                "The module returned NaN or infinity. Look at the scale of X and at the training "
                "loss in history_."
            )
        return logits

    # What scikit-learn asks -----------------------------------------------------------

    def __getstate__(self):
        state = dict(super().__getstate__())
        for name in ("module_", "loss_net_"):
            if state.get(name) is not None and self.device_.type != "cpu":
                state[name] = copy.deepcopy(state[name]).cpu()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if hasattr(self, "module_") and self.device_.type != "cpu":
            can = torch.cuda.is_available()
            self.device_ = self.device_ if can else torch.device("cpu")
            for net in (self.module_, getattr(self, "loss_net_", None)):
                if net is not None:
                    net.to(self.device_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags


def _perceptron(input_shape, n_classes, hidden=100):
    n_features = int(np.prod(input_shape))
    return nn.Sequential(
        nn.Flatten(), nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_classes)
    )


def _is_small(module):
    """Whether passes in double precision take little time and memory."""
    parameters = list(module.parameters())
    all_single = all(parameter.dtype == torch.float32 for parameter in parameters)
    return all_single and sum(parameter.numel() for parameter in parameters) <= SMALL


def _in_precision_of(module, x):
    parameter = next(module.parameters(), None)
    if parameter is None or not x.is_floating_point():
        return x
    return x.to(parameter.dtype)


def _device(device):
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


def _drawn_seed(random_state):
    return int(make_random_state(random_state).randint(2**31 - 1))


def _codes(y, classes):
    """Return the positions of labels among the classes, in whatever order these are."""
    order = np.argsort(classes)
    if len(np.unique(classes)) < len(classes):
        raise ValueError(f"classes must be distinct, got {classes.tolist()}.")
    places = np.clip(np.searchsorted(classes, y, sorter=order), 0, len(classes) - 1)
    codes = order[places]
    unknown = classes[codes] != y
    if unknown.any():
        raise ValueError(
            f"y holds labels that are not among the classes {classes.tolist()}: "
            f"{np.unique(y[unknown]).tolist()}. Name all classes in classes=, or fit anew."
        )
    return codes


def _checked_tensor(X):
    if X.dim() < 2:
        raise ValueError(
            f"X must have the shape (n_samples, ...) with two axes or more, got a tensor of shape "
            f"{tuple(X.shape)}. A single sample is X[None]."
        )
    if not len(X):
        raise ValueError("X must hold at least one sample, got an empty tensor.")
    if X.is_floating_point() and not torch.isfinite(X).all():
        raise ValueError("X must be finite, but the tensor holds NaN or infinity.")
    return X


def _store(results, name, tensor, rows, n_samples):
    """Write the output for some rows into an array for all of them."""
    values = tensor.cpu().numpy()
    if name not in results:
        results[name] = np.empty((n_samples, *values.shape[1:]), dtype=values.dtype)
    results[name][rows] = values
