"""A random walk of bookings through a real database, beside a model that thinks plainly.

Every step is a committed transaction, or one undone by a refusal, as at the edge. After each
the tables must tell the same story as the model: who holds which time, what the calendars
show, and what the logs say happened.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
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

from slotkeeper.domain.errors import SlotTaken, TransitionRefused
from slotkeeper.domain.graphs import CONFIRM_DECLINE, INSTANT, Graph, State
from slotkeeper.services import bookings, events
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Database
from tests.services.shop import Shop, at, open_shop
from tests.support.clock import NOW

Answer = TypeVar("Answer")

SOAK = os.environ.get("SLOTKEEPER_SOAK") == "1"
PEOPLE = 2
QUARTERS = 16
"""Four hours of one morning: small enough for bookings to get in each other's way."""


NEXT = {
    (State.TENTATIVE, "confirm"): State.CONFIRMED,
    (State.TENTATIVE, "decline"): State.DECLINED,
    (State.CONFIRMED, "cancel"): State.CANCELLED,
    (State.CONFIRMED, "cancel_by_customer"): State.CANCELLED_BY_CUSTOMER,
    (State.CONFIRMED, "complete"): State.COMPLETED,
}
"""What can be done in both graphs of the walk; only one of them is ever tentative."""


class World:
    """A database and a way into it from code that is not asynchronous."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.database = Database(url, clock=lambda: NOW)
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
def world(database_url: str) -> Iterator[World]:
    world = World(database_url)
    yield world
    world.close()


@dataclass
class Known:
    """A booking as the model knows it."""

    resource_id: UUID
    start: datetime
    end: datetime
    shares: bool
    graph: Graph = INSTANT
    state: State = State.CONFIRMED
    log: list[str] = field(default_factory=lambda: ["confirm"])

    @property
    def is_alive(self) -> bool:
        return self.state in (State.TENTATIVE, State.CONFIRMED)

    @property
    def holds(self) -> bool:
        return self.state in (State.CONFIRMED, State.COMPLETED)


class Walk(RuleBasedStateMachine):
    """Makes, moves, ends and deletes bookings of a few resources, and owners' events."""

    made = Bundle("made")
    lunches = Bundle("lunches")
    who = st.integers(0, PEOPLE - 1)
    quarter = st.integers(0, QUARTERS - 1)
    quarters = st.integers(1, 4)

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.bookings: dict[UUID, Known] = {}
        self.busy: dict[UUID, tuple[UUID, datetime, datetime]] = {}

    @initialize()
    def open(self) -> None:
        async def furnish(shop: Shop) -> tuple[UUID, list[UUID]]:
            return shop.app_id, [(await shop.resource()).id for _ in range(PEOPLE)]

        self.app_id, self.people = self.world.within(None, furnish)

    @rule(target=made, who=who, first=quarter, length=quarters, shares=st.booleans())
    def book(self, who: int, first: int, length: int, shares: bool) -> Any:
        known = Known(self.people[who], *span(first, length), shares=shares)
        given = {"allow_double_bookings": shares}

        async def work(shop: Shop) -> UUID:
            made = await shop.book(known.resource_id, known.start, known.end, settings=given)
            return made.id

        return self._placed(known, work)

    @rule(target=made, who=who, first=quarter, length=quarters, shares=st.booleans())
    def ask(self, who: int, first: int, length: int, shares: bool) -> Any:
        """Make a request, which takes nothing; what is taken cannot be asked for."""
        known = Known(
            self.people[who], *span(first, length), shares=shares,
            graph=CONFIRM_DECLINE, state=State.TENTATIVE, log=["create"],
        )  # fmt: skip
        given = {"graph": "confirm_decline", "settings": {"allow_double_bookings": shares}}

        async def work(shop: Shop) -> UUID:
            return (await shop.book(known.resource_id, known.start, known.end, **given)).id

        return self._placed(known, work)

    @rule(target=made, booking_id=made, who=st.none() | who, first=quarter, length=quarters)
    def reschedule(self, booking_id: UUID, who: int | None, first: int, length: int) -> Any:
        old = self.bookings.get(booking_id)
        if old is None:
            return multiple()
        start, end = span(first, length)
        target = None if who is None else self.people[who]
        known = Known(target or old.resource_id, start, end, shares=old.shares)

        async def work(shop: Shop) -> UUID:
            moved = await bookings.reschedule(
                shop.tx, shop.app_id, booking_id, start=start, end=end, resource_id=target,
                message=None, actor="api_key",
            )  # fmt: skip
            return moved.id

        if old.state is not State.CONFIRMED or old.graph is not INSTANT:
            with pytest.raises(TransitionRefused):
                self.world.within(self.app_id, work)
            return multiple()
        return self._placed(known, work, instead_of=old)

    @rule(booking_id=made, action=st.sampled_from(sorted({action for _, action in NEXT})))
    def act(self, booking_id: UUID, action: str) -> None:
        known = self.bookings.get(booking_id)
        if known is None:
            return

        async def work(shop: Shop) -> State:
            done = await bookings.act(shop.tx, shop.app_id, booking_id, action, actor="api_key")
            return done.state

        if (known.state, action) not in NEXT:
            with pytest.raises(TransitionRefused):
                self.world.within(self.app_id, work)
        elif action == "confirm" and not self._is_free(known, known):
            with pytest.raises(SlotTaken):
                self.world.within(self.app_id, work)
        else:
            assert self.world.within(self.app_id, work) is NEXT[known.state, action]
            known.state = NEXT[known.state, action]
            known.log.append(action)

    @rule(booking_id=made)
    def delete(self, booking_id: UUID) -> None:
        known = self.bookings.get(booking_id)
        if known is None:
            return

        async def work(shop: Shop) -> None:
            await bookings.delete(shop.tx, shop.app_id, booking_id)

        if known.is_alive:
            with pytest.raises(TransitionRefused):
                self.world.within(self.app_id, work)
        else:
            self.world.within(self.app_id, work)
            del self.bookings[booking_id]

    @rule(target=lunches, who=who, first=quarter, length=quarters)
    def have_lunch(self, who: int, first: int, length: int) -> UUID:
        start, end = span(first, length)

        async def work(shop: Shop) -> UUID:
            return (await shop.event(self.people[who], start, end)).id

        event_id = self.world.within(self.app_id, work)
        self.busy[event_id] = (self.people[who], start, end)
        return event_id

    @rule(event_id=consumes(lunches))
    def skip_lunch(self, event_id: UUID) -> None:
        async def work(shop: Shop) -> None:
            await events.delete(shop.tx, shop.app_id, event_id)

        self.world.within(self.app_id, work)
        del self.busy[event_id]

    def _placed(
        self,
        known: Known,
        work: Callable[[Shop], Awaitable[UUID]],
        *,
        instead_of: Known | None = None,
    ) -> Any:
        """Do what takes time, and see that it is refused exactly when the time is taken."""
        if not self._is_free(known, instead_of):
            with pytest.raises(SlotTaken):
                self.world.within(self.app_id, work)
            return multiple()
        booking_id = self.world.within(self.app_id, work)
        self.bookings[booking_id] = known
        if instead_of is not None:
            instead_of.state = State.RESCHEDULED_BY_CUSTOMER
            instead_of.log.append("reschedule_by_customer")
        return booking_id

    def _is_free(self, known: Known, instead_of: Known | None) -> bool:
        if known.shares:
            return True
        taken = [
            (each.resource_id, each.start, each.end)
            for each in self.bookings.values()
            if each.holds and each is not instead_of
        ]
        return not any(
            resource_id == known.resource_id and start < known.end and known.start < end
            for resource_id, start, end in [*taken, *self.busy.values()]
        )

    @invariant()
    def the_tables_tell_the_story_of_the_model(self) -> None:
        if not hasattr(self, "app_id"):
            return
        found = self.world.within(self.app_id, tables)
        held = {
            booking_id: (each.resource_id, each.start, each.end)
            for booking_id, each in self.bookings.items()
            if each.holds
        }
        assert found["claims"] == held
        assert found["events"] == held
        assert found["states"] == {key: each.state for key, each in self.bookings.items()}
        assert found["overlaps"] == 0
        for booking_id, known in self.bookings.items():
            replayed = State.INITIALIZED
            for action, before, after in found["logs"][booking_id]:
                assert before == replayed
                replayed = known.graph.step(replayed, action)
                assert after == replayed
            assert replayed is known.state
            assert [line[0] for line in found["logs"][booking_id]] == known.log


