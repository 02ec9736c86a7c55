"""Categories of data frames: the columns of two frames brought to common categories."""

import sys

from ._frames import frame_library
from ._value_kinds import mixed_kinds


def with_common_categories(first, second):
    """Return two frames with the same columns, of which categorical ones have common categories.

    The categories are the union, in an order that agrees with both frames, those of the first one
    first. A column that is categorical in the first frame alone is so afterwards in both.

    Raises
    ------
    ValueError
        If ordered categories are in contradictory orders, if the place of a new value in an order
        is not known, or if text and numbers would be mixed.
    """
    library = sys.modules[frame_library(first)]
    join = _join_pandas if hasattr(first, "iloc") else _join_polars
    new = {}
    for name in dict.fromkeys(first.columns):
        # Names that are there twice have no column of their own.
        one, two = first[name], second[name]
        if getattr(one, "ndim", 1) == 1 and one.dtype != two.dtype:
            joined = join(name, one, two, library)
            if joined is not None:
                new[name] = joined
    if not new:
        return first, second
    return tuple(_replaced(frame, new, side) for side, frame in enumerate((first, second)))


def _replaced(frame, new, side):
    columns = {name: pair[side] for name, pair in new.items()}
    if hasattr(frame, "iloc"):
        frame = frame.copy(deep=False)
        for name, column in columns.items():
            frame[name] = column
        return frame
    return frame.with_columns(**columns)


def _join_pandas(name, one, two, library):
    """Return the two columns with one type, None if neither is categorical."""
    kind = library.CategoricalDtype
    if not isinstance(one.dtype, kind):
        return (one, _plain(two, one.dtype)) if isinstance(two.dtype, kind) else None
    old = one.cat.categories.tolist()
    if isinstance(two.dtype, kind):
        new, is_ordered = two.cat.categories.tolist(), two.dtype.ordered
    else:
        new, is_ordered = two.dropna().unique().tolist(), False
    merged = _merged(name, old, new, bool(one.dtype.ordered), bool(is_ordered))
    dtype = kind(merged, ordered=bool(one.dtype.ordered))
    return one.astype(dtype), two.astype(dtype)


def _plain(column, dtype):
    """Return a categorical column of pandas as plain values, of the given type where it can be."""
    try:
        return column.astype(dtype)
    except (TypeError, ValueError):
        return column.astype(object)


def _join_polars(name, one, two, library):
    """Return the two columns with one type, None if polars joins them itself."""
    kinds = (library.Enum, library.Categorical)
    is_number = {column.dtype.is_numeric() for column in (one, two)}
    if len(is_number) == 2 and any(_is_text(column, library) for column in (one, two)):
        raise ValueError(
            f"X must have values of one kind in column {name!r}, got {one.dtype} before and "
            f"{two.dtype} now. Cast the new column to the type of the samples labeled so far."
        )
    if not any(isinstance(column.dtype, kinds) for column in (one, two)):
        return None
    if not isinstance(one.dtype, library.Enum):
        return one, two.cast(library.String).cast(one.dtype)
    new = two.dtype.categories if isinstance(two.dtype, library.Enum) else two.drop_nulls()
    new = new.cast(library.String).unique(maintain_order=True).to_list()
    merged = _merged_order(one.dtype.categories.to_list(), new)
    if merged is None:  # an Enum need not stand for an order
        merged = _union(one.dtype.categories.to_list(), new)
    dtype = library.Enum(merged)
    return one.cast(dtype), two.cast(library.String).cast(dtype)


def _is_text(column, library):
    return isinstance(column.dtype, (library.String, library.Enum, library.Categorical))


def _merged(name, old, new, is_ordered, is_new_ordered):
    """Return the categories of a column of pandas."""
    mixed = mixed_kinds([*old, *new])
    if mixed:
        raise ValueError(
            f"X must have categories of one kind in column {name!r}, got {mixed}. Convert the new "
            "column to the kind of the samples labeled so far."
        )
    if not is_ordered:
        return _union(old, new)
    if not is_new_ordered:
        unknown = [value for value in new if value not in old]
        if unknown:
            raise ValueError(
                f"X must have known categories in column {name!r}, which is ordered, {old}, got "
                f"{unknown} without an order. Give the column as ordered categories that have "
                "them in their places."
            )
        return old
    merged = _merged_order(old, new)
    if merged is None:
        raise ValueError(
            f"X must have the categories of column {name!r} in the same order as the samples "
            f"labeled so far, {old}, got {new}."
        )
    return merged


def _union(old, new):
    return list(dict.fromkeys([*old, *new]))


def _merged_order(old, new):
    """Return the union in an order that agrees with both lists, None if they contradict."""
    common = set(old) & set(new)
    if [one for one in old if one in common] != [one for one in new if one in common]:
        return None
    merged, rest = [], iter(new)
    for one in old:
        if one in common:
            # What stands before it in the new list alone.
            for other in rest:
                if other == one:
                    break
                merged.append(other)
        merged.append(one)
    return [*merged, *rest]
