"""Short names of strategies, and hints for those who know the names of other libraries."""

import difflib
import sys

from .._base import InvalidParameterError

# The class of each strategy, and its parameters. These are the names on the command line as well.
STRATEGIES = {
    "uncertainty_herding": ("UncertaintyHerding", {}),
    "max_herding": ("MaxHerding", {}),
    "margin": ("UncertaintySampling", {"measure": "margin"}),
    "entropy": ("UncertaintySampling", {"measure": "entropy"}),
    "least_confidence": ("UncertaintySampling", {"measure": "least_confidence"}),
    "simple_margin": ("SimpleMargin", {}),
    "expected_cost": ("ExpectedCost", {}),
    "relevance": ("Relevance", {}),
    "multilabel": ("MultilabelUncertainty", {}),
    "committee": ("QueryByCommittee", {}),
    "bald": ("BALD", {}),
    "batch_bald": ("BatchBALD", {}),
    "epig": ("EPIG", {}),
    "coreset": ("CoreSet", {}),
    "kmeans": ("KMeansSampling", {}),
    "typi_clust": ("TypiClust", {}),
    "prob_cover": ("ProbCover", {}),
    "facility_location": ("FacilityLocation", {}),
    "dpp": ("DPP", {}),
    "density_weighted": ("DensityWeighted", {}),
    "ranked_batch": ("RankedBatch", {}),
    "diverse": ("DiverseMiniBatch", {}),
    "cluster_margin": ("ClusterMargin", {}),
    "badge": ("BADGE", {}),
    "bait": ("BAIT", {}),
    "contrastive_sampling": ("ContrastiveSampling", {}),
    "falcun": ("Falcun", {}),
    "drop_query": ("DropQuery", {}),
    "expected_error_reduction": ("ExpectedErrorReduction", {}),
    "expected_gradient_length": ("ExpectedGradientLength", {}),
    "uncertainty_herding_std": ("UncertaintyHerding", {"measure": "std"}),
    "standard_deviation": ("StandardDeviation", {}),
    "committee_variance": ("QueryByCommittee", {"disagreement": "variance"}),
    "greedy_x": ("GreedyX", {}),
    "greedy_y": ("GreedyY", {}),
    "improved_greedy": ("ImprovedGreedy", {}),
    "lcmd": ("LCMD", {}),
    "expected_model_change": ("ExpectedModelChange", {}),
    "random": ("RandomSampling", {}),
}

# The parameter that may stand behind a name, as in "relevance:spam".
BEHIND_NAMES = {"relevance": "positive"}

# Those that read what models of one class for each sample do not predict.
NOT_FOR_CLASSES = {"uncertainty_herding_std", "standard_deviation", "committee_variance"}
NOT_FOR_CLASSES |= {"greedy_y", "improved_greedy", "expected_model_change", "multilabel"}

# What functions and classes of other libraries are called here.
ELSEWHERE = {
    "MarginSampling": "UncertaintySampling('margin')",
    "EntropySampling": "UncertaintySampling('entropy')",
    "LeastConfidence": "UncertaintySampling('least_confidence')",
    "LeastConfidentSampling": "UncertaintySampling('least_confidence')",
    "uncertainty_sampling": "UncertaintySampling('least_confidence')",
    "margin_sampling": "UncertaintySampling('margin')",
    "entropy_sampling": "UncertaintySampling('entropy')",
    "vote_entropy_sampling": "QueryByCommittee('vote_entropy')",
    "consensus_entropy_sampling": "QueryByCommittee('consensus_entropy')",
    "max_disagreement_sampling": "QueryByCommittee('max_kl')",
    "QBC": "QueryByCommittee()",
    "CAL": "ContrastiveSampling()",
    "ContrastiveAL": "ContrastiveSampling()",
    "ContrastiveActiveLearning": "ContrastiveSampling()",
    "KCenterGreedy": "CoreSet()",
    "KMeansClustering": "KMeansSampling()",
    "Badge": "BADGE()",
    "uncertainty_batch_sampling": "RankedBatch()",
    "information_density": "DensityWeighted()",
    "RandomStrategy": "RandomSampling()",
    "EER": "ExpectedErrorReduction()",
    "EGL": "ExpectedGradientLength()",
    "GreedySamplingX": "GreedyX()",
    "GreedySamplingTarget": "ImprovedGreedy() or GreedyY()",
    "GSx": "GreedyX()",
    "GSy": "GreedyY()",
    "iGS": "ImprovedGreedy()",
    "ExpectedModelChangeMaximization": "ExpectedModelChange()",
    "EMCM": "ExpectedModelChange()",
    "max_std_sampling": "StandardDeviation()",
    "BreakingTies": "UncertaintySampling('margin')",
    "PredictionEntropy": "UncertaintySampling('entropy')",
    "GreedyCoreset": "CoreSet()",
    "EmbeddingKMeans": "KMeansSampling()",
    "SubsamplingQueryStrategy": "Subsample()",
    "SubSamplingWrapper": "Subsample()",
    "GreedyBALD": "BALD()",
    "MonteCarloEER": "ExpectedErrorReduction()",
    "expected_error_reduction": "ExpectedErrorReduction('zero_one')",
    "DWUS": "DensityWeighted()",
}