async def tables(shop: Shop) -> dict[str, Any]:
    """Return what the tables say about the app."""
    where = (shop.app_id,)
    claims = await shop.tx.dicts(
        "SELECT booking_id, resource_id, lower(during) AS start, upper(during) AS end "
        "FROM claims WHERE app_id = %s", where,
    )  # fmt: skip
    shown = await shop.tx.dicts(
        "SELECT booking_id, resource_id, start_at AS start, end_at AS end "
        "FROM events WHERE app_id = %s AND booking_id IS NOT NULL", where,
    )  # fmt: skip
    overlaps = await shop.tx.value(
        "SELECT count(*) FROM claims AS one JOIN claims AS other USING (app_id, resource_id) "
        "WHERE app_id = %s AND one.booking_id < other.booking_id "
        "AND one.exclusive AND other.exclusive AND one.during && other.during", where,
    )  # fmt: skip
    rows = await shop.tx.dicts("SELECT id, state FROM bookings WHERE app_id = %s", where)
    logs = await bookings.logs_of(shop.tx, shop.app_id, [row["id"] for row in rows])

    def by_booking(found: list[dict[str, Any]]) -> dict[UUID, tuple[UUID, datetime, datetime]]:
        assert len({row["booking_id"] for row in found}) == len(found)
        return {row["booking_id"]: (row["resource_id"], row["start"], row["end"]) for row in found}

    return {
        "claims": by_booking(claims),
        "events": by_booking(shown),
        "overlaps": overlaps,
        "states": {row["id"]: row["state"] for row in rows},
        "logs": {
            booking_id: [(line.action, line.from_state, line.to_state) for line in lines]
            for booking_id, lines in logs.items()
        },
    }


def span(first: int, length: int) -> tuple[datetime, datetime]:
    """Return the interval of ``length`` quarters from the ``first`` of the morning."""
    start = at(8) + timedelta(minutes=15 * first)
    return start, start + timedelta(minutes=15 * length)


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
