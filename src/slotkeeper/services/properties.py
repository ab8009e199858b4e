"""What users do with the properties of a person."""

from collections.abc import Mapping
from uuid import UUID

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.properties import PROPERTIES_MAX, Property
from slotkeeper.storage import properties
from slotkeeper.storage.transaction import Transaction


async def list_properties(tx: Transaction, app_id: UUID, resource_id: UUID) -> list[Property]:
    """Return every property of a resource, by key."""
    return await properties.list_properties(tx, app_id, resource_id)


async def get(tx: Transaction, app_id: UUID, resource_id: UUID, key: str) -> Property:
    """Return one property of a resource."""
    found = await properties.find(tx, app_id, resource_id, key)
    if found is None:
        raise NotFound("Property")
    return found


async def save(tx: Transaction, app_id: UUID, resource_id: UUID, texts: Mapping[str, str]) -> None:
    """Set properties of a resource; refuse more than ``PROPERTIES_MAX`` in all."""
    await properties.save(tx, app_id, resource_id, texts)
    if await properties.count(tx, app_id, resource_id) > PROPERTIES_MAX:
        message = f"A resource may not have more than {PROPERTIES_MAX} properties."
        raise InvalidInput.field("key", message)
