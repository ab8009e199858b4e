"""Properties over HTTP: what applications of before 2018 kept with a person."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import BeforeValidator

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.people import Own
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.fields import as_object
from slotkeeper.api.schemas.resources import ShownProperty
from slotkeeper.api.show import Shown
from slotkeeper.domain.properties import Property, parse_properties
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import properties

router = APIRouter(prefix="/properties", tags=["Users"], route_class=ApiRoute)

Properties = Annotated[
    dict[str, Any],
    BeforeValidator(as_object),
    Body(description="Texts by key, or one pair of `key` and `value`"),
]


@router.get("", responses=answers(Data[list[ShownProperty]]))
async def list_properties(request: Request, caller: OwnKey, own: Own) -> Response:
    """List one's properties by key: with the app key, those of the one `resource_id` names."""
    found = await properties.list_properties(transaction_of(request), caller.app_id, own.id)
    return data([_shown(each) for each in found])


@router.get("/{key}", responses=answers(Data[ShownProperty]))
async def get_property(request: Request, caller: OwnKey, own: Own, key: str) -> Response:
    """Get one property."""
    found = await properties.get(transaction_of(request), caller.app_id, own.id, key)
    return data(_shown(found))


@router.put("", status_code=204, responses=answers(None, 204))
async def set_properties(request: Request, caller: OwnKey, own: Own, body: Properties) -> Response:
    """Set properties; others stay as they are. Every value becomes text."""
    texts = parse_properties(body)
    await properties.save(transaction_of(request), caller.app_id, own.id, texts)
    return empty()


def _shown(shown: Property) -> Shown:
    """Return a property; its stamps have the form that the fixtures of its clients show."""
    form = "%Y-%m-%d %H:%M:%S"
    return {
        "key": shown.key,
        "value": shown.value,
        "created_at": shown.created_at.strftime(form),
        "updated_at": shown.updated_at.strftime(form),
    }
