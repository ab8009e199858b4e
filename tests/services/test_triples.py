"""Every graph, state and action, with all that follows: state, time, seat, events and log.

What a graph allows and what a state holds is read from its tables, which their own tests hold to
the documentation. A booking is brought to each state by real steps; then each action is asked
for, and everything that the database holds of the booking is compared before and after.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput, TransitionRefused
from slotkeeper.domain.graphs import (
    GRAPHS,
    INTERNAL,
    RESERVATION,
    Action,
    Alarm,
    Graph,
    Hold,
    State,
)
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import bookings, reservations
from tests.services.shop import MARTY, Shop, at
from tests.support.client import Tenant

ASKED = [*Action, "fly"]
"""Every action there is, and one that there is not."""

STATES = [(graph, state) for graph in GRAPHS.values() for state in graph.states[1:]]
RINGING = [(graph, state, alarm) for graph in GRAPHS.values()
           for (state, _), alarm in graph.alarms.items()]  # fmt: skip


def names(value: object) -> str:
    return value.name if isinstance(value, Graph) else str(value)


@dataclass(frozen=True)
class Facts:
    """What the database holds of a booking; of claims and seats, until when each lasts."""

    state: str
    completed: bool
    actions: tuple[str, ...]
    alarm_at: datetime | None
    claims: tuple[datetime | None, ...]
    seats: tuple[datetime | None, ...]
    events: int
    log: tuple[tuple[str, str, str, str, str | None], ...]


async def facts(shop: Shop, booking_id: UUID) -> Facts:
    key = (shop.app_id, booking_id)

    async def column(query: Any) -> tuple[Any, ...]:
        return tuple(await shop.tx.values(query, key))

    found = await bookings.get(shop.tx, *key)
    [[completed, alarm_at]] = [row.values() for row in await shop.tx.dicts(
        "SELECT completed, alarm_at FROM bookings WHERE app_id = %s AND id = %s", key
    )]  # fmt: skip
    return Facts(
        state=found.state,
        completed=completed,
        actions=tuple(found.actions),
        alarm_at=alarm_at,
        claims=await column("SELECT until FROM claims WHERE app_id = %s AND booking_id = %s"),
        seats=await column("SELECT until FROM seats WHERE app_id = %s AND booking_id = %s"),
        events=len(await column("SELECT id FROM events WHERE app_id = %s AND booking_id = %s")),
        log=tuple(
            (line.action, line.from_state, line.to_state, line.actor, line.message)
            for line in await shop.log(found)
        ),
    )


def check_holds(found: Facts, graph: Graph, state: State, held_until: datetime | None) -> None:
    """See that a booking has the time or the seat that its state holds, and nothing else."""
    hold = graph.hold(state)
    has = {Hold.NOTHING: (), Hold.UNTIL_A_MOMENT: (held_until,), Hold.TAKEN: (None,)}[hold]
    held, empty = (found.seats, found.claims) if graph.needs_seat else (found.claims, found.seats)
    assert held == has
    assert empty == ()
    assert found.events == (0 if graph.needs_seat else len(has))
    assert found.state == state
    assert found.completed == all(start is not state for start, _ in graph.transitions)
    legal = [action for start, action in graph.transitions if start is state]
    assert found.actions == tuple(each for each in legal if each not in INTERNAL)


@asynccontextmanager
async def undone(shop: Shop) -> AsyncIterator[None]:
    """Undo afterwards what happens inside, so that the next action finds what this one found."""
    async with shop.tx.connection.transaction():
        yield
        raise psycopg.Rollback


def later(shop: Shop, moment: datetime) -> Shop:
    return replace(shop, tx=replace(shop.tx, now=moment))


async def order_for(shop: Shop, graph: Graph) -> Order:
    """Return an order of the graph that nothing stands in the way of."""
    doc = await shop.resource()
    flat = Order(start=at(9), end=at(10), resource_id=doc.id, what="Yoga", graph=graph.name)
    if graph.needs_seat:
        owner = await shop.book(
            doc.id, at(9), at(10), graph="group_owner", settings={"max_seats": 3}
        )
        return Order(graph=graph.name, owner_booking_id=owner.id, customer=MARTY)
    if graph.name == "group_owner":
        return replace(flat, settings={"max_seats": 3})
    return replace(flat, customer=MARTY if graph.needs_customer else None)


async def begun(shop: Shop, graph: Graph, *, action: str | None = None) -> Booking:
    """Return a new booking, or reservation, made by its first action or by another one."""
    order = await order_for(shop, graph)
    return await placed(shop, graph, replace(order, action=action))


async def placed(shop: Shop, graph: Graph, order: Order) -> Booking:
    """Return what an order makes in a graph."""
    given: Any = {"actor": "api_key", "shuffle": Shuffle(seed=1)}
    if graph is RESERVATION:
        order = replace(order, graph=None)
        return await reservations.reserve(shop.tx, shop.app_id, order, seconds=60, **given)
    order = replace(order, graph=graph.name)
    return await bookings.book(shop.tx, shop.app_id, order, **given)


async def taken(shop: Shop, booking: Booking, action: Action) -> Booking:
    """Return the booking after a step, whether somebody asks for it or the server takes it."""
    if action is Action.CONVERT:
        order = Order(reservation_id=booking.id, graph="instant", customer=MARTY)
        await bookings.book(shop.tx, shop.app_id, order, actor="api_key", shuffle=Shuffle(seed=1))
    elif action in INTERNAL:
        assert booking.alarm_at is not None
        await bookings.ring(later(shop, booking.alarm_at).tx, shop.app_id, booking.id)
    else:
        await shop.act(booking, action, message="So it is.")
    return await bookings.get(shop.tx, shop.app_id, booking.id)


def way_to(graph: Graph, state: State) -> list[Action]:
    """Return the shortest way from the beginning of a graph to a state, as actions."""
    ways: dict[State, list[Action]] = {State.INITIALIZED: []}
    while state not in ways:
        for (start, action), end in graph.transitions.items():
            if start in ways:
                ways.setdefault(end, [*ways[start], action])
    return ways[state]


async def brought(shop: Shop, graph: Graph, state: State) -> Booking:
    """Return a booking that went to ``state`` step by step."""
    booking = await begun(shop, graph)
    for action in way_to(graph, state)[1:]:
        booking = await taken(shop, booking, action)
    assert booking.state is state
    return booking


@pytest.mark.parametrize(("graph", "state"), STATES, ids=names)
async def test_what_is_asked_for_happens_wholly_or_not_at_all(
    shop: Shop, graph: Graph, state: State
) -> None:
    booking = await brought(shop, graph, state)
    before = await facts(shop, booking.id)
    check_holds(before, graph, state, booking.held_until)
    assert [line[0] for line in before.log] == way_to(graph, state)

    for action in ASKED:
        end = graph.transitions.get((state, Action(action))) if action != "fly" else None
        async with undone(shop):
            if end is None or action in INTERNAL:
                refusal = f"^Cannot apply action '{action}' to current state '{state}'$"
                with pytest.raises(TransitionRefused, match=refusal):
                    await shop.act(booking, action, message="Why not?")
                assert await facts(shop, booking.id) == before, action
            else:
                await shop.act(booking, action, message="Why not?")
                after = await facts(shop, booking.id)
                check_holds(after, graph, end, booking.held_until)
                line = (action, state, end, "api_key", "Why not?")
                assert after.log == (*before.log, line)


@pytest.mark.parametrize(
    ("graph", "state", "called_off", "over"),
    [
        ("group_customer", State.CONFIRMED, "cancelled_by_owner", "completed"),
        ("group_customer_payment", State.TENTATIVE, "cancelled_by_owner", "tentative"),
        ("group_customer_payment", State.PAID, "cancelled_by_owner", "completed"),
        ("reservation", State.RESERVED, "cancelled", "cancelled"),
        ("group_customer", State.CANCELLED_BY_CUSTOMER, *["cancelled_by_customer"] * 2),
    ],
)
async def test_seats_go_the_way_of_their_class(
    shop: Shop, graph: str, state: State, called_off: str, over: str
) -> None:
    doc = await shop.resource()
    owner = await shop.book(doc.id, at(9), at(10), graph="group_owner", settings={"max_seats": 3})
    order = Order(owner_booking_id=owner.id, customer=MARTY)
    seat = await placed(shop, GRAPHS[graph], order)
    for step in way_to(GRAPHS[graph], state)[1:]:
        await shop.act(seat, step)
    before = await facts(shop, seat.id)

    for action, end in (("cancel", called_off), ("complete", over)):
        async with undone(shop):
            await shop.act(owner, action)
            after = await facts(shop, seat.id)
            assert after.state == end
            hold = GRAPHS[graph].hold(State(end))
            assert after.seats == (before.seats if end == state else (None,) * (hold is Hold.TAKEN))
            assert len(after.log) == len(before.log) + (end != state)


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=names)
async def test_a_booking_begins_with_the_first_action_of_its_graph_and_no_other(
    shop: Shop, graph: Graph
) -> None:
    for action in ASKED if graph is not RESERVATION else ():
        if action == graph.initial:
            continue
        refusal = f"^Cannot apply action '{action}' to current state 'initialized'$"
        async with undone(shop):
            with pytest.raises(TransitionRefused, match=refusal):
                await begun(shop, graph, action=action)

    booking = await begun(shop, graph, action=graph.initial)
    found = await facts(shop, booking.id)
    end = graph.transitions[State.INITIALIZED, graph.initial]
    check_holds(found, graph, end, booking.held_until)
    assert found.log == ((graph.initial, "initialized", end, "api_key", None),)


async def test_nobody_books_a_reservation_or_a_graph_that_is_none(shop: Shop) -> None:
    doc = await shop.resource()
    for name in ("reservation", "fly"):
        with pytest.raises(InvalidInput, match="graph is invalid"):
            await shop.book(doc.id, at(9), at(10), graph=name)
    assert await shop.count("bookings") == 0


@pytest.mark.parametrize(("graph", "state", "alarm"), RINGING, ids=names)
async def test_time_takes_its_step_at_its_moment_and_once(
    shop: Shop, graph: Graph, state: State, alarm: Alarm
) -> None:
    booking = await brought(shop, graph, state)
    before = await facts(shop, booking.id)
    due = booking.end_at + timedelta(hours=1)
    due = due if alarm is Alarm.AUTO_COMPLETE else booking.held_until or due
    assert before.alarm_at == due
    [action] = [action for (start, action) in graph.alarms if start is state]

    await bookings.ring(later(shop, due - timedelta(microseconds=1)).tx, shop.app_id, booking.id)
    assert await facts(shop, booking.id) == before

    for _ in range(2):
        await bookings.ring(later(shop, due).tx, shop.app_id, booking.id)
        after = await facts(shop, booking.id)
        end = graph.transitions[state, action]
        check_holds(after, graph, end, booking.held_until)
        assert after.alarm_at is None
        assert after.log == (*before.log, (action, state, end, "system", None))


@pytest.mark.parametrize(
    ("graph", "state"),
    [(graph, state) for graph, state in STATES if graph.alarm(state) is None],
    ids=names,
)
async def test_time_does_nothing_to_what_has_no_moment(
    shop: Shop, graph: Graph, state: State
) -> None:
    booking = await brought(shop, graph, state)
    before = await facts(shop, booking.id)
    assert before.alarm_at is None

    await bookings.ring(later(shop, at(9, day=30)).tx, shop.app_id, booking.id)

    assert await facts(shop, booking.id) == before


@pytest.mark.parametrize(
    ("graph", "action"),
    [(graph, action) for graph, action in product(GRAPHS.values(), sorted(INTERNAL))],
    ids=names,
)
async def test_over_http_too_nobody_asks_for_what_the_server_does_by_itself(
    tenant: Tenant, graph: Graph, action: Action
) -> None:
    doc = await tenant.resource()
    times = {"start": "2030-05-07T09:00:00+00:00", "end": "2030-05-07T10:00:00+00:00"}
    body: Any = {
        "resource_id": doc["id"], "what": "Yoga", **times, "settings": {"max_seats": 3},
        "customer": {"name": "Marty McFly", "email": "marty@example.com"},
    }  # fmt: skip
    if graph.needs_seat:
        owner = await tenant.api.created("/bookings", {**body, "graph": "group_owner"})
        body["related"] = {"owner_booking_id": owner["id"]}
    path = "/bookings/reserve" if graph is RESERVATION else "/bookings"
    named = {} if graph is RESERVATION else {"graph": graph.name}
    booking = await tenant.api.created(path, {**body, **named})

    answer = await tenant.api.put(f"/bookings/{booking['id']}/{action}")

    refusal = f"Cannot apply action '{action}' to current state '{booking['state']}'"
    assert (answer.status_code, answer.json()) == (422, {"error": refusal})
    assert action not in booking["available_actions"]
