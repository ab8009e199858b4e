"""What users do with locations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.location import Location, Near, check_coordinates
from slotkeeper.services import hidden_projects
from slotkeeper.services.projects import check_found, check_resources
from slotkeeper.storage import locations, project_places, projects
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What belongs to a location; None where a request does not say.

    ``resource_ids`` work there, first in priority first. ``service_ids`` are offered there,
    each by a hidden project. ``project_ids`` are there because somebody put them there.
    """

    resource_ids: Sequence[UUID] | None = None
    service_ids: Sequence[UUID] | None = None
    project_ids: Sequence[UUID] | None = None


async def create(
    tx: Transaction, app_id: UUID, given: Mapping[str, object], attached: Attached
) -> Location:
    """Make a location, and the hidden project of each service that it offers.

    ``given`` holds columns of a location. Refuses one coordinate without the other, and ids
    of what does not exist.
    """
    _check(tx, given)
    check_coordinates(given.get("latitude"), given.get("longitude"))
    await locations.lock_all(tx, app_id)
    location_id = uuid4()
    await locations.insert(tx, app_id, {"id": location_id, **given})
    location = await get(tx, app_id, location_id)
    await _attach(tx, app_id, location, attached)
    return location


async def get(tx: Transaction, app_id: UUID, location_id: UUID) -> Location:
    """Return a location of the app."""
    found = await locations.find_all(tx, app_id, [location_id])
    if location_id not in found:
        raise NotFound("Location")
    return found[location_id]


async def list_locations(
    tx: Transaction, app_id: UUID, asked: Listing, near: Near | None
) -> Page[Location]:
    """Return one page of the app's locations, nearest first where a point is given."""
    return await locations.list_locations(tx, app_id, asked, near)


async def change(
    tx: Transaction,
    app_id: UUID,
    location_id: UUID,
    changes: Mapping[str, object],
    attached: Attached,
) -> None:
    """Replace what ``changes`` and ``attached`` name, in the hidden projects there too."""
    _check(tx, changes)
    await locations.lock_all(tx, app_id)
    before = await get(tx, app_id, location_id)
    check_coordinates(
        changes.get("latitude", before.latitude), changes.get("longitude", before.longitude)
    )
    await locations.update(tx, app_id, location_id, changes)
    after = await get(tx, app_id, location_id)
    await hidden_projects.follow_location(tx, app_id, before=before, after=after)
    await _attach(tx, app_id, after, attached)


async def delete(tx: Transaction, app_id: UUID, location_id: UUID) -> None:
    """Delete a location and its hidden projects; other projects and all bookings stay."""
    await locations.lock_all(tx, app_id)
    if not await locations.delete(tx, app_id, location_id):
        raise NotFound("Location")


async def of_services(
    tx: Transaction, app_id: UUID, service_ids: Sequence[UUID]
) -> dict[UUID, list[Location]]:
    """Return where each service can be booked, oldest location first."""
    pairs = await project_places.pairs_of_services(tx, app_id, service_ids)
    found = await locations.find_all(tx, app_id, [location_id for location_id, _ in pairs])
    age = {location_id: number for number, location_id in enumerate(found)}
    of: dict[UUID, list[Location]] = {each: [] for each in service_ids}
    for location_id, service_id in sorted(pairs, key=lambda pair: age[pair[0]]):
        of[service_id].append(found[location_id])
    return of


async def attached_to_all(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> dict[UUID, Attached]:
    """Return who works at each location and which projects were put there."""
    at_work = await locations.resource_ids_of_all(tx, app_id, location_ids)
    there = await project_places.project_ids_of_all(tx, app_id, location_ids)
    return {
        each: Attached(resource_ids=at_work[each], project_ids=there[each]) for each in location_ids
    }


def _check(tx: Transaction, given: Mapping[str, object]) -> None:
    """Refuse rules that would make every later search fail."""
    parse_constraints(
        given.get("availability_constraints"), path="availability_constraints", now=tx.now
    )


async def _attach(tx: Transaction, app_id: UUID, location: Location, attached: Attached) -> None:
    """Attach what is said; resources first, because new hidden projects begin with them."""
    if attached.resource_ids is not None:
        wanted = list(dict.fromkeys(attached.resource_ids))
        await check_resources(tx, app_id, wanted)
        await locations.set_resources(tx, app_id, location.id, wanted)
        await hidden_projects.set_resources_at(tx, app_id, location.id, wanted)
    if attached.service_ids is not None:
        await hidden_projects.set_services_at(tx, app_id, location, attached.service_ids)
    if attached.project_ids is not None:
        wanted = list(dict.fromkeys(attached.project_ids))
        found = await projects.find_all(tx, app_id, wanted)
        hidden = await project_places.find_hidden(tx, app_id, wanted)
        check_found("projects", wanted, {each: found[each] for each in found.keys() - hidden})
        await project_places.set_projects(tx, app_id, location.id, wanted)
