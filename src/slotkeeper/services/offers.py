"""What the page of a project has on offer, and taking it: nothing else can be had there.

The API books whatever time is free, for callers who know what they do. A page is open to
everybody, so that a time outside opening hours, notice or horizon must not be had by
changing a form.
"""

from dataclasses import dataclass
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput, SlotTaken
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.order import Order
from slotkeeper.domain.project import Project
from slotkeeper.domain.slots import Mode
from slotkeeper.domain.zones import Zone, to_datetime
from slotkeeper.services import availability, bookings, enforcement, projects
from slotkeeper.services.availability import Answer, Query, Shuffle
from slotkeeper.storage.transaction import Transaction

ACTOR = "hosted_page"
"""Who acted, in the log of a booking, when a customer used the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A slot that a customer chose: its whole minutes, and who was to serve it."""

    interval: Interval
    resource_id: UUID


async def list_offers(
    tx: Transaction, app_id: UUID, project: Project, *, zone: Zone, shuffle: Shuffle
) -> Answer:
    """Return every slot that the project offers now, in order of time.

    The words of the project's window ("tomorrow") and full hours are those of ``zone``. A
    project without resources offers nothing, and neither does one whose window has passed:
    a visitor can mend neither.
    """
    query = Query(project_id=project.id, settings={"output_timezone": zone.name})
    try:
        return await availability.find_slots(tx, app_id, query, shuffle=shuffle)
    except InvalidInput:
        return Answer(slots=(), resources={}, zone=zone, until=None)


async def book(
    tx: Transaction,
    app_id: UUID,
    project: Project,
    wanted: Wanted,
    order: Order,
    *,
    zone: Zone,
    shuffle: Shuffle,
) -> Booking:
    """Book a slot that the project offers; raises SlotTaken for any other time.

    The refusal leaves the transaction as it was, so that it can still find another slot.
    """
    await _check_offered(tx, app_id, project, wanted, zone=zone, shuffle=shuffle)
    async with tx.connection.transaction():
        return await bookings.book(tx, app_id, order, actor=ACTOR, shuffle=shuffle)


async def reschedule(
    tx: Transaction,
    app_id: UUID,
    project: Project,
    wanted: Wanted,
    *,
    booking_id: UUID,
    message: str | None,
    zone: Zone,
    shuffle: Shuffle,
) -> Booking:
    """Move a booking to a slot that the project offers; raises SlotTaken for any other time.

    The refusal leaves the transaction, and with it the booking, as it was.
    """
    await _check_offered(tx, app_id, project, wanted, zone=zone, shuffle=shuffle)
    start, end = map(to_datetime, wanted.interval)
    async with tx.connection.transaction():
        return await bookings.reschedule(
            tx,
            app_id,
            booking_id,
            start=start,
            end=end,
            resource_id=wanted.resource_id,
            message=message,
            actor=ACTOR,
        )


async def _check_offered(
    tx: Transaction,
    app_id: UUID,
    project: Project,
    wanted: Wanted,
    *,
    zone: Zone,
    shuffle: Shuffle,
) -> None:
    """Refuse what the project does not offer now.

    Asked about one resource alone, because a random mode may name another at each search;
    only where all serve together does the question stay with all of them.
    """
    of_project = await projects.resource_ids(tx, app_id, project.id)
    if wanted.resource_id not in of_project:
        raise SlotTaken
    # What is counted from here on, such as the bookings of a day, stays true until the end.
    await enforcement.lock(tx, app_id, wanted.resource_id, project)
    mode = str(project.availability.get("mode") or "").lower()
    query = Query(
        project_id=project.id,
        resource_ids=None if mode == Mode.MUTUAL else [wanted.resource_id],
        settings={"output_timezone": zone.name},
        within=(wanted.interval[0], wanted.interval[0] + 1),
    )
    try:
        answer = await availability.find_slots(tx, app_id, query, shuffle=shuffle)
    except InvalidInput:
        raise SlotTaken from None
    if all((slot.start, slot.end) != wanted.interval for slot in answer.slots):
        raise SlotTaken
