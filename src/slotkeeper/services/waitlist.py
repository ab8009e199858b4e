"""What people do with waiting lists: stand in line, look where they are, leave."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Transition
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken
from slotkeeper.domain.graphs import GRAPHS, GROUP_CUSTOMER, INSTANT
from slotkeeper.domain.group import group_of
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.order import Order, check_interval
from slotkeeper.domain.project import Project
from slotkeeper.domain.waitlist import ENTRIES_MAX, Action, Entry, State, offer_time
from slotkeeper.services import groups, projects, reservations, resources, waitlist_offers
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import holders, waitlist, waitlist_log
from slotkeeper.storage.transaction import Transaction

_LOOKS_MAX = 5
"""How often it is looked who holds what is wanted, while others book and cancel it."""

_INITIAL = "initialized"


async def join(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    *,
    hold_time: int | str | None,
    actor: str,
    shuffle: Shuffle,
) -> tuple[Entry, bool]:
    """Stand in line for a full class or a taken slot; return the entry and whether it is new.

    Who stands there already, by address, gets the first entry. ``hold_time`` is how long an
    offer lasts, None as the project says. Raises SlotTaken where there is nothing to wait for:
    it can be booked, or no booking holds it.
    """
    project = await projects.get(tx, app_id, order.project_id) if order.project_id else None
    wanted = await _entry(tx, app_id, order, project, hold_time=hold_time)
    twin = await waitlist.find_twin(tx, app_id, wanted)
    if twin is not None:
        return twin, False
    if await waitlist.count_open(tx, app_id, wanted.thing_id) >= ENTRIES_MAX:
        raise SlotTaken("The waiting list is full")
    await _check_taken(tx, app_id, wanted, shuffle=shuffle)
    joined = await waitlist.insert(tx, app_id, wanted)
    if joined is None:  # the same request, sent twice at once, was quicker
        twin = await waitlist.find_twin(tx, app_id, wanted)
        assert twin is not None, "waited for until it was there"
        return twin, False
    await waitlist_log.record(
        tx,
        app_id,
        joined.id,
        action=Action.JOIN,
        from_state=_INITIAL,
        to_state=joined.state,
        actor=actor,
    )
    return joined, True


async def get(tx: Transaction, app_id: UUID, entry_id: UUID) -> Entry:
    """Return an entry of the app."""
    entry = await waitlist.find(tx, app_id, entry_id)
    if entry is None:
        raise NotFound("Entry")
    return entry


async def list_entries(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Entry]:
    """Return one page of the app's entries, those who joined first first."""
    return await waitlist.list_entries(tx, app_id, asked)


async def positions(tx: Transaction, app_id: UUID, shown: Sequence[Entry]) -> dict[UUID, int]:
    """Return the place in line, from 1, of those entries that wait."""
    waiting = [entry.id for entry in shown if entry.seen(tx.now).state is State.WAITING]
    return await waitlist.positions(tx, app_id, waiting) if waiting else {}


async def logs_of(
    tx: Transaction, app_id: UUID, entry_ids: Sequence[UUID]
) -> dict[UUID, list[Transition]]:
    """Return the log of each entry, oldest line first."""
    return await waitlist_log.logs_of(tx, app_id, entry_ids)


async def leave(tx: Transaction, app_id: UUID, entry_id: UUID, *, actor: str) -> Entry:
    """Leave a line; an offer that is given up goes to the next. Refuses what has ended."""
    entry = await get(tx, app_id, entry_id)
    left, reservation = await waitlist_offers.close(tx, app_id, entry, Action.LEAVE, actor=actor)
    if reservation is not None:
        await waitlist_offers.came_free(tx, app_id, reservation)
    return left


