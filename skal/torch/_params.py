"""Parameters of a module as parameters of an estimator: `module__name`."""

from sklearn.base import BaseEstimator

from .._base import Documented, validate_params

PREFIX = "module__"


class ModuleParams(Documented, BaseEstimator):
    """An estimator whose constructor takes parameters of its module as ``**module_params``.

    They are attributes named ``module__name``, so that `get_params`, `clone` and a search treat
    them like all others. As with all others, `__init__` does not check them, but `fit`.
    """

    def get_params(self, deep=True):
        """Return the parameters, those of the module as ``module__name``."""
        params = super().get_params(deep=deep)
        params.update({f"{PREFIX}{name}": v for name, v in self._module_params().items()})
        return params

    def set_params(self, **params):
        """Set parameters, those of the module as ``module__name``."""
        # A stray name from the constructor can be set, too: `fit` says what is wrong with it.
        extra = {
            name: value
            for name, value in params.items()
            if name.startswith(PREFIX) or name in vars(self).keys() - self._get_param_names()
        }
        super().set_params(**{name: params[name] for name in params.keys() - extra.keys()})
        self._set_module_params(extra)
        return self

    def _set_module_params(self, params):
        for name, value in params.items():
            setattr(self, name, value)

    def _module_params(self):
        names = sorted(name for name in vars(self) if name.startswith(PREFIX))
        return {name.removeprefix(PREFIX): getattr(self, name) for name in names}

    def _check_params(self):
        """Check all parameters; a name that is not one of them is an error."""
        validate_params(self)
        known = set(self._get_param_names())
        stray = [
            name
            for name in vars(self)
            if name not in known and not name.startswith((PREFIX, "_")) and name[-1] != "_"
        ]
        if stray:
            raise TypeError(
                f"{type(self).__name__} has no parameter {stray[0]!r}. Parameters of the module "
                f"are given as {PREFIX}{stray[0]}=."
            )
