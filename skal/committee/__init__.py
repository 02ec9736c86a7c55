"""Committees: several models asked the same question."""

from ._committee import Committee
from ._readers import count_members, has_members, member_proba

__all__ = ["Committee", "count_members", "has_members", "member_proba"]
