"""The older search for time over HTTP."""

from collections.abc import Callable, Iterable
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import encoded_response
from slotkeeper.api.auth import EveryKey
from slotkeeper.api.availability import shown_in
from slotkeeper.api.route import SearchRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.find_time import (
    FindTime,
    FindTimeBulk,
    FindTimeTeam,
    ShownTeamTime,
    ShownTime,
)
from slotkeeper.api.times import AskedTimes, Times
from slotkeeper.domain.app import Caller
from slotkeeper.domain.interval import Interval
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import find_time as finding
from slotkeeper.services.find_time import Member, Query, TeamSlot

router = APIRouter(prefix="/findtime", tags=["Find time (older)"], route_class=SearchRoute)


@router.post("", responses=answers(Data[list[ShownTime]]))
async def find_time(
    request: Request, caller: EveryKey, body: FindTime, times: AskedTimes
) -> Response:
    """Find the times in which everybody named is free."""
    tx, shuffle = transaction_of(request), parts_of(request).shuffle
    slots = await finding.find(tx, caller.app_id, _query(caller, body, times), shuffle=shuffle)
    return _listed(_encoded(slots, shown_in(times.zone, times)))


@router.post("/bulk", responses=answers(Data[list[list[ShownTime]]]))
async def find_time_bulk(
    request: Request, caller: EveryKey, body: FindTimeBulk, times: AskedTimes
) -> Response:
    """Find the times of several searches; one list for each, in their order."""
    tx, shuffle = transaction_of(request), parts_of(request).shuffle
    queries = [_query(caller, each, times) for each in body.queries]
    found = await finding.find_bulk(tx, caller.app_id, queries, shuffle=shuffle)
    show = shown_in(times.zone, times)
    return _listed(",".join(f"[{_encoded(slots, show)}]" for slots in found))


@router.post("/team", responses=answers(Data[list[ShownTeamTime]]))
async def find_time_team(
    request: Request, caller: EveryKey, body: FindTimeTeam, times: AskedTimes
) -> Response:
    """Find the times in which somebody of a team is free, with all who are."""
    tx, shuffle = transaction_of(request), parts_of(request).shuffle
    queries = [_query(caller, each, times) for each in body.users]
    found = await finding.find_team(tx, caller.app_id, queries, shuffle=shuffle)
    known = {email.lower() for query in queries for email in query.emails}
    return _listed(_encoded_team(found, shown_in(times.zone, times), _show_member(caller, known)))


def _query(caller: Caller, body: FindTime, times: Times) -> Query:
    """Return the search that a request asks for; one resource searches in its own time."""
    own = caller.own_resource_id
    named = body.named_ids() or body.emails or body.calendar_ids
    return Query(
        resource_ids=body.named_ids() if own is None or named else [own],
        emails=body.emails or (),
        calendar_ids=body.calendar_ids or (),
        filters=body.filters,
        collection_id=body.filtercollection_id,
        settings=body.settings(),
        zone=times.zone,
        input_format=times.input_format,
    )


def _listed(items: str) -> Response:
    return encoded_response(f'{{"data":[{items}]}}'.encode())


def _encoded(slots: Iterable[Interval], show: Callable[[int], str]) -> str:
    return ",".join(f'{{"start":{show(start)},"end":{show(end)}}}' for start, end in slots)


def _encoded_team(
    slots: Iterable[TeamSlot], show: Callable[[int], str], show_member: Callable[[Member], object]
) -> str:
    """Return the slots as JSON, each member encoded once."""
    encoded: dict[tuple[UUID, ...], str] = {}

    def one(member: Member) -> str:
        key = (member.resource.id, *member.calendar_ids)
        if (text := encoded.get(key)) is None:
            text = encoded[key] = orjson.dumps(show_member(member)).decode()
        return text

    return ",".join(
        f'{{"start":{show(each.start)},"end":{show(each.end)},'
        f'"users":[{",".join(map(one, each.members))}]}}'
        for each in slots
    )


def _show_member(caller: Caller, known: set[str]) -> Callable[[Member], object]:
    """Return what shows a member; the public key learns no address that it did not know."""

    def show(member: Member) -> object:
        email = member.resource.email
        may_see = not caller.is_public or (email or "").lower() in known
        return {
            "name": member.resource.name,
            "email": email if may_see else None,
            "user_id": member.resource.id,
            "calendar_ids": member.calendar_ids,
            "token": None,
        }

    return show
