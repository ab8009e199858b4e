"""The books of an app after a race: what the tables hold, booking by booking, set side by side.

Nothing here asks the services; the tables of the graphs are held to the documentation by
their own tests.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import dict_row

from slotkeeper.bootstrap import system_clock
from slotkeeper.domain.graphs import GRAPHS, Graph, Hold, State

Row = Mapping[str, Any]
Held = set[tuple[UUID, datetime, datetime, datetime | None]]


_READ: tuple[LiteralString, ...] = (
    "SELECT * FROM bookings",
    "SELECT booking_id, resource_id, lower(during) AS start_at, upper(during) AS end_at, until "
    "FROM claims",
    "SELECT booking_id, owner_booking_id, number, until FROM seats",
    "SELECT booking_id, resource_id, start_at, end_at FROM events WHERE booking_id IS NOT NULL",
    "SELECT booking_id, action, from_state, to_state FROM booking_log ORDER BY booking_id, seq",
    "SELECT id FROM resources WHERE deleted_at IS NOT NULL",
)


@dataclass(frozen=True)
class Books:
    """Every booking, and by booking its claims, seats, events and log."""

    bookings: Mapping[UUID, Row]
    claims: Mapping[UUID, Sequence[Row]]
    seats: Mapping[UUID, Sequence[Row]]
    events: Mapping[UUID, Sequence[Row]]
    log: Mapping[UUID, Sequence[Row]]
    retired: frozenset[UUID]
    read_at: datetime

    @classmethod
    def opened(cls, database_url: str) -> "Books":
        """Read the books of everything in a database, all at one moment."""
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            read_at = system_clock()
            bookings, claims, seats, events, log, retired = (
                connection.execute(query).fetchall() for query in _READ
            )
        by_id = {row["id"]: row for row in bookings}
        return cls(
            bookings=by_id,
            claims=_by_booking(claims),
            seats=_by_booking(seats),
            events=_by_booking(events),
            log=_by_booking(log),
            retired=frozenset(row["id"] for row in retired),
            read_at=read_at,
        )

    def check(self) -> None:
        """See that every booking has what its state says it has, and nobody else has anything."""
        for table in (self.claims, self.seats, self.events, self.log):
            assert table.keys() <= self.bookings.keys(), "something of no booking"
        for row in self.bookings.values():
            graph, state = GRAPHS[row["graph"]], State(row["state"])
            self._check_log(row, graph, state)
            if row["owner_booking_id"] is not None:
                self._check_seat(row, graph.hold(state))
            elif row["resource_id"] is not None:  # deleted, it took its claims and events along
                self._check_time(row, graph.hold(state))
        self._check_numbers()

    def _check_log(self, row: Row, graph: Graph, state: State) -> None:
        replayed = State.INITIALIZED
        for line in self.log[row["id"]]:
            assert line["from_state"] == replayed, row
            replayed = graph.step(replayed, line["action"], by_itself=True)
            assert line["to_state"] == replayed, row
        assert replayed is state, row

    def _check_time(self, row: Row, hold: Hold) -> None:
        until = row["held_until"] if hold is Hold.UNTIL_A_MOMENT else None
        everybody = {row["resource_id"], *row["further_resource_ids"]}
        due: Held = set()
        if hold is not Hold.NOTHING:
            due = {(each, row["start_at"], row["end_at"], until) for each in everybody}
        found = {_held(claim) for claim in self.claims[row["id"]]}
        if until is not None and until <= self.read_at:
            assert found <= due, row  # others may have needed the time since
        else:
            assert found == due, row
        shown = {_held(event) for event in self.events[row["id"]]}
        # Who is deleted leaves their bookings the time, but has no calendar to show them in.
        assert shown == {(*each[:3], None) for each in due if each[0] not in self.retired}, row
        assert row["id"] not in self.seats, row

    def _check_seat(self, row: Row, hold: Hold) -> None:
        until = row["held_until"] if hold is Hold.UNTIL_A_MOMENT else None
        found = [(seat["owner_booking_id"], seat["until"]) for seat in self.seats[row["id"]]]
        due = [] if hold is Hold.NOTHING else [(row["owner_booking_id"], until)]
        ran_out = until is not None and until <= self.read_at
        assert found == due or (ran_out and not found), row
        assert row["id"] not in self.claims, row
        assert row["id"] not in self.events, row
        if self.bookings[row["owner_booking_id"]]["state"] == State.CANCELLED:
            assert hold is Hold.NOTHING, row

    def _check_numbers(self) -> None:
        taken: dict[UUID, list[int]] = defaultdict(list)
        for row in _flat(self.seats.values()):
            taken[row["owner_booking_id"]].append(row["number"])
        for owner_id, numbers in taken.items():
            assert len(set(numbers)) == len(numbers), owner_id
            assert max(numbers) <= self.bookings[owner_id]["seats"], owner_id


def _by_booking(rows: Iterable[Row]) -> Mapping[UUID, Sequence[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["booking_id"]].append(row)
    return _Grouped(found)


class _Grouped(dict[UUID, Sequence[Row]]):
    """Rows by booking; one without rows has none, and is not in it."""

    def __missing__(self, booking_id: UUID) -> Sequence[Row]:
        return ()


def _held(row: Row) -> tuple[UUID, datetime, datetime, datetime | None]:
    return row["resource_id"], row["start_at"], row["end_at"], row.get("until")


def _flat(groups: Iterable[Sequence[Row]]) -> Iterable[Row]:
    return (row for group in groups for row in group)
