"""The search for free time over HTTP."""

from collections.abc import Callable
from functools import lru_cache, partial
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import encoded_response
from slotkeeper.api.auth import EveryKey
from slotkeeper.api.route import SearchRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.availability import FindAvailability, ShownSlot
from slotkeeper.api.times import AskedTimes, Times
from slotkeeper.domain.app import Caller
from slotkeeper.domain.slots import Slot
from slotkeeper.domain.zones import Zone, to_datetime
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import availability
from slotkeeper.services.availability import Answer, Query

# The next weeks are asked about over and over, and writing an instant takes ten times as long
# as finding it written. So many are three months of half hours in four zones, under 5 MB.
_TEXTS_MAX = 16_384

router = APIRouter(tags=["Availability"], route_class=SearchRoute)


@router.post("/availability", responses=answers(Data[list[ShownSlot]]))
async def find_availability(
    request: Request, caller: EveryKey, body: FindAvailability, times: AskedTimes
) -> Response:
    """Find the slots that can be booked, in order of time."""
    answer = await availability.find_slots(
        transaction_of(request),
        caller.app_id,
        query_of(caller, body, times),
        shuffle=parts_of(request).shuffle,
    )
    return encoded_response(encoded(answer, times))


def query_of(caller: Caller, body: FindAvailability, times: Times) -> Query:
    """Return the search that a request asks for; one resource searches in its own time."""
    own = caller.own_resource_id
    return Query(
        project_id=body.project_id,
        resource_ids=[own] if own else body.resources or None,
        constraints=body.constraints,
        settings=body.settings(),
        fallback_zone=times.asked_zone,
        input_format=times.input_format,
    )


def encoded(answer: Answer, times: Times) -> bytes:
    """Return the answer as JSON bytes; each resource and each group of them is encoded once."""
    show = shown_in(answer.zone, times)
    one = {
        each.id: orjson.dumps(
            {"id": each.id, "name": each.name, "timezone": each.timezone}
        ).decode()
        for each in answer.resources.values()
    }
    # Slots with the same people mostly share one tuple of their ids, and to tell tuples apart by
    # what they are is quicker than by what is in them.
    groups: dict[int, str] = {}

    def shown(slot: Slot[UUID]) -> str:
        start, end, ids = slot
        if (group := groups.get(id(ids))) is None:
            group = groups[id(ids)] = ",".join([one[each] for each in ids])
        return f'{{"start":{show(start)},"end":{show(end)},"resources":[{group}]}}'

    return f'{{"data":[{",".join(map(shown, answer.slots))}]}}'.encode()


def shown_in(zone: Zone, times: Times) -> Callable[[int], str]:
    """Return what writes a minute as a JSON string in ``zone`` and the format asked for."""
    if times.output_format is None:
        return partial(_iso, zone)
    return lambda minute: orjson.dumps(times.show(to_datetime(minute), zone=zone)).decode()


@lru_cache(maxsize=_TEXTS_MAX)
def _iso(zone: Zone, minute: int) -> str:
    return f'"{zone.iso(minute)}"'
