"""A database in which nobody else has bookings: a worker moves on those of every app."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Database
from tests.conftest import new_database
from tests.services.shop import Shop, open_shop
from tests.support.clock import NOW

Answer = TypeVar("Answer")

_WEBHOOK: LiteralString = (
    "INSERT INTO webhooks (app_id, id, url, graph, state, method, created_at, updated_at) "
    "VALUES (%s, %s, %s, 'instant', %s, 'post', now(), now())"
)


class Steps:
    """A clock that goes on by a second whenever it is read, so that order can be seen."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class House:
    """An app in a database of its own, which a worker may look after."""

    url: str
    database: Database
    clock: Steps
    app_id: UUID
    resource_id: UUID

    async def within(self, work: Callable[[Shop], Awaitable[Answer]]) -> Answer:
        """Return what ``work`` makes in one transaction."""
        async with self.database.transaction() as tx:
            return await work(Shop(tx, self.app_id))

    def listen(self, url: str, state: str) -> None:
        """Have the app tell a webhook at ``url`` of every booking that enters a state."""
        self.rows(_WEBHOOK, self.app_id, uuid4(), url, state)

    def rows(self, query: LiteralString, *parameters: object) -> list[dict[str, Any]]:
        return rows(self.url, query, *parameters)


def rows(url: str, query: LiteralString, *parameters: object) -> list[dict[str, Any]]:
    """Ask, or change, the database at ``url`` beside everybody else."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        cursor = connection.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def house_url(postgres: str, worker_id: str) -> str:
    return new_database(postgres, f"jobs_{worker_id}")


@pytest.fixture
async def house(house_url: str) -> AsyncIterator[House]:
    rows(house_url, "TRUNCATE apps CASCADE")
    clock = Steps()
    database = Database(house_url, clock=clock)
    await database.open()
    async with database.transaction() as tx:
        shop = await open_shop(tx, Vault("for tests"))
        resource = await shop.resource()
    yield House(house_url, database, clock, shop.app_id, resource.id)
    await database.close()
