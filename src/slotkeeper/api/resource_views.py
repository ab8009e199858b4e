"""Resources as the API shows them, with what is asked for beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from slotkeeper.api import show
from slotkeeper.api.show import Shown
from slotkeeper.api.times import Times
from slotkeeper.domain.calendar import Calendar, Event
from slotkeeper.domain.resource import Resource
from slotkeeper.services import calendars, resources
from slotkeeper.storage.transaction import Transaction

EVENTS = "calendars.events"
"""The include that puts the events of each calendar into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Everything that is needed to show some resources to whoever asked."""

    times: Times
    includes: frozenset[str]
    calendars_of: Mapping[UUID, Sequence[Calendar]]
    events_of: Mapping[UUID, Sequence[Event]]

    @classmethod
    async def of(
        cls,
        tx: Transaction,
        app_id: UUID,
        shown: Sequence[Resource],
        *,
        times: Times,
        includes: frozenset[str],
    ) -> "Viewer":
        """Load what showing these resources needs: one query for each kind of thing."""
        calendars_of = await calendars.of_resources(tx, app_id, [each.id for each in shown])
        every = [each.id for found in calendars_of.values() for each in found]
        return cls(
            times=times,
            includes=includes,
            calendars_of=calendars_of,
            events_of=await resources.events_of(tx, app_id, every) if EVENTS in includes else {},
        )

    def show(self, resource: Resource) -> Shown:
        """Return a resource; each include adds a member.

        Calendars of other providers cannot be connected yet, so there are no accounts to show.
        """
        shown = show.resource(
            resource, calendars=self.calendars_of[resource.id], includes=self.includes
        )
        if EVENTS in self.includes:
            for calendar in shown["calendars"]:
                found = self.events_of[calendar["id"]]
                calendar["events"] = [show.event(each, self.times) for each in found]
        if "accounts" in self.includes:
            shown["accounts"] = []
        return shown


async def shown_resource(
    tx: Transaction,
    app_id: UUID,
    resource: Resource,
    *,
    times: Times,
    includes: frozenset[str],
) -> Shown:
    """Return one resource with its includes."""
    viewer = await Viewer.of(tx, app_id, [resource], times=times, includes=includes)
    return viewer.show(resource)


async def shown_user(
    tx: Transaction,
    app_id: UUID,
    resource: Resource,
    *,
    times: Times,
    includes: frozenset[str],
) -> Shown:
    """Return one resource as the user routes show it, which clients of before 2018 read."""
    shown = await shown_resource(tx, app_id, resource, times=times, includes=includes)
    return {**shown, "activated": True, "last_sync": None}
