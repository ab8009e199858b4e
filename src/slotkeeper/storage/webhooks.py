"""Webhooks in the database."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.webhook import Webhook
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, position, url, target, graph, state, method, enabled, expected_response_code, "
    "headers AS clear_headers, sealed_headers, failing_since, warned_at, paused_at, created_at, "
    "updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "url": listing.exactly("url"),
        "graph": listing.exactly("graph"),
        "state": listing.exactly("state"),
        "enabled": listing.truth("enabled"),
    },
    order={name: name for name in ("created_at", "updated_at", "graph", "state", "url")},
    default_order=("position",),
)

# Whoever makes or moves a webhook finds out how its address is doing from another that has it.
_ADOPT: LiteralString = """
UPDATE webhooks SET failing_since = other.failing_since, warned_at = other.warned_at,
    paused_at = other.paused_at
FROM (SELECT) AS once LEFT JOIN LATERAL (
    SELECT failing_since, warned_at, paused_at FROM webhooks AS other
    WHERE other.app_id = %(app)s AND other.id <> %(id)s AND other.target = (
        SELECT target FROM webhooks WHERE app_id = %(app)s AND id = %(id)s)
    LIMIT 1
) AS other ON true
WHERE webhooks.app_id = %(app)s AND webhooks.id = %(id)s
"""

# What waits goes to the new address too, at once unless that is paused.
_MOVE_WAITING: LiteralString = """
UPDATE deliveries SET target = webhooks.target,
    due_at = CASE WHEN webhooks.paused_at IS NOT NULL THEN 'infinity'
        WHEN due_at = 'infinity' THEN %(now)s ELSE due_at END
FROM webhooks
WHERE deliveries.app_id = %(app)s AND deliveries.webhook_id = %(id)s AND status = 'waiting'
    AND webhooks.app_id = deliveries.app_id AND webhooks.id = deliveries.webhook_id
"""


async def insert(tx: Transaction, app_id: UUID, webhook: Mapping[str, object]) -> None:
    """Store a new webhook, given by column."""
    await changes.insert(tx, "webhooks", {"app_id": app_id, **webhook})


async def update(
    tx: Transaction, app_id: UUID, webhook_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a webhook."""
    return await changes.update(tx, "webhooks", app_id=app_id, row_id=webhook_id, changes=changed)


async def move(tx: Transaction, app_id: UUID, webhook_id: UUID) -> None:
    """Let a webhook that has a new address share the fate of others that have it.

    What waits for it goes there.
    """
    values = {"app": app_id, "id": webhook_id, "now": tx.now}
    await tx.run(_ADOPT, values)
    await tx.run(_MOVE_WAITING, values)


async def delete(tx: Transaction, app_id: UUID, webhook_id: UUID) -> bool:
    """Delete a webhook with its deliveries; tell whether there was one."""
    return await changes.delete(tx, "webhooks", app_id=app_id, row_id=webhook_id)


async def release(tx: Transaction, app_id: UUID, target: UUID) -> None:
    """Let what waits for a paused target go on where no webhook is left by which to resume it.

    That is what bookings have told of by themselves.
    """
    await tx.run(
        "UPDATE deliveries SET due_at = %(now)s WHERE app_id = %(app)s AND target = %(target)s "
        "AND status = 'waiting' AND due_at = 'infinity' AND NOT EXISTS ("
        "SELECT FROM webhooks WHERE app_id = %(app)s AND target = %(target)s)",
        {"app": app_id, "target": target, "now": tx.now},
    )


async def find(tx: Transaction, app_id: UUID, webhook_id: UUID) -> Webhook | None:
    """Return the webhook with this id, or None."""
    return await tx.row(
        Webhook,
        f"SELECT {COLUMNS} FROM webhooks WHERE app_id = %s AND id = %s",
        (app_id, webhook_id),
    )


async def lock_app(tx: Transaction, app_id: UUID) -> int:
    """Let nobody else make webhooks of an app until the transaction ends; return how many it has.

    Bookings are made meanwhile: what refers to the app takes a weaker lock.
    """
    await tx.run("SELECT FROM apps WHERE id = %s FOR NO KEY UPDATE", (app_id,))
    count: int = await tx.value("SELECT count(*) FROM webhooks WHERE app_id = %s", (app_id,))
    return count


async def list_webhooks(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Webhook]:
    """Return one page of the app's webhooks, in the order in which they were made."""
    return await listing.page(
        tx,
        Webhook,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "webhooks"),
        conditions=[listing.of_app(app_id)],
    )
