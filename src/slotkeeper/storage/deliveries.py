"""Deliveries: whose turn it is, and what came of it, in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.domain.delivery import Announcement, Channel, Delivery, Kind, Outcome, Status
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction

# Nobody overtakes those ahead of them in line. Each asks for the first of its line, in the order of
# deliveries_in_line: without statistics, the planner finds everybody's by target instead when it is
# asked whether anybody is ahead.
_IS_FIRST: LiteralString = """(due.booking_id IS NULL OR due.number = (
            SELECT ahead.number FROM deliveries AS ahead
            WHERE ahead.booking_id = due.booking_id AND ahead.target = due.target
                AND ahead.status = 'waiting'
            ORDER BY ahead.number LIMIT 1))"""

# An attempt counts from when it is taken: where its worker dies, the next one is made when the
# time for this one is over. Who is in line behind one that waits is due no sooner (see _LINE_UP),
# so that those who are due first are rarely held up: to look at a few times as many as are wanted
# is enough, however many are due. Where a target has few places, all of its that are due are asked
# whether they are first in line, and then counted; of the others only as many as are taken.
_TAKE: LiteralString = f"""
WITH due AS MATERIALIZED (
    SELECT app_id, id, number, due_at, booking_id, target, target = ANY (%(free)s) AS is_free
    FROM deliveries
    WHERE status = 'waiting' AND channel = %(channel)s AND due_at <= %(now)s
        AND target <> ALL (%(full)s)
    ORDER BY due_at, number LIMIT %(look)s
), few AS MATERIALIZED (
    SELECT number FROM (
        SELECT number, target,
            row_number() OVER (PARTITION BY target ORDER BY due_at, number) AS place
        FROM due WHERE NOT is_free AND {_IS_FIRST}
    ) AS counted LEFT JOIN unnest(%(limited)s::uuid[], %(places)s::int[])
        AS known (target, places) USING (target)
    WHERE place <= coalesce(places, %(few)s)
), first AS (
    SELECT deliveries.app_id, deliveries.id FROM due JOIN deliveries USING (app_id, id)
    WHERE deliveries.status = 'waiting' AND deliveries.due_at <= %(now)s
        AND CASE WHEN is_free THEN {_IS_FIRST} ELSE due.number IN (SELECT number FROM few) END
    ORDER BY due.due_at, due.number LIMIT %(most)s
    FOR UPDATE OF deliveries SKIP LOCKED
)
UPDATE deliveries SET attempts = attempts + 1, due_at = %(until)s
FROM first WHERE deliveries.app_id = first.app_id AND deliveries.id = first.id
RETURNING deliveries.app_id, deliveries.id
"""

_TAKEN: LiteralString = f"""
SELECT deliveries.app_id, deliveries.id, channel, target, webhook_id, call, letter, audience,
    deliveries.booking_id, attempts, attempts_before, deliveries.created_at, announcement, kind,
    action, from_state, message, facts, happened_at, booking IS NOT NULL AS has_booking, told.*
FROM deliveries
JOIN announcements ON announcements.app_id = deliveries.app_id
    AND announcements.number = announcement
LEFT JOIN LATERAL (
    SELECT {", ".join(f"{name} AS told_{name}" for name in bookings.COLUMNS.split(", "))}
    FROM jsonb_populate_record(NULL::bookings, booking)
) AS told ON true
WHERE deliveries.app_id = ANY(%(apps)s) AND deliveries.id = ANY(%(ids)s)
ORDER BY deliveries.number
"""

# A webhook may have been deleted while something was on its way to it, and its deliveries with it.
# What is dropped was taken, and nobody was told.
_FINISH: LiteralString = """
WITH came AS (
    SELECT * FROM unnest(%(apps)s::uuid[], %(ids)s::uuid[], %(attempts)s::int[],
        %(states)s::text[], %(due)s::timestamptz[], %(codes)s::int[], %(errors)s::text[],
        %(excerpts)s::text[], %(milliseconds)s::int[])
        AS came (app_id, id, attempt, status, due_at, code, error, excerpt, milliseconds)
), there AS MATERIALIZED (
    SELECT came.* FROM came JOIN deliveries
        ON deliveries.app_id = came.app_id AND deliveries.id = came.id
    FOR NO KEY UPDATE OF deliveries
), noted AS (
    INSERT INTO delivery_attempts
        (app_id, delivery_id, number, started_at, milliseconds, status, error, excerpt)
    SELECT app_id, id, attempt, %(now)s - milliseconds * interval '1 millisecond', milliseconds,
        code, error, excerpt
    FROM there WHERE status <> 'dropped' ON CONFLICT DO NOTHING
)
UPDATE deliveries SET status = came.status, due_at = came.due_at, last_status = came.code,
    last_error = came.error,
    finished_at = CASE WHEN came.status <> 'waiting' THEN %(now)s::timestamptz END
FROM there AS came
WHERE deliveries.app_id = came.app_id AND deliveries.id = came.id
    AND deliveries.status = 'waiting' AND deliveries.attempts = came.attempt
