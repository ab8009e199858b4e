"""Two servers on one database, with and without the guards against double bookings."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from slotkeeper.bootstrap import make_parts, system_clock
from slotkeeper.services import apps
from slotkeeper.settings import Settings
from tests.conftest import new_database
from tests.races.arena import CROWD, Arena, Client
from tests.support.server import serving

GUARDS_OFF = (
    "ALTER TABLE claims DROP CONSTRAINT claims_do_not_overlap; "
    "ALTER TABLE seats DROP CONSTRAINT seats_pkey"
)


@pytest.fixture(scope="session")
async def arena(
    postgres: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> AsyncIterator[Arena]:
    """Two servers on one database, as an installation that has grown runs them."""
    url = new_database(postgres, f"races_{worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        # Deadlocks are looked for after a second; a test that makes dozens cannot wait.
        connection.execute(f"ALTER DATABASE races_{worker_id} SET deadlock_timeout = '50ms'")
    async with opened(url, tmp_path_factory.mktemp("races"), servers=2) as arena:
        yield arena


@pytest.fixture
async def unguarded(postgres: str, tmp_path: Path, worker_id: str) -> AsyncIterator[Arena]:
    """A server on a database from which the guards of time and of seats were taken away."""
    url = new_database(postgres, f"unguarded_{worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(GUARDS_OFF)
    async with opened(url, tmp_path, servers=1) as arena:
        yield arena


@asynccontextmanager
async def opened(url: str, folder: Path, *, servers: int) -> AsyncIterator[Arena]:
    """Start servers on the database at ``url``, make an app, and open the connections."""
    parts = make_parts(Settings(_env_file=None, data_dir=folder), url, clock=system_clock)
    await parts.database.open()
    async with parts.database.transaction() as tx:
        made = await apps.create(
            tx, parts.vault, name="Races", owner_email="owner@example.com", test_mode=False
        )
    await parts.database.close()
    async with AsyncExitStack() as stack:
        running = [
            stack.enter_context(serving(folder, "--database-url", url, "--no-worker"))
            for _ in range(servers)
        ]
        clients = [Client(running[n % servers].url, made.api_key) for n in range(CROWD)]
        for client in clients:
            stack.push_async_callback(client.close)
        arena = Arena(app_id=made.id, clients=clients, database_url=url, data_dir=folder)
        await arena.warm_up()
        yield arena
