"""A random walk of bookings through a real database, beside a model that thinks plainly.

Every step is a committed transaction, or one undone by a refusal, as at the edge. After each
the tables must tell the same story as the model: who holds which time and which seat and until
when, what the calendars show, what is to be reminded of, and what the logs say happened. All
seven graphs are walked, and time passes, with and without a worker that notes it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from slotkeeper.domain.errors import DomainError, SlotTaken, TransitionRefused
from slotkeeper.domain.graphs import (
    CONFIRM_DECLINE,
    GROUP_CUSTOMER,
    GROUP_CUSTOMER_PAYMENT,
    GROUP_OWNER,
    INSTANT,
    INSTANT_PAYMENT,
    RESCHEDULABLE,
    RESERVATION,
    Action,
    Graph,
    State,
)
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import alarms, bookings, events, reminders, reservations
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Database
from tests.conftest import new_database
from tests.services import tables
from tests.services.model import AFTER, BEFORE, Known, Model
from tests.services.shop import MARTY, Shop, at, open_shop
from tests.support.clock import NOW

Answer = TypeVar("Answer")

SOAK = os.environ.get("SLOTKEEPER_SOAK") == "1"
PEOPLE = 3
QUARTERS = 12
"""Three hours from nine o'clock, an hour ahead: bookings get in each other's way, and end."""

OF_TIME = [INSTANT, CONFIRM_DECLINE, INSTANT_PAYMENT]
OF_SEATS = [GROUP_CUSTOMER, GROUP_CUSTOMER_PAYMENT]

who = st.lists(st.integers(0, PEOPLE - 1), min_size=1, max_size=PEOPLE, unique=True)
quarter = st.integers(0, QUARTERS - 1)
quarters = st.integers(1, 4)
minutes = st.integers(1, 30)
choice = st.integers(0, 11)
actions = st.sampled_from([*Action, "fly"])

REMINDERS = [
    {
        "type": "webhook",
        "settings": {"url": "https://hill.example/hook"},
        "when": {"type": kind, "unit": "secs", "time": span.seconds},
    }
    for kind, span in (("before", BEFORE), ("after", AFTER))
]


class World:
    """A database and a way into it from code that is not asynchronous."""

    def __init__(self, url: str) -> None:
        self.now = NOW
        self.runner = asyncio.Runner()
        self.database = Database(url, clock=lambda: self.now)
        self.vault = Vault("for tests")
        self.runner.run(self.database.open())

    def within(self, app_id: UUID | None, work: Callable[[Shop], Awaitable[Answer]]) -> Answer:
        """Return what ``work`` makes in one transaction; a refusal undoes all of it."""

        async def one_transaction() -> Answer:
            async with self.database.transaction() as tx:
                shop = Shop(tx, app_id) if app_id else await open_shop(tx, self.vault)
                return await work(shop)

        return self.runner.run(one_transaction())

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


@pytest.fixture
def world(postgres: str, worker_id: str) -> Iterator[World]:
    """A database of its own: what is due is looked for in all apps."""
    world = World(new_database(postgres, f"walk_{worker_id}"))
    yield world
    world.close()


class Walk(RuleBasedStateMachine):
    """Makes, moves, ends and deletes bookings of a few resources, and owners' events."""

    made = Bundle("made")
    classes = Bundle("classes")
    reserved = Bundle("reserved")
    lunches = Bundle("lunches")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.world.now = NOW
        self.model = Model(NOW)

    @initialize()
    def open(self) -> None:
        async def furnish(shop: Shop) -> tuple[UUID, list[UUID]]:
            return shop.app_id, [(await shop.resource()).id for _ in range(PEOPLE)]

        self.app_id, self.people = self.world.within(None, furnish)

    @rule(
        target=made, graph=st.sampled_from(OF_TIME), who=who, first=quarter, length=quarters,
        shares=st.booleans(), minutes=minutes,
    )  # fmt: skip
    def book(
        self, graph: Graph, who: list[int], first: int, length: int, shares: bool, minutes: int
    ) -> Any:
        known = self._wanted(graph, who, first, length, shares=shares)
        return self._booked(known, self._order(known, minutes))

    @rule(target=classes, who=who, first=quarter, length=quarters, seats=st.integers(1, 3))
    def open_class(self, who: list[int], first: int, length: int, seats: int) -> Any:
        known = self._wanted(GROUP_OWNER, who, first, length, seats=seats)
        return self._booked(known, self._order(known))

    @rule(target=made, owner_id=classes, graph=st.sampled_from(OF_SEATS), minutes=minutes)
    def take_seat(self, owner_id: UUID, graph: Graph, minutes: int) -> Any:
        known = self._seat(owner_id, graph)
        return self._booked(known, self._order(known, minutes)) if known else multiple()

    @rule(target=reserved, who=who, first=quarter, length=quarters, minutes=minutes)
    def reserve(self, who: list[int], first: int, length: int, minutes: int) -> Any:
        known = self._wanted(RESERVATION, who, first, length)
        return self._reserved(known, minutes)

    @rule(target=reserved, owner_id=classes, minutes=minutes)
    def reserve_seat(self, owner_id: UUID, minutes: int) -> Any:
        known = self._seat(owner_id, RESERVATION)
        return self._reserved(known, minutes) if known else multiple()

    @rule(reservation_id=reserved, minutes=minutes)
    def extend(self, reservation_id: UUID, minutes: int) -> None:
        known = self.model.bookings.get(reservation_id)
        if known is None:
            return

        async def work(shop: Shop) -> None:
            await reservations.extend(shop.tx, shop.app_id, reservation_id, seconds=60 * minutes)

        if self._is_over(known):
            self._refused(TransitionRefused, work)
        else:
            self.world.within(self.app_id, work)
            known.held_until = self.model.now + timedelta(minutes=minutes)

    @rule(target=made, reservation_id=reserved, which=st.integers(0, 2), minutes=minutes)
    def book_what_is_reserved(self, reservation_id: UUID, which: int, minutes: int) -> Any:
        old = self.model.bookings.get(reservation_id)
        if old is None:
            return multiple()
        graph = OF_SEATS[which % 2] if old.is_seat else OF_TIME[which]
        known = replace(
            old, graph=graph, state=State.INITIALIZED, log=[], planned=[], held_until=None
        )
        order = Order(
            reservation_id=reservation_id, graph=graph.name, customer=MARTY,
            steps={"timeout": {"time": minutes, "unit": "min"}}, reminders=REMINDERS,
        )  # fmt: skip
        known.held_until = self.model.now + timedelta(minutes=minutes)
        if self._is_over(old):
            self._refused(TransitionRefused, lambda shop: book(shop, order))
            return multiple()
        return self._booked(known, order, instead_of=old, ended_by=Action.CONVERT)

    @rule(target=made, booking_id=made, who=st.none() | who, first=quarter, length=quarters)
    def reschedule(self, booking_id: UUID, who: list[int] | None, first: int, length: int) -> Any:
        old = self.model.bookings.get(booking_id)
        if old is None:
            return multiple()
        start, end = span(first, length)
        target = None if who is None else self.people[who[0]]
        leading = target or old.resources[0]
        everybody = (leading, *(each for each in old.resources[1:] if each != leading))
        known = Known(old.graph, everybody, start, end, shares=old.shares)

        async def work(shop: Shop) -> UUID:
            moved = await bookings.reschedule(
                shop.tx, shop.app_id, booking_id, start=start, end=end, resource_id=target,
                message=None, actor="api_key",
            )  # fmt: skip
            return moved.id

        action = Action.RESCHEDULE_BY_CUSTOMER
        if old.graph.name not in RESCHEDULABLE or not old.next(action, self.model.now):
            self._refused(TransitionRefused, work)
            return multiple()
        return self._placed(known, work, instead_of=old, ended_by=action)

    @rule(booking_id=made | classes | reserved, action=actions, choice=st.none() | choice)
    def act(self, booking_id: UUID, action: str, choice: int | None) -> None:
        """Ask for any action, or for one of those that are possible."""
        known = self.model.bookings.get(booking_id)
        if known is None:
            return
        possible = known.graph.actions(known.state)
        if choice is not None and possible:
            action = possible[choice % len(possible)]

        async def work(shop: Shop) -> State:
            done = await bookings.act(shop.tx, shop.app_id, booking_id, action, actor="api_key")
            return done.state

        end = known.next(action, self.model.now)
        if end is None:
            self._refused(TransitionRefused, work)
        elif action == "confirm" and not self.model.is_free(known, known):
            self._refused(SlotTaken, work)
        elif action == "pay" and known.is_seat and known.owner is None:
            self._refused(SlotTaken, work)  # its class is over and deleted
        else:
            assert self.world.within(self.app_id, work) is end
            self.model.act(known, Action(action))

    @rule(booking_id=made | classes | reserved)
    def delete(self, booking_id: UUID) -> None:
        known = self.model.bookings.get(booking_id)
        if known is None:
            return

        async def work(shop: Shop) -> None:
            await bookings.delete(shop.tx, shop.app_id, booking_id)

        if known.is_final:
            self.world.within(self.app_id, work)
            self.model.delete(booking_id)
        else:
            self._refused(TransitionRefused, work)

    @rule(target=lunches, who=st.integers(0, PEOPLE - 1), first=quarter, length=quarters)
    def have_lunch(self, who: int, first: int, length: int) -> UUID:
        start, end = span(first, length)

        async def work(shop: Shop) -> UUID:
            return (await shop.event(self.people[who], start, end)).id

        event_id = self.world.within(self.app_id, work)
        self.model.lunches[event_id] = (self.people[who], start, end)
        return event_id

    @rule(event_id=consumes(lunches))
    def skip_lunch(self, event_id: UUID) -> None:
        async def work(shop: Shop) -> None:
            await events.delete(shop.tx, shop.app_id, event_id)

        self.world.within(self.app_id, work)
        del self.model.lunches[event_id]

    @rule(minutes=st.sampled_from([1, 5, 15, 30, 90]))
    def time_passes(self, minutes: int) -> None:
        """Nobody notes it, and what was held is free all the same."""
        self.world.now += timedelta(minutes=minutes)
        self.model.now = self.world.now

    @rule()
    def a_worker_looks(self) -> None:
        async def work(shop: Shop) -> int:
            moved = await alarms.ring_due(shop.tx, most=5)
            return moved or await reminders.ring_due(shop.tx, most=5)

        while self.world.within(self.app_id, work):
            pass
        self.model.ring()

    @invariant()
    def the_tables_tell_the_story_of_the_model(self) -> None:
        if hasattr(self, "app_id"):
            self.world.within(self.app_id, tables.read).check(self.model)

    def teardown(self) -> None:
        """Leave nothing that would be due in a later walk."""

        async def work(shop: Shop) -> None:
            await shop.tx.run("DELETE FROM bookings WHERE app_id = %s", (shop.app_id,))

        if hasattr(self, "app_id"):
            self.world.within(self.app_id, work)

    def _wanted(self, graph: Graph, who: list[int], first: int, length: int, **given: Any) -> Known:
        return Known(graph, tuple(self.people[each] for each in who), *span(first, length), **given)

    def _seat(self, owner_id: UUID, graph: Graph) -> Known | None:
        owner = self.model.bookings.get(owner_id)
        if owner is None:
            return None
        return Known(graph, owner.resources, owner.start, owner.end, owner=owner)

    def _order(self, known: Known, minutes: int = 5) -> Order:
        """Return the order for a booking, and note until when it would be held."""
        known.held_until = self.model.now + timedelta(minutes=minutes)
        timeout = {"timeout": {"time": minutes, "unit": "min"}}
        common = Order(graph=known.graph.name, customer=MARTY, steps=timeout, reminders=REMINDERS)
        if known.owner is not None:
            return replace(common, owner_booking_id=self._id_of(known.owner))
        shares = {"allow_double_bookings": True} if known.shares else {}
        return replace(
            common,
            start=known.start,
            end=known.end,
            resource_id=known.resources[0],
            further_resource_ids=known.resources[1:],
            what="Consultation",
            settings={"max_seats": known.seats} if known.seats else shares,
        )

    def _reserved(self, known: Known, minutes: int) -> Any:
        order = replace(self._order(known, minutes), graph=None, steps={})

        async def work(shop: Shop) -> UUID:
            made = await reservations.reserve(
                shop.tx, shop.app_id, order, seconds=60 * minutes, actor="api_key",
                shuffle=Shuffle(seed=1),
            )  # fmt: skip
            return made.id

        return self._placed(known, work)

    def _booked(self, known: Known, order: Order, **given: Any) -> Any:
        return self._placed(known, lambda shop: book(shop, order), **given)

    def _placed(
        self,
        known: Known,
        work: Callable[[Shop], Awaitable[UUID]],
        *,
        instead_of: Known | None = None,
        ended_by: Action | None = None,
    ) -> Any:
        """Do what takes time or a seat, and see that it is refused exactly when that is taken."""
        can_be_had = (
            self.model.has_seat(known.owner, instead_of)
            if known.owner is not None
            else self.model.is_free(known, instead_of)
        )
        if not can_be_had:
            self._refused(SlotTaken, work)
            return multiple()
        booking_id = self.world.within(self.app_id, work)
        known.go(known.graph.initial, self.model.now)
        self.model.bookings[booking_id] = known
        if instead_of is not None and ended_by is not None:
            instead_of.go(ended_by, self.model.now)
        return booking_id

    def _refused(self, refusal: type[DomainError], work: Callable[[Shop], Awaitable[Any]]) -> None:
        with pytest.raises(refusal):
            self.world.within(self.app_id, work)

    def _is_over(self, reservation: Known) -> bool:
        return reservation.state is not State.RESERVED or reservation.ran_out(self.model.now)

    def _id_of(self, known: Known) -> UUID:
        return next(key for key, each in self.model.bookings.items() if each is known)


async def book(shop: Shop, order: Order) -> UUID:
    made = await bookings.book(
        shop.tx, shop.app_id, order, actor="api_key", shuffle=Shuffle(seed=1)
    )
    return made.id


def span(first: int, length: int) -> tuple[datetime, datetime]:
    """Return the interval of ``length`` quarters from the ``first`` after nine o'clock."""
    start = at(9, day=6) + timedelta(minutes=15 * first)
    return start, start + timedelta(minutes=15 * length)


@pytest.mark.slow
def test_wherever_a_walk_leads_tables_and_model_agree(world: World) -> None:
    class Here(Walk):
        def __init__(self) -> None:
            super().__init__(world)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=300 if SOAK else 20,
            stateful_step_count=60 if SOAK else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
