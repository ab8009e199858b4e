"""Bookings as calendars outside know them."""

from collections.abc import Mapping
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GROUP_OWNER, State
from slotkeeper.domain.meeting import Attendee, Meeting, MeetingStatus
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.storage import meetings, resources
from slotkeeper.storage.meetings import Identity
from slotkeeper.storage.transaction import Transaction

__all__ = ["Identity", "identity", "meeting_of", "status_of"]

_CONFIRMED = frozenset({State.CONFIRMED, State.PAID, State.COMPLETED})
_TENTATIVE = frozenset({State.INITIALIZED, State.TENTATIVE, State.RESERVED})


async def identity(tx: Transaction, app_id: UUID, booking_id: UUID) -> Identity:
    """Return the UID of a booking in every calendar, and its SEQUENCE now.

    A booking that was moved has another id but the UID of the first one, so that calendars move
    their entry. The sequence grows with every step that the booking takes, and when it moves.
    Raises NotFound.
    """
    found: Mapping[UUID, Identity] = await meetings.identities(tx, app_id, [booking_id])
    if booking_id not in found:
        raise NotFound("Booking")
    return found[booking_id]


def status_of(booking: Booking) -> MeetingStatus:
    """Return how calendars show a booking in its present state; a class on offer takes place."""
    if booking.state in _CONFIRMED:
        return MeetingStatus.CONFIRMED
    if booking.state in _TENTATIVE:
        is_class = booking.graph is GROUP_OWNER
        return MeetingStatus.CONFIRMED if is_class else MeetingStatus.TENTATIVE
    return MeetingStatus.CANCELLED


async def meeting_of(
    tx: Transaction,
    app_id: UUID,
    booking: Booking,
    *,
    zone: Zone | None = None,
    url: str | None = None,
    sender: str = "",
) -> Meeting:
    """Return a booking as an invitation to its customer tells it now.

    ``zone`` is the clock of whoever reads it, the resource's unless given. ``sender`` is the
    address that holds the meeting where the resource has none. Whoever else takes part is not
    told: others learn of them from the owner, or not.
    """
    found = await resources.find_all_ever(
        tx, app_id, [booking.resource_id] if booking.resource_id else []
    )
    resource = found.get(booking.resource_id) if booking.resource_id else None
    customer = booking.customer
    uid, sequence = await identity(tx, app_id, booking.id)
    attendees = []
    if customer is not None and customer.email:
        attendees.append(Attendee(name=customer.name, email=customer.email))
    return Meeting(
        uid=str(uid),
        sequence=sequence,
        stamped_at=tx.now,
        start_at=booking.start_at,
        end_at=booking.end_at,
        zone=zone or find_zone(resource.timezone if resource else "UTC"),
        what=booking.what,
        where=booking.location,
        description=booking.description,
        status=status_of(booking),
        organizer=Attendee(
            name=resource.name if resource else "",
            email=(resource.email if resource else None) or sender,
        ),
        attendees=attendees,
        url=url,
    )
