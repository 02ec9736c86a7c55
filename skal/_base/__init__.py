"""What every room stands on: scikit-learn's private API, kinds of data, models and seeds."""

from ._chunks import working_memory
from ._columns import check_columns, remember_columns
from ._files import replace_file
from ._labels import check_labels, sample_aligned, take_params
from ._models import embed_with, grow, is_forest, is_frozen, split_predictor, unfitted_transformers
from ._rows import (
    DatasetRows,
    all_finite,
    concat_rows,
    is_dataset,
    num_rows,
    numeric_rows,
    take_rows,
)
from ._seeds import fresh_seed, make_random_state, set_random_states
from ._sklearn import (
    HasMethods,
    Integral,
    Interval,
    InvalidParameterError,
    MetadataRouter,
    MethodMapping,
    Real,
    StrOptions,
    check_count,
    route,
    take_over_tags,
    validate_data,
    validate_params,
)
from ._svm import decision_norms, is_svc, one_vs_one, svm_kernel

__all__ = [
    "DatasetRows",
    "HasMethods",
    "Integral",
    "Interval",
    "InvalidParameterError",
    "MetadataRouter",
    "MethodMapping",
    "Real",
    "StrOptions",
    "all_finite",
    "check_columns",
    "check_count",
    "check_labels",
    "concat_rows",
    "decision_norms",
    "embed_with",
    "fresh_seed",
    "grow",
    "is_dataset",
    "is_forest",
    "is_frozen",
    "is_svc",
    "make_random_state",
    "num_rows",
    "numeric_rows",
    "one_vs_one",
    "remember_columns",
    "replace_file",
    "route",
    "sample_aligned",
    "set_random_states",
    "split_predictor",
    "svm_kernel",
    "take_over_tags",
    "take_params",
    "take_rows",
    "unfitted_transformers",
    "validate_data",
    "validate_params",
    "working_memory",
]
