"""A loop of active learning with libact."""

from libact.base.dataset import Dataset
from libact.labelers import IdealLabeler
from libact.models import SklearnProbaAdapter
from libact.query_strategies import UncertaintySampling
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

X, y = load_digits(return_X_y=True)
X = X / 16
test = Dataset(X[1000:], y[1000:])
train = Dataset(X[:1000], y[:50].tolist() + [None] * 950)
labeler = IdealLabeler(Dataset(X[:1000], y[:1000]))

estimator = LogisticRegression(multi_class="multinomial", solver="lbfgs", max_iter=1000, tol=1e-6)
model = SklearnProbaAdapter(estimator)
strategy = UncertaintySampling(train, method="sm", model=model)
for _ in range(5):
    asked = []
    for _ in range(10):
        ask_id = strategy.make_query()
        train.update(ask_id, labeler.label(X[ask_id]))
        asked.append(int(ask_id))
    model.train(train)
    print(asked, round(model.score(test), 2))
