"""Widgets: what came before projects, kept for pages that still name one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """The configuration of a widget of the first version, exactly as it was sent."""

    id: UUID
    name: str
    slug: str
    config: Mapping[str, object]
    created_at: datetime
    updated_at: datetime
