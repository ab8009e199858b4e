"""What users do with projects."""

import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.errors import InvalidInput, NotFound, UnknownZone
from slotkeeper.domain.graphs import BOOKABLE
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.project import CUSTOMER_FIELDS, Project, slug_of
from slotkeeper.domain.reminder import parse_reminders
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.slot_policy import merged, output_zone, slot_policy
from slotkeeper.domain.zones import find_zone
from slotkeeper.services import resources
from slotkeeper.storage import location_services, locations, project_places, projects
from slotkeeper.storage import resources as stored_resources
from slotkeeper.storage.transaction import Transaction

_TAKEN_BY_PAGES = frozenset(
    {
        *("admin", "api", "assets", "docs", "embed", "favicon", "health", "healthz", "login"),
        *("logout", "metrics", "openapi", "robots", "static", "v1", "v2", "widget"),
    }
)
"""Addresses that the server needs for itself; no project may have them."""

_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The locations and services that a project is in; None where that is not said."""

    location_ids: Sequence[UUID] | None = None
    service_ids: Sequence[UUID] | None = None


_UNSAID = Places()


async def create(
    tx: Transaction,
    app_id: UUID,
    given: Mapping[str, object],
    *,
    resource_ids: Sequence[UUID],
    places: Places = _UNSAID,
) -> Project:
    """Make a project; ``given`` holds columns of a project.

    Without a slug it gets one made from its name, with random letters behind it where
    another project of the installation has it.
    """
    check(tx, given)
    await check_resources(tx, app_id, resource_ids)
    project_id = uuid4()
    slug = given.get("slug")
    if slug is None:
        slug = await _free_slug(tx, str(given["name"]))
    else:
        await _check_slug(tx, str(slug), project_id=None)
    columns = {"customer_fields": CUSTOMER_FIELDS, **given, "slug": slug}
    await projects.insert(tx, app_id, {"id": project_id, **columns})
    await projects.set_resources(tx, app_id, project_id, _distinct(resource_ids))
    await _put_into(tx, app_id, project_id, places)
    return await get(tx, app_id, project_id)


async def get(tx: Transaction, app_id: UUID, project_id: UUID) -> Project:
    """Return a project of the app."""
    project = await projects.find(tx, app_id, project_id)
    if project is None:
        raise NotFound("Project")
    return project


async def find_all(tx: Transaction, app_id: UUID, project_ids: list[UUID]) -> dict[UUID, Project]:
    """Return those of the projects that exist, by id."""
    return await projects.find_all(tx, app_id, project_ids)


async def get_by_slug(tx: Transaction, slug: str) -> tuple[UUID, Project]:
    """Return the app and the project whose page has this address."""
    found = await projects.find_owner_of_slug(tx, slug)
    if found is None:
        raise NotFound("Project")
    app_id, project_id = found
    return app_id, await get(tx, app_id, project_id)


async def list_projects(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Project]:
    """Return one page of the app's projects; those of services only where they are searched."""
    return await projects.list_projects(tx, app_id, asked)


async def change(
    tx: Transaction,
    app_id: UUID,
    project_id: UUID,
    changes: Mapping[str, object],
    *,
    resource_ids: Sequence[UUID] | None = None,
    places: Places = _UNSAID,
) -> None:
    """Replace each part of a project that ``changes`` names, its resources and places if given."""
    await get(tx, app_id, project_id)
    check(tx, changes)
    if "slug" in changes:
        await _check_slug(tx, str(changes["slug"]), project_id=project_id)
    await projects.update(tx, app_id, project_id, changes)
    if resource_ids is not None:
        await set_resources(tx, app_id, project_id, resource_ids)
    await _put_into(tx, app_id, project_id, places)


async def delete(tx: Transaction, app_id: UUID, project_id: UUID) -> None:
    """Delete a project; its bookings stay, without it."""
    if not await projects.delete(tx, app_id, project_id):
        raise NotFound("Project")


async def resource_ids(tx: Transaction, app_id: UUID, project_id: UUID) -> list[UUID]:
    """Return the resources of a project, first in priority first."""
    return await projects.resource_ids(tx, app_id, project_id)


async def resources_of(tx: Transaction, app_id: UUID, project_id: UUID) -> list[Resource]:
    """Return the resources of a project, first in priority first, whole."""
    return await stored_resources.of_project(tx, app_id, project_id)


