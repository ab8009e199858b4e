"""Properties of people in the database."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.properties import Property
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "key, value, created_at, updated_at"


async def list_properties(tx: Transaction, app_id: UUID, resource_id: UUID) -> list[Property]:
    """Return every property of a resource, by key; the primary key serves it."""
    return await tx.rows(
        Property,
        f"SELECT {COLUMNS} FROM resource_properties WHERE app_id = %s AND resource_id = %s "
        "ORDER BY key",
        (app_id, resource_id),
    )


async def find(tx: Transaction, app_id: UUID, resource_id: UUID, key: str) -> Property | None:
    """Return the property with this key, or None."""
    return await tx.row(
        Property,
        f"SELECT {COLUMNS} FROM resource_properties "
        "WHERE app_id = %s AND resource_id = %s AND key = %s",
        (app_id, resource_id, key),
    )


async def save(tx: Transaction, app_id: UUID, resource_id: UUID, texts: Mapping[str, str]) -> None:
    """Set properties; what others there are stays.

    In sorted order, so that two requests that set the same ones cannot wait for each other.
    """
    keys = sorted(texts)
    await tx.run(
        "INSERT INTO resource_properties (app_id, resource_id, key, value, created_at, "
        "updated_at) SELECT %(app)s, %(resource)s, key, value, %(now)s, %(now)s "
        "FROM unnest(%(keys)s::text[], %(values)s::text[]) AS given (key, value) "
        "ON CONFLICT (app_id, resource_id, key) "
        "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        {
            "app": app_id,
            "resource": resource_id,
            "keys": keys,
            "values": [texts[key] for key in keys],
            "now": tx.now,
        },
    )


async def count(tx: Transaction, app_id: UUID, resource_id: UUID) -> int:
    """Return how many properties a resource has."""
    return int(
        await tx.value(
            "SELECT count(*) FROM resource_properties WHERE app_id = %s AND resource_id = %s",
            (app_id, resource_id),
        )
    )
