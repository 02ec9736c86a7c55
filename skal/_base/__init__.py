"""Shared helpers: scikit-learn's private API, kinds of data, fitted models, labels and seeds."""

from ._arrays import as_array, as_floats, check_same_length
from ._chunks import chunks_of, chunks_within, working_memory
from ._coded import CodedClassifier, fit_predictor
from ._columns import as_in_fit, as_learned, check_columns, check_kind, remember_columns
from ._copies import copy_rows
from ._delegate import Delegate
from ._documented import Documented
from ._files import replace_file
from ._fit_once import with_fitted_transformers
from ._frames import frame_library, frame_like, import_optional, is_missing
from ._habits import hints
from ._hash import hash_positions
from ._html import html_table
from ._indicators import (
    check_indicators,
    gives_label_decision,
    gives_label_proba,
    is_indicator,
    label_decision,
    label_proba,
    n_labels_of,
    takes_indicators,
)
from ._join import concat_rows
from ._json import json_value
from ._kinds import rows_given
from ._labels import (
    check_labels,
    codes_of,
    joined_labels,
    label_array,
    sample_aligned,
    take_params,
)
from ._largest import reached_by
from ._masks import refuse_mask, unmasked
from ._models import (
    coded_classes,
    columns_learned,
    embed_with,
    embeds_as_given,
    grow,
    is_forest,
    is_frozen,
    learned_transformers,
    split_predictor,
    transform_with,
    unfitted_transformers,
)
from ._predictors import check_predictors, is_regressor, one_column
from ._progress import show_progress, with_progress
from ._rows import (
    DatasetRows,
    all_finite,
    check_same_columns,
    columns_like,
    is_collection,
    is_dataset,
    is_float_rows,
    num_rows,
    numeric_rows,
    refuse_collection,
    take_columns,
    take_rows,
)
from ._seeds import (
    MAX_SEED,
    derive_seed,
    draw_at_most,
    draw_positions,
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
    metric_name,
    response_method,
    route,
    take_over_tags,
    validate_data,
    validate_params,
    visual_block,
)
from ._svm import decision_norms, is_svc, kernel_of, one_vs_one
from ._targets import check_targets
from ._text_table import aligned
from ._varying_labels import VaryingLabels, fit_indicators
from ._warnings import add_note, warn_user

__all__ = [
    "VaryingLabels",
    "check_indicators",
    "fit_indicators",
    "gives_label_decision",
    "gives_label_proba",
    "is_indicator",
    "takes_indicators",
    "label_decision",
    "label_proba",
    "n_labels_of",
    "CodedClassifier",
    "DatasetRows",
    "Delegate",
    "Documented",
    "HasMethods",
    "Integral",
    "Interval",
    "InvalidParameterError",
    "MAX_SEED",
    "MetadataRouter",
    "MethodMapping",
    "Real",
    "StrOptions",
    "add_note",
    "aligned",
    "all_finite",
    "as_array",
    "as_floats",
    "as_in_fit",
    "as_learned",
    "check_columns",
    "check_count",
    "check_kind",
    "check_labels",
    "check_predictors",
    "check_targets",
    "check_same_columns",
    "check_same_length",
    "chunks_of",
    "chunks_within",
    "coded_classes",
    "codes_of",
    "columns_learned",
    "columns_like",
    "concat_rows",
    "copy_rows",
    "decision_norms",
    "derive_seed",
    "draw_at_most",
    "draw_positions",
    "draw_seed",
    "embed_with",
    "embeds_as_given",
    "fit_predictor",
    "frame_library",
    "frame_like",
    "fresh_seed",
    "grow",
    "hash_positions",
    "hints",
    "html_table",
    "import_optional",
    "is_collection",
    "is_dataset",
    "is_float_rows",
    "is_forest",
    "is_frozen",
    "is_missing",
    "is_regressor",
    "is_svc",
    "kernel_of",
    "joined_labels",
    "json_value",
    "label_array",
    "learned_transformers",
    "make_random_state",
    "num_rows",
    "numeric_rows",
    "one_column",
    "one_vs_one",
    "reached_by",
    "refuse_collection",
    "refuse_mask",
    "remember_columns",
    "replace_file",
    "metric_name",
    "response_method",
    "route",
    "rows_given",
    "sample_aligned",
    "set_random_states",
    "show_progress",
    "split_predictor",
    "take_columns",
    "take_over_tags",
    "take_params",
    "take_rows",
    "transform_with",
    "unfitted_transformers",
    "unmasked",
    "validate_data",
    "validate_params",
    "visual_block",
    "warn_user",
    "with_fitted_transformers",
    "with_progress",
    "working_memory",
]
