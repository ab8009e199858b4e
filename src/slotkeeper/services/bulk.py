"""Many bookings in one call: made or moved on together, each by itself or all or nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, starmap
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import AllRefused, DomainError, InvalidInput, TransitionRefused
from slotkeeper.domain.order import Order
from slotkeeper.services import bookings
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import bulk as stored
from slotkeeper.storage.transaction import Transaction

ITEMS_MAX = 100
"""The most bookings of one call."""


class OnRefusal(StrEnum):
    """What a refusal of one booking means for the others of the call.

    ``go_on`` leaves them alone, ``stop`` tries none of those that come later, and
    ``undo_all`` lets none of them happen.
    """

    GO_ON = "go_on"
    STOP = "stop"
    UNDO_ALL = "undo_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An action that is asked for, and what goes with it.

    ``said`` is what it says of single steps, such as that a mail is not sent.
    ``with_related`` takes along the bookings that were related to it in a bulk.
    """

    booking_id: UUID
    action: str
    message: str | None = None
    payment_id: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict)
    said: Mapping[str, object] = field(default_factory=dict)
    with_related: bool = True


Outcome = Booking | DomainError
"""What became of one of the bookings: the booking, or why there is none."""

Outcomes = Mapping[int, Outcome]
"""Outcomes by their place in the call, in its order; what was not tried is missing."""


async def book(
    tx: Transaction,
    app_id: UUID,
    orders: Sequence[Order],
    *,
    on_refusal: OnRefusal,
    actor: str,
    shuffle: Shuffle,
) -> Outcomes:
    """Make a booking of each order that can be had, and tell for each what became of it.

    Of two that want the same time the first one has it. Raises AllRefused, with a reason for
    each that was refused, where any was and ``on_refusal`` undoes all, and where none could
    be had.
    """

    async def one(number: int) -> Booking:
        return await bookings.book(tx, app_id, orders[number], actor=actor, shuffle=shuffle)

    return await _each(tx, _in_turn(orders, on_refusal), one, on_refusal)


async def act_on_all(
    tx: Transaction, app_id: UUID, deeds: Sequence[Deed], *, on_refusal: OnRefusal, actor: str
) -> Outcomes:
    """Carry out each deed that its booking allows, and tell for each what became of it.

    They are done as they stand; a booking that is named goes its own way and not that of one
    to which it is related. Raises AllRefused as ``book`` does.
    """
    named = {deed.booking_id for deed in deeds}
    await stored.lock(tx, app_id, sorted(named))

    async def one(number: int) -> Booking:
        return await _act(tx, app_id, deeds[number], actor=actor, apart_from=named)

    return await _each(tx, range(len(deeds)), one, on_refusal)


async def act(tx: Transaction, app_id: UUID, deed: Deed, *, actor: str) -> Booking:
    """Carry out one deed, on the related bookings too unless it says otherwise.

    Those that it cannot be done to are passed over. Raises SlotTaken where it needs time for
    any of them that is no longer free: then none has changed.
    """
    if deed.with_related:
        await stored.lock(tx, app_id, [deed.booking_id])
    return await _act(tx, app_id, deed, actor=actor, apart_from={deed.booking_id})


async def related_to(
    tx: Transaction, app_id: UUID, shown: Sequence[Booking]
) -> Mapping[UUID, Sequence[Booking]]:
    """Return for each booking the others of its bulk, earliest first."""
    bulks = {booking.bulk_id for booking in shown if booking.bulk_id is not None}
    found = await stored.members(tx, app_id, sorted(bulks)) if bulks else []
    return {
        booking.id: [
            each
            for each in found
            if booking.bulk_id is not None
            and each.bulk_id == booking.bulk_id
            and each.id != booking.id
        ]
        for booking in shown
    }


async def _act(
    tx: Transaction, app_id: UUID, deed: Deed, *, actor: str, apart_from: set[UUID]
) -> Booking:
    acted = await bookings.act(
        tx,
        app_id,
        deed.booking_id,
        deed.action,
        message=deed.message,
        payment_id=deed.payment_id,
        meta=deed.meta,
        said=deed.said,
        actor=actor,
    )
    if not deed.with_related or acted.bulk_id is None:
        return acted
    for other in (await related_to(tx, app_id, [acted]))[acted.id]:
        if other.id not in apart_from:
            await _follow(tx, app_id, other, deed, actor=actor)
    return acted


async def _follow(tx: Transaction, app_id: UUID, other: Booking, deed: Deed, *, actor: str) -> None:
    """Do to a related booking what was done to another, if its state allows that."""
    try:
        async with tx.connection.transaction():
            await bookings.act(
                tx,
                app_id,
                other.id,
                deed.action,
                message=deed.message,
                payment_id=deed.payment_id,
                said=deed.said,
                actor=actor,
            )
    except TransitionRefused:
        return


async def _each(
    tx: Transaction,
    numbers: Sequence[int],
    one: Callable[[int], Awaitable[Booking]],
    on_refusal: OnRefusal,
) -> Outcomes:
    """Try each by itself; what is refused leaves nothing behind."""
    found: dict[int, Outcome] = {}
    for number in numbers:
        try:
            async with tx.connection.transaction():
                found[number] = await one(number)
        except DomainError as refusal:
            found[number] = refusal
            if on_refusal is OnRefusal.STOP:
                break
    outcomes = dict(sorted(found.items()))
    refused = {n: each for n, each in outcomes.items() if isinstance(each, DomainError)}
    if refused and (on_refusal is OnRefusal.UNDO_ALL or len(refused) == len(outcomes)):
        raise AllRefused(_reasons(refused))
    return outcomes


def _reasons(refused: Mapping[int, DomainError]) -> dict[str, list[str]]:
    """Return the messages by dotted field, as those of a request that cannot be read."""
    reasons: dict[str, list[str]] = {}
    for number, refusal in refused.items():
        place = f"bookings.{number}"
        if isinstance(refusal, InvalidInput):
            reasons |= {f"{place}.{name}": texts for name, texts in refusal.errors.items()}
        else:
            reasons[place] = [str(refusal)]
    return reasons


def _in_turn(orders: Sequence[Order], on_refusal: OnRefusal) -> Sequence[int]:
    """Return the order in which orders are tried.

    By resource and time, so that two calls do not wait for one another, wherever that makes
    no difference to what each of them gets. Where it does the database may have to break a
    deadlock, and the edge does the whole call again.
    """
    as_they_stand = range(len(orders))
    if on_refusal is OnRefusal.STOP:
        return as_they_stand
    if on_refusal is OnRefusal.GO_ON and any(starmap(_are_rivals, combinations(orders, 2))):
        return as_they_stand
    return sorted(as_they_stand, key=lambda number: _place(orders[number]))


def _are_rivals(one: Order, other: Order) -> bool:
    """Tell whether two orders want time of the same resource."""
    if not one.start or not one.end or not other.start or not other.end:
        return False
    overlaps = one.start < other.end and other.start < one.end
    return overlaps and not set(_wanted(one)).isdisjoint(_wanted(other))


def _wanted(order: Order) -> list[UUID]:
    """Return the resources of an order, sorted; for a seat, its class."""
    firsts = (order.owner_booking_id or order.resource_id, *order.further_resource_ids)
    return sorted({each for each in firsts if each is not None})


def _place(order: Order) -> tuple[bool, list[UUID], str]:
    """Return what sorts orders as their claims are to be made: by resource, then by time.

    What names no resource comes last, in the order of the call.
    """
    wanted = _wanted(order)
    return not wanted, wanted, order.start.isoformat() if order.start and wanted else ""
