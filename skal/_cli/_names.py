"""Names of models and strategies on the command line.

The tables hold the places of classes rather than the classes, so that the parser can list the
names without importing what they stand for.
"""

from ..strategies import STRATEGIES as STRATEGIES

# The class of each model, and its parameters.
MODELS = {
    "logistic": ("sklearn.linear_model:LogisticRegression", {"max_iter": 1000}),
    "svc": ("sklearn.svm:SVC", {}),
    "forest": ("sklearn.ensemble:RandomForestClassifier", {}),
    "boosting": ("sklearn.ensemble:HistGradientBoostingClassifier", {}),
    "naive_bayes": ("sklearn.naive_bayes:BernoulliNB", {}),
}
REGRESSORS = {
    "ridge": ("sklearn.linear_model:Ridge", {}),
    "forest": ("sklearn.ensemble:RandomForestRegressor", {}),
    "boosting": ("sklearn.ensemble:HistGradientBoostingRegressor", {}),
}
# The models of each task, and its default model and strategy. Classifiers that learn one class a
# row are fitted for each label, where rows have several.
TASKS = {"classes": MODELS, "regression": REGRESSORS, "multilabel": MODELS}
USUAL = {
    "classes": ("logistic", "uncertainty_herding"),
    "regression": ("ridge", "max_herding"),
    "multilabel": ("logistic", "multilabel"),
}
BUILT_IN = {*MODELS, *REGRESSORS}
DENSE = {"boosting"}  # models that do not take sparse features
HAVE_MEMBERS = {"forest"}  # models that are committees themselves

# Strategies that need no model, and so choose from the first label on where they are named.
NEED_NO_MODEL = {"max_herding", "coreset", "kmeans", "typi_clust", "prob_cover", "random"}
NEED_NO_MODEL |= {"facility_location", "greedy_x", "lcmd"}

# Strategies that need a committee.
READ_MEMBERS = {"committee", "bald", "batch_bald", "epig", "committee_variance"}
READ_MEMBERS |= {"standard_deviation", "uncertainty_herding_std", "expected_model_change"}
