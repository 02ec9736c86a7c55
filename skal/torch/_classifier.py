"""A scikit-learn classifier around a torch module."""

import numpy as np
from sklearn.base import ClassifierMixin

from .._base import StrOptions, check_labels, check_same_length
from ._data import LabeledSamples
from ._estimator import TorchEstimator
from ._inputs import class_codes, class_weights, weights_of
from ._predict import FromProbabilities
from ._tasks import Classes

__all__ = ["TorchClassifier"]


class TorchClassifier(FromProbabilities, ClassifierMixin, TorchEstimator):
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
        - a subclass of Module, called with `input_shape` and `n_classes`, or `n_outputs`, if its
          constructor has parameters with these names;
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
    TorchRegressor : The same for numbers.
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
        **TorchEstimator._parameter_constraints,
        "loss": [StrOptions(set(Classes.losses)), callable],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
    }

    _answer = "proba"

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
        classifier = cls._started(module, {**params, "classes": classes})
        classifier.classes_ = np.asarray(classes)
        return classifier

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
        goes_on = hasattr(self, "module_")
        if classes is None:
            return self._learn(X, y, sample_weight, 1, goes_on)
        classes = np.unique(classes)
        if goes_on and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"classes={classes.tolist()} is not the same as in the first call to partial_fit, "
                f"{self.classes_.tolist()}. Call fit to begin anew."
            )
        return self._learn(X, y, sample_weight, 1, goes_on, Classes(classes))

    @property
    def _task(self):
        return Classes(self.classes_)

    def _labeled(self, samples, y, sample_weight, task):
        y = check_labels(y, type(self).__name__)
        check_same_length(X=samples, y=y)
        if task is None:
            task = Classes(np.unique(y) if self.classes is None else np.asarray(self.classes))
        codes = class_codes(y, task.classes)
        weights = weights_of(sample_weight, len(y))
        weights = weights * class_weights(codes, task.classes, self.class_weight)
        return LabeledSamples(samples, codes, weights).merged(), task

    def _keep(self, task):
        self.classes_ = task.classes

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
        return self._members(X, n_members, random_state)
