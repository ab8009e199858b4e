"""What is to be told of an app at this moment."""

from uuid import UUID

from slotkeeper.domain.delivery import Channel, Delivery
from slotkeeper.services import deliveries
from slotkeeper.storage.transaction import Transaction


async def due(tx: Transaction, app_id: UUID, *channels: Channel) -> list[Delivery]:
    """Take all that is due on the channels, on each of them if none is named; in order.

    Other tests leave theirs in the same database: they are taken too, and passed over.
    """
    taken = []
    for channel in channels or tuple(Channel):
        taken += await deliveries.take(tx, channel, most=10_000)
    return [each for each in taken if each.app_id == app_id]