"""

# Whoever stands behind one that has to wait waits as long; behind one that is through, no longer.
_LINE_UP: LiteralString = """
WITH ahead AS MATERIALIZED (
    SELECT booking_id, target, number,
        CASE WHEN status = 'waiting' THEN due_at ELSE %(now)s END AS due_at
    FROM unnest(%(apps)s::uuid[], %(ids)s::uuid[]) AS asked (app_id, id)
    JOIN deliveries USING (app_id, id) WHERE booking_id IS NOT NULL
)
UPDATE deliveries SET due_at = behind.wanted
FROM ahead CROSS JOIN LATERAL (
    SELECT app_id, id, ahead.due_at AS wanted FROM deliveries AS behind
    WHERE behind.booking_id = ahead.booking_id AND behind.target = ahead.target
        AND behind.status = 'waiting' AND behind.number > ahead.number
        AND behind.due_at < 'infinity' AND behind.due_at <> ahead.due_at
    ORDER BY behind.number OFFSET 0
) AS behind
WHERE deliveries.app_id = behind.app_id AND deliveries.id = behind.id
"""


async def take(
    tx: Transaction,
    channel: Channel,
    *,
    most: int,
    lease: timedelta,
    places: Mapping[UUID, int | None],
    few: int | None,
) -> list[Delivery]:
    """Take up to ``most`` deliveries of a channel whose turn has come; return them in order.

    Nobody else gets them before ``lease`` is over. To each target go as many as ``places`` says,
    or ``few`` where it says nothing; None is no limit. Passed over are those that have to wait
    for another of their booking to the same target. deliveries_due and deliveries_in_line serve
    it.
    """
    limited = {target: left for target, left in places.items() if left}
    values: dict[str, Any] = {
        "channel": channel,
        "now": tx.now,
        "until": tx.now + lease,
        "most": most,
        "look": 4 * most + 200,
        "full": [target for target, left in places.items() if left == 0],
        "free": [target for target, left in places.items() if left is None],
        "limited": list(limited),
        "places": list(limited.values()),
        "few": most if few is None else few,
    }
    taken = await tx.dicts(_TAKE, values)
    if not taken:
        return []
    apps, ids = [row["app_id"] for row in taken], [row["id"] for row in taken]
    await tx.run(_LINE_UP, {"now": tx.now, "apps": apps, "ids": ids})
    return await _found(tx, apps, ids)


async def find_all(tx: Transaction, app_id: UUID, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """Return those of the deliveries that exist, with what they tell, oldest first."""
    return await _found(tx, [app_id], delivery_ids)


async def finish(
    tx: Transaction, outcomes: Sequence[tuple[Delivery, Outcome, Status, datetime]]
) -> None:
    """Note what came of attempts: the status of each delivery, and when it is due again.

    Passed over is what another worker has taken over meanwhile, because the lease ran out.
    """
    values: dict[str, Any] = {
        "now": tx.now,
        "apps": [delivery.app_id for delivery, *_ in outcomes],
        "ids": [delivery.id for delivery, *_ in outcomes],
        "attempts": [delivery.attempts for delivery, *_ in outcomes],
        "states": [status for *_, status, _ in outcomes],
        "due": [due for *_, due in outcomes],
        "codes": [outcome.status for _, outcome, *_ in outcomes],
        "errors": [outcome.error for _, outcome, *_ in outcomes],
        "excerpts": [outcome.excerpt for _, outcome, *_ in outcomes],
        "milliseconds": [outcome.milliseconds for _, outcome, *_ in outcomes],
    }
    async with tx.together():
        await tx.run(_FINISH, values)
        await tx.run(_LINE_UP, values)


async def backlog(tx: Transaction, moment: datetime) -> tuple[int, datetime | None, int]:
    """Return how many deliveries were due at ``moment`` or before, since when, and what is paused.

    The last is the number of targets. deliveries_due serves the first two; the cost grows with
    the count.
    """
    [found] = await tx.dicts(
        "SELECT count(*) AS count, min(due_at) AS first, (SELECT count(DISTINCT target) "
        "FROM webhooks WHERE paused_at IS NOT NULL) AS paused "
        "FROM deliveries WHERE status = 'waiting' AND channel = ANY(%s) AND due_at <= %s",
        (list(Channel), moment),
    )
    return found["count"], found["first"], found["paused"]


async def clean(tx: Transaction, *, older_than: datetime, most: int) -> int:
    """Delete announcements that happened before an instant and wait for nobody any more.

    At most ``most``, with their deliveries and attempts; return how many.
    """
    return await tx.run(
        "DELETE FROM announcements WHERE (app_id, number) IN ("
        "SELECT app_id, number FROM announcements AS old WHERE happened_at < %s AND NOT EXISTS ("
        "SELECT FROM deliveries WHERE deliveries.app_id = old.app_id "
        "AND announcement = old.number AND status = 'waiting') "
        "LIMIT %s FOR UPDATE OF old SKIP LOCKED)",
        (older_than, most),
    )


async def _found(
    tx: Transaction, app_ids: Sequence[UUID], delivery_ids: Sequence[UUID]
) -> list[Delivery]:
    """Return deliveries of some apps; the primary key serves it."""
    values = {"apps": list(app_ids), "ids": list(delivery_ids)}
    return [_delivery(row) for row in await tx.dicts(_TAKEN, values)]


def _delivery(row: dict[str, Any]) -> Delivery:
    of_booking = {name: row.pop(f"told_{name}") for name in bookings.COLUMNS.split(", ")}
    announcement = Announcement(
        number=row["announcement"],
        kind=Kind(row["kind"]),
        booking=bookings.from_row(of_booking) if row["has_booking"] else None,
        action=row["action"],
        from_state=row["from_state"],
        message=row["message"],
        facts=row["facts"],
        happened_at=row["happened_at"],
    )
    return Delivery(
        app_id=row["app_id"],
        id=row["id"],
        channel=Channel(row["channel"]),
        target=row["target"],
        booking_id=row["booking_id"],
        webhook_id=row["webhook_id"],
        call=row["call"],
        letter=row["letter"],
        audience=row["audience"],
        attempts=row["attempts"],
        attempts_before=row["attempts_before"],
        created_at=row["created_at"],
        announcement=announcement,
    )
