"""What users do with calendars."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.services import resources
from slotkeeper.storage import calendars
from slotkeeper.storage import resources as stored_resources
from slotkeeper.storage.transaction import Transaction


async def create(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Calendar:
    """Make one more calendar for a resource; ``given`` holds columns of a calendar."""
    resource_id = given["resource_id"]
    assert isinstance(resource_id, UUID), given
    await resources.get(tx, app_id, resource_id)
    calendar_id = uuid4()
    await calendars.insert(tx, app_id, {"id": calendar_id, **given})
    return await get(tx, app_id, calendar_id)


async def get(tx: Transaction, app_id: UUID, calendar_id: UUID) -> Calendar:
    """Return a calendar of the app."""
    calendar = await calendars.find(tx, app_id, calendar_id)
    if calendar is None:
        raise NotFound("Calendar")
    return calendar


async def find_all(tx: Transaction, app_id: UUID, calendar_ids: list[UUID]) -> dict[UUID, Calendar]:
    """Return those of the calendars that exist, by id."""
    return await calendars.find_all(tx, app_id, calendar_ids)


async def find_target(tx: Transaction, app_id: UUID, resource_id: UUID) -> Calendar | None:
    """Return the calendar that takes the bookings of a resource, or None without any."""
    return await calendars.find_target(tx, app_id, resource_id)


async def list_calendars(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Calendar]:
    """Return one page of the app's calendars."""
    return await calendars.list_calendars(tx, app_id, asked)


async def of_resources(
    tx: Transaction, app_id: UUID, resource_ids: list[UUID]
) -> dict[UUID, list[Calendar]]:
    """Return the calendars of each resource, oldest first."""
    return await calendars.of_resources(tx, app_id, resource_ids)


async def change(
    tx: Transaction, app_id: UUID, calendar_id: UUID, changes: Mapping[str, object]
) -> None:
    """Change what ``changes`` names; one calendar of a resource is primary at the most."""
    calendar = await get(tx, app_id, calendar_id)
    if changes.get("is_primary") is True:
        await _alone(tx, app_id, calendar)
    await calendars.update(tx, app_id, calendar_id, changes)
    if changes.get("is_primary") is True:
        await calendars.unmark_primary(tx, app_id, calendar.resource_id, but=calendar_id)


async def delete(tx: Transaction, app_id: UUID, calendar_id: UUID) -> None:
    """Delete a calendar with its events; refuse the last one of a resource.

    A resource without a calendar would have nowhere to put its bookings.
    """
    calendar = await get(tx, app_id, calendar_id)
    await _alone(tx, app_id, calendar)
    left = await calendars.of_resources(tx, app_id, [calendar.resource_id])
    if len(left[calendar.resource_id]) == 1:
        raise InvalidInput({"id": ["The last calendar of a resource cannot be deleted."]})
    if not await calendars.delete(tx, app_id, calendar_id):
        raise NotFound("Calendar")


async def _alone(tx: Transaction, app_id: UUID, calendar: Calendar) -> None:
    """Wait for whoever is at the calendars of the same resource.

    Two who each delete the other's last but one would leave none, and two who each mark one
    would leave two marks.
    """
    await stored_resources.lock(tx, app_id, calendar.resource_id)
