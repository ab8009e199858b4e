"""A real PostgreSQL for every test that stores, migrated once for each test process."""

from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest
from starlette.types import ASGIApp

from slotkeeper.bootstrap import create_app, dressed, make_parts
from slotkeeper.edge import logs
from slotkeeper.edge.parts import Parts
from slotkeeper.postgres.lease import lease
from slotkeeper.services import apps
from slotkeeper.settings import Settings
from slotkeeper.storage.migrations import migrate
from slotkeeper.storage.transaction import Transaction
from tests.support.client import Caller, Tenant
from tests.support.clock import TestClock

logs.configure(form="text", level="error")

TAKES_TIME = ("cli", "jobs", "postgres")
"""Folders whose tests start programs and databases of their own, or wait for moments to come.

Together they take as long as all others; the fast run leaves them to `make test`.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes seconds by its nature, so that no new test of such a folder is forgotten.

    Tests are told apart by their ids. pytest-xdist runs those of one id once, and the tests that
    schemathesis makes for each operation have all the id of their function.
    """
    for item in items:
        if item.path.parent.parent.name == "tests" and item.path.parent.name in TAKES_TIME:
            item.add_marker(pytest.mark.slow)
        if not item.nodeid.endswith(item.name):
            item._id = item.id.with_params(item.name.partition("[")[2].removesuffix("]"))
    if len({item.nodeid for item in items}) < len(items):
        raise pytest.UsageError("several tests have one id, and would be run as one")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of a PostgreSQL that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    with lease(folder / "cluster", durable=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def database_url(postgres: str, worker_id: str) -> str:
    """The address of a migrated database of this test process alone."""
    return new_database(postgres, f"test_{worker_id}")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the server under test; nothing is read from the environment."""
    folder = tmp_path_factory.mktemp("data")
    return Settings(
        _env_file=None,
        data_dir=folder,
        secret_key="a secret key for tests alone, 2030",
        public_url=None,
        # Time stands still in tests, and nobody would ever be let in again.
        guess_limit="off",
        guess_limit_client="off",
    )


@pytest.fixture(scope="session")
def ticking() -> TestClock:
    return TestClock()


@pytest.fixture
def clock(ticking: TestClock) -> Iterator[TestClock]:
    """The clock of the server; back at its usual moment after each test."""
    usual = ticking.now
    yield ticking
    ticking.now = usual


@pytest.fixture(scope="session")
async def parts(settings: Settings, database_url: str, ticking: TestClock) -> AsyncIterator[Parts]:
    """The real parts of a server, connected."""
    parts = make_parts(settings, database_url, clock=ticking, seed=1)
    await parts.database.open()
    yield parts
    await parts.database.close()


@pytest.fixture
async def tx(parts: Parts) -> AsyncIterator[Transaction]:
    """A transaction that is undone after the test."""
    async with parts.database.transaction() as tx:
        yield tx
        await tx.connection.rollback()


@pytest.fixture(scope="session")
def app(parts: Parts) -> ASGIApp:
    """The whole application. It takes a second of work until each of its routes has answered."""
    return dressed(create_app(parts), parts.settings)


@pytest.fixture(scope="session")
async def http(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, without a socket in between."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        yield client


@pytest.fixture
async def tenant(parts: Parts, http: httpx.AsyncClient) -> Tenant:
    """A live app of this test alone."""
    return await new_tenant(parts, http)


@pytest.fixture
async def other_tenant(parts: Parts, http: httpx.AsyncClient) -> Tenant:
    """Another app, from which nothing may be seen; this one is in test mode."""
    return await new_tenant(parts, http, test_mode=True)


async def new_tenant(parts: Parts, http: httpx.AsyncClient, *, test_mode: bool = False) -> Tenant:
    async with parts.database.transaction() as tx:
        made = await apps.create(
            tx,
            parts.vault,
            name="Hill Valley",
            owner_email="owner@example.com",
            test_mode=test_mode,
        )
    return Tenant(
        app_id=made.id,
        slug=made.slug,
        api=Caller(http, made.api_key),
        widget=Caller(http, made.widget_key),
        anonymous=Caller(http, None),
    )


def new_database(postgres: str, name: str, *, migrated: bool = True) -> str:
    """Make an empty database beside the others, and return its address."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    url = psycopg.conninfo.make_conninfo(postgres, dbname=name)
    if migrated:
        migrate(url)
    return url
