"""What a list is asked for, and one page of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page of a list, narrowed by which terms, in which order.

    ``terms`` are pairs of field and wanted value, all of which must hold. ``page`` counts
    from 1. ``order`` names a field, None means the order of the list itself. ``only_of`` is the
    resource to whose belongings the list is kept, None for everything of the app.
    """

    page: int = 1
    limit: int = 50
    terms: Sequence[tuple[str, str]] = ()
    order: str | None = None
    descending: bool = False
    only_of: UUID | None = None

    @property
    def offset(self) -> int:
        """Return how many items come before this page."""
        return (self.page - 1) * self.limit


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list and how many items there are in all."""

    items: Sequence[Item]
    total: int
