"""What a step of a booking does to time, seats, calendar and log: all of it, and in one place.

| from a state that holds | to one that holds | effect |
|---|---|---|
| nothing | time or a seat | it is taken or the step refused; time shows in the calendars |
| time or a seat | nothing | it is given back; the events go |
| for a while | for good | the claim is replaced, the seat kept; the step refused if it is gone |
| the same | the same | none |

When a class ends, its seats end with it. Every step leaves a line in the log, is announced to
whoever is to be told, and plans what reminds of the booking later. Each function works inside the
transaction it is given; what is refused must be undone with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.graphs import GROUP_OWNER, Action, Hold, State
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.project import Project
from slotkeeper.services import (
    announcements,
    app_limits,
    availability,
    busy,
    calendars,
    enforcement,
    groups,
    projects,
    reminders,
)
from slotkeeper.storage import booking_log, bookings, claims, events, seats
from slotkeeper.storage.transaction import Transaction

Home = tuple[UUID, UUID]
"""A resource and the calendar into which its event goes."""

_WITH_THE_CLASS = {
    Action.CANCEL: {Action.CANCEL_BY_OWNER, Action.CANCEL},
    Action.COMPLETE: {Action.COMPLETE, Action.CANCEL},
}
"""What happens to the seats of a class when this happens to the class; a reservation of one, which
nobody can book any more, is cancelled.
"""


async def begin(
    tx: Transaction, app_id: UUID, booking: Booking, *, action: str, actor: str
) -> Booking:
    """Save a new booking whose time was checked, its events and the first line of its log."""
    homes = await _homes(tx, app_id, booking) if booking.holds_time else []
    async with tx.together():
        # A seat is reminded of by its class, unless it has reminders of its own.
        stored = await bookings.insert(tx, app_id, booking, has_those_of_app=not booking.has_seat)
        await _show_in_calendars(tx, app_id, booking, homes)
        await _record(tx, app_id, booking, State.INITIALIZED, action, None, actor)
        await reminders.plan(tx, app_id, booking)
    if booking.reminders is None and (of_app := await stored.value()):
        booking = replace(booking, reminders=of_app)
        await reminders.plan(tx, app_id, booking)
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

    Raises SlotTaken where the new state needs time or a seat that is no longer free.
    """
    if before.holding is not after.holding:
        await _change_hold(tx, app_id, before, after)
    async with tx.together():
        await bookings.save_state(tx, app_id, after)
        await _record(tx, app_id, after, before.state, action, message, actor)
        await reminders.follow(tx, app_id, before, after)
    if after.graph is GROUP_OWNER and after.is_final:
        await _end_seats(tx, app_id, after, action=action, message=message, actor=actor)


async def hold(tx: Transaction, app_id: UUID, booking: Booking, project: Project | None) -> None:
    """Take time or seat of a booking; where its state takes none, see that it is free at least.

    Raises SlotTaken. The limits of the app count first; where the project enforces its rules,
    they come next; the time of a class was checked when the class was made. All-day events do not
    count where the project's searches ignore them: what they offer can be booked.
    """
    await app_limits.check(tx, app_id, booking)
    if booking.has_seat:
        await groups.take_seat(tx, app_id, booking)
        return
    permitted = await _is_permitted(tx, app_id, booking, project)
    if not permitted or not await _is_given(tx, app_id, booking):
        raise SlotTaken
    if await _is_blocked(tx, app_id, booking, project):
        await claims.release(tx, app_id, booking.id)
        raise SlotTaken


