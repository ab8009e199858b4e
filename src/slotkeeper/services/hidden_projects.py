"""The hidden project of each pair of location and service: made, kept up to date, deleted."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid4

from slotkeeper.domain.location import Location
from slotkeeper.domain.location_service import LocationService, Offer, changes_of, settings_at
from slotkeeper.services.projects import check_found, random_slug
from slotkeeper.storage import location_services, locations, project_places, projects
from slotkeeper.storage.transaction import Transaction

_Settings = Mapping[str, object]


async def set_services_at(
    tx: Transaction, app_id: UUID, location: Location, service_ids: Sequence[UUID]
) -> None:
    """Offer these services and no others at a location; refuse those that do not exist."""
    wanted = await location_services.find_all(tx, app_id, service_ids)
    check_found("services", service_ids, wanted)
    there = await project_places.offers_at_location(tx, app_id, location.id)
    await project_places.delete_offers(
        tx, app_id, (each for each in there if each.service_id not in wanted)
    )
    kept = {each.service_id for each in there}
    await _offer(tx, app_id, [(each, location) for each in wanted.values() if each.id not in kept])


async def set_locations_of(
    tx: Transaction, app_id: UUID, service: LocationService, location_ids: Sequence[UUID]
) -> None:
    """Offer a service at these locations and no others; refuse those that do not exist."""
    wanted = await locations.find_all(tx, app_id, location_ids)
    check_found("locations", location_ids, wanted)
    there = await project_places.offers_of_service(tx, app_id, service.id)
    await project_places.delete_offers(
        tx, app_id, (each for each in there if each.location_id not in wanted)
    )
    kept = {each.location_id for each in there}
    await _offer(tx, app_id, [(service, each) for each in wanted.values() if each.id not in kept])


async def follow_service(
    tx: Transaction, app_id: UUID, *, before: LocationService, after: LocationService
) -> None:
    """Bring what changed of a service into its hidden projects."""
    offers = await project_places.offers_of_service(tx, app_id, after.id)
    at = await locations.find_all(tx, app_id, [each.location_id for each in offers])
    await _follow(
        tx,
        app_id,
        (
            (
                each,
                settings_at(before, at[each.location_id]),
                settings_at(after, at[each.location_id]),
            )
            for each in offers
        ),
    )


async def follow_location(
    tx: Transaction, app_id: UUID, *, before: Location, after: Location
) -> None:
    """Bring what changed of a location into its hidden projects."""
    offers = await project_places.offers_at_location(tx, app_id, after.id)
    of = await location_services.find_all(tx, app_id, [each.service_id for each in offers])
    await _follow(
        tx,
        app_id,
        (
            (
                each,
                settings_at(of[each.service_id], before),
                settings_at(of[each.service_id], after),
            )
            for each in offers
        ),
    )


async def set_resources_at(
    tx: Transaction, app_id: UUID, location_id: UUID, resource_ids: Sequence[UUID]
) -> None:
    """Make these the resources of every hidden project of a location."""
    offers = await project_places.offers_at_location(tx, app_id, location_id)
    async with tx.together():
        for each in offers:
            await projects.set_resources(tx, app_id, each.project_id, resource_ids)


async def _offer(
    tx: Transaction, app_id: UUID, pairs: Sequence[tuple[LocationService, Location]]
) -> None:
    """Make the hidden project of each pair, with the resources of its location."""
    project_ids = [uuid4() for _ in pairs]
    async with tx.together():
        for project_id, (service, location) in zip(project_ids, pairs, strict=True):
            settings = settings_at(service, location)
            names = {"id": project_id, "slug": random_slug(str(settings["name"]))}
            pair = {"location_id": location.id, "service_id": service.id}
            await projects.insert(tx, app_id, {**names, **pair, **settings})
        await project_places.furnish(tx, app_id, project_ids)


async def _follow(
    tx: Transaction, app_id: UUID, changed: Iterable[tuple[Offer, _Settings, _Settings]]
) -> None:
    async with tx.together():
        for offer, before, after in changed:
            if changes := changes_of(offer, before=before, after=after):
                await projects.update(tx, app_id, offer.project_id, changes)
