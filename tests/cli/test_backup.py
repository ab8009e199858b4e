"""A backup holds everything, and a database made from it is the same."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.commands import slotkeeper
from tests.conftest import new_database

TABLES = ("apps", "app_keys", "resources", "projects", "bookings", "claims", "events")


@pytest.fixture
def full(postgres: str, worker_id: str, tmp_path: Path) -> str:
    """A database with a demo app in it; its secret key lies in the folder of the test."""
    database = new_database(postgres, f"cli_full_{worker_id}")
    done = slotkeeper("demo", "--database-url", database, "--data-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    return database


@pytest.mark.slow
def test_what_was_backed_up_is_there_again(
    full: str, postgres: str, worker_id: str, tmp_path: Path
) -> None:
    empty = new_database(postgres, f"cli_empty_{worker_id}", migrated=False)
    file = tmp_path / "backup"

    saved = slotkeeper("backup", file, "--database-url", full, "--data-dir", tmp_path)
    assert saved.returncode == 0, saved.stderr
    assert saved.stdout.startswith(f"The database is in {file}, {file.stat().st_size} bytes.")
    assert file.stat().st_mode & 0o077 == 0, "others may not read it"
    restored = slotkeeper("restore", file, "--database-url", empty, "--data-dir", tmp_path)
    assert restored.returncode == 0, restored.stderr

    assert contents(empty) == contents(full)
    assert all(json.loads(rows) for rows in contents(full).values())
    with psycopg.connect(empty) as connection, pytest.raises(psycopg.errors.ExclusionViolation):
        # The guard against booking twice has come along.
        connection.execute(
            "INSERT INTO claims (app_id, booking_id, resource_id, during, exclusive) "
            "SELECT app_id, gen_random_uuid(), resource_id, during, true "
            "FROM claims LIMIT 1"
        )


@pytest.mark.slow
def test_nothing_is_written_over(full: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("precious")

    saved = slotkeeper("backup", file, "--database-url", full, "--data-dir", tmp_path)
    restored = slotkeeper("restore", file, "--database-url", full, "--data-dir", tmp_path)

    assert saved.stderr == f"slotkeeper: {file} exists already; name another file\n"
    assert restored.stderr.startswith("slotkeeper: the database is not empty; restore into")
    assert file.read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_file_that_is_no_backup_is_told(postgres: str, worker_id: str, tmp_path: Path) -> None:
    empty = new_database(postgres, f"cli_none_{worker_id}", migrated=False)
    file = tmp_path / "letter"
    file.write_text("Dear Doctor Brown")
    where = ("--database-url", empty, "--data-dir", tmp_path)

    wrong = slotkeeper("restore", file, *where)
    missing = slotkeeper("restore", tmp_path / "none", *where)

    assert wrong.stderr.startswith("slotkeeper: pg_restore: error: input file")
    assert missing.stderr.endswith(f"cannot use {tmp_path / 'none'}: No such file or directory\n")
    assert (wrong.returncode, missing.returncode) == (1, 1)


def contents(database: str) -> dict[str, str]:
    """Return the rows of every table as JSON, in an order that does not depend on the disk."""
    with psycopg.connect(database) as connection:
        found = {}
        for table in TABLES:
            row = connection.execute(
                psycopg.sql.SQL(
                    "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)), '[]')::text"
                    " FROM {} AS t"
                ).format(psycopg.sql.Identifier(table))
            ).fetchone()
            assert row is not None
            found[table] = str(row[0])
        return found
