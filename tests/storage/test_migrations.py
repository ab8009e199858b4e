"""Migrating: from nothing and from every earlier version to one and the same database."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString

import psycopg
import pytest

from slotkeeper.storage.migrations import VERSIONS, current, head, migrate
from tests.conftest import new_database

EARLIER = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))

CATALOG: dict[str, LiteralString] = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), "
    "condeferrable, condeferred, convalidated "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) "
    "FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "functions": "SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc AS p "
    "LEFT JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e' "
    "WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND d.objid IS NULL ORDER BY 1",
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
    "revision": "SELECT version_num FROM alembic_version",
}


def catalog(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return everything that makes up the schema of a database."""
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query).fetchall() for name, query in CATALOG.items()}


@pytest.fixture
def empty(postgres: str, worker_id: str) -> str:
    """The address of a database with nothing in it."""
    return new_database(postgres, f"empty_{worker_id}", migrated=False)


def test_an_empty_database_becomes_one_of_this_version(empty: str) -> None:
    assert migrate(empty) == (None, head())

    found = catalog(empty)
    tables = {row[0] for row in found["columns"]}
    assert {"apps", "bookings", "claims", "events", "projects", "resources"} <= tables
    assert found["revision"] == [(head(),)]


@pytest.mark.slow
@pytest.mark.parametrize("version", EARLIER)
def test_from_every_earlier_version_it_becomes_the_same(
    postgres: str, empty: str, worker_id: str, version: str
) -> None:
    direct = new_database(postgres, f"direct_{worker_id}")

    assert migrate(empty, to=version) == (None, version)
    assert migrate(empty) == (version, head())

    assert catalog(empty) == catalog(direct)


@pytest.mark.slow
def test_the_comparison_of_this_test_sees_a_difference(empty: str) -> None:
    migrate(empty)
    before = catalog(empty)
    with psycopg.connect(empty) as connection:
        connection.execute("DROP INDEX claims_by_end")

    assert catalog(empty) != before


@pytest.mark.slow
def test_migrating_again_changes_nothing(empty: str) -> None:
    migrate(empty)
    before = catalog(empty)

    assert migrate(empty) == (head(), head())

    assert catalog(empty) == before


def test_a_migration_that_fails_leaves_nothing_behind(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE TABLE claims (something text)")  # in the way, at the very end

    with pytest.raises(Exception, match='relation "claims" already exists'):
        migrate(empty)

    with psycopg.connect(empty) as connection:
        assert current(connection) is None
        [found] = connection.execute("SELECT to_regclass('apps')").fetchall()
        assert found == (None,)


@pytest.mark.slow
def test_two_processes_may_migrate_at_once(postgres: str, empty: str, worker_id: str) -> None:
    program = (
        "import sys; from slotkeeper.storage.migrations import migrate; print(migrate(sys.argv[1]))"
    )

    def run(_: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", program, empty], capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, range(2)))

    assert [each.returncode for each in done] == [0, 0], done
    said = sorted(each.stdout.strip() for each in done)
    assert said == sorted([f"(None, '{head()}')", f"('{head()}', '{head()}')"])
    assert catalog(empty) == catalog(new_database(postgres, f"direct_{worker_id}"))


def test_every_table_of_an_app_has_it_first_in_its_key(database_url: str) -> None:
    """So that a partitioned or sharded PostgreSQL can split by app."""
    with psycopg.connect(database_url) as connection:
        keys = connection.execute(
            "SELECT conrelid::regclass::text, attname FROM pg_constraint "
            "JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] "
            "WHERE contype = 'p' AND connamespace = 'public'::regnamespace"
        ).fetchall()

    first: dict[str, str] = dict(keys)
    assert first.pop("apps") == "id"
    assert first.pop("alembic_version") == "version_num"
    assert set(first.values()) == {"app_id"}
    assert {"bookings", "claims", "seats", "events"} < set(first)


def test_the_guarantee_is_in_the_first_version(empty: str) -> None:
    """It cannot be added later to a table that is in use."""
    migrate(empty, to="0001")

    constraints = {str(row[1]): str(row[2]) for row in catalog(empty)["constraints"]}

    assert constraints["claims_do_not_overlap"] == (
        "EXCLUDE USING gist (app_id WITH =, resource_id WITH =, during WITH &&) WHERE (exclusive)"
    )
