"""Filters that are kept under an id, for the older find-time routes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterCollection:
    """Three lists of filters, each as it was sent: any of, every one, and choices after."""

    id: UUID
    any_filters: Sequence[object]
    every_filters: Sequence[object]
    after_filters: Sequence[object]
    created_at: datetime
    updated_at: datetime

    def as_sent(self) -> dict[str, Sequence[object]]:
        """Return the lists under the names of the API."""
        return {
            "or": self.any_filters,
            "and": self.every_filters,
            "after": self.after_filters,
        }
