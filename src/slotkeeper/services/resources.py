"""What users do with resources."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.resource import Resource, full_name
from slotkeeper.domain.zones import find_zone
from slotkeeper.services import days, passwords
from slotkeeper.storage import calendars, resources
from slotkeeper.storage.transaction import Transaction

FIRST_CALENDAR = {
    "name": "Bookings",
    "description": "Created by Timekit on resource creation",
}
"""The calendar that every resource starts with; clients look for it by this name."""


CALENDAR_EVENTS_MAX = 250
"""The most events of one calendar that are shown with it; ``GET /events`` has all."""


async def create(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Resource:
    """Make a resource and its first calendar.

    ``given`` holds columns of a resource. With only a name, the whole of it is also the
    first name, as the API documentation shows. A ``password`` among them is kept as a hash.
    Refuses an e-mail address that another resource of the app has.
    """
    email = given.get("email")
    if isinstance(email, str) and await resources.has_email(tx, app_id, email):
        raise InvalidInput({"email": ["The email has already been taken."]})
    _check_constraints(tx, given.get("availability_constraints"))
    resource_id = uuid4()
    columns = {column: value for column, value in given.items() if column != "password"}
    await resources.insert(tx, app_id, {"id": resource_id, **_named(columns)})
    await calendars.insert(
        tx, app_id, {"id": uuid4(), "resource_id": resource_id, **FIRST_CALENDAR}
    )
    await _set_password(tx, app_id, resource_id, given)
    return await get(tx, app_id, resource_id)


async def get(tx: Transaction, app_id: UUID, resource_id: UUID) -> Resource:
    """Return a resource of the app."""
    resource = await resources.find(tx, app_id, resource_id)
    if resource is None:
        raise NotFound("Resource")
    return resource


async def get_all(tx: Transaction, app_id: UUID, resource_ids: list[UUID]) -> dict[UUID, Resource]:
    """Return the resources by id, in the order of the ids; refuse when one is missing."""
    found = await resources.find_all(tx, app_id, resource_ids)
    if len(found) < len(set(resource_ids)):
        raise NotFound("Resource")
    return {each: found[each] for each in resource_ids}


async def find_all(tx: Transaction, app_id: UUID, resource_ids: list[UUID]) -> dict[UUID, Resource]:
    """Return those of the resources that exist, by id."""
    return await resources.find_all(tx, app_id, resource_ids)


async def find_all_ever(
    tx: Transaction, app_id: UUID, resource_ids: list[UUID]
) -> dict[UUID, Resource]:
    """Return those of the resources that exist or are former ones, by id.

    It is for showing whom a booking is with; a former resource is on offer nowhere.
    """
    return await resources.find_all_ever(tx, app_id, resource_ids)


async def get_by_email(tx: Transaction, app_id: UUID, email: str) -> Resource:
    """Return the resource of the app with this address, in any case."""
    [found] = await get_by_emails(tx, app_id, [email])
    return found


async def get_by_emails(tx: Transaction, app_id: UUID, emails: list[str]) -> list[Resource]:
    """Return the resources with these addresses, in their order; refuse when one is missing."""
    found = await resources.find_by_emails(tx, app_id, emails)
    if len(found) < len(set(emails)):
        raise NotFound("Resource")
    return [found[each] for each in emails]


async def list_resources(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Resource]:
    """Return one page of the app's resources."""
    return await resources.list_resources(tx, app_id, asked)


async def events_of(
    tx: Transaction, app_id: UUID, calendar_ids: list[UUID]
) -> dict[UUID, list[Event]]:
    """Return the events of each calendar in the order of their start, as they are stored.

    Of more than ``CALENDAR_EVENTS_MAX``, those that start last.
    """
    return await resources.events_of_calendars(tx, app_id, calendar_ids, limit=CALENDAR_EVENTS_MAX)


async def change(
    tx: Transaction, app_id: UUID, resource_id: UUID, changes: Mapping[str, object]
) -> None:
    """Change what ``changes`` names.

    The display name follows when only its parts are given; the e-mail address never
    changes, as the API documentation says. All-day events keep their days in a new zone.
    """
    before = await get(tx, app_id, resource_id)
    kept_out = ("email", "password")
    wanted = {column: value for column, value in changes.items() if column not in kept_out}
    if "availability_constraints" in wanted:
        _check_constraints(tx, wanted["availability_constraints"])
    if "name" not in wanted and wanted.keys() & {"first_name", "last_name"}:
        first = wanted.get("first_name", before.first_name)
        last = wanted.get("last_name", before.last_name)
        wanted["name"] = full_name(_text(first), _text(last))
    await resources.update(tx, app_id, resource_id, wanted)
    await _set_password(tx, app_id, resource_id, changes)
    zone_name = wanted.get("timezone")
    if isinstance(zone_name, str) and zone_name != before.timezone:
        old, new = find_zone(before.timezone), find_zone(zone_name)
        await days.follow_zone(tx, app_id, resource_id, old=old, new=new)


async def delete(tx: Transaction, app_id: UUID, resource_id: UUID) -> None:
    """Delete a resource with its calendars; for good, unless it has ever been booked.

    Of one that has, there is left what its bookings show: its names, its zone, and the time
    that they hold. It is in no list, on offer nowhere and cannot be booked.
    """
    if not await resources.lock(tx, app_id, resource_id):
        raise NotFound("Resource")
    if await resources.is_booked(tx, app_id, resource_id):
        await resources.retire(tx, app_id, resource_id)
    else:
        await resources.delete(tx, app_id, resource_id)


async def erase(tx: Transaction, app_id: UUID, resource_id: UUID) -> None:
    """Delete a resource, a former one too, and leave nothing; its bookings stay without it.

    The time that they hold is nobody's then.
    """
    if not await resources.delete(tx, app_id, resource_id):
        raise NotFound("Resource")


async def _set_password(
    tx: Transaction, app_id: UUID, resource_id: UUID, given: Mapping[str, object]
) -> None:
    password = given.get("password")
    if isinstance(password, str):
        await passwords.set_password(tx, app_id, resource_id, password)


def _check_constraints(tx: Transaction, given: object) -> None:
    """Refuse rules that would make every later search fail."""
    parse_constraints(given, path="availability_constraints", now=tx.now)


def _named(given: Mapping[str, object]) -> dict[str, object]:
    """Return the columns with the display name and its parts filled in from each other."""
    first, last = given.get("first_name"), given.get("last_name")
    name = given.get("name") or full_name(_text(first), _text(last))
    whole = {"name": name, "first_name": first or name, "last_name": last or ""}
    return {**given, **whole} if not first else {**given, "name": name, "first_name": first}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
