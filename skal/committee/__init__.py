"""Committees: several models asked the same question."""

from ._committee import Committee
from ._committee import without_fit as without_fit
from ._readers import (
    count_members,
    has_members,
    member_label_proba,
    member_prediction,
    member_proba,
)

__all__ = [
    "Committee",
    "count_members",
    "has_members",
    "member_label_proba",
    "member_prediction",
    "member_proba",
]
