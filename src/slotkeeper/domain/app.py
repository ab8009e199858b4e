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


class TokenKind(StrEnum):
    """What the token of a resource may do.

    A server-token reaches what belongs to its resource, a client-token what a public page needs.
    """

    SERVER = "server-token"
    CLIENT = "client-token"


class Role(StrEnum):
    """What a caller is in an app: somebody who manages it, or one of its people."""

    OWNER = "owner"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A tenant: resources, projects and bookings belong to exactly one app.

    ``creator_app_id`` is the app through which it was made, ``creator_resource_id`` the person
    there who made it; both are None for an app that was made on the command line.
    """

    id: UUID
    slug: str
    name: str
    owner_email: str
    test_mode: bool
    settings: Mapping[str, object]
    creator_app_id: UUID | None
    creator_resource_id: UUID | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: an app through one of its keys, or one of its resources through a token.

    ``key_id`` is the id of the key or of the credential that holds the token.
    """

    app_id: UUID
    app_slug: str
    test_mode: bool
    key_id: UUID
    kind: KeyKind | TokenKind
    resource_id: UUID | None = None

    @property
    def is_public(self) -> bool:
        """Tell whether anybody may have what this caller showed: browsers get it."""
        return self.kind in (KeyKind.WIDGET, TokenKind.CLIENT)

    @property
    def own_resource_id(self) -> UUID | None:
        """Return the resource whose belongings are all that the caller reaches, or None."""
        return self.resource_id if self.kind is TokenKind.SERVER else None

    def __str__(self) -> str:
        """Return what the caller showed, for texts: "an api key", "a server-token"."""
        name = f"{self.kind} key" if isinstance(self.kind, KeyKind) else str(self.kind)
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
