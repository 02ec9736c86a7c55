"""A scikit-learn regressor around a torch module."""

from sklearn.base import RegressorMixin

from .._base import StrOptions, check_same_length, check_targets
from ._data import LabeledSamples
from ._estimator import TorchEstimator
from ._inputs import weights_of
from ._tasks import Numbers

__all__ = ["TorchRegressor"]


class TorchRegressor(RegressorMixin, TorchEstimator):
    """Turn a torch module into a regressor with the outputs that query strategies read.

    Besides `predict` it has features (`embed`), members by Monte Carlo dropout
    (`member_prediction`), whose standard deviation is the uncertainty of a prediction, and, with a
    :class:`LossPredictionHead`, predicted losses (`predict_loss`). The network learns labels with
    mean 0 and standard deviation 1, whatever their unit; all predictions are in the unit of y.
    Neither the given module nor torch's global generators are changed.

    Parameters
    ----------
    module : Module, class, callable or None, default=None
        The network, which maps a batch of shape (n_samples, ...) to one number for each sample, of
        shape (n_samples, 1) or (n_samples,):

        - a `torch.nn.Module`: a copy of it is trained, starting from its weights; if it predicts
          y already, see :meth:`from_trained`;
        - a function, called as ``module(input_shape, 1)``, where `input_shape` is the shape of
          one sample and 1 the number of outputs, that returns a Module;
        - a subclass of Module, called with `input_shape` and `n_outputs` if its constructor
          has parameters with these names;
        - None: a perceptron with one hidden layer of 100 units.

        Functions and classes also get the parameters given as ``module__name=value``, which
        a search can set. The initial weights of the network depend on `random_state`.
    loss : {"squared_error", "absolute_error", "huber"} or callable, default="squared_error"
        The Huber loss is linear for errors above one standard deviation of y. A callable takes a
        tensor of outputs and one of targets, both of shape (n_samples,) and normalized as
        `normalize_y` says, and returns the loss of every sample, of shape (n_samples,). It may
        return a scalar if all samples weigh the same.
    normalize_y : bool, default=True
        Whether the network learns (y - mean) / standard deviation, both of the labels of the
        first fit, and predictions are computed back. Training goes on with the same mean and
        standard deviation. Otherwise the outputs of the network are the predictions, and you
        should choose `lr` and `max_epochs` by the unit of y.
    max_epochs : int, default=100
        Number of passes over the training samples, at least 1.
    optimizer, lr, weight_decay, lr_schedule, batch_size, validation_fraction, patience, \
embedding_layer, loss_prediction, n_members, device, mixed_precision, warm_start, callbacks, \
verbose, random_state
        As in :class:`TorchClassifier`, with `member_prediction` in place of `member_proba`.
    **module_params : dict
        Parameters of the module, as ``module__name=value``.

    Attributes
    ----------
    module_ : Module
        The trained network, in evaluation mode.
    y_mean_, y_scale_ : float
        The prediction is ``y_mean_ + y_scale_ * output`` for an output of the network.
    history_ : list of dict
        For each epoch of the last fit its record, as in :class:`TorchClassifier`. Losses are those
        of normalized labels.
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
    TorchClassifier : The same for classes.
    DeepEnsemble : Several networks, trained independently of each other.

    Notes
    -----
    Members are an estimate of how uncertain the network is, and not of the noise of the labels.
    On the CPU, networks for tabular data predict in double precision, as in
    :class:`TorchClassifier`.

    References
    ----------
    Y. Gal and Z. Ghahramani (2016). Dropout as a Bayesian approximation: representing model
    uncertainty in deep learning. ICML. arXiv:1506.02142.

    E. Tsymbalov, M. Panov and A. Shapeev (2018). Dropout-based active learning for regression.
    AIST. arXiv:1806.09856.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from torch import nn
    >>> from skal import ActiveLearner
    >>> from skal.strategies import StandardDeviation
    >>> from skal.torch import TorchRegressor
    >>> X, y = make_friedman1(500, random_state=0)
    >>> def network(input_shape, n_outputs=1):
    ...     return nn.Sequential(
    ...         nn.Linear(*input_shape, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, n_outputs)
    ...     )
    >>> regressor = TorchRegressor(network, lr=5e-3, random_state=0)
    >>> learner = ActiveLearner(regressor, StandardDeviation(), random_state=0)
    >>> learner.fit(X[:200], y[:200]).query(X[200:], n=5).shape
    (5,)
    >>> learner.score(X[200:], y[200:]) > 0.8
    True
    >>> learner.estimator_.member_prediction(X[200:]).shape
    (20, 300)
    """

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "loss": [StrOptions(set(Numbers.losses)), callable],
        "normalize_y": ["boolean"],
    }

    _answer = "prediction"

    def __init__(
        self,
        module=None,
        *,
        loss="squared_error",
        normalize_y=True,
        optimizer="adamw",
        lr=1e-3,
        weight_decay=0.0,
        lr_schedule="constant",
        max_epochs=100,
        batch_size=64,
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
        self.normalize_y = normalize_y
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.lr_schedule = lr_schedule
        self.max_epochs = max_epochs
        self.batch_size = batch_size
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
    def from_trained(cls, module, **params):
        """Return a fitted regressor for a module that is already trained.

        Parameters
        ----------
        module : Module
            The trained network, whose outputs are predictions in the unit of y; a copy of it is
            kept.
        **params : dict
            Further parameters of :class:`TorchRegressor`. `normalize_y` is False.

        Returns
        -------
        regressor : TorchRegressor
            Can predict at once, and continues from the trained weights in `partial_fit`. So does
            a clone of it in `fit`, as in an :class:`~skal.ActiveLearner`; to keep the weights
            unchanged there, wrap the regressor in :class:`~sklearn.frozen.FrozenEstimator`.

        Raises
        ------
        TypeError
            If `module` is not a Module.
        ValueError
            If `normalize_y` is True, since the outputs are predictions as they are, or if
            `loss_prediction` is given, since a head only learns in `fit`.

        Examples
        --------
        >>> import torch
        >>> from skal.torch import TorchRegressor
        >>> module = torch.nn.Linear(2, 1, bias=False)
        >>> _ = torch.nn.init.ones_(module.weight)
        >>> TorchRegressor.from_trained(module).predict([[1.0, 0.0], [2.0, 5.0]])
        array([1., 7.])
        """
        params = {"normalize_y": False, **params}
        if params["normalize_y"]:
            raise ValueError(
                "from_trained takes no normalize_y=True: the outputs of a trained module are "
                "predictions as they are. Put a layer behind it that returns to the unit of y."
            )
        regressor = cls._started(module, params)
        regressor._keep(Numbers())
        return regressor

    def partial_fit(self, X, y=None, sample_weight=None):
        """Continue training for one pass over the samples.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`. With `normalize_y`, the numbers of the first call should be like
            those that follow: the mean and the standard deviation stay.

        Returns
        -------
        self : TorchRegressor

        Raises
        ------
        ValueError
            As in :meth:`fit`.
        """
        self._check_params()
        return self._learn(X, y, sample_weight, 1, hasattr(self, "module_"))

    @property
    def _task(self):
        return Numbers(self.y_mean_, self.y_scale_)

    def _labeled(self, samples, y, sample_weight, task):
        y = check_targets(y, type(self).__name__)
        check_same_length(X=samples, y=y)
        data = LabeledSamples(samples, y, weights_of(sample_weight, len(y))).merged()
        if task is None:
            task = (
                Numbers.normalizing(data.labels, data.weights) if self.normalize_y else Numbers()
            )
        return data, task

    def _keep(self, task):
        self.y_mean_, self.y_scale_ = task.mean, task.scale

    def predict(self, X):
        """Return the predicted numbers.

        Parameters
        ----------
        X : rows of shape (n_samples, ...)
            As in :meth:`fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,), float64
        """
        return self.predict_outputs(X, ["prediction"])["prediction"]

    def score(self, X, y, sample_weight=None):
        """Return the R^2 on labeled samples: 1 at best, 0 for predicting the mean of y."""
        return super().score(X, y, sample_weight)

    def member_prediction(self, X, *, n_members=None, random_state=None):
        """Return the numbers that members predict which differ by their dropout.

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
        member_prediction : ndarray of shape (n_members, n_samples), float64

        Raises
        ------
        ValueError
            If the network has no dropout layer, calls none, or has one that drops every unit.
        """
        return self._members(X, n_members, random_state)
