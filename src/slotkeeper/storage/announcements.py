"""The outbox: what happened and who is to be told, written with the change that it tells of."""

from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from slotkeeper.domain.delivery import Hearers, News
from slotkeeper.storage.transaction import Transaction

# Who is told comes first: where nobody is, nothing is written. A target that is behind for this
# booking is not asked before it has caught up: the last in line waits longest, and is found in
# deliveries_in_line; its largest moment would be looked for in deliveries_due, past everybody's.
_ANNOUNCE: LiteralString = """
WITH hears AS MATERIALIZED (
    SELECT 'webhook' AS channel, target, id AS webhook_id, NULL::jsonb AS call,
        NULL AS letter, NULL AS audience, paused_at IS NOT NULL AS paused, place
    FROM (
        SELECT *, row_number() OVER (ORDER BY position) - 1 AS place
        FROM webhooks WHERE app_id = %(app)s
    ) AS known
    WHERE graph = %(graph)s AND state = %(state)s AND enabled AND place <> ALL (%(silenced)s)
    UNION ALL
    SELECT 'webhook', md5(%(app)s || ' ' || (call ->> 'url'))::uuid, NULL, call, NULL, NULL,
        false, 1000
    FROM unnest(%(calls)s::jsonb[]) AS call
    UNION ALL
    SELECT 'mail', md5(%(app)s || ' ' || audience)::uuid, NULL, NULL, letter, audience,
        false, 2000
    FROM unnest(%(letters)s::text[], %(audiences)s::text[]) AS mails (letter, audience)
    WHERE %(kind)s = 'notice' OR NOT EXISTS (
        SELECT FROM apps WHERE id = %(app)s AND settings ->> 'disableEmail' = 'true')
), told AS (
    INSERT INTO announcements
        (app_id, kind, booking_id, action, from_state, message, booking, facts, happened_at)
    SELECT %(app)s, %(kind)s, bookings.id, %(action)s, %(from_state)s, %(message)s,
        to_jsonb(bookings), %(facts)s, %(now)s
    FROM (SELECT) AS once LEFT JOIN bookings ON app_id = %(app)s AND id = %(booking)s
    WHERE EXISTS (SELECT FROM hears)
    RETURNING number, booking_id
)
INSERT INTO deliveries (app_id, id, announcement, booking_id, channel, target, webhook_id, call,
    letter, audience, due_at, created_at)
SELECT %(app)s, gen_random_uuid(), told.number, told.booking_id, channel, hears.target, webhook_id,
    call, letter, audience,
    CASE WHEN paused THEN 'infinity' ELSE greatest(%(now)s, (
        SELECT due_at FROM deliveries AS ahead
        WHERE ahead.booking_id = told.booking_id AND ahead.target = hears.target
            AND ahead.status = 'waiting'
        ORDER BY ahead.number DESC LIMIT 1)) END,
    %(now)s
FROM told, hears ORDER BY place
"""


async def announce(tx: Transaction, app_id: UUID, news: News, hearers: Hearers) -> None:
    """Write down what happened, and a delivery for each who is told; where nobody is, nothing.

    The row of the booking is kept as it is at this moment of the transaction.
    """
    values: dict[str, Any] = {
        "app": app_id,
        "kind": news.kind,
        "booking": news.booking_id,
        "graph": news.graph,
        "state": news.state,
        "action": news.action,
        "from_state": news.from_state,
        "message": news.message,
        "facts": Jsonb(news.facts),
        "silenced": list(hearers.silenced),
        "calls": [Jsonb(call) for call in hearers.calls],
        "letters": [slug for slug, _ in hearers.letters],
        "audiences": [audience for _, audience in hearers.letters],
        "now": tx.now,
    }
    await tx.run(_ANNOUNCE, values)
