"""Ensembles of networks."""

import numpy as np
from networks import network
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skal import ActiveLearner
from skal.strategies import BatchBALD
from skal.torch import DeepEnsemble, TorchClassifier


def test_an_ensemble_has_a_member_for_each_network(digits):
    X, y = digits
    base = TorchClassifier(network, max_epochs=2, n_members=4)
    ensemble = DeepEnsemble(base, n_members=3, random_state=0).fit(X[:60], y[:60])
    members = ensemble.member_proba(X[60:80])
    assert members.shape == (3, 20, 10)
    for member, proba in zip(ensemble.members_, members, strict=True):
        assert_allclose(member.predict_proba(X[60:80]), proba)
    assert not np.allclose(members[0], members[1], atol=1e-2)
    assert_allclose(ensemble.predict_proba(X[60:80]), members.mean(axis=0))
    again = clone(ensemble).fit(X[:60], y[:60])
    assert_array_equal(again.member_proba(X[60:80]), members)
    assert ensemble.embed(X[60:80]).shape == (20, 3 * 16)


def test_dropout_in_an_ensemble_flattens(digits):
    X, y = digits
    base = TorchClassifier(network, max_epochs=1, n_members=4)
    ensemble = DeepEnsemble(base, n_members=3, mc_dropout=True, random_state=0)
    ensemble.fit(X[:60], y[:60])
    members = ensemble.member_proba(X[60:80])
    assert members.shape == (12, 20, 10)
    assert_array_equal(members[4:8], ensemble.members_[1].member_proba(X[60:80]))
    learner = ActiveLearner(ensemble, BatchBALD(n_joint_samples=200), random_state=0)
    learner.fit(X[:60], y[:60])
    assert learner.pool(X[60:80]).members_consistent
    assert len(set(learner.query(X[60:80], n=5))) == 5


def test_an_ensemble_goes_on(digits):
    X, y = digits
    ensemble = DeepEnsemble(TorchClassifier(network), n_members=2, random_state=0)
    ensemble.partial_fit(X[:60], y[:60], classes=np.arange(10))
    before = ensemble.predict_proba(X[60:80])
    members = list(ensemble.members_)
    ensemble.partial_fit(X[:60], y[:60])
    assert all(one is other for one, other in zip(ensemble.members_, members, strict=True))
    assert not np.allclose(ensemble.predict_proba(X[60:80]), before, atol=1e-4)
