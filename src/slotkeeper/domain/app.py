"""Apps, the tenants of an installation, and the keys that act for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class KeyKind(StrEnum):
    """What a key may do: ``api`` everything of its app, ``widget`` what a public page needs."""

    API = "api"
    WIDGET = "widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A tenant: resources, projects and bookings belong to exactly one app."""

    id: UUID
    slug: str
    name: str
    owner_email: str
    test_mode: bool
    settings: Mapping[str, object]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: an app, through one of its keys."""

    app_id: UUID
    app_slug: str
    test_mode: bool
    key_id: UUID
    kind: KeyKind
