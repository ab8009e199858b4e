"""What a step of a booking does to time, calendar and log: all of it, and in one place.

| from a state that holds | to one that holds | effect |
|---|---|---|
| nothing | time | the time is taken or the step refused; an event appears in the calendar |
| time | nothing | the time is given back; the event goes |
| the same | the same | none |

Every step leaves a line in the log. Each function works inside the transaction it is given;
what is refused must be undone with it.
"""

from dataclasses import replace
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.graphs import State
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.project import Project
from slotkeeper.services import availability, busy, enforcement, projects
from slotkeeper.storage import bookings, claims, events
from slotkeeper.storage.transaction import Transaction


async def begin(
    tx: Transaction, app_id: UUID, booking: Booking, *, action: str, actor: str
) -> Booking:
    """Save a new booking whose time was checked, its event and the first line of its log."""
    async with tx.together():
        await bookings.insert(tx, app_id, booking)
        if booking.holds_time:
            await _show_in_calendar(tx, app_id, booking)
        await _record(tx, app_id, booking, State.INITIALIZED, action, None, actor)
    return booking


async def move(
    tx: Transaction,
    app_id: UUID,
    before: Booking,
    after: Booking,
    *,
    action: str,
    message: str | None,
    actor: str,
) -> None:
    """Save what an action led to, with all that follows from it.

    Raises SlotTaken where the new state needs time that is no longer free.
    """
    if after.holds_time and not before.holds_time:
        await hold(tx, app_id, after, await project_of(tx, app_id, after))
        await _show_in_calendar(tx, app_id, after)
    elif before.holds_time and not after.holds_time:
        await claims.release(tx, app_id, before.id)
        await events.delete_of_booking(tx, app_id, before.id)
    await bookings.save_state(tx, app_id, after)
    await _record(tx, app_id, after, before.state, action, message, actor)


async def hold(tx: Transaction, app_id: UUID, booking: Booking, project: Project | None) -> None:
    """Take the time of a booking; where its state takes none, see that it is free at least.

    Raises SlotTaken. Where the project enforces its rules, they come before everything else.
    All-day events do not count where the project's searches ignore them: what they offer can
    be booked.
    """
    permitted = await _is_permitted(tx, app_id, booking, project)
    if not permitted or not await _is_given(tx, app_id, booking):
        raise SlotTaken
    if await _is_blocked(tx, app_id, booking, project):
        await claims.release(tx, app_id, booking.id)
        raise SlotTaken


async def project_of(tx: Transaction, app_id: UUID, booking: Booking) -> Project | None:
    """Return the project of a booking, None where it has none."""
    if booking.project_id is None:
        return None
    return await projects.get(tx, app_id, booking.project_id)


def minutes_of(booking: Booking) -> Interval:
    """Return the whole minutes that a booking touches."""
    return availability.minutes_of(booking.start_at, booking.end_at)


def zone_name_of(booking: Booking) -> str | None:
    """Return the zone of the customer, None where it is not known."""
    return booking.customer.timezone if booking.customer else None


async def _is_permitted(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project | None
) -> bool:
    """Tell whether a project that enforces its rules permits the booking.

    Its notice and horizon are counted from when the booking was asked for: the owner who
    confirms a request an hour before it starts needs no day of notice.
    """
    if project is None or not enforcement.is_enforced(project) or booking.resource_id is None:
        return True
    return await availability.is_open(
        replace(tx, now=booking.created_at),
        app_id,
        project,
        minutes_of(booking),
        resource_id=booking.resource_id,
        zone_name=zone_name_of(booking),
    )


async def _is_given(tx: Transaction, app_id: UUID, booking: Booking) -> bool:
    """Tell whether no other booking has the time, having claimed it if the state takes it.

    The claim comes before what is written: of many who want the same time all but one stop
    here. A request that takes nothing looks without waiting for anybody; it is asked again
    when it is confirmed. The resource may be gone by then.
    """
    if booking.resource_id is None:
        return False
    if booking.holds_time:
        return await claims.take(
            tx,
            app_id,
            booking_id=booking.id,
            resource_ids=[booking.resource_id],
            start=booking.start_at,
            end=booking.end_at,
            exclusive=not booking.allows_double_booking,
        )
    return booking.allows_double_booking or not await claims.is_held(
        tx, app_id, booking.resource_id, start=booking.start_at, end=booking.end_at
    )


async def _is_blocked(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project | None
) -> bool:
    """Tell whether something stands in the way that the exclusion constraint does not see."""
    if booking.allows_double_booking:
        return False
    assert booking.resource_id is not None, booking
    return await busy.is_blocked(
        tx,
        app_id,
        booking.resource_id,
        start=booking.start_at,
        end=booking.end_at,
        ignore_all_day=project is not None and availability.ignores_all_day_events(project),
        except_booking=booking.id,
    )


async def _show_in_calendar(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Put the event of a booking into its calendar, unless that is gone."""
    if booking.calendar_id is None:
        return
    event = {
        "id": uuid4(),
        "calendar_id": booking.calendar_id,
        "resource_id": booking.resource_id,
        "booking_id": booking.id,
        "what": booking.what,
        "location": booking.location,
        "description": booking.description,
        "rsvp": "accepted",
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "participants": list(booking.participants),
    }
    await events.insert(tx, app_id, event)


async def _record(
    tx: Transaction,
    app_id: UUID,
    booking: Booking,
    from_state: State,
    action: str,
    message: str | None,
    actor: str,
) -> None:
    line = Transition(
        action=action,
        from_state=from_state,
        to_state=booking.state,
        actor=actor,
        message=message,
        created_at=tx.now,
    )
    await bookings.record(tx, app_id, booking.id, line)
