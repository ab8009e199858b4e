"""Links that put one booking into the calendar of its customer, and do nothing else.

Those to its file are signed under a key of their own; see ``booking_links``.
"""

from collections.abc import Mapping
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.project import Project
from slotkeeper.domain.zones import Zone
from slotkeeper.notifications.invitation import add_links
from slotkeeper.services import booking_links
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

PATH = "/calendar/{booking_id}.ics"
"""Where the file of a booking lies; ``signature`` is in the query."""

AUDIENCE = "calendar"
"""Whom these links are for, as their signature says."""

DETAILS_CHARACTERS_MAX = 1_500
"""How much of a description links carry; longer addresses are cut off by browsers."""

_PURPOSE = "calendar links"


def link(vault: Vault, app_id: UUID, booking: Booking, *, site: str) -> str:
    """Return the address of a booking's file below ``site``; it works until the booking ends."""
    token = booking_links.signature(
        vault, _PURPOSE, app_id, booking, until=booking.end_at, audience=AUDIENCE
    )
    return f"{site}{PATH.format(booking_id=booking.id)}?signature={token}"


def page_of(project: Project, booking: Booking, *, site: str) -> str:
    """Return the address of the page that shows a booking of a project."""
    return f"{site}/{project.slug}/booked/{booking.id}"


def links_to_add(
    vault: Vault,
    app_id: UUID,
    booking: Booking,
    *,
    project: Project | None,
    zone: Zone,
    site: str,
    details_characters_max: int = DETAILS_CHARACTERS_MAX,
) -> Mapping[str, str]:
    """Return where a booking is added to a calendar: ``google``, ``outlook`` and ``ics``.

    ``zone`` is the clock of whoever adds it. What they add leads to the booking's page, where
    it has a project.
    """
    return add_links(
        booking,
        link(vault, app_id, booking, site=site),
        zone=zone,
        page=page_of(project, booking, site=site) if project else None,
        details_characters_max=details_characters_max,
    )


def verify(tx: Transaction, vault: Vault, token: str, *, booking_id: UUID) -> UUID:
    """Return the app of the booking whose file a link gives; see ``booking_links.verify``."""
    return booking_links.verify(
        tx, vault, _PURPOSE, token, booking_id=booking_id, audience=AUDIENCE
    )
