"""Send what was announced: whose turn it is, what is sent, and what comes after an attempt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from slotkeeper.domain.delivery import LEASE, Channel, Delivery, Outcome, Status, next_attempt
from slotkeeper.services import webhook_health
from slotkeeper.storage import deliveries
from slotkeeper.storage.transaction import Transaction

KEPT_FOR = timedelta(days=30)
"""How long one can look at what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many deliveries nobody has made though it was time, and how late the first is.

    ``paused`` is the number of targets that are told nothing at present.
    """

    count: int
    late: timedelta
    paused: int


async def take(
    tx: Transaction,
    channel: Channel,
    *,
    most: int,
    places: Mapping[UUID, int | None] | None = None,
    few: int | None = None,
) -> list[Delivery]:
    """Take up to ``most`` deliveries of a channel whose turn has come.

    Of those to one target at most as many as ``places`` says, or ``few`` where it says nothing;
    None is no limit. In the order in which things happened. Nobody else gets them before
    ``LEASE`` is over.
    """
    return await deliveries.take(tx, channel, most=most, lease=LEASE, places=places or {}, few=few)


async def finish(
    tx: Transaction, outcomes: Sequence[tuple[Delivery, Outcome]], *, chance: float
) -> None:
    """Note what came of attempts, and when those that failed are tried again.

    ``chance`` in [0, 1) spreads those that failed together.
    """
    noted = []
    for delivery, outcome in outcomes:
        tries = delivery.attempts - delivery.attempts_before
        again = next_attempt(tries, at=tx.now, chance=chance)
        if outcome.is_success:
            noted.append((delivery, outcome, Status.DELIVERED, tx.now))
        elif outcome.is_final or again is None:
            noted.append((delivery, outcome, Status.FAILED, tx.now))
        else:
            noted.append((delivery, outcome, Status.WAITING, again))
    await deliveries.finish(tx, noted)
    await webhook_health.note(tx, outcomes)


async def drop(tx: Transaction, dropped: Sequence[Delivery]) -> None:
    """Note that deliveries had nothing to say any more when their turn came."""
    if dropped:
        noted = [(each, Outcome(), Status.DROPPED, tx.now) for each in dropped]
        await deliveries.finish(tx, noted)


async def clean(tx: Transaction, *, most: int) -> int:
    """Delete what was told longer ago than ``KEPT_FOR``, at most ``most``; return how many."""
    return await deliveries.clean(tx, older_than=tx.now - KEPT_FOR, most=most)


async def backlog(tx: Transaction, *, by: timedelta) -> Backlog:
    """Tell what has been due for ``by`` or longer.

    An attempt that failed counts from when it is to be made again.
    """
    count, first, paused = await deliveries.backlog(tx, tx.now - by)
    return Backlog(count=count, late=tx.now - first if first else timedelta(), paused=paused)
