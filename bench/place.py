"""A server with people to search for, ready to be measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from bench.server import Running, create_app, slotkeeper
from slotkeeper.bootstrap import system_clock
from slotkeeper.postgres.lease import lease
from slotkeeper.storage.transaction import Database


@dataclass(frozen=True, slots=True)
class Place:
    """A running server with an app of its own, and its database from behind."""

    folder: Path
    server: Running
    database: Database
    database_url: str
    app_id: UUID
    api_key: str


@asynccontextmanager
async def place(folder: Path, *options: str) -> AsyncIterator[Place]:
    """Start a server on a new data folder and make an app; stop it afterwards."""
    with slotkeeper(folder, *options) as server, lease(folder) as postgres:
        made = create_app(folder)
        database = Database(postgres.url, clock=system_clock)
        await database.open()
        try:
            yield Place(folder, server, database, postgres.url, UUID(made["id"]), made["api_key"])
        finally:
            await database.close()


FIRST_DAY = (system_clock() + timedelta(days=1)).date()
"""Tomorrow: searches begin there, because a server offers nothing that has begun."""
