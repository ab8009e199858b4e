"""Projects over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey, EmbedKey, OwnKey, PageOrOwnKey
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import PUBLIC_REFUSALS, Data, ListOf, answers
from slotkeeper.api.schemas.projects import (
    CLEARABLE,
    AddResource,
    CreateProject,
    ResourceList,
    ShownProject,
    ShownProjectResource,
    UpdateProject,
    WidgetConfig,
)
from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.domain.project import Project
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import apps, projects, resources
from slotkeeper.storage.transaction import Transaction

router = APIRouter(prefix="/projects", tags=["Projects"], route_class=ApiRoute)

_RESOURCE_LIST = "Ids of resources, or an object with them under `resources`"


@router.post("", status_code=201, responses=answers(Data[ShownProject], 201))
async def create_project(request: Request, caller: AppKey, body: CreateProject) -> Response:
    """Create a project: what is offered, by whom, when, and with which form."""
    tx = transaction_of(request)
    given = body.given()
    places = _taken_from(given)
    resource_ids = given.pop("resources")
    project = await projects.create(
        tx, caller.app_id, given, resource_ids=resource_ids, places=places
    )
    return data(show.project(project), 201)


@router.get("", responses=answers(ListOf[ShownProject]))
async def list_projects(
    request: Request, caller: PageOrOwnKey, asked: AskedListing, includes: Includes
) -> Response:
    """List the projects of the app."""
    tx = transaction_of(request)
    page = await projects.list_projects(tx, caller.app_id, asked)
    beside = await _beside(tx, caller, page.items, includes)

    def shown(project: Project) -> show.Shown:
        if caller.is_public:
            return show.public_project(project)
        return {**show.project(project), **beside[project.id]}

    return paged(request, asked, page, shown)


@router.get("/hosted/{slug}", responses={200: {"model": Data[WidgetConfig]}, **PUBLIC_REFUSALS})
async def get_hosted_project(request: Request, slug: str) -> Response:
    """Get what the page of a project needs; no key is needed, the address is enough."""
    app_id, project = await projects.get_by_slug(transaction_of(request), slug)
    return await _widget_config(request, app_id, project)


@router.get("/embed/{project_id}", responses=answers(Data[WidgetConfig]))
async def get_embedded_project(request: Request, caller: EmbedKey, project_id: UUID) -> Response:
    """Get what the widget of a project needs."""
    project = await projects.get(transaction_of(request), caller.app_id, project_id)
    return await _widget_config(request, caller.app_id, project)


@router.get("/{project_id}", responses=answers(Data[ShownProject]))
async def get_project(
    request: Request, caller: OwnKey, project_id: UUID, includes: Includes
) -> Response:
    """Get one project."""
    tx = transaction_of(request)
    project = await projects.get(tx, caller.app_id, project_id)
    beside = await _beside(tx, caller, [project], includes)
    return data({**show.project(project), **beside[project_id]})


@router.patch("/{project_id}", include_in_schema=False)
@router.put("/{project_id}", status_code=204, responses=answers(None, 204))
async def update_project(
    request: Request, caller: AppKey, project_id: UUID, body: UpdateProject
) -> Response:
    """Change a project; what the request leaves out stays as it is."""
    changes = body.given(clearable=CLEARABLE)
    resource_ids, places = changes.pop("resources", None), _taken_from(changes)
    tx = transaction_of(request)
    await projects.change(
        tx, caller.app_id, project_id, changes, resource_ids=resource_ids, places=places
    )
    return empty()


@router.delete("/{project_id}", status_code=204, responses=answers(None, 204))
async def delete_project(request: Request, caller: AppKey, project_id: UUID) -> Response:
    """Delete a project; its bookings stay, without it."""
    await projects.delete(transaction_of(request), caller.app_id, project_id)
    return empty()


@router.get("/{project_id}/resources", responses=answers(Data[list[ShownProjectResource]]))
async def list_project_resources(request: Request, caller: AppKey, project_id: UUID) -> Response:
    """List the resources of a project, first in priority first."""
    tx = transaction_of(request)
    await projects.get(tx, caller.app_id, project_id)
    of = await projects.resource_ids(tx, caller.app_id, project_id)
    found = await resources.get_all(tx, caller.app_id, of)
    return data([show.project_resource(each) for each in found.values()])


@router.post("/{project_id}/resources", status_code=201, responses=answers(Data[ShownProject], 201))
async def add_project_resource(
    request: Request, caller: AppKey, project_id: UUID, body: AddResource
) -> Response:
    """Attach a resource to a project, last in priority."""
    tx = transaction_of(request)
    await projects.add_resource(tx, caller.app_id, project_id, body.resource_id)
    return data(show.project(await projects.get(tx, caller.app_id, project_id)), 201)


@router.put("/{project_id}/resources", status_code=204, responses=answers(None, 204))
async def set_project_resources(
    request: Request,
    caller: AppKey,
    project_id: UUID,
    body: Annotated[ResourceList, Body(description=_RESOURCE_LIST)],
) -> Response:
    """Make the given resources those of the project, in order of priority."""
    await projects.set_resources(transaction_of(request), caller.app_id, project_id, body)
    return empty()


@router.delete(
    "/{project_id}/resources/{resource_id}", status_code=204, responses=answers(None, 204)
)
async def remove_project_resource(
    request: Request, caller: AppKey, project_id: UUID, resource_id: UUID
) -> Response:
    """Detach a resource from a project."""
    tx = transaction_of(request)
    await projects.remove_resource(tx, caller.app_id, project_id, resource_id)
    return empty()


def _taken_from(given: dict[str, Any]) -> projects.Places:
    """Take the places of a project out of its columns."""
    return projects.Places(
        location_ids=given.pop("locations", None), service_ids=given.pop("services", None)
    )


async def _beside(
    tx: Transaction, caller: Caller, shown: Sequence[Project], includes: frozenset[str]
) -> dict[UUID, show.Shown]:
    """Return by id what is shown of each project because ``includes`` asks for it.

    A resource that calls sees itself among the resources, and nobody else.
    """
    app_id, own = caller.app_id, caller.own_resource_id
    ids = [project.id for project in shown]
    beside: dict[UUID, show.Shown] = {each: {} for each in ids}
    if "resources" in includes:
        for each, resource_ids in (await projects.resource_ids_of_all(tx, app_id, ids)).items():
            beside[each]["resources"] = [it for it in resource_ids if own in (None, it)]
    if includes & {"locations", "services"}:
        for each, places in (await projects.places_of_all(tx, app_id, ids)).items():
            both = {"locations": places.location_ids, "services": places.service_ids}
            beside[each] |= {name: both[name] for name in both.keys() & includes}
    return beside


async def _widget_config(request: Request, app_id: UUID, project: Project) -> Response:
    parts, tx = parts_of(request), transaction_of(request)
    key = await apps.find_key(tx, parts.vault, app_id, KeyKind.WIDGET)
    return data(show.widget_config(project, app_key=key or ""))
