"""Write what a caller changed, and only that."""

from collections.abc import Mapping
from functools import lru_cache
from typing import LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from slotkeeper.storage.transaction import Transaction

_JSONB = frozenset({"meta"})
_ARRAYS = frozenset({"participants", "rdate", "exdate"})


def adapted(column: str, value: object) -> object:
    """Return ``value`` as the driver wants it for ``column``: documents wrapped as JSON."""
    if column in _JSONB:
        return Jsonb(value)
    is_document = isinstance(value, (dict, list)) and column not in _ARRAYS
    return Json(value) if is_document else value


async def update(
    tx: Transaction,
    table: LiteralString,
    *,
    app_id: UUID,
    row_id: UUID,
    changes: Mapping[str, object],
) -> bool:
    """Set ``changes`` and the time of change on one row; tell whether the row exists.

    Column names come from our own code, never from a request.
    """
    named = {**changes, "updated_at": tx.now}
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder()) for column in named
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE app_id = %s AND id = %s").format(
        sql.Identifier(table), assignments
    )
    values = [adapted(column, value) for column, value in named.items()]
    return await tx.run(statement, [*values, app_id, row_id]) == 1


async def insert(tx: Transaction, table: LiteralString, values: Mapping[str, object]) -> None:
    """Insert one row; ``created_at`` and ``updated_at`` are the moment of the transaction."""
    named = {**values, "created_at": tx.now, "updated_at": tx.now}
    row = [adapted(column, value) for column, value in named.items()]
    await tx.run(_inserting(table, tuple(named)), row)


# A handful of tables, each with the columns that a route gives; putting a statement together
# takes the driver as long as sending it.
@lru_cache(maxsize=128)
def _inserting(table: LiteralString, columns: tuple[LiteralString, ...]) -> LiteralString:
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        .format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        )
        .as_string()
    )


async def delete(tx: Transaction, table: LiteralString, *, app_id: UUID, row_id: UUID) -> bool:
    """Delete one row; tell whether there was one."""
    statement = sql.SQL("DELETE FROM {} WHERE app_id = %s AND id = %s").format(
        sql.Identifier(table)
    )
    return await tx.run(statement, (app_id, row_id)) == 1
