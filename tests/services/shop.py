"""An app inside one transaction, with short ways to put things into it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Customer, Transition
from slotkeeper.domain.calendar import Calendar, Event
from slotkeeper.domain.order import Order
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import apps, bookings, calendars, events, projects, resources
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

MARTY = Customer(id=UUID(int=77), name="Marty McFly", email="marty@example.com")


def at(hour: int, minute: int = 0, *, day: int = 7) -> datetime:
    """Return a moment of May 2030, in UTC; the seventh is a Tuesday and tomorrow."""
    return datetime(2030, 5, day, hour, minute, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """An app and the transaction in which it exists."""

    tx: Transaction
    app_id: UUID

    async def resource(self, **given: Any) -> Resource:
        values = {"name": "Doc", "timezone": "UTC", **given}
        return await resources.create(self.tx, self.app_id, values)

    async def calendar(self, resource_id: UUID, **given: Any) -> Calendar:
        values = {"resource_id": resource_id, "name": "Extra", **given}
        return await calendars.create(self.tx, self.app_id, values)

    async def calendar_of(self, resource_id: UUID) -> UUID:
        found = await calendars.find_target(self.tx, self.app_id, resource_id)
        assert found is not None
        return found.id

    async def project(self, *resource_ids: UUID, **given: Any) -> Project:
        values = {
            "name": "Consultation",
            "availability": {"mode": "roundrobin_prioritized", "length": "1 hour"},
            "booking": {"graph": "instant", "what": "Consultation"},
            **given,
        }
        return await projects.create(self.tx, self.app_id, values, resource_ids=resource_ids)

    async def event(self, resource_id: UUID, start: datetime, end: datetime, **given: Any) -> Event:
        values = {
            "calendar_id": await self.calendar_of(resource_id),
            "start_at": start,
            "end_at": end,
            "what": "Lunch",
            "location": "",
            "description": "",
            "rsvp": "accepted",
            **given,
        }
        return await events.create(self.tx, self.app_id, values)

    async def book(
        self, resource_id: UUID | None, start: datetime, end: datetime, **given: Any
    ) -> Booking:
        graph = None if "project_id" in given else "instant"
        values = {"graph": graph, "what": None if graph is None else "Consultation", **given}
        order = Order(
            start=start, end=end, resource_id=resource_id, **{"customer": MARTY, **values}
        )
        return await bookings.book(
            self.tx, self.app_id, order, actor="api_key", shuffle=Shuffle(seed=1)
        )

    async def act(self, booking: Booking, action: str, **given: Any) -> Booking:
        return await bookings.act(
            self.tx, self.app_id, booking.id, action, actor="api_key", **given
        )

    async def move(self, booking: Booking, start: datetime, end: datetime, **given: Any) -> Booking:
        values = {"resource_id": None, "message": None, "actor": "widget_key", **given}
        return await bookings.reschedule(
            self.tx, self.app_id, booking.id, start=start, end=end, **values
        )

    async def log(self, booking: Booking) -> list[Transition]:
        return (await bookings.logs_of(self.tx, self.app_id, [booking.id]))[booking.id]

    async def claims(self) -> list[tuple[UUID, datetime, datetime]]:
        """Return who holds what, as (booking, start, end) in order of time."""
        found = await self.tx.dicts(
            "SELECT booking_id, lower(during) AS start, upper(during) AS end FROM claims "
            "WHERE app_id = %s ORDER BY during",
            (self.app_id,),
        )
        return [(row["booking_id"], row["start"], row["end"]) for row in found]

    async def count(self, table: str) -> int:
        """Return how many rows of the app are in ``table``."""
        found = await self.tx.dicts(
            # The name of a table cannot be a parameter; tests name their own.
            f"SELECT count(*) FROM {table} WHERE app_id = %s",
            (self.app_id,),
        )
        return int(found[0]["count"])


async def open_shop(tx: Transaction, vault: Vault) -> Shop:
    """Make an app that exists until the transaction is undone."""
    made = await apps.create(
        tx, vault, name=f"Shop {uuid4()}", owner_email="owner@example.com", test_mode=False
    )
    return Shop(tx, made.id)