async def resource_ids_of_all(
    tx: Transaction, app_id: UUID, project_ids: list[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the resources of each project, first in priority first."""
    return await projects.resource_ids_of_all(tx, app_id, project_ids)


async def places_of_all(
    tx: Transaction, app_id: UUID, project_ids: list[UUID]
) -> dict[UUID, Places]:
    """Return the locations and services of each project, in the order of their ids."""
    at = await project_places.location_ids_of_all(tx, app_id, project_ids)
    of = await project_places.service_ids_of_all(tx, app_id, project_ids)
    return {each: Places(location_ids=at[each], service_ids=of[each]) for each in project_ids}


async def set_resources(
    tx: Transaction, app_id: UUID, project_id: UUID, wanted: Sequence[UUID]
) -> None:
    """Make ``wanted`` the resources of the project, in this order of priority."""
    await get(tx, app_id, project_id)
    await check_resources(tx, app_id, wanted)
    await projects.set_resources(tx, app_id, project_id, _distinct(wanted))


async def add_resource(tx: Transaction, app_id: UUID, project_id: UUID, resource_id: UUID) -> None:
    """Attach a resource, last in priority."""
    await get(tx, app_id, project_id)
    await check_resources(tx, app_id, [resource_id], field="resource_id")
    await projects.add_resource(tx, app_id, project_id, resource_id)


async def remove_resource(
    tx: Transaction, app_id: UUID, project_id: UUID, resource_id: UUID
) -> None:
    """Detach a resource."""
    await get(tx, app_id, project_id)
    if not await projects.remove_resource(tx, app_id, project_id, resource_id):
        raise NotFound("Resource")


def check(tx: Transaction, given: Mapping[str, object]) -> None:
    """Refuse columns of a project that would make every later search or booking fail."""
    errors: dict[str, list[str]] = {}
    if isinstance(availability := given.get("availability"), Mapping):
        _collect(errors, lambda: _check_availability(tx, availability))
    if "availability_constraints" in given:
        constraints = given["availability_constraints"]
        _collect(
            errors,
            lambda: parse_constraints(constraints, path="availability_constraints", now=tx.now),
        )
    if "reminders" in given:
        _collect(errors, lambda: parse_reminders(given["reminders"]))
    if isinstance(booking := given.get("booking"), Mapping):
        graph = booking.get("graph")
        if graph is not None and (not isinstance(graph, str) or graph not in BOOKABLE):
            errors["booking.graph"] = ["graph is invalid"]
    if isinstance(ui := given.get("ui"), Mapping) and ui.get("timezone"):
        _collect(errors, lambda: _check_zone(str(ui["timezone"])))
    if errors:
        raise InvalidInput(errors)


def _check_zone(name: str) -> None:
    try:
        find_zone(name)
    except UnknownZone:
        message = "The ui.timezone must be a valid zone."
        raise InvalidInput({"ui.timezone": [message]}) from None


def _check_availability(tx: Transaction, availability: Mapping[str, object]) -> None:
    settings = merged(availability, {})
    try:
        slot_policy(settings, now=tx.now, zone=output_zone(settings, find_zone("UTC")))
    except InvalidInput as refusal:
        under = {f"availability.{field}": texts for field, texts in refusal.errors.items()}
        raise InvalidInput(under) from refusal


def _collect(errors: dict[str, list[str]], check: object) -> None:
    assert callable(check)
    try:
        check()
    except InvalidInput as refusal:
        errors.update(refusal.errors)


async def check_resources(
    tx: Transaction, app_id: UUID, wanted: Sequence[UUID], *, field: str = "resources"
) -> None:
    """Refuse ids that a request names in ``field`` and with which nobody could book."""
    try:
        await resources.get_all(tx, app_id, list(wanted))
    except NotFound:
        message = f"The selected {field.replace('_', ' ')} is invalid."
        raise InvalidInput({field: [message]}) from None


async def _put_into(tx: Transaction, app_id: UUID, project_id: UUID, places: Places) -> None:
    """Put a project into the places that are said; one that a service made has its own."""
    tied = {"locations": places.location_ids, "services": places.service_ids}
    said = [field for field, ids in tied.items() if ids is not None]
    if said and await project_places.find_hidden(tx, app_id, [project_id]):
        message = f"The {said[0]} of the project of a service cannot be changed."
        raise InvalidInput({said[0]: [message]})
    if (wanted := places.location_ids) is not None:
        check_found("locations", wanted, await locations.find_all(tx, app_id, wanted))
        await project_places.set_locations(tx, app_id, project_id, wanted)
    if (wanted := places.service_ids) is not None:
        check_found("services", wanted, await location_services.find_all(tx, app_id, wanted))
        await project_places.set_services(tx, app_id, project_id, wanted)


def check_found(field: str, wanted: Sequence[UUID], found: Mapping[UUID, object]) -> None:
    """Refuse ids that a request names in ``field`` and that are of nothing in the app."""
    if not set(wanted) <= found.keys():
        raise InvalidInput({field: [f"The selected {field} is invalid."]})


async def _check_slug(tx: Transaction, slug: str, *, project_id: UUID | None) -> None:
    owner = await projects.find_owner_of_slug(tx, slug)
    if slug in _TAKEN_BY_PAGES or (owner is not None and owner[1] != project_id):
        raise InvalidInput({"slug": ["The slug has already been taken."]})


async def _free_slug(tx: Transaction, name: str) -> str:
    slug = slug_of(name)
    if slug and slug not in _TAKEN_BY_PAGES and not await projects.find_owner_of_slug(tx, slug):
        return slug
    return random_slug(name)


def random_slug(name: str) -> str:
    """Return an address made from ``name`` with random letters, which nobody has or guesses."""
    slug = slug_of(name)
    ending = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{slug}-{ending}" if slug else ending


def _distinct(resource_ids: Sequence[UUID]) -> list[UUID]:
    return list(dict.fromkeys(resource_ids))
