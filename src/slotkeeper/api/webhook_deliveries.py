"""The log of deliveries to webhooks over HTTP, tests and replays."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.webhooks import Replayed, ReplayWebhook, SentTest, ShownDelivery
from slotkeeper.api.show import Shown
from slotkeeper.api.times import AskedTimes, stamp
from slotkeeper.domain.app import Caller
from slotkeeper.domain.delivery_log import Attempt, Logged
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.notifications.http import HttpCall
from slotkeeper.services import delivery_log
from slotkeeper.services.delivery_log import Details

router = APIRouter(prefix="/webhooks/{webhook_id}", tags=["Webhooks"], route_class=ApiRoute)


@router.get("/deliveries", responses=answers(ListOf[ShownDelivery]))
async def list_deliveries(
    request: Request, caller: AppKey, webhook_id: UUID, asked: AskedListing
) -> Response:
    """List what was sent to a webhook and what waits, newest first; kept for 30 days."""
    tx = transaction_of(request)
    page = await delivery_log.list_logged(tx, caller.app_id, webhook_id, asked)
    known = await _details(request, caller, page.items)
    return paged(request, asked, page, lambda each: _shown(each, known))


@router.get("/deliveries/{delivery_id}", responses=answers(Data[ShownDelivery]))
async def get_delivery(
    request: Request, caller: AppKey, webhook_id: UUID, delivery_id: UUID
) -> Response:
    """Get one delivery with its request and every attempt."""
    tx = transaction_of(request)
    logged = await delivery_log.get(tx, caller.app_id, webhook_id, delivery_id)
    return data(_shown(logged, await _details(request, caller, [logged])))


@router.post("/deliveries/{delivery_id}/replay", status_code=204, responses=answers(None, 204))
async def replay_delivery(
    request: Request, caller: AppKey, webhook_id: UUID, delivery_id: UUID
) -> Response:
    """Send one delivery again at once, whatever came of it, under the same ``webhook-id``."""
    tx = transaction_of(request)
    await delivery_log.replay(tx, caller.app_id, webhook_id, delivery_id)
    return empty()


@router.post("/replay", responses=answers(Data[Replayed]))
async def replay_webhook(
    request: Request, caller: AppKey, webhook_id: UUID, body: ReplayWebhook, times: AskedTimes
) -> Response:
    """Send again everything that has failed since an instant, the oldest 10 000 in one call."""
    tx = transaction_of(request)
    since = times.read("since", body.since)
    replayed = await delivery_log.replay_failed(tx, caller.app_id, webhook_id, since=since)
    return data({"replayed": replayed})


@router.post("/test", status_code=201, responses=answers(Data[SentTest], 201))
async def send_webhook_test(request: Request, caller: AppKey, webhook_id: UUID) -> Response:
    """Send a sample to a webhook, signed as everything is; it is tried once."""
    tx = transaction_of(request)
    return data({"id": await delivery_log.send_test(tx, caller.app_id, webhook_id)}, 201)


async def _details(request: Request, caller: Caller, logged: Sequence[Logged]) -> Details:
    parts = parts_of(request)
    return await delivery_log.details(
        transaction_of(request),
        parts.vault,
        caller.app_id,
        logged,
        site=parts.settings.public_url,  # a worker, which sends, knows no other address
    )


def _shown(logged: Logged, known: Details) -> Shown:
    return {
        "id": logged.id,
        "kind": logged.kind,
        "status": logged.status,
        "booking_id": logged.booking_id,
        "state": logged.state,
        "request": _request(known.calls[logged.id]),
        "attempts": [
            {**shown_attempt(each), "excerpt": each.excerpt} for each in known.attempts[logged.id]
        ],
        "next_attempt_at": stamp(logged.next_attempt_at) if logged.next_attempt_at else None,
        "created_at": stamp(logged.created_at),
        "finished_at": stamp(logged.finished_at) if logged.finished_at else None,
    }


def _request(call: HttpCall) -> Shown:
    return {"url": call.url, "method": call.method.lower(), "body": call.body.decode()}


def shown_attempt(attempt: Attempt) -> Shown:
    """Return one attempt as clients see it, without the answer: targets repeat what they got."""
    return {
        "number": attempt.number,
        "started_at": stamp(attempt.started_at),
        "milliseconds": attempt.milliseconds,
        "status": attempt.status,
        "error": attempt.error,
    }
