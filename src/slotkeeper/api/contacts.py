"""Contacts over HTTP: a list that clients of before 2018 ask for."""

from typing import Any

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.people import Own
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers

router = APIRouter(prefix="/contacts", tags=["Users"], route_class=ApiRoute)


@router.get("", responses=answers(Data[list[Any]]))
async def list_contacts(request: Request, caller: OwnKey, own: Own) -> Response:
    """List one's contacts: always none, because this server reads nobody's address book."""
    return data([])
