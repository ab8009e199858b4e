"""How the targets of webhooks are doing, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

# deliveries_by_target serves it. An attempt that is under way, or whose worker died, waits too.
_HOLD_BACK: LiteralString = """
UPDATE deliveries SET due_at = 'infinity'
WHERE status = 'waiting' AND channel = 'webhook' AND due_at < 'infinity'
    AND (app_id, target) IN (
        SELECT app_id, target FROM webhooks WHERE target = ANY(%s) AND paused_at IS NOT NULL)
"""


async def recovered(tx: Transaction, targets: Sequence[UUID]) -> None:
    """Note that targets took what they were sent; those that did not fail are left alone."""
    await tx.run(
        "UPDATE webhooks SET failing_since = NULL, warned_at = NULL "
        "WHERE target = ANY(%s) AND failing_since IS NOT NULL",
        (targets,),
    )


async def failed(tx: Transaction, targets: Sequence[UUID]) -> None:
    """Note since when targets fail, where that is new."""
    await tx.run(
        "UPDATE webhooks SET failing_since = %s WHERE target = ANY(%s) AND failing_since IS NULL",
        (tx.now, targets),
    )


async def warn(
    tx: Transaction, targets: Sequence[UUID], *, failing_since: datetime
) -> list[dict[str, Any]]:
    """Note that the owners of those that fail as long, and were not told yet, are told now.

    Return app, target, address and since when it fails, once for each target.
    """
    return await _noted(
        tx,
        "UPDATE webhooks SET warned_at = %s WHERE target = ANY(%s) AND warned_at IS NULL "
        "AND paused_at IS NULL AND failing_since <= %s",
        (tx.now, targets, failing_since),
    )


async def pause(
    tx: Transaction, targets: Sequence[UUID], *, warned_by: datetime | None
) -> list[dict[str, Any]]:
    """Send nothing to targets any more; with ``warned_by``, of which somebody was told by then.

    Return app, target, address and since when it fails of those that were not paused already.
    """
    return await _noted(
        tx,
        "UPDATE webhooks SET paused_at = %s WHERE target = ANY(%s) AND paused_at IS NULL "
        "AND failing_since IS NOT NULL AND (%s::timestamptz IS NULL OR warned_at <= %s)",
        (tx.now, targets, warned_by, warned_by),
    )


async def hold_back(tx: Transaction, targets: Sequence[UUID]) -> None:
    """Let what waits for those of the targets that are paused wait until they are resumed."""
    await tx.run(_HOLD_BACK, (targets,))


async def resume(tx: Transaction, app_id: UUID, target: UUID) -> None:
    """Let all that waits for a target go on, and forget that it failed."""
    async with tx.together():
        await tx.run(
            "UPDATE webhooks SET failing_since = NULL, warned_at = NULL, paused_at = NULL "
            "WHERE app_id = %s AND target = %s",
            (app_id, target),
        )
        await tx.run(
            "UPDATE deliveries SET due_at = %s "
            "WHERE app_id = %s AND target = %s AND status = 'waiting' AND due_at = 'infinity'",
            (tx.now, app_id, target),
        )


async def _noted(
    tx: Transaction, update: LiteralString, values: Sequence[object]
) -> list[dict[str, Any]]:
    found = await tx.dicts(f"{update} RETURNING app_id, target, url, failing_since", values)
    return list({row["target"]: row for row in found}.values())
