"""Projects that let nobody book what their search would not offer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.errors import InvalidInput, UnknownZone
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.project import Project
from slotkeeper.domain.slot_policy import SlotPolicy, is_true, merged, output_zone, slot_policy
from slotkeeper.domain.zones import find_zone
from slotkeeper.storage import limits
from slotkeeper.storage.transaction import Transaction


def is_enforced(project: Project) -> bool:
    """Tell whether a project wants its rules to hold for every booking in it.

    It says so itself, with ``enforce_availability`` in the settings of its bookings; those
    of an order have no say.
    """
    settings = project.booking.get("settings")
    return isinstance(settings, dict) and is_true(settings.get("enforce_availability"))


def policy_for(
    project: Project, wanted: Interval, *, now: datetime, zone_name: str | None
) -> SlotPolicy | None:
    """Return the rules of a project narrowed to ``wanted``; None where they rule it out.

    That is a start before its notice is over, or an end beyond its horizon. They are exact:
    the full hour to which a search rounds up its start is there to look tidy. Day words are
    those of the zone that is named, the customer's, as in the search that found the slot;
    else those of the project.
    """
    settings = merged(project.availability, {})
    # Of the two names of the rounding this one counts first.
    settings |= {"round_to_next_hour": False, "closest_time_interval": None, "length": None}
    try:
        zone = find_zone(zone_name) if zone_name else output_zone(settings, None)
    except UnknownZone:
        zone = output_zone(settings, None)
    try:
        policy = slot_policy(settings, now=now, zone=zone)
    except InvalidInput:
        return None  # A window with fixed dates has passed; nothing is on offer any more.
    search = policy.search
    start, end = search.window
    if wanted[0] < max(start, search.earliest) or end < wanted[1]:
        return None
    return replace(policy, search=replace(search, window=wanted, earliest=wanted[0]))


async def lock(tx: Transaction, app_id: UUID, resource_id: UUID, project: Project) -> None:
    """Let nobody else book under rules that count the same bookings, until all is done.

    What is read afterwards is true until the booking is made. Resource before project, so
    that two cannot wait for each other; a project is only locked if it has limits of its own.
    """
    await limits.lock_resource(tx, app_id, resource_id)
    stored = project.availability.get("limits")
    if isinstance(stored, Mapping) and stored.get("project"):
        await limits.lock_project(tx, app_id, project.id)
