"""Locations and hidden projects of a chain among many: found by an index, never by reading all."""

from collections.abc import AsyncIterator, Iterator, Sequence
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from slotkeeper.domain.listing import Listing
from slotkeeper.domain.location import Near
from slotkeeper.storage import location_services, locations, project_places, projects
from slotkeeper.storage.transaction import Database, Transaction
from tests.conftest import new_database
from tests.storage.test_plans import Explaining, plans_of
from tests.support.clock import NOW

pytestmark = pytest.mark.slow

APP = UUID(int=3)
LOCATION = UUID(int=300_077)
SERVICE = UUID(int=350_003)

TABLES = ("projects", "project_locations", "project_services", "locations")

# Five apps, each with a thousand locations, ten services everywhere, and a project of its own
# for every second location.
FILL = """
CREATE FUNCTION uuid_at(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(to_hex(n), 32, '0')::uuid;
CREATE TEMP TABLE moment AS SELECT {now}::timestamptz AS now;
CREATE TEMP TABLE chain AS SELECT a FROM generate_series(1, 5) AS a;
CREATE TEMP TABLE place AS SELECT l FROM generate_series(1, 1000) AS l;
INSERT INTO apps SELECT uuid_at(a), 'app-' || a, 'App', 'o@example.com', false, '{{}}', '', now, now
    FROM chain, moment;
INSERT INTO locations (app_id, id, name, latitude, longitude, created_at, updated_at)
    SELECT uuid_at(a), uuid_at(a * 100000 + l), 'Store ' || l, l % 180 - 89, l * 7 % 360 - 179, now,
        now
    FROM chain, place, moment;
INSERT INTO location_services (app_id, id, name, customer_fields, created_at, updated_at)
    SELECT uuid_at(a), uuid_at(a * 100000 + 50000 + s), 'Service ' || s, '{{}}', now, now
    FROM chain, generate_series(1, 10) AS s, moment;
INSERT INTO projects (app_id, id, slug, name, availability, booking, customer_fields, location_id,
        service_id, created_at, updated_at)
    SELECT uuid_at(a), uuid_at(a * 10000000 + l * 100 + s), format('h-%s-%s-%s', a, l, s), 'P',
        '{{}}', '{{}}', '{{}}', uuid_at(a * 100000 + l), uuid_at(a * 100000 + 50000 + s), now, now
    FROM chain, place, generate_series(1, 10) AS s, moment;
INSERT INTO project_locations SELECT app_id, id, location_id FROM projects;
INSERT INTO project_services SELECT app_id, id, service_id FROM projects;
INSERT INTO projects (app_id, id, slug, name, availability, booking, customer_fields, created_at,
        updated_at)
    SELECT uuid_at(a), uuid_at(a * 10000000 + 5000000 + l), format('own-%s-%s', a, l), 'P',
        '{{}}', '{{}}', '{{}}', now, now
    FROM chain, place, moment WHERE l % 2 = 1;
INSERT INTO project_locations
    SELECT uuid_at(a), uuid_at(a * 10000000 + 5000000 + l), uuid_at(a * 100000 + l)
    FROM chain, place WHERE l % 2 = 1
"""


@pytest.fixture(scope="module")
def chains(postgres: str, worker_id: str) -> Iterator[str]:
    """The address of a database with five chains, analysed."""
    name = f"chains_{worker_id}"
    url = new_database(postgres, name)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL.split(";"):
            connection.execute(sql.SQL(statement).format(now=sql.Literal(NOW.isoformat())))
        connection.execute("VACUUM ANALYZE")
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def explained(chains: str) -> AsyncIterator[Transaction]:
    """A transaction whose statements are explained, undone after the test."""
    database = Database(chains, clock=lambda: NOW)
    await database.open()
    async with database.transaction() as tx:
        tx.connection.cursor_factory = Explaining
        yield tx
        plans_of(tx.connection).clear()
        await tx.connection.rollback()
    await database.close()


def check(tx: Transaction, *indexes: str) -> None:
    plans = "\n\n".join(plans_of(tx.connection))
    assert plans
    for table in TABLES:
        assert f"Seq Scan on {table}" not in plans, plans
    for index in indexes:
        assert index in plans, plans


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ([("locations.uuid", str(LOCATION)), ("services.uuid", str(SERVICE))], 1),
        ([("locations.uuid", str(LOCATION))], 11),
        ([("services.uuid", str(SERVICE))], 1000),
        ([], 500),
    ],
    ids=["pair", "location", "service", "all"],
)
async def test_projects_of_places_are_found_by_an_index(
    explained: Transaction, terms: Sequence[tuple[str, str]], total: int
) -> None:
    page = await projects.list_projects(explained, APP, Listing(terms=terms))

    assert page.total == total
    check(explained, *([] if terms else ["projects_shown_by_age"]))


async def test_what_is_offered_is_found_by_an_index(explained: Transaction) -> None:
    at = await project_places.pairs_at_locations(explained, APP, [LOCATION])
    of = await project_places.pairs_of_services(explained, APP, [SERVICE])
    offers = await project_places.offers_of_service(explained, APP, SERVICE)
    there = await project_places.offers_at_location(explained, APP, LOCATION)

    assert (len(at), len(of), len(offers), len(there)) == (10, 1000, 1000, 10)
    check(explained, "project_locations_by_location", "project_services_by_service")


async def test_locations_are_found_by_service_and_distance_without_other_apps(
    explained: Transaction,
) -> None:
    search = Listing(terms=[("services.uuid", str(SERVICE))])
    offering = await locations.list_locations(explained, APP, search, None)
    near = Near(latitude=-12, longitude=0, within_km=1000)
    around = await locations.list_locations(explained, APP, Listing(), near)
    offered = await location_services.list_services(
        explained, APP, Listing(terms=[("locations.uuid", str(LOCATION))])
    )

    assert (offering.total, offered.total) == (1000, 10)
    assert 0 < around.total < 1000
    check(explained)


async def test_a_new_app_has_none_of_it(explained: Transaction) -> None:
    """The figures above are of one app; another one sees nothing of them."""
    search = Listing(terms=[("locations.uuid", str(LOCATION))])
    for app_id in (UUID(int=4), UUID(int=99)):
        assert (await projects.list_projects(explained, app_id, search)).total == 0
        assert await project_places.pairs_at_locations(explained, app_id, [LOCATION]) == []