async def extend(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Save a hold that now lasts until another instant; raises SlotTaken where it is gone."""
    assert booking.until is not None, booking
    if booking.holds_seat:
        if not await seats.extend(tx, app_id, booking.id, booking.until):
            raise SlotTaken("No available seats")
    else:
        await _replace_claims(tx, app_id, booking)
    await bookings.save_state(tx, app_id, booking)


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


async def _change_hold(tx: Transaction, app_id: UUID, before: Booking, after: Booking) -> None:
    """Take, keep or give back what the booking holds, as the table above says."""
    if before.holding is Hold.NOTHING:
        await hold(tx, app_id, after, await project_of(tx, app_id, after))
        homes = await _homes(tx, app_id, after) if after.holds_time else []
        await _show_in_calendars(tx, app_id, after, homes)
    elif after.holding is Hold.NOTHING:
        await give_back(tx, app_id, before)
    elif after.holds_time:
        await _replace_claims(tx, app_id, after)
    elif not await seats.keep(tx, app_id, after.id):
        raise SlotTaken("No available seats")


async def give_back(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Give back the time or the seat that a booking holds; its events go."""
    if booking.has_seat:
        await seats.release(tx, app_id, booking.id)
    else:
        await claims.release(tx, app_id, booking.id)
        await events.delete_of_booking(tx, app_id, booking.id)


async def _end_seats(
    tx: Transaction, app_id: UUID, owner: Booking, *, action: str, message: str | None, actor: str
) -> None:
    """Let the seats of a class go the way of the class, as far as their state allows.

    A seat whose customer has not paid yet is left to its time-out when the class is over.
    """
    for seat in await bookings.seats_of(tx, app_id, owner.id, locked=True):
        for follows in _WITH_THE_CLASS[Action(action)].intersection(seat.actions):
            after = replace(seat.after(follows, at=tx.now), said=owner.said)
            await move(tx, app_id, seat, after, action=follows, message=message, actor=actor)


async def _is_permitted(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project | None
) -> bool:
    """Tell whether a project that enforces its rules permits the booking.

    Its notice and horizon are counted from when the booking was asked for: the owner who
    confirms a request an hour before it starts needs no day of notice.
    """
    if project is None or not enforcement.is_enforced(project):
        return True
    asked = replace(tx, now=booking.created_at)
    for resource_id in sorted(booking.resource_ids):
        if not await availability.is_open(
            asked,
            app_id,
            project,
            minutes_of(booking),
            resource_id=resource_id,
            zone_name=zone_name_of(booking),
        ):
            return False
    return True


async def _is_given(tx: Transaction, app_id: UUID, booking: Booking) -> bool:
    """Tell whether no other booking has the time, having claimed it if the state takes it.

    The claim comes before what is written: of many who want the same time all but one stop
    here. A request that takes nothing looks without waiting for anybody; it is asked again
    when it is confirmed. The resource may be gone by then.
    """
    if booking.resource_id is None:
        return False
    if booking.holds_time:
        return await _claim(tx, app_id, booking)
    return booking.allows_double_booking or not await claims.is_held(
        tx, app_id, booking.resource_ids, start=booking.start_at, end=booking.end_at
    )


async def _replace_claims(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Claim the time of a booking anew in the place of what it has; raises SlotTaken.

    It is refused only where the hold had run out and somebody else was quicker.
    """
    await claims.release(tx, app_id, booking.id)
    if not await _claim(tx, app_id, booking):
        raise SlotTaken


async def _claim(tx: Transaction, app_id: UUID, booking: Booking) -> bool:
    return await claims.take(
        tx,
        app_id,
        booking_id=booking.id,
        resource_ids=booking.resource_ids,
        start=booking.start_at,
        end=booking.end_at,
        exclusive=not booking.allows_double_booking,
        until=booking.until,
    )


async def _is_blocked(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project | None
) -> bool:
    """Tell whether something stands in the way that the exclusion constraint does not see."""
    if booking.allows_double_booking:
        return False
    ignore_all_day = project is not None and availability.ignores_all_day_events(project)
    for resource_id in booking.resource_ids:
        if await busy.is_blocked(
            tx,
            app_id,
            resource_id,
            start=booking.start_at,
            end=booking.end_at,
            ignore_all_day=ignore_all_day,
            except_booking=booking.id,
        ):
            return True
    return False


async def _homes(tx: Transaction, app_id: UUID, booking: Booking) -> list[Home]:
    """Return the calendar of each resource of a booking that has one."""
    homes = []
    if booking.resource_id is not None and booking.calendar_id is not None:
        homes.append((booking.resource_id, booking.calendar_id))
    for resource_id in booking.further_resource_ids:
        target = await calendars.find_target(tx, app_id, resource_id)
        if target is not None:
            homes.append((resource_id, target.id))
    return homes


async def _show_in_calendars(
    tx: Transaction, app_id: UUID, booking: Booking, homes: Sequence[Home]
) -> None:
    """Put an event of a booking into the calendar of each of its resources."""
    for resource_id, calendar_id in homes:
        event = {
            "id": uuid4(),
            "calendar_id": calendar_id,
            "resource_id": resource_id,
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
    """Write a step into the log and into the outbox; together with others, for speed."""
    line = Transition(
        action=action,
        from_state=from_state,
        to_state=booking.state,
        actor=actor,
        message=message,
        created_at=tx.now,
    )
    await booking_log.record(tx, app_id, booking.id, line)
    await announcements.announce(tx, app_id, booking, line)
