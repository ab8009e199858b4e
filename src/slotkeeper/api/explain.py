"""Why there is no slot, over HTTP."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.availability import query_of
from slotkeeper.api.route import SearchRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.explain import ExplainAvailability, ShownExplanation
from slotkeeper.api.times import AskedTimes
from slotkeeper.domain.explain import Closed
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Holder,
    Plain,
    Reason,
)
from slotkeeper.domain.zones import to_datetime
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import explain
from slotkeeper.services.explain import Explained

Shown = dict[str, object]

router = APIRouter(tags=["Availability"], route_class=SearchRoute)


@router.post("/availability/explain", responses=answers(Data[ShownExplanation]))
async def explain_availability(
    request: Request, caller: OwnKey, body: ExplainAvailability, times: AskedTimes
) -> Response:
    """Explain why a search offers what it offers, and nothing else.

    The body is that of the search. What is open here is what the search offers of a resource
    when it wants no length; everything else in its window is closed for the reasons told.
    """
    found = await explain.explain(
        transaction_of(request), caller.app_id, query_of(caller, body, times), instant=body.instant
    )

    def show(minute: int) -> str:
        return times.show(to_datetime(minute), zone=found.zone)

    return data(_shown(found, show))


def _shown(found: Explained, show: Callable[[int], str]) -> Shown:
    def span(start: int, end: int) -> Shown:
        return {"start": show(start), "end": show(end)}

    def closed(piece: Closed) -> Shown:
        reasons = [_reason(reason) for reason in piece.reasons]
        return {**span(piece.start, piece.end), "reasons": reasons}

    people = []
    for each in found.explanations:
        resource = found.resources[each.resource_id]
        people.append(
            {
                "id": resource.id,
                "name": resource.name,
                "timezone": resource.timezone,
                "open": [span(*interval) for interval in each.open],
                "closed": [closed(piece) for piece in each.closed],
            }
        )
    said = found.verdict
    return {
        "window": span(*found.window),
        "resources": people,
        "slots_total": found.slots_total,
        "verdict": said and {"instant": show(said.minute), "open": said.is_open, "text": said.text},
    }


def _reason(reason: Reason) -> Shown:
    match reason:
        case Plain():
            return {"type": reason}
        case ByConstraint(level, indexes, blocks, entries):
            return {
                "type": "constraint",
                "level": level,
                "effect": "block" if blocks else "allow",
                "indexes": indexes,
                "entry": entries[0] if len(entries) == 1 else None,
            }
        case ByHolder(holder, holder_id):
            return {"type": holder, "id": holder_id}
        case ByBuffer(holder, holder_id, side):
            return {"type": "buffer", "of": holder, "id": holder_id, "side": side}
        case ByGap(booking_id, side):
            return {"type": "minimum_gap", "of": Holder.BOOKING, "id": booking_id, "side": side}
        case ByLimit(level, unit, most):
            return {"type": "limit", "level": level, "unit": unit, "max": most}
