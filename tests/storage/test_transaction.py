"""One request, one transaction: kept as a whole or not at all, and its instants are UTC."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta, timezone

import psycopg
import pytest

from slotkeeper.storage.transaction import RETRYABLE, Database
from tests.conftest import new_database
from tests.support.clock import NOW, TestClock


@pytest.fixture
async def notes(postgres: str, worker_id: str) -> AsyncIterator[Database]:
    """A database with one table, ``notes``, of unique texts."""
    url = new_database(postgres, f"notes_{worker_id}", migrated=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (text text PRIMARY KEY, at timestamptz)")
        connection.execute(f"ALTER DATABASE notes_{worker_id} SET timezone = 'Asia/Kathmandu'")
    database = Database(url, clock=TestClock(), connections_max=4)
    await database.open()
    yield database
    await database.close()


async def texts(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return await tx.values("SELECT text FROM notes ORDER BY text")


async def test_leaving_the_block_keeps_everything(notes: Database) -> None:
    async with notes.transaction() as tx:
        assert await tx.run("INSERT INTO notes VALUES ('a'), ('b')") == 2
        assert tx.now == NOW

    assert await texts(notes) == ["a", "b"]


async def test_an_exception_undoes_everything(notes: Database) -> None:
    async def fail() -> None:
        async with notes.transaction() as tx:
            await tx.run("INSERT INTO notes VALUES ('a')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await texts(notes) == []


async def test_what_is_sent_together_is_carried_out_in_order(notes: Database) -> None:
    async with notes.transaction() as tx:
        async with tx.together():
            await tx.run("INSERT INTO notes VALUES ('a')")
            await tx.run("UPDATE notes SET text = text || 'b'")

        assert await tx.values("SELECT text FROM notes") == ["ab"]


async def test_what_is_refused_of_what_is_sent_together_is_raised_and_all_undone(
    notes: Database,
) -> None:
    async def insert(*texts: str) -> None:
        async with notes.transaction() as tx, tx.together():
            for text in texts:
                await tx.run("INSERT INTO notes VALUES (%s)", (text,))

    with pytest.raises(psycopg.errors.UniqueViolation):
        await insert("a", "a", "b")

    assert await texts(notes) == []


async def test_a_cancelled_request_undoes_everything(notes: Database) -> None:
    begun = asyncio.Event()

    async def request() -> None:
        async with notes.transaction() as tx:
            await tx.run("INSERT INTO notes VALUES ('a')")
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(request())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await texts(notes) == []


async def test_a_connection_that_was_lost_is_replaced(notes: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        async with notes.transaction() as tx:
            await tx.run("SELECT pg_terminate_backend(pg_backend_pid())")

    assert await texts(notes) == []


async def test_instants_come_back_in_utc_whatever_the_zone_of_the_database(notes: Database) -> None:
    there = timezone(timedelta(hours=-7))
    async with notes.transaction() as tx:
        await tx.run("INSERT INTO notes VALUES ('a', %s)", (NOW.astimezone(there),))
        at = await tx.value("SELECT at FROM notes")
        [in_text] = await (await tx.connection.execute("SELECT at FROM notes")).fetchall()

    assert at == in_text[0] == NOW
    assert at.tzinfo is in_text[0].tzinfo is UTC


async def test_a_row_may_be_missing(notes: Database) -> None:
    async with notes.transaction() as tx:
        assert await tx.value("SELECT at FROM notes") is None
        assert await tx.row(dict, "SELECT at FROM notes") is None
        assert await tx.dicts("SELECT at FROM notes") == []


@pytest.mark.parametrize("number", [1e30, 2**53 + 1, 2**64 - 1, 0.1, -0.0])
async def test_numbers_in_documents_come_back_as_json_knows_them(
    notes: Database, number: float
) -> None:
    async with notes.transaction() as tx:
        found = await tx.value("SELECT %s::jsonb", (f'{{"n": {number!r}}}',))

    assert found == {"n": number}


async def test_what_two_do_at_once_is_an_error_that_may_be_tried_again(notes: Database) -> None:
    async def write() -> None:
        async with notes.transaction() as tx:
            await tx.run("INSERT INTO notes VALUES ('a')")
            await asyncio.sleep(0.05)  # long enough for the other one to begin

    done = await asyncio.gather(write(), write(), return_exceptions=True)

    [lost] = [each for each in done if each is not None]
    assert isinstance(lost, RETRYABLE)

    assert await texts(notes) == ["a"]
