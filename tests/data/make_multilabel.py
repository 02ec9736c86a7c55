"""Make ``modal_multilabel.npz``, the scores that modAL gives to random probabilities.

Run it where modAL is installed (``pip install modAL-python==0.4.2.1``):
``python tests/data/make_multilabel.py``. The probabilities are drawn again by the test.
"""

from pathlib import Path

import numpy as np

NAMES = (
    "max_loss",
    "mean_max_loss",
    "min_confidence",
    "avg_confidence",
    "max_score",
    "avg_score",
)


class Model:
    """A model of the labels whose probability is above 1/2."""

    def __init__(self, proba):
        self.proba = proba
        self.classes_ = np.arange(proba.shape[1])

    def predict_proba(self, X):
        return self.proba

    def predict(self, X):
        return (self.proba > 0.5).astype(int)


def score(function, proba):
    return function(Model(proba), proba, random_tie_break=False)


def main():
    import modAL.multilabel as theirs  # where this file is only collected, it is missing

    # The scores themselves, and not the best sample by them.
    theirs.multi_argmax = theirs.multi_argmin = lambda values, n: values
    rng = np.random.RandomState(0)
    arrays = [rng.random_sample((3, 2 + i % 5)) for i in range(1000)]
    scores = {
        name: np.array(
            [getattr(theirs, name)(Model(p), p, random_tie_break=False) for p in arrays]
        )
        for name in NAMES
    }
    np.savez_compressed(Path(__file__).parent / "modal_multilabel.npz", **scores)


if __name__ == "__main__":
    main()
