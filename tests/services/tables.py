"""What the tables say about an app, held against what the model says."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.domain.graphs import Hold, State
from slotkeeper.services import bookings
from tests.services.model import Known, Model
from tests.services.shop import Shop

Lasting = tuple[UUID, datetime, datetime, datetime | None]


@dataclass(frozen=True)
class Tables:
    """Rows by booking; of claims and seats with the instant until which they last."""

    claims: dict[UUID, list[Lasting]]
    events: dict[UUID, list[Lasting]]
    seats: dict[UUID, list[tuple[UUID, int, datetime | None]]]
    states: dict[UUID, tuple[str, bool, datetime | None]]
    logs: dict[UUID, list[tuple[str, str, str]]]
    planned: dict[UUID, list[tuple[datetime]]]
    told: dict[UUID, list[tuple[int]]]
    overlaps: int

    def check(self, model: Model) -> None:
        """See that the tables tell the story of the model."""
        ids = {id(known): booking_id for booking_id, known in model.bookings.items()}
        assert self.overlaps == 0
        assert self.states == {
            booking_id: (known.state, known.is_final, known.due_at)
            for booking_id, known in model.bookings.items()
        }
        assert {*self.claims, *self.events, *self.seats, *self.planned} <= {*model.bookings}
        numbers = [(owner, number) for rows in self.seats.values() for owner, number, _ in rows]
        assert len({*numbers}) == len(numbers)
        for booking_id, known in model.bookings.items():
            self._check_log(booking_id, known)
            assert [due for (due,) in self.planned[booking_id]] == known.planned, known
            assert len(self.told[booking_id]) == known.told, known
            owner_id = ids[id(known.owner)] if known.owner is not None else None
            self._check_seat(booking_id, known, owner_id, ran_out=known.ran_out(model.now))
            self._check_time(booking_id, known, ran_out=known.ran_out(model.now))

    def _check_time(self, booking_id: UUID, known: Known, *, ran_out: bool) -> None:
        holds = known.hold is not Hold.NOTHING and not known.is_seat
        due = [(each, known.start, known.end, known.until) for each in known.resources]
        due = sorted(due) if holds else []
        found = sorted(self.claims[booking_id])
        assert found == due or (ran_out and set(found) <= set(due)), known
        shown = [(*each[:3], None) for each in due]
        assert sorted(self.events[booking_id]) == shown, known

    def _check_seat(
        self, booking_id: UUID, known: Known, owner_id: UUID | None, *, ran_out: bool
    ) -> None:
        found = self.seats[booking_id]
        if known.owner is None or known.hold is Hold.NOTHING:
            assert found == [], known
        elif found or not ran_out:
            [(owner, number, until)] = found
            assert (owner, until) == (owner_id, known.until)
            assert 1 <= number <= known.owner.seats

    def _check_log(self, booking_id: UUID, known: Known) -> None:
        replayed = State.INITIALIZED
        for action, before, after in self.logs[booking_id]:
            assert before == replayed
            replayed = known.graph.step(replayed, action, by_itself=True)
            assert after == replayed
        assert replayed is known.state
        assert [line[0] for line in self.logs[booking_id]] == known.log


async def read(shop: Shop) -> Tables:
    async def rows(query: LiteralString) -> list[dict[str, Any]]:
        return await shop.tx.dicts(query, (shop.app_id,))

    claims = await rows(
        "SELECT booking_id, resource_id, lower(during) AS start_at, upper(during) AS end_at, until "
        "FROM claims WHERE app_id = %s"
    )
    events = await rows(
        "SELECT booking_id, resource_id, start_at, end_at, NULL AS until "
        "FROM events WHERE app_id = %s AND booking_id IS NOT NULL"
    )
    seats = await rows(
        "SELECT booking_id, owner_booking_id, number, until FROM seats WHERE app_id = %s"
    )
    states = await rows("SELECT id, state, completed, alarm_at FROM bookings WHERE app_id = %s")
    planned = await rows(
        "SELECT booking_id, due_at FROM reminders WHERE app_id = %s ORDER BY due_at"
    )
    told = await rows(
        "SELECT booking_id, number FROM announcements WHERE app_id = %s AND kind = 'reminder'"
    )
    [overlaps] = await rows(
        "SELECT count(*) FROM claims AS one JOIN claims AS other USING (app_id, resource_id) "
        "WHERE app_id = %s AND one.booking_id < other.booking_id "
        "AND one.exclusive AND other.exclusive AND one.during && other.during"
    )
    logs = await bookings.logs_of(shop.tx, shop.app_id, [row["id"] for row in states])
    return Tables(
        claims=_by_booking(claims),
        events=_by_booking(events),
        seats=_by_booking(seats),
        states={row["id"]: (row["state"], row["completed"], row["alarm_at"]) for row in states},
        logs={
            booking_id: [(line.action, line.from_state, line.to_state) for line in lines]
            for booking_id, lines in logs.items()
        },
        planned=_by_booking(planned),
        told=_by_booking(told),
        overlaps=overlaps["count"],
    )


def _by_booking(rows: list[dict[str, Any]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.pop("booking_id")].append(tuple(row.values()))
    return found
