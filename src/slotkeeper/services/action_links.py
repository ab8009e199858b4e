"""Links with which people act on one booking without a key: made here, checked here, followed.

A link carries a JSON Web Token (HS256), as the API documentation has it: the payload names
one booking and one action, and the address must name the same two. Two kinds of links are
genuine:

- Ours, signed with a key that is derived from the secret key of the installation. They say
  whom they are for and when they expire.
- Those that an application makes by itself, signed with any valid app key of the booking's
  app. The widget key is public and signs nothing.

Nothing stores that a link was used: no graph lets the same action happen twice.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import jwt
from cryptography.exceptions import InvalidTag

from slotkeeper.domain.addresses import is_of_page
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid
from slotkeeper.domain.graphs import Action
from slotkeeper.domain.mails import Audience
from slotkeeper.domain.project import Project
from slotkeeper.domain.zones import Zone, minute_ceil, minute_floor
from slotkeeper.services import bookings
from slotkeeper.services.vault import Vault
from slotkeeper.storage import action_links
from slotkeeper.storage.transaction import Transaction

PATH = "/v2/bookings/{booking_id}/external_action/{action}"
"""Where links lead, below the address of the installation; ``signature`` is in the query."""

TOKEN_CHARACTERS_MAX = 2_000
"""The longest signature that is looked at."""

_ALGORITHM = "HS256"
_PURPOSE = "action links"
# The library asks the clock, but a request has one moment; and it knows claims that are not ours.
_SIGNATURE_ALONE: Any = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}
# The library lets through what its decoders say of odd bytes and of deep nesting.
_UNREADABLE = (jwt.InvalidTokenError, RecursionError, ValueError)


ACTIONS: Mapping[Audience, Sequence[Action]] = {
    Audience.CUSTOMER: (Action.CANCEL_BY_CUSTOMER, Action.RESCHEDULE_BY_CUSTOMER),
    Audience.OWNER: (Action.CONFIRM, Action.DECLINE),
}
"""What our own links offer to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A genuine link: one action on one booking of an app.

    ``audience`` is None for links that the application signed by itself.
    """

    app_id: UUID
    booking_id: UUID
    action: str
    audience: Audience | None

    @property
    def actor(self) -> str:
        """Return who acts, in the log of the booking."""
        return f"{self.audience}_link" if self.audience else "link"


def expires_at(booking: Booking) -> datetime:
    """Return when our links to a booking stop working: when it ends."""
    return booking.end_at


def sign(
    vault: Vault, app_id: UUID, booking: Booking, action: Action, *, audience: Audience
) -> str:
    """Return the signature of a link for ``action`` on a booking; it expires with the booking."""
    claims = {
        "booking_id": str(booking.id),
        "action": str(action),
        "app_id": str(app_id),
        "audience": str(audience),
        "exp": int(expires_at(booking).timestamp()),
    }
    return jwt.encode(claims, vault.key_for(_PURPOSE), algorithm=_ALGORITHM)


def links(
    vault: Vault, app_id: UUID, booking: Booking, *, audience: Audience, site: str, now: datetime
) -> dict[str, str]:
    """Return the addresses with which this audience can act on a booking now, by action.

    ``site`` is the public address of the installation, without a slash behind. What the
    booking does not allow at this moment has no address; neither has what has ended.
    """
    if now >= expires_at(booking):
        return {}
    found = {}
    for action in ACTIONS[audience]:
        if is_possible(booking, action, now=now):
            path = PATH.format(booking_id=booking.id, action=action)
            token = sign(vault, app_id, booking, action, audience=audience)
            found[str(action)] = f"{site}{path}?signature={token}"
    return found


def is_possible(booking: Booking, action: str, *, now: datetime) -> bool:
    """Tell whether the state of a booking lets a link do this now.

    To choose another time takes the page of a project, and a booking that has not begun.
    """
    if action == Action.RESCHEDULE_BY_CUSTOMER:
        has_page = booking.project_id is not None
        return has_page and booking.can_be_rescheduled and now < booking.start_at
    return action in booking.actions


def address_to_move(project: Project, booking: Booking, *, zone: Zone, site: str) -> str:
    """Return where another time is chosen: the project's own page for that, else ours.

    The API documentation names the parameters; times are written in ``zone``.
    ``rescheduling_url`` is the base that a project may give.
    """
    own = str(project.booking.get("rescheduling_url") or "")
    base = own if is_of_page(own) else f"{site}/{project.slug}"
    start, end = minute_floor(booking.start_at), minute_ceil(booking.end_at)
    said = {"uuid": str(booking.id), "action": "reschedule"}
    said |= {"event.start": zone.iso(start), "event.end": zone.iso(end), "zone": zone.name}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(said, quote_via=quote)}"


async def verify(
    tx: Transaction, vault: Vault, token: str, *, booking_id: UUID, action: str
) -> Link:
    """Return the link that ``token`` makes of an address; raises LinkInvalid and LinkExpired.

    What does not even claim to fit the address is refused before anything is computed or
    looked up; what we did not sign costs one query.
    """
    claims = _claims(token)
    if (claims.get("booking_id"), claims.get("action")) != (str(booking_id), action):
        raise LinkInvalid
    audience = None
    if _is_signed(token, vault.key_for(_PURPOSE)):
        app_id, audience = UUID(claims["app_id"]), Audience(claims["audience"])
    else:
        app_id = await _signing_app(tx, vault, token, booking_id)
    _check_time(claims, now=tx.now)
    return Link(app_id=app_id, booking_id=booking_id, action=action, audience=audience)


async def follow(tx: Transaction, link: Link, *, message: str | None) -> Booking:
    """Do what a link is for; return the booking as it is then.

    Raises TransitionRefused and SlotTaken; a refusal leaves the transaction as it was.
    """
    async with tx.connection.transaction():
        return await bookings.act(
            tx, link.app_id, link.booking_id, link.action, message=message, actor=link.actor
        )


def _claims(token: str) -> dict[str, Any]:
    """Return what a token claims, genuine or not."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise LinkInvalid
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except _UNREADABLE:
        raise LinkInvalid from None
    return claims


def _is_signed(token: str, key: bytes | str) -> bool:
    try:
        jwt.decode(token, key, algorithms=[_ALGORITHM], options=_SIGNATURE_ALONE)
    except _UNREADABLE:
        return False
    return True


async def _signing_app(tx: Transaction, vault: Vault, token: str, booking_id: UUID) -> UUID:
    """Return the app of a booking if one of its keys signed the token."""
    for key in await action_links.find_keys(tx, booking_id):
        try:
            text = vault.open(key.sealed)
        except InvalidTag:  # sealed under an earlier secret key of the installation
            continue
        if _is_signed(token, text):
            return key.app_id
    raise LinkInvalid


def _check_time(claims: Mapping[str, Any], *, now: datetime) -> None:
    """Refuse a link before ``nbf`` and from ``exp`` on; seconds since 1970, both optional."""
    begins, ends = (_seconds(claims.get(name)) for name in ("nbf", "exp"))
    if begins is not None and now.timestamp() < begins:
        raise LinkInvalid
    if ends is not None and now.timestamp() >= ends:
        raise LinkExpired


def _seconds(value: object) -> float | None:
    match value:
        case None:
            return None
        case bool():
            raise LinkInvalid
        case int():
            return value
        case float() if not math.isnan(value):
            return value
        case _:
            raise LinkInvalid
