"""Open and commit: one request or job is one transaction with one moment called ``now``."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, LiteralString, TypeVar
from uuid import UUID

import orjson
from psycopg import AsyncConnection, AsyncCursor, errors, sql
from psycopg.adapt import Buffer
from psycopg.rows import AsyncRowFactory, class_row, dict_row, scalar_row
from psycopg.types.datetime import TimestamptzBinaryLoader, TimestamptzLoader
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from slotkeeper.domain.limits import AppLimits

Row = TypeVar("Row")
Value = TypeVar("Value")
Parameters = Mapping[str, object] | Sequence[object]
Query = LiteralString | sql.Composed
Clock = Callable[[], datetime]

# The database chose a victim among transactions that wait for one another, or two made the
# same thing, or one deleted what the other needs, at the same moment. Nothing of it happened,
# so the edge may simply do the whole of it again; this time it sees what the other one did.
RETRYABLE = (
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.UniqueViolation,
    errors.ForeignKeyViolation,
)

# The database has gone, or has not come back yet.
UNREACHABLE = (errors.OperationalError, errors.InterfaceError)

RECONNECT_SECONDS_MAX = 5
"""How long one attempt to connect is repeated, ever more rarely; who asks then begins anew."""


class _UtcText(TimestamptzLoader):
    def load(self, data: Buffer) -> datetime:
        return super().load(data).replace(tzinfo=UTC)


class _UtcBinary(TimestamptzBinaryLoader):
    def load(self, data: Buffer) -> datetime:
        return super().load(data).replace(tzinfo=UTC)


async def _prepare(connection: AsyncConnection[Any]) -> None:
    """Make instants come back in ``datetime.UTC``, and JSON as the answers can hold it.

    PostgreSQL writes ``1e30`` in full, and the answers know no integer of more than 64 bits;
    read with the same library that writes them, such a number comes back as it was sent.
    """
    # The driver opens no transactions by itself: _begin does.
    await connection.set_autocommit(True)
    await connection.execute("SET TIME ZONE 'UTC'")
    connection.adapters.register_loader("timestamptz", _UtcText)
    connection.adapters.register_loader("timestamptz", _UtcBinary)
    set_json_loads(orjson.loads, connection)


async def _begin(connection: AsyncConnection[Any]) -> None:
    """Open the transaction of a connection that the pool is about to give.

    Where the server has gone meanwhile, this is what notices, and the pool takes another
    connection. A question of its own for that cost a tenth of a small search.
    """
    await connection.execute("BEGIN")


@dataclass(frozen=True, slots=True)
class Promise(Generic[Value]):
    """One value of an answer that may not be there yet."""

    cursor: AsyncCursor[Any]

    async def value(self) -> Value:
        """Return the value; the answer must have a row."""
        found = await self.cursor.fetchone()
        assert found is not None, "the statement answers with a row"
        value: Value = found[0]
        return value


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction and the moment of the request, a UTC instant.

    Everything that happens in it is kept together or not at all; only the edge that
    opened it commits. ``checks_test_customers`` is a switch of the operator that services ask;
    ``app_limits`` are those of apps that were read in this transaction already.
    """

    connection: AsyncConnection[Any]
    now: datetime
    checks_test_customers: bool = False
    app_limits: dict[UUID, AppLimits] = field(default_factory=dict)

    async def rows(
        self, row: type[Row], query: Query, parameters: Parameters | None = None
    ) -> list[Row]:
        """Return the answer to ``query``, each row made into a ``row`` by column name."""
        return await self._all(class_row(row), query, parameters)

    async def row(
        self, row: type[Row], query: Query, parameters: Parameters | None = None
    ) -> Row | None:
        """Return the first row of the answer as a ``row``, or None."""
        found = await self.rows(row, query, parameters)
        return found[0] if found else None

    async def dicts(
        self, query: Query, parameters: Parameters | None = None
    ) -> list[dict[str, Any]]:
        """Return the answer to ``query`` as mappings from column name to value."""
        return await self._all(dict_row, query, parameters)

    async def values(self, query: Query, parameters: Parameters | None = None) -> list[Any]:
        """Return the first column of the answer."""
        return await self._all(scalar_row, query, parameters)

    async def value(self, query: Query, parameters: Parameters | None = None) -> Any:
        """Return the first column of the first row, or None where there is no row."""
        found = await self.values(query, parameters)
        return found[0] if found else None

    async def promise(self, query: Query, parameters: Parameters | None = None) -> "Promise[Any]":
        """Carry out ``query`` and return a way to the first column of its first row.

        To be asked when a block of ``together`` is over, which it then did not hold up.
        """
        return Promise(await self.connection.execute(query, parameters))

    async def run(self, query: Query, parameters: Parameters | None = None) -> int:
        """Carry out ``query`` and return how many rows it touched."""
        cursor = await self.connection.execute(query, parameters)
        return cursor.rowcount

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Send what is run inside on one way to the database and back.

        Each way takes a quarter of a millisecond or more. For statements whose answers nobody
        waits for: how many rows ``run`` touched is not known inside, and what one of them
        refuses is raised where the block ends.
        """
        async with self.connection.pipeline():
            yield

    @asynccontextmanager
    async def without_index_scans(self) -> AsyncIterator[None]:
        """Let the planner find the rows for what is asked inside by other ways than along an index.

        Bitmaps of what an index finds remain, and serve better where many rows are to be read.
        """
        await self.run("SELECT set_config('enable_indexscan', 'off', true)")
        yield
        await self.run("SELECT set_config('enable_indexscan', 'on', true)")

    async def _all(
        self, factory: AsyncRowFactory[Row], query: Query, parameters: Parameters | None
    ) -> list[Row]:
        async with self.connection.cursor(row_factory=factory, binary=True) as cursor:
            await cursor.execute(query, parameters)
            return await cursor.fetchall()


class Database:
    """A pool of connections and a clock; ``transaction`` is the only way in."""

    def __init__(
        self,
        conninfo: str,
        *,
        clock: Clock,
        connections_max: int = 16,
        checks_test_customers: bool = False,
    ) -> None:
        self._clock = clock
        self._checks_test_customers = checks_test_customers
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=connections_max,
            max_idle=120,
            timeout=30,
            reconnect_timeout=RECONNECT_SECONDS_MAX,
            configure=_prepare,
            check=_begin,
            open=False,
        )

    async def open(self) -> None:
        """Connect; raises psycopg_pool.PoolTimeout when the database cannot be reached."""
        await self._pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        """Give back every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; leaving the block commits, an exception rolls back."""
        async with self._pool.connection() as connection:
            yield Transaction(connection, self._clock(), self._checks_test_customers)
