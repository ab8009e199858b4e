"""What users do with services."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.location_service import LocationService
from slotkeeper.domain.project import CUSTOMER_FIELDS
from slotkeeper.services import hidden_projects, projects
from slotkeeper.storage import location_services, locations, project_places
from slotkeeper.storage.transaction import Transaction


async def create(
    tx: Transaction,
    app_id: UUID,
    given: Mapping[str, object],
    *,
    location_ids: Sequence[UUID],
) -> LocationService:
    """Make a service, and its hidden project at each of the locations.

    ``given`` holds columns of a service. Refuses settings with which no project could be
    searched or booked.
    """
    projects.check(tx, given)
    await locations.lock_all(tx, app_id)
    service_id = uuid4()
    columns = {"customer_fields": CUSTOMER_FIELDS, **given}
    await location_services.insert(tx, app_id, {"id": service_id, **columns})
    service = await get(tx, app_id, service_id)
    await hidden_projects.set_locations_of(tx, app_id, service, location_ids)
    return service


async def get(tx: Transaction, app_id: UUID, service_id: UUID) -> LocationService:
    """Return a service of the app."""
    found = await location_services.find_all(tx, app_id, [service_id])
    if service_id not in found:
        raise NotFound("Service")
    return found[service_id]


async def list_services(tx: Transaction, app_id: UUID, asked: Listing) -> Page[LocationService]:
    """Return one page of the app's services."""
    return await location_services.list_services(tx, app_id, asked)


async def list_services_in_public(
    tx: Transaction, app_id: UUID, asked: Listing
) -> Page[LocationService]:
    """Return one page of the app's services; their metadata cannot be searched, piece by piece."""
    return await location_services.list_services_in_public(tx, app_id, asked)


async def change(
    tx: Transaction,
    app_id: UUID,
    service_id: UUID,
    changes: Mapping[str, object],
    *,
    location_ids: Sequence[UUID] | None,
) -> None:
    """Replace what ``changes`` names in a service and in all its hidden projects.

    With ``location_ids`` it is offered there and nowhere else from now on.
    """
    projects.check(tx, changes)
    await locations.lock_all(tx, app_id)
    before = await get(tx, app_id, service_id)
    await location_services.update(tx, app_id, service_id, changes)
    after = await get(tx, app_id, service_id)
    await hidden_projects.follow_service(tx, app_id, before=before, after=after)
    if location_ids is not None:
        await hidden_projects.set_locations_of(tx, app_id, after, location_ids)


async def delete(tx: Transaction, app_id: UUID, service_id: UUID) -> None:
    """Delete a service and its hidden projects; other projects and all bookings stay."""
    await locations.lock_all(tx, app_id)
    if not await location_services.delete(tx, app_id, service_id):
        raise NotFound("Service")


async def at_locations(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> dict[UUID, list[LocationService]]:
    """Return what can be booked at each location, oldest service first."""
    pairs = await project_places.pairs_at_locations(tx, app_id, location_ids)
    found = await location_services.find_all(tx, app_id, [service_id for _, service_id in pairs])
    age = {service_id: number for number, service_id in enumerate(found)}
    at: dict[UUID, list[LocationService]] = {each: [] for each in location_ids}
    for location_id, service_id in sorted(pairs, key=lambda pair: age[pair[1]]):
        at[location_id].append(found[service_id])
    return at
