"""What users ask about the deliveries to a webhook, and how they have them made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.delivery_log import Attempt, Logged
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.notifications.http import HttpCall
from slotkeeper.services import webhook_calls, webhooks
from slotkeeper.services.vault import Vault
from slotkeeper.storage import deliveries, delivery_log
from slotkeeper.storage.transaction import Transaction

REPLAYED_MAX = 10_000
"""The most deliveries that one call has made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of several deliveries, by their ids: the request, and each attempt."""

    calls: Mapping[UUID, HttpCall]
    attempts: Mapping[UUID, Sequence[Attempt]]


async def list_logged(
    tx: Transaction, app_id: UUID, webhook_id: UUID, asked: Listing
) -> Page[Logged]:
    """Return one page of the deliveries to a webhook, newest first."""
    await webhooks.get(tx, app_id, webhook_id)
    return await delivery_log.list_logged(tx, app_id, webhook_id, asked)


async def get(tx: Transaction, app_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Logged:
    """Return one delivery to a webhook."""
    await webhooks.get(tx, app_id, webhook_id)
    found = await delivery_log.find(tx, app_id, webhook_id, delivery_id)
    if found is None:
        raise NotFound("Delivery")
    return found


async def details(
    tx: Transaction, vault: Vault, app_id: UUID, logged: Sequence[Logged], *, site: str | None
) -> Details:
    """Return what was sent and what came back, of several deliveries to webhooks that exist.

    Requests are made anew, of the bookings as they were.
    """
    ids = [each.id for each in logged]
    found = await deliveries.find_all(tx, app_id, ids)
    return Details(
        calls=await webhook_calls.calls(tx, vault, found, site=site),
        attempts=await delivery_log.attempts_of(tx, app_id, ids),
    )


async def replay(tx: Transaction, app_id: UUID, webhook_id: UUID, delivery_id: UUID) -> None:
    """Have a delivery made again at once, also one that arrived, or whose target is paused."""
    await get(tx, app_id, webhook_id, delivery_id)
    await delivery_log.replay(tx, app_id, delivery_id)


async def replay_failed(tx: Transaction, app_id: UUID, webhook_id: UUID, *, since: datetime) -> int:
    """Have what failed since an instant made again, ``REPLAYED_MAX`` at most; return how many.

    While the target is paused they wait with the others.
    """
    await webhooks.get(tx, app_id, webhook_id)
    return await delivery_log.replay_failed(tx, app_id, webhook_id, since=since, most=REPLAYED_MAX)


async def send_test(tx: Transaction, app_id: UUID, webhook_id: UUID) -> UUID:
    """Have a sample sent to a webhook, enabled or not, once; return the id of the delivery."""
    webhook = await webhooks.get(tx, app_id, webhook_id)
    delivery_id = uuid4()
    await delivery_log.send_test(tx, app_id, webhook, delivery_id=delivery_id)
    return delivery_id
