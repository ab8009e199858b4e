"""The search for free time over HTTP."""

from collections.abc import Callable
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import encoded_response
from slotkeeper.api.auth import AnyKey
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.availability import FindAvailability, ShownSlot
from slotkeeper.api.times import AskedTimes, Times
from slotkeeper.domain.slots import Slot
from slotkeeper.domain.zones import Zone, to_datetime
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import availability
from slotkeeper.services.availability import Answer, Query

router = APIRouter(tags=["Availability"], route_class=ApiRoute)


@router.post("/availability", responses=answers(Data[list[ShownSlot]]))
async def find_availability(
    request: Request, caller: AnyKey, body: FindAvailability, times: AskedTimes
) -> Response:
    """Find the slots that can be booked, in order of time."""
    query = Query(
        project_id=body.project_id,
        resource_ids=body.resources or None,
        constraints=body.constraints,
        settings=body.settings(),
        fallback_zone=times.asked_zone,
        input_format=times.input_format,
    )
    answer = await availability.find_slots(
        transaction_of(request), caller.app_id, query, shuffle=parts_of(request).shuffle
    )
    return encoded_response(encoded(answer, times))


def encoded(answer: Answer, times: Times) -> bytes:
    """Return the answer as JSON bytes; each group of resources is encoded once."""
    show = _show_in(answer.zone, times)
    groups: dict[tuple[UUID, ...], bytes] = {}

    def shown(slot: Slot[UUID]) -> bytes:
        ids = slot.resource_ids
        if (group := groups.get(ids)) is None:
            found = [answer.resources[each] for each in ids]
            group = groups[ids] = orjson.dumps(
                [{"id": each.id, "name": each.name, "timezone": each.timezone} for each in found]
            )
        start, end = show(slot.start), show(slot.end)
        return b'{"start":%b,"end":%b,"resources":%b}' % (start, end, group)

    return b'{"data":[' + b",".join(map(shown, answer.slots)) + b"]}"


def _show_in(zone: Zone, times: Times) -> Callable[[int], bytes]:
    """Return what writes a minute as a JSON string in ``zone`` and the format asked for."""
    if times.output_format is None:
        return lambda minute: b'"%b"' % zone.iso(minute).encode()
    return lambda minute: orjson.dumps(times.show(to_datetime(minute), zone=zone))
