"""Shared helpers: scikit-learn's private API, kinds of data, fitted models, labels and seeds."""

from ._chunks import chunks_within, working_memory
from ._columns import check_columns, remember_columns
from ._delegate import Delegate
from ._files import replace_file
from ._frames import frame_library, import_optional, is_missing
from ._hash import hash_positions
from ._labels import check_labels, codes_of, sample_aligned, take_params
from ._models import (
    embed_with,
    grow,
    is_forest,
    is_frozen,
    split_predictor,
    transform_with,
    unfitted_transformers,
)
from ._progress import show_progress, with_progress
from ._rows import (
    DatasetRows,
    all_finite,
    concat_rows,
    is_dataset,
    num_rows,
    numeric_rows,
    take_rows,
)
from ._seeds import (
    MAX_SEED,
    derive_seed,
    draw_seed,
    fresh_seed,
    make_random_state,
    set_random_states,
)
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
    response_method,
    route,
    take_over_tags,
    validate_data,
    validate_params,
)
from ._svm import decision_norms, is_svc, one_vs_one, svm_kernel
from ._warnings import warn_user

__all__ = [
    "DatasetRows",
    "Delegate",
    "HasMethods",
    "Integral",
    "Interval",
    "InvalidParameterError",
    "MAX_SEED",
    "MetadataRouter",
    "MethodMapping",
    "Real",
    "StrOptions",
    "all_finite",
    "check_columns",
    "check_count",
    "check_labels",
    "chunks_within",
    "codes_of",
    "concat_rows",
    "decision_norms",
    "derive_seed",
    "draw_seed",
    "embed_with",
    "frame_library",
    "fresh_seed",
    "grow",
    "hash_positions",
    "import_optional",
    "is_dataset",
    "is_forest",
    "is_frozen",
    "is_missing",
    "is_svc",
    "make_random_state",
    "num_rows",
    "numeric_rows",
    "one_vs_one",
    "remember_columns",
    "replace_file",
    "response_method",
    "route",
    "sample_aligned",
    "set_random_states",
    "show_progress",
    "split_predictor",
    "svm_kernel",
    "take_over_tags",
    "take_params",
    "take_rows",
    "transform_with",
    "unfitted_transformers",
    "validate_data",
    "validate_params",
    "warn_user",
    "with_progress",
    "working_memory",
]
