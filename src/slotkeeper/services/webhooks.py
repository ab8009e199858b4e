"""What users do with webhooks."""

import json
from collections.abc import Mapping
from uuid import UUID, uuid4

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.webhook import WEBHOOKS_MAX, Webhook, check
from slotkeeper.services.vault import Vault
from slotkeeper.storage import webhooks
from slotkeeper.storage.transaction import Transaction

_DEFAULTS: Mapping[str, object] = {
    "method": "post",
    "enabled": True,
    "expected_response_code": None,
    "headers": {},
}


async def create(tx: Transaction, vault: Vault, app_id: UUID, given: Mapping[str, object]) -> UUID:
    """Make a webhook, given by field; return its id.

    Raises InvalidInput for what could not be sent to, and when the app has ``WEBHOOKS_MAX``.
    """
    values = {**_DEFAULTS, **given}
    check(values)
    if await webhooks.lock_app(tx, app_id) >= WEBHOOKS_MAX:
        message = f"An app may not have more than {WEBHOOKS_MAX} webhooks."
        raise InvalidInput.field("webhooks", message)
    webhook_id = uuid4()
    await webhooks.insert(tx, app_id, {"id": webhook_id, **_kept(vault, values)})
    await webhooks.move(tx, app_id, webhook_id)
    return webhook_id


async def get(tx: Transaction, app_id: UUID, webhook_id: UUID) -> Webhook:
    """Return a webhook of the app."""
    webhook = await webhooks.find(tx, app_id, webhook_id)
    if webhook is None:
        raise NotFound("Webhook")
    return webhook


async def list_webhooks(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Webhook]:
    """Return one page of the app's webhooks, in the order in which they were made."""
    return await webhooks.list_webhooks(tx, app_id, asked)


def headers_of(vault: Vault, webhook: Webhook) -> Mapping[str, str]:
    """Return what a webhook sends along with ours.

    Raises InvalidTag where another secret key sealed them.
    """
    if webhook.sealed_headers is None:
        return webhook.clear_headers
    found: dict[str, str] = json.loads(vault.open(webhook.sealed_headers))
    return found


async def change(
    tx: Transaction, vault: Vault, app_id: UUID, webhook_id: UUID, changes: Mapping[str, object]
) -> None:
    """Change the given fields; what waits to be sent goes to the new address.

    Headers that an earlier version kept in clear are sealed, whatever is changed.
    """
    webhook = await get(tx, app_id, webhook_id)
    fields = ("url", "graph", "state", "method", "expected_response_code")
    known = {name: getattr(webhook, name) for name in fields}
    check({**known, "headers": webhook.clear_headers, **changes})
    clear = {"headers": webhook.clear_headers} if webhook.clear_headers else {}
    if not await webhooks.update(tx, app_id, webhook_id, _kept(vault, {**clear, **changes})):
        raise NotFound("Webhook")
    if changes.get("url", webhook.url) != webhook.url:
        await webhooks.move(tx, app_id, webhook_id)
        await webhooks.release(tx, app_id, webhook.target)


async def delete(tx: Transaction, app_id: UUID, webhook_id: UUID) -> None:
    """Delete a webhook, with the log of its deliveries and what waits to be sent."""
    webhook = await get(tx, app_id, webhook_id)
    await webhooks.delete(tx, app_id, webhook_id)
    await webhooks.release(tx, app_id, webhook.target)


def _kept(vault: Vault, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return the columns in which fields are kept: headers may hold tokens, so they are sealed."""
    if "headers" not in values:
        return values
    headers = values["headers"]
    sealed = vault.seal(json.dumps(headers)) if headers else None
    return {**values, "headers": {}, "sealed_headers": sealed}
