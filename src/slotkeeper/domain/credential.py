"""Credentials: the tokens with which a resource calls the API as itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from slotkeeper.domain.app import TokenKind

LIFETIME = timedelta(days=365)
"""How long a token works unless it says otherwise, as the API documentation says."""

OF_RESOURCE_MAX = 100
"""How many credentials one resource can have, those that have expired included."""

REFERRERS_MAX = 50
"""How many sites one token can be bound to."""

SCOPE: Final = {TokenKind.SERVER: "global", TokenKind.CLIENT: "widget"}
"""The one scope of each kind of token; clients send it along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A token of one resource, without its text. It works before ``expires_at``.

    With ``referrers``, a client-token works only for pages of those sites.
    """

    id: UUID
    resource_id: UUID
    kind: TokenKind
    description: str
    referrers: Sequence[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def is_from(referrers: Sequence[str], *addresses: str | None) -> bool:
    """Tell whether one of ``addresses`` starts with one of the referrers; none means any.

    An address is that of the page, or of its site. A referrer ends where a part of an address
    ends, so that one site is not taken for another that begins in the same way; it may leave out
    the scheme.

    >>> is_from(["https://hill.example"], None, "https://hill.example/clock")
    True
    >>> is_from(["https://hill.example"], "https://hill.example.net")
    False
    >>> is_from([], None)
    True
    """
    wanted = [each for each in referrers if each]
    known = [each for each in addresses if each]
    return not wanted or any(_starts_with(page, site) for page in known for site in wanted)


def _starts_with(page: str, site: str) -> bool:
    without_scheme = page if "://" in site else page.partition("://")[2]
    if not without_scheme.lower().startswith(site.lower()):
        return False
    rest = without_scheme[len(site) :]
    return not rest or site[-1] in "/?#" or rest[0] in "/?#:"
