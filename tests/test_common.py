"""Every public estimator and strategy against the contract it shares with others."""

import importlib
import inspect
import itertools
import pkgutil
import re
import subprocess
import sys

import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

import skal
from skal import ActiveLearner, Committee
from skal.strategies import QueryByCommittee, UncertaintyHerding, UncertaintySampling
from skal.testing import all_strategies, strategy_checks

ESTIMATORS = [
    ActiveLearner(LogisticRegression()),
    ActiveLearner(SVC()),
    ActiveLearner(RandomForestClassifier(n_estimators=5)),
    ActiveLearner(make_pipeline(StandardScaler(), LogisticRegression())),
    ActiveLearner([LogisticRegression(), DecisionTreeClassifier()]),
    Committee(),
    Committee(DecisionTreeClassifier(), n_members=5, random_state=0),
    Committee([LogisticRegression(), DecisionTreeClassifier()]),
]
STRATEGIES = [
    *(cls() for cls in all_strategies()),
    *(UncertaintySampling(measure) for measure in ("least_confidence", "entropy")),
    *(
        QueryByCommittee(disagreement)
        for disagreement in (
            "vote_margin",
            "variation_ratio",
            "consensus_entropy",
            "kl",
            "max_kl",
            "zero_one",
            "variance",
        )
    ),
    UncertaintyHerding("std"),
]


# The order of numpydoc, in which readers look for the sections of a docstring.
SECTIONS = [
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Warns",
    "See Also",
    "Notes",
    "References",
    "Examples",
]


@parametrize_with_checks(ESTIMATORS)
def test_estimators_keep_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", strategy_checks(), ids=lambda check: check.__name__)
@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_strategies_keep_the_published_contract(strategy, check):
    check(clone(strategy))


def test_every_exported_strategy_is_discovered():
    names = {cls.__name__ for cls in all_strategies()}
    assert names == set(skal.strategies.__all__) - {
        "Selection",
        "GreedyStrategy",
        "QueryStrategy",
        "ScoreStrategy",
    }


def public_modules():
    for module in pkgutil.walk_packages(skal.__path__, "skal."):
        if "._" not in module.name and not module.name.startswith("skal.torch"):
            yield importlib.import_module(module.name)


@pytest.mark.parametrize("module", [skal, *public_modules()], ids=lambda module: module.__name__)
def test_exports_exist_and_are_documented(module):
    for name in module.__all__:
        public = getattr(module, name)
        if inspect.isclass(public) or inspect.isfunction(public):
            assert inspect.getdoc(public), f"{module.__name__}.{name} has no docstring"


@pytest.mark.parametrize("module", [skal, *public_modules()], ids=lambda module: module.__name__)
def test_sections_of_docstrings_are_in_order(module):
    for public in (getattr(module, name) for name in module.__all__):
        members = vars(public).values() if inspect.isclass(public) else ()
        for documented in (public, *members):
            doc = inspect.cleandoc(getattr(documented, "__doc__", None) or "")
            titles = re.findall(r"^([A-Z][A-Za-z ]+)\n-{3,}$", doc, flags=re.MULTILINE)
            places = [SECTIONS.index(title) for title in titles if title in SECTIONS]
            assert all(a < b for a, b in itertools.pairwise(places)), (documented, titles)


def test_import_is_light():
    code = "import sys, skal; print(sorted({'torch', 'matplotlib'} & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_without_torch_the_bridge_says_how_to_install_it():
    code = "import sys, skal; sys.modules['torch'] = None; import skal.torch"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    hint = 'ImportError: skal.torch needs torch: pip install "scikit-skal[torch]".'
    assert hint in result.stderr
