"""The command that brings a database up to date."""

from pathlib import Path

import psycopg
import pytest

from slotkeeper.storage.migrations import head
from tests.cli.commands import slotkeeper
from tests.conftest import new_database


def test_it_says_where_the_database_was_and_where_it_is(
    postgres: str, worker_id: str, tmp_path: Path
) -> None:
    database = new_database(postgres, f"cli_migrate_{worker_id}", migrated=False)

    first = slotkeeper("migrate", "--database-url", database, "--data-dir", tmp_path)
    second = slotkeeper("migrate", "--database-url", database, "--data-dir", tmp_path)

    assert first.stdout == f"The database was empty and is now at revision {head()}.\n"
    assert second.stdout == f"The database is up to date, at revision {head()}.\n"
    assert (first.returncode, second.returncode) == (0, 0)


@pytest.mark.slow
def test_a_database_of_newer_code_is_left_alone(
    postgres: str, worker_id: str, tmp_path: Path
) -> None:
    database = new_database(postgres, f"cli_newer_{worker_id}")
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in (("migrate",), ("serve", "--port", "0"), ("demo",)):
        done = slotkeeper(*command, "--database-url", database, "--data-dir", tmp_path)
        assert done.returncode == 1
        assert done.stderr == (
            "slotkeeper: the database is at revision 9999, but this version of Slotkeeper knows"
            f" only up to {head()}; use the newer version that migrated it\n"
        )


@pytest.mark.slow
def test_a_role_that_may_not_make_tables_is_told_so(
    postgres: str, worker_id: str, tmp_path: Path
) -> None:
    database = new_database(postgres, f"cli_poor_{worker_id}", migrated=False)
    role = f"poor_{worker_id}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'poor'")
    url = psycopg.conninfo.make_conninfo(database, user=role, password="poor")

    for command in (("migrate",), ("serve", "--port", "0")):
        done = slotkeeper(*command, "--database-url", url, "--data-dir", tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("slotkeeper: the role of the database URL may not make")
        assert done.stderr.count("\n") == 1
