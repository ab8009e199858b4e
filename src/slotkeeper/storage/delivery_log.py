"""The log of the deliveries to a webhook, in the database; and making them again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from slotkeeper.domain.delivery import Kind, Status
from slotkeeper.domain.delivery_log import Attempt, Logged
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.webhook import Webhook
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, kind, status, booking_id, state, next_attempt_at, created_at, finished_at"
)

# While an attempt runs, due_at is when it counts as lost: that is when the next one would come.
# Each has its announcement; joined so, it is not looked at where only the count is wanted.
# deliveries_by_webhook serves the list.
_LOGGED: LiteralString = """(
    SELECT deliveries.app_id, webhook_id, deliveries.number, id, kind, status,
        deliveries.booking_id, booking ->> 'state' AS state,
        CASE WHEN status = 'waiting' AND due_at < 'infinity' THEN due_at END AS next_attempt_at,
        created_at, finished_at
    FROM deliveries LEFT JOIN announcements ON announcements.app_id = deliveries.app_id
        AND announcements.number = deliveries.announcement
) AS logged"""

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "booking.id": listing.uuid("booking_id"),
        "booking_id": listing.uuid("booking_id"),
        "status": listing.exactly("status"),
        "state": listing.exactly("state"),
        "kind": listing.exactly("kind"),
    },
    order={"created_at": "number"},
    default_order=("number DESC",),
    ties=(),
)

# A paused target gets its own when it is resumed. What is about no booking was a test.
_REPLAY_FAILED: LiteralString = """
UPDATE deliveries SET status = 'waiting', finished_at = NULL, attempts_before = attempts,
    due_at = CASE WHEN webhooks.paused_at IS NULL THEN %(now)s ELSE 'infinity' END
FROM webhooks
WHERE deliveries.app_id = %(app)s AND webhooks.app_id = deliveries.app_id
    AND webhooks.id = webhook_id AND deliveries.id IN (
        SELECT id FROM deliveries WHERE app_id = %(app)s AND webhook_id = %(webhook)s
            AND status = 'failed' AND finished_at >= %(since)s
            AND booking_id IS NOT NULL
        ORDER BY finished_at LIMIT %(most)s)
"""

_TEST: LiteralString = """
WITH told AS (
    INSERT INTO announcements (app_id, kind, facts, happened_at)
    VALUES (%(app)s, %(kind)s, %(facts)s, %(now)s) RETURNING number
)
INSERT INTO deliveries
    (app_id, id, announcement, channel, target, webhook_id, due_at, created_at)
SELECT %(app)s, %(id)s, number, 'webhook', %(target)s, %(webhook)s, %(now)s, %(now)s FROM told
"""


async def list_logged(
    tx: Transaction, app_id: UUID, webhook_id: UUID, asked: Listing
) -> Page[Logged]:
    """Return one page of the deliveries to a webhook, newest first unless asked otherwise."""
    page = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, _LOGGED),
        conditions=[listing.of_app(app_id), (sql.SQL("webhook_id = %s"), (webhook_id,))],
    )
    return Page([_logged(row) for row in page.items], page.total)


async def find(tx: Transaction, app_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Logged | None:
    """Return a delivery to a webhook, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM {_LOGGED} WHERE app_id = %s AND webhook_id = %s AND id = %s",
        (app_id, webhook_id, delivery_id),
    )
    return _logged(found[0]) if found else None


async def attempts_of(
    tx: Transaction, app_id: UUID, delivery_ids: Sequence[UUID]
) -> dict[UUID, list[Attempt]]:
    """Return the attempts at each delivery, oldest first."""
    found = await tx.dicts(
        "SELECT delivery_id, number, started_at, milliseconds, status, error, excerpt "
        "FROM delivery_attempts WHERE app_id = %s AND delivery_id = ANY(%s) ORDER BY number",
        (app_id, list(delivery_ids)),
    )
    attempts: dict[UUID, list[Attempt]] = {each: [] for each in delivery_ids}
    for row in found:
        attempts[row.pop("delivery_id")].append(Attempt(**row))
    return attempts


async def replay(tx: Transaction, app_id: UUID, delivery_id: UUID) -> None:
    """Let a delivery be made again at once, with all its tries."""
    await tx.run(
        "UPDATE deliveries SET status = 'waiting', finished_at = NULL, due_at = %s, "
        "attempts_before = attempts WHERE app_id = %s AND id = %s",
        (tx.now, app_id, delivery_id),
    )


async def replay_failed(
    tx: Transaction, app_id: UUID, webhook_id: UUID, *, since: datetime, most: int
) -> int:
    """Let what has failed since an instant be made again, the oldest ``most``; return how many.

    ``deliveries_failed`` serves it.
    """
    values = {
        "app": app_id,
        "webhook": webhook_id,
        "since": since,
        "most": most,
        "now": tx.now,
    }
    return await tx.run(_REPLAY_FAILED, values)


async def send_test(tx: Transaction, app_id: UUID, webhook: Webhook, *, delivery_id: UUID) -> None:
    """Announce a test to one webhook alone."""
    values = {
        "app": app_id,
        "kind": Kind.TEST,
        "facts": Jsonb({}),
        "id": delivery_id,
        "target": webhook.target,
        "webhook": webhook.id,
        "now": tx.now,
    }
    await tx.run(_TEST, values)


class _Row(dict[str, Any]):
    """A row as a mapping, of which some columns become values of their own."""


def _logged(row: dict[str, Any]) -> Logged:
    kind, status = Kind(row.pop("kind")), Status(row.pop("status"))
    return Logged(kind=kind, status=status, **row)
