"""When something was used last, noted so rarely that it costs nothing."""

from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction


async def note(
    tx: Transaction,
    table: LiteralString,
    column: LiteralString,
    app_id: UUID,
    row_id: UUID,
    *,
    every: timedelta,
) -> None:
    """Note in ``column`` that a row is used now, unless that was noted within ``every``.

    Waits for nobody: while another transaction notes the same, there is nothing to add.
    """
    await tx.run(
        f"UPDATE {table} SET {column} = %(now)s WHERE app_id = %(app)s AND id IN ("
        f"SELECT id FROM {table} WHERE app_id = %(app)s AND id = %(id)s "
        f"AND ({column} IS NULL OR {column} <= %(before)s) FOR UPDATE SKIP LOCKED)",
        {"app": app_id, "id": row_id, "now": tx.now, "before": tx.now - every},
    )
