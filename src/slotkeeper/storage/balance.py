"""How much resources have before them, and since when nothing behind them."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.balance import Load
from slotkeeper.domain.zones import minute_ceil
from slotkeeper.storage.transaction import Transaction

# claims_by_end serves both: what is upcoming lies behind now in it, and the last booking
# that ended is the first entry before.
_LOADS = """
SELECT asked.resource_id, upcoming.count AS upcoming, ended.ended_at
FROM unnest(%(resources)s::uuid[]) AS asked (resource_id)
CROSS JOIN LATERAL (
    SELECT count(*) FROM claims
    WHERE app_id = %(app)s AND resource_id = asked.resource_id AND upper(during) > %(now)s
      AND (until IS NULL OR until > %(now)s)
) AS upcoming
LEFT JOIN LATERAL (
    SELECT upper(during) AS ended_at FROM claims
    WHERE app_id = %(app)s AND resource_id = asked.resource_id AND upper(during) <= %(now)s
      AND (until IS NULL OR until > %(now)s)
    ORDER BY app_id DESC, resource_id DESC, upper(during) DESC LIMIT 1
) AS ended ON true
"""


async def loads(tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]) -> dict[UUID, Load]:
    """Return the load of each resource at this moment; a booking that ends now has ended."""
    found = await tx.dicts(_LOADS, {"app": app_id, "resources": list(resource_ids), "now": tx.now})
    return {
        row["resource_id"]: Load(
            upcoming=row["upcoming"],
            idle_since=None if row["ended_at"] is None else minute_ceil(row["ended_at"]),
        )
        for row in found
    }