def find_strategy(text):
    """Return the name of a strategy, however its words are joined, or None.

    A value behind a colon, as in "relevance:spam", stays as it is.
    """
    head, colon, value = text.partition(":")
    plain = _plain(head)
    names = BEHIND_NAMES if colon else STRATEGIES
    name = next((name for name in names if _plain(name) == plain), None)
    return None if name is None or (colon and not value) else name + colon + value


def make_strategy(name):
    """Return the strategy of a name that `find_strategy` returned."""
    name, colon, value = name.partition(":")
    class_name, params = STRATEGIES[name]
    behind = {BEHIND_NAMES[name]: value} if colon else {}
    # The package is imported completely by the time that a strategy is made.
    return getattr(sys.modules[__package__], class_name)(**params, **behind)


def strategy_hint(text):
    """Return what may have been meant by an unknown name, as a sentence that may be empty."""
    head, colon, _ = text.partition(":")
    name = find_strategy(head)
    if colon and name in BEHIND_NAMES:
        return f" Write the class to look for behind the colon, as in '{name}:spam'."
    if colon and name is not None:
        return f" Nothing may stand behind {name!r}."
    ours = {_plain(name): repr(name) for name in STRATEGIES}
    theirs = {_plain(name): place for name, place in ELSEWHERE.items()}
    classes = sys.modules[__package__].__all__
    known = {**theirs, **{_plain(name): f"{name}(...)" for name in classes}, **ours}
    near = difflib.get_close_matches(_plain(text), known, n=1)
    return f" Did you mean {known[near[0]]}?" if near else ""


def check_strategy_given(given, name, owner, kind):
    """Raise an error with a hint unless a parameter is a strategy, its name, or None.

    Parameters
    ----------
    given : object
        The value.
    name : str
        The parameter.
    owner : str
        The class whose parameter it is.
    kind : type
        The base class of strategies.
    """
    if given is None or isinstance(given, kind):
        return
    if isinstance(given, str):
        if find_strategy(given) is not None:
            return
        got = f"{given!r}.{strategy_hint(given)}"
    elif isinstance(given, type):
        got = f"the class {given.__name__}. Give an instance, {given.__name__}(...)."
    elif callable(given) and hasattr(given, "__name__"):
        got = (
            f"the function {given.__name__}.{strategy_hint(given.__name__)} A rule of your own is "
            "a class derived from skal.strategies.ScoreStrategy."
        )
    else:
        got = f"{given!r} of type {type(given).__name__}."
    raise InvalidParameterError(
        f"The {name!r} parameter of {owner} must be a strategy from skal.strategies, such as "
        f"UncertaintySampling(), or one of the names {', '.join(STRATEGIES)}, got {got}"
    )


def check_part(given, name, owner, kind):
    """Raise an error with the way out unless a part of a strategy is a strategy, or None.

    Parameters
    ----------
    given : object
        The value.
    name : str
        The parameter.
    owner : str
        The class whose parameter it is.
    kind : type
        `QueryStrategy` or `ScoreStrategy`.
    """
    if given is None or isinstance(given, kind):
        return
    wanted = "a strategy" if kind.__name__ == "QueryStrategy" else "a strategy that scores samples"
    raise InvalidParameterError(
        f"The {name!r} parameter of {owner} must be {wanted}, such as UncertaintySampling(), or "
        f"None, got {given!r}.{part_hint(given)}"
    )


def part_hint(given):
    """Return which strategy stands for a name or a class, as a sentence that may be empty."""
    if isinstance(given, type):
        return f" Give an instance, {given.__name__}(...)."
    if not isinstance(given, str):
        return ""
    name = find_strategy(given)
    if name is None:
        return strategy_hint(given)
    return f" Only a learner knows strategies by their names: write {make_strategy(name)!r}."


def _plain(text):
    return "".join(text.split()).lower().replace("_", "").replace("-", "")
