"""Webhooks over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty, json_response
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.webhooks import Created, CreateWebhook, ShownWebhook, UpdateWebhook
from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.domain.webhook import Webhook
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import webhook_health, webhooks
from slotkeeper.services.vault import Vault

router = APIRouter(prefix="/webhooks", tags=["Webhooks"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Created, 201))
async def create_webhook(request: Request, caller: AppKey, body: CreateWebhook) -> Response:
    """Have an address told whenever a booking of a graph enters a state.

    The answer is a message; the id is what stands in it behind ``id``, at the end.
    """
    tx, vault = transaction_of(request), parts_of(request).vault
    webhook_id = await webhooks.create(tx, vault, caller.app_id, body.given())
    # Clients take the id out of this sentence, so "id " must stand in it once.
    return json_response({"meta": {"message": f"Webhook created with id {webhook_id}"}}, 201)


@router.get("", responses=answers(ListOf[ShownWebhook]))
async def list_webhooks(request: Request, caller: AppKey, asked: AskedListing) -> Response:
    """List the webhooks of the app, in the order in which they were made."""
    page = await webhooks.list_webhooks(transaction_of(request), caller.app_id, asked)
    vault = parts_of(request).vault
    return paged(request, asked, page, lambda each: _shown(vault, each))


@router.get("/{webhook_id}", responses=answers(Data[ShownWebhook]))
async def get_webhook(request: Request, caller: AppKey, webhook_id: UUID) -> Response:
    """Get one webhook."""
    webhook = await webhooks.get(transaction_of(request), caller.app_id, webhook_id)
    return data(_shown(parts_of(request).vault, webhook))


@router.put("/{webhook_id}", status_code=204, responses=answers(None, 204))
async def update_webhook(
    request: Request, caller: AppKey, webhook_id: UUID, body: UpdateWebhook
) -> Response:
    """Change a webhook; what waits to be sent goes to the new address."""
    tx, vault = transaction_of(request), parts_of(request).vault
    await webhooks.change(tx, vault, caller.app_id, webhook_id, body.changes())
    return empty()


@router.delete("/{webhook_id}", status_code=204, responses=answers(None, 204))
async def delete_webhook(request: Request, caller: AppKey, webhook_id: UUID) -> Response:
    """Delete a webhook, with the log of its deliveries and what waits to be sent."""
    await webhooks.delete(transaction_of(request), caller.app_id, webhook_id)
    return empty()


@router.post("/{webhook_id}/resume", responses=answers(Data[ShownWebhook]))
async def resume_webhook(request: Request, caller: AppKey, webhook_id: UUID) -> Response:
    """Send again what has waited since the address was paused, in order.

    All webhooks of the app with this address go on.
    """
    tx = transaction_of(request)
    await webhook_health.resume(tx, caller.app_id, webhook_id)
    webhook = await webhooks.get(tx, caller.app_id, webhook_id)
    return data(_shown(parts_of(request).vault, webhook))


def _shown(vault: Vault, webhook: Webhook) -> Shown:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "graph": webhook.graph,
        "state": webhook.state,
        "method": webhook.method,
        "enabled": webhook.enabled,
        "expected_response_code": webhook.expected_response_code,
        "headers": webhooks.headers_of(vault, webhook),
        "failing_since": stamp(webhook.failing_since) if webhook.failing_since else None,
        "paused_at": stamp(webhook.paused_at) if webhook.paused_at else None,
        "created_at": stamp(webhook.created_at),
        "updated_at": stamp(webhook.updated_at),
    }
