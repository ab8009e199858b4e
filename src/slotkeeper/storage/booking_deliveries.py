"""What was told about one booking, to whomever, in the database."""

from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.delivery import Channel, Kind, Status
from slotkeeper.domain.delivery_log import BookingDelivery
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, channel, kind, status, state, action, letter, audience, webhook_id, url, method, "
    "next_attempt_at, created_at, finished_at"
)

# announcements_by_booking finds what was announced, deliveries_by_announcement who is told.
_DELIVERIES: LiteralString = """(
    SELECT announcements.app_id, announcements.booking_id, deliveries.number, deliveries.id,
        channel, kind, status, booking ->> 'state' AS state, action, letter, audience, webhook_id,
        coalesce(url, call ->> 'url') AS url,
        lower(coalesce(method, call ->> 'method')) AS method,
        CASE WHEN status = 'waiting' AND due_at < 'infinity' THEN due_at END AS next_attempt_at,
        deliveries.created_at, finished_at
    FROM announcements JOIN deliveries ON deliveries.app_id = announcements.app_id
        AND deliveries.announcement = announcements.number
    LEFT JOIN webhooks ON webhooks.app_id = deliveries.app_id AND webhooks.id = webhook_id
) AS told"""

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "channel": listing.exactly("channel"),
        "kind": listing.exactly("kind"),
        "status": listing.exactly("status"),
        "state": listing.exactly("state"),
        "letter": listing.exactly("letter"),
        "audience": listing.exactly("audience"),
        "webhook.id": listing.uuid("webhook_id"),
        "webhook_id": listing.uuid("webhook_id"),
    },
    order={"created_at": "number"},
    default_order=("number DESC",),
    ties=(),
)


async def list_deliveries(
    tx: Transaction, app_id: UUID, booking_id: UUID, asked: Listing
) -> Page[BookingDelivery]:
    """Return one page of what was told about a booking, newest first unless asked otherwise."""
    page = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, _DELIVERIES),
        conditions=[listing.of_app(app_id), (sql.SQL("booking_id = %s"), (booking_id,))],
    )
    return Page([_delivery(row) for row in page.items], page.total)


async def has(tx: Transaction, app_id: UUID, booking_id: UUID, delivery_id: UUID) -> bool:
    """Tell whether a delivery is about a booking; the primary key serves it."""
    return bool(
        await tx.values(
            "SELECT id FROM deliveries WHERE app_id = %s AND id = %s AND booking_id = %s",
            (app_id, delivery_id, booking_id),
        )
    )


class _Row(dict[str, Any]):
    """A row as a mapping, of which some columns become values of their own."""


def _delivery(row: dict[str, Any]) -> BookingDelivery:
    channel, kind = Channel(row.pop("channel")), Kind(row.pop("kind"))
    return BookingDelivery(channel=channel, kind=kind, status=Status(row.pop("status")), **row)
