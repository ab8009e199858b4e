"""Whose turn it is where bookings are shared out evenly."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from slotkeeper.domain.availability import Candidate
from slotkeeper.domain.balance import balanced
from slotkeeper.domain.slots import Mode
from slotkeeper.domain.zones import find_zone
from slotkeeper.storage.balance import loads
from slotkeeper.storage.transaction import Transaction

LOGGED_MAX = 20
"""How many of those whose turn is next are named in the log."""


async def in_turn(
    tx: Transaction, app_id: UUID, candidates: Sequence[Candidate[UUID]], mode: Mode
) -> list[Candidate[UUID]]:
    """Return the candidates in the order of their turn where the mode is balanced, else as given.

    The log entry of the request tells the order with its reasons: ids and figures alone.
    """
    if mode is not Mode.ROUNDROBIN_BALANCED:
        return list(candidates)
    by_id = {candidate.resource_id: candidate for candidate in candidates}
    known = await loads(tx, app_id, list(by_id))
    order = balanced(list(by_id), known)
    structlog.contextvars.bind_contextvars(
        balanced_order=[
            {
                "resource_id": str(each),
                "upcoming": known[each].upcoming,
                "idle_since": _shown(known[each].idle_since),
            }
            for each in order[:LOGGED_MAX]
        ]
    )
    return [by_id[each] for each in order]


def _shown(minute: int | None) -> str | None:
    return None if minute is None else find_zone("UTC").iso(minute)
