"""A scikit-learn classifier around a torch module."""

import copy
from functools import partial

import numpy as np
import torch
from sklearn.base import ClassifierMixin
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
from ._data import LabeledSamples
from ._devices import CPU, choose_device, device_here
from ._dropout import Masks
from ._inputs import class_codes, read_labels, read_samples, weights_of
from ._loss_prediction import LossPredictionHead
from ._outputs import read_members, read_outputs
from ._params import ModuleParams
from ._passes import layer_named
from ._precision import ask
from ._predict import FromProbabilities
from ._seeds import LOCK, seeded
from ._training import OPTIMIZERS, SCHEDULES, Training

__all__ = ["TorchClassifier"]

# Each use of the seed of a fit derives a seed of its own from one of these keys.
BUILD, TRAIN, ORDER, SPLIT, MEMBERS = range(5)


def _predicts_loss(classifier):
    if classifier.loss_prediction is None:
        raise AttributeError(
            "predict_loss needs a classifier that was trained with one: "
            "TorchClassifier(module, loss_prediction=LossPredictionHead(layers=[...]))."
        )
    return True


class TorchClassifier(FromProbabilities, ClassifierMixin, ModuleParams):
    """Turn a torch module into a classifier with the outputs that query strategies read.

    Besides `predict` and `predict_proba` it has features (`embed`), members by Monte Carlo
    dropout (`member_proba`) and, with a :class:`LossPredictionHead`, predicted losses
    (`predict_loss`). Training is in the precision of the module, float32 unless it was built in
    another one. Neither the given module nor torch's global generators are changed.

    Parameters
    ----------
    module : Module, class, callable or None, default=None
        The network, which maps a batch of shape (n_samples, ...) to logits of shape
        (n_samples, n_classes):

        - a `torch.nn.Module`: a copy of it is trained, starting from its weights;
        - a function, called as ``module(input_shape, n_classes)``, where `input_shape` is the
          shape of one sample, that returns a Module;
        - a subclass of Module, called with `input_shape` and `n_classes` if its constructor
          has parameters with these names;
        - None: a perceptron with one hidden layer of 100 units.

        Functions and classes also get the parameters given as ``module__name=value``, which
        a search can set. The initial weights of the network depend on `random_state`.
    loss : "cross_entropy" or callable, default="cross_entropy"
        A callable takes a tensor of logits and one of class codes, the positions of the labels
        in `classes_`, and returns the loss of every sample, of shape (n_samples,). It may return
        a scalar if all samples weigh the same.
    optimizer : {"adamw", "adam", "nadam", "sgd"} or callable, default="adamw"
        A callable takes the parameters to train, `lr` and `weight_decay`, and returns an
        optimizer, for example ``functools.partial(torch.optim.SGD, momentum=0.9)``.
    lr : float, default=1e-3
        Learning rate, above 0.
    weight_decay : float, default=0.0
        Weight decay of the optimizer, at least 0.
    lr_schedule : {"constant", "cosine"} or callable, default="constant"
        A callable takes the optimizer and returns a scheduler, which makes a step after every
        epoch.
    max_epochs : int, default=20
        Number of passes over the training samples, at least 1.
    batch_size : int, default=64
        Number of samples per step of training, at least 1.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    classes : array-like of shape (n_classes,), default=None
        All classes, in the order of the outputs of the network. Needed for a module with a fixed
        number of outputs if the training samples may lack some of the classes. None means those
        in y.
    validation_fraction : float, default=None
        Share of the training samples that is held out to compute a validation loss, in (0, 1).
    patience : int, default=None
        Number of epochs without a lower validation loss after which training stops; the
        network then returns to the epoch with the lowest. None means `max_epochs` epochs.
    embedding_layer : str, default=None
        Name of the layer whose output `embed` returns, as in ``module.named_modules()``. None
        means the input of the linear layer that is called last.
    loss_prediction : LossPredictionHead, default=None
        A head that learns to predict losses, for `predict_loss`.
    n_members : int, default=20
        Number of members that `member_proba` draws by dropout, at least 1.
    device : str or torch.device, default="auto"
        Where to train and predict. "auto" is a GPU if torch finds one, else "cpu".
    mixed_precision : bool, default=False
        Whether to train on a GPU with operations in bfloat16 where that is safe
        (`torch.autocast`). Has no effect on the CPU.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the last call.
    callbacks : callable or list of callables, default=None
        Called after every epoch with its record (see `history_`) and the module. Training ends
        when one of them returns True.
    verbose : int, default=0
        Whether to show the progress in the terminal, if above 0.
    random_state : int, RandomState or None, default=None
        Seed of the initial weights, of the order of the samples and of dropout.
    **module_params : dict
        Parameters of the module, as ``module__name=value``.

    Attributes
    ----------
    module_ : Module
        The trained network, in evaluation mode.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the network's outputs.
    history_ : list of dict
        For each epoch of the last fit its record: "epoch", "lr", "loss", with
        `validation_fraction` "validation_loss", and with `loss_prediction` "loss_prediction".
    input_shape_ : tuple of int
        The shape of one sample.
    device_ : torch.device
        The device of the network.
    n_features_in_ : int
        Number of features, if X is an array.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if X is a data frame whose column names are all strings.

    See Also
    --------
    DeepEnsemble : Several networks, trained independently of each other.
    LossPredictionHead : Learn to predict losses.

    Notes
    -----
    On the CPU, networks for tabular data with at most 2**20 parameters predict with a copy in
    double precision, so that a prediction does not depend on the other rows of its batch. A
    network that only works in single precision, because of constants in its `forward`, predicts
    in single precision.

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

    # A mask serves all rows, so a member is the same function for every row. BatchBALD needs
    # that: joint predictions of members that change from row to row have no meaning.
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
        """Return a fitted classifier for a module that is already trained.

        Parameters
        ----------
        module : Module
            The trained network; a copy of it is kept.
        classes : array-like of shape (n_classes,)
            The classes, in the order of the outputs of the network.
        **params : dict
            Further parameters of :class:`TorchClassifier`.

        Returns
        -------
        classifier : TorchClassifier
            Can predict at once, and continues from the trained weights in `partial_fit`. So does
            a clone of it in `fit`, as in an :class:`~skal.ActiveLearner`; to keep the weights
            unchanged there, wrap the classifier in :class:`~sklearn.frozen.FrozenEstimator`.

        Raises
        ------
        TypeError
            If `module` is not a Module.
        ValueError
            If `loss_prediction` is given, since a head only learns in `fit`.

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
        classifier.device_ = choose_device(classifier.device)
        classifier.module_ = copy.deepcopy(module).to(classifier.device_).eval()
        classifier.loss_net_ = None
        classifier._seed = draw_seed(make_random_state(classifier.random_state))
        return classifier

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
            the loss is not finite. The network then stays as it was.
        """
        self._check_params()
        if self.warm_start and hasattr(self, "module_"):
            start = self._networks()
            return self._learn(X, y, sample_weight, self.classes_, self.max_epochs, start)
        return self._learn(X, y, sample_weight, self.classes, self.max_epochs)

    def partial_fit(self, X, y=None, classes=None, sample_weight=None):
        """Continue training for one pass over the samples.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : array-like of shape (n_classes,), default=None
            All classes, needed in the first call only. None means the parameter `classes`, and
            if that is None, too, the classes in y.

        Returns
        -------
        self : TorchClassifier

        Raises
        ------
        ValueError
            If a label, or `classes`, is not among the classes of the first call.
        """
        self._check_params()
        if hasattr(self, "module_"):
            if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                raise ValueError(
                    f"classes={np.asarray(classes).tolist()} is not the same as in the first call "
                    f"to partial_fit, {self.classes_.tolist()}. Call fit to begin anew."
                )
            return self._learn(X, y, sample_weight, self.classes_, 1, self._networks())
        classes = self.classes if classes is None else classes
        return self._learn(X, y, sample_weight, None if classes is None else np.unique(classes), 1)

    def _learn(self, X, y, sample_weight, classes, n_epochs, start=None):
        """Train new networks, or those of `start`, and keep them once that has succeeded."""
        samples = read_samples(self, X, reset=start is None)
        y = read_labels(X, y, len(samples), type(self).__name__)
        classes = np.unique(y) if classes is None else np.asarray(classes)
        codes = class_codes(y, classes)
        weights = weights_of(codes, classes, sample_weight, self.class_weight)
        data = LabeledSamples(samples, codes, weights).merged()
        device, seed = choose_device(self.device), draw_seed(make_random_state(self.random_state))
        learned, held_out = self._hold_out(data, derive_seed(seed, SPLIT))
        if start is None:
            with seeded(derive_seed(seed, BUILD), device):
                start = self._build(data.samples, len(classes), device)
        module, head = (net if net is None else net.to(device) for net in start)
        training = Training(self, module, device, head)
        with seeded(derive_seed(seed, TRAIN), device):
            history = training.run(learned, held_out, derive_seed(seed, ORDER), n_epochs)
        self.module_, self.loss_net_ = module.eval(), head
        self.classes_, self.history_, self.input_shape_ = classes, history, samples.row_shape
        self.device_, self._seed = device, seed
        return self

    def _networks(self):
        """Return copies of the trained network and of its head, to continue from."""
        return copy.deepcopy((self.module_, self.loss_net_))

    def _build(self, samples, n_classes, device):
        """Return a new network, and the head that is trained with it or None."""
        shape, params, head = samples.row_shape, self._module_params(), self.loss_prediction
        module = build_module(self.module, shape, n_classes, params).to(device)
        layers = {} if head is None else head.layers_of(module)
        if self.embedding_layer is not None:
            layer_named(module, self.embedding_layer, "embedding_layer")
        features = try_out(module, samples, n_classes, device, layers)
        return module, None if head is None else head.build(features).to(device)

    def _hold_out(self, data, seed):
        """Return the samples to train on, and those of the validation loss or None."""
        if self.validation_fraction is not None:
            return data.split(self.validation_fraction, seed)
        if self.patience is not None:
            raise ValueError(
                f"patience={self.patience} watches the loss of samples held out: set "
                "validation_fraction, too."
            )
        return data, None

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
        names : list of {"proba", "embedding", "predicted_loss"}
            The outputs to return.

        Returns
        -------
        outputs : dict of str to ndarray
            For each name what `predict_proba`, `embed` or `predict_loss` returns.
        """
        check_is_fitted(self)
        samples = read_samples(self, X, reset=False)
        return self._ask(partial(read_outputs, self, samples, names), samples)

    def member_proba(self, X, *, n_members=None, random_state=None):
        """Return the probabilities of members that differ by their dropout.

        Every member leaves out the same units for all samples, whatever the batches. All other
        layers are in evaluation mode. Layers in front of the first dropout layer are computed
        once for all members.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.
        n_members : int, default=None
            Number of members, at least 1. None means the parameter `n_members`.
        random_state : int, RandomState or None, default=None
            Seed of the members. None means those that belong to the fit, the same in every
            call.

        Returns
        -------
        member_proba : ndarray of shape (n_members, n_samples, n_classes), float32

        Raises
        ------
        ValueError
            If the network has no dropout layer, calls none, or has one that drops every unit.
        """
        check_is_fitted(self)
        n_members = check_count(n_members or self.n_members, "n_members")
        seed = self._seed if random_state is None else draw_seed(make_random_state(random_state))
        masks = Masks(derive_seed(seed, MEMBERS))
        samples = read_samples(self, X, reset=False)
        return self._ask(partial(read_members, self, samples, n_members, masks), samples)

    def _ask(self, question, samples):
        with LOCK:
            return ask(self.module_, question, samples.row_shape)

    @property
    def n_members_(self):
        """Number of members that `member_proba` draws."""
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