async def _entry(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    project: Project | None,
    *,
    hold_time: int | str | None,
) -> Entry:
    """Return the entry that an order makes, not stored yet; refuse an order that lacks something.

    It must be one that can be booked later: what is not allowed then is refused now.
    """
    completed = order.completed(project) if project else order
    owner = None
    if order.owner_booking_id is not None:
        owner = await groups.open_class(tx, app_id, order.owner_booking_id)
        completed = completed.in_class(owner)
    graph = _intended(completed, in_class=owner is not None, said=order.graph)
    completed = replace(completed, graph=graph)
    completed.checked()
    start, end, customer = completed.start, completed.end, completed.customer
    assert start is not None, "checked with the order"
    assert end is not None, "checked with the order"
    assert customer is not None, "only for customers does anybody wait"
    check_interval(start, end)
    if start <= tx.now:
        raise InvalidInput.field("start", "The start must be a date after now.")
    if owner is None and order.resource_id is not None:
        await resources.get(tx, app_id, order.resource_id)
    stored = project.booking.get("waitlist") if project else None
    lasting = offer_time(hold_time, stored.get("hold_time") if isinstance(stored, dict) else None)
    return Entry(
        id=uuid4(),
        number=0,  # given by the database
        state=State.WAITING,
        owner_booking_id=order.owner_booking_id,
        resource_id=None if owner else order.resource_id,
        project_id=order.project_id,
        start_at=start,
        end_at=end,
        graph=graph,
        what=order.what,
        location=order.where,
        description=order.description,
        customer=customer,
        meta=order.meta,
        hold_seconds=int(lasting.total_seconds()),
        created_at=tx.now,
        updated_at=tx.now,
    )


def _intended(completed: Order, *, in_class: bool, said: str | None) -> str:
    """Return the graph of the booking to come: as asked for, else the project's, else the usual.

    A project of classes may have the graph of the class itself, which is none for a seat.
    """
    name = completed.graph or (GROUP_CUSTOMER if in_class else INSTANT).name
    graph = GRAPHS.get(name)
    if graph is None or (graph.needs_customer and (graph.needs_seat or not in_class)):
        return name
    if in_class and said is None:
        return GROUP_CUSTOMER.name
    raise InvalidInput.field("graph", "graph is invalid")


async def _check_taken(tx: Transaction, app_id: UUID, entry: Entry, *, shuffle: Shuffle) -> None:
    """Refuse to let somebody wait for what is free, or for what nobody can give back.

    Who holds it is kept from giving it back until the entry is there to be seen: else it
    could come free between the look and the entry, and nobody would be told. Whether it can
    be had is found out by having it, and undoing that.
    """
    for _ in range(_LOOKS_MAX):
        needed, held = await _holders(tx, app_id, entry)
        if await _can_be_had(tx, app_id, entry, shuffle=shuffle):
            thing = "A seat" if entry.owner_booking_id else "The requested timeslot"
            raise SlotTaken(f"{thing} can be booked, there is no need to wait")
        if held >= needed:
            return
        if held == 0 and entry.owner_booking_id is None:
            raise SlotTaken("No booking holds the requested timeslot, nobody could give it back")
    raise SlotTaken("Others are booking this at the moment; try again")


async def _holders(tx: Transaction, app_id: UUID, entry: Entry) -> tuple[int, int]:
    """Return how many must hold what an entry wants so that it is taken, and how many do."""
    if entry.owner_booking_id is not None:
        owner = await groups.open_class(tx, app_id, entry.owner_booking_id)
        held = await holders.hold_seats(tx, app_id, entry.owner_booking_id)
        return group_of(owner.settings).seats, held
    if entry.resource_id is not None:
        wanted = [entry.resource_id]
    else:
        assert entry.project_id is not None, entry
        wanted = await projects.resource_ids(tx, app_id, entry.project_id)
    held = await holders.hold_time(tx, app_id, wanted, start=entry.start_at, end=entry.end_at)
    return 1, held


async def _can_be_had(tx: Transaction, app_id: UUID, entry: Entry, *, shuffle: Shuffle) -> bool:
    try:
        async with tx.connection.transaction(force_rollback=True):
            order = entry.order(customer_id=uuid4())
            await reservations.reserve(
                tx, app_id, order, seconds=1, actor=waitlist_offers.ACTOR, shuffle=shuffle
            )
    except SlotTaken:
        return False
    return True
