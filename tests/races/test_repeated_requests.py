"""The same request under the same Idempotency-Key at once, and after a server has died.

The bookings of these tests may overlap, so that nothing but the key keeps them from being made
again and again.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import new_database
from tests.races.arena import Answered, Arena, Request, order, slot, statuses
from tests.races.conftest import opened
from tests.support.server import Server, doomed

Connection = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.slow

AT_ONCE = 30
ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5
LIVES = 20 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 3

GATE = """
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(88); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
"""
"""Lets a test hold a transaction that has made a booking in the middle of its COMMIT."""


AT_THE_GATE = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def shared(resource_id: str) -> Request:
    """Return the request for a booking that may overlap others."""
    return order(resource_id, slot(9), settings={"allow_double_bookings": True})


def bookings_of(arena: Arena, resource_id: str) -> list[str]:
    found = arena.rows("SELECT id FROM bookings WHERE resource_id = %s", resource_id)
    return [str(row["id"]) for row in found]


async def test_without_a_key_every_request_makes_a_booking(arena: Arena) -> None:
    """The loss that the key prevents; if this fails, the race is no race."""
    doc = await arena.resource()

    answers = await arena.race([shared(doc)] * AT_ONCE)

    assert statuses(answers) == {201: AT_ONCE}
    assert len(bookings_of(arena, doc)) == AT_ONCE


async def test_a_request_sent_many_times_at_once_happens_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()

        answers = await arena.race([shared(doc)] * AT_ONCE, under=str(uuid4()))

        assert statuses(answers) == {201: AT_ONCE}
        assert sum(not answer.replayed for answer in answers) == 1
        [booking_id] = bookings_of(arena, doc)
        assert {answer.body["data"]["id"] for answer in answers} == {booking_id}
        assert all(answer.body == answers[0].body for answer in answers)


async def test_of_different_requests_under_one_key_one_happens(arena: Arena) -> None:
    docs = [await arena.resource() for _ in range(AT_ONCE)]

    answers = await arena.race([shared(doc) for doc in docs], under=str(uuid4()))

    assert statuses(answers) == {201: 1, 422: AT_ONCE - 1}
    assert sum(len(bookings_of(arena, doc)) for doc in docs) == 1


async def test_when_the_first_is_refused_the_next_in_line_is_tried(arena: Arena) -> None:
    """All are refused, each for itself, and nobody waits for a transaction that is undone."""
    doc = await arena.resource()
    await arena.made(order(doc, slot(9)))

    answers = await arena.race([order(doc, slot(9))] * AT_ONCE, under=str(uuid4()))

    assert statuses(answers) == {422: AT_ONCE}
    assert not any(answer.replayed for answer in answers)
    assert arena.rows("SELECT FROM idempotency_keys WHERE status IS NULL") == []


async def test_two_who_want_each_others_place_may_repeat_it(arena: Arena) -> None:
    """The database breaks their deadlock; what was tried again kept its key."""
    for _ in range(ROUNDS):
        doc = await arena.resource()
        one, two = [await arena.made(order(doc, slot(hour))) for hour in (9, 10)]
        moves: list[Request] = [
            ("POST", f"/bookings/{one['id']}/reschedule", slot(10)),
            ("POST", f"/bookings/{two['id']}/reschedule", slot(9)),
        ]
        keys = [str(uuid4()), str(uuid4())]

        answers = await asyncio.gather(
            *(
                client.send(move, under=key)
                for client, move, key in zip(arena.clients[:2], moves, keys, strict=True)
            )
        )

        assert statuses(answers) == {422: 2}
    arena.check()


@pytest.fixture
async def gated(postgres: str, tmp_path: Path, worker_id: str) -> AsyncIterator[Arena]:
    """A server that lives, on a database in which a test can hold others in their COMMIT."""
    url = new_database(postgres, f"gated_{worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(GATE)
    async with opened(url, tmp_path, servers=1) as arena:
        yield arena


@pytest.fixture
def keeper(gated: Arena) -> Iterator[Connection]:
    """Who holds the gate closed, and opens it."""
    with psycopg.connect(gated.database_url, autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(88)")
        yield keeper


def doomed_beside(arena: Arena) -> AbstractContextManager[tuple[Server, "subprocess.Popen[str]"]]:
    """Start one more server on the database of an arena, to be killed."""
    return doomed(arena.data_dir, "--database-url", arena.database_url)


async def until(arena: Arena, question: LiteralString, *parameters: object) -> None:
    """Wait until a question finds a row in the database."""
    for _ in range(500):
        if arena.rows(question, *parameters):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never came: {question}")


async def test_an_answer_that_died_with_its_server_is_given_by_another(
    gated: Arena, keeper: Connection
) -> None:
    """kill -9 between commit and answer: the booking is there, and the client does not know.

    The server is frozen while its COMMIT is on the way, so that what it did and what it did
    not do is decided, not a matter of luck.
    """
    doc = await gated.resource()
    request, key = shared(doc), str(uuid4())
    with doomed_beside(gated) as (server, process):
        client = gated.clients[0].at(server.url)
        asked = asyncio.create_task(client.send(request, under=key))
        await until(gated, AT_THE_GATE)
        process.send_signal(signal.SIGSTOP)
        keeper.execute("SELECT pg_advisory_unlock(88)")
        await until(gated, "SELECT FROM bookings WHERE resource_id = %s", doc)
        assert not asked.done()
        process.kill()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asked
        await client.close()

    [booking_id] = bookings_of(gated, doc)
    again = await gated.race([request] * 5, under=key)

    assert statuses(again) == {201: 5}
    assert {answer.body["data"]["id"] for answer in again} == {booking_id}
    assert all(answer.replayed for answer in again)
    assert bookings_of(gated, doc) == [booking_id]


async def test_who_asks_again_while_the_first_is_at_its_commit_waits_for_it(
    gated: Arena, keeper: Connection
) -> None:
    """The first server is dead, but the database has not finished what it was told."""
    doc = await gated.resource()
    request, key = shared(doc), str(uuid4())
    with doomed_beside(gated) as (server, process):
        client = gated.clients[0].at(server.url)
        asked = asyncio.create_task(client.send(request, under=key))
        await until(gated, AT_THE_GATE)
        process.kill()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asked
        await client.close()

    again = asyncio.create_task(gated.clients[0].send(request, under=key))
    await until(gated, "SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
    assert not again.done()
    keeper.execute("SELECT pg_advisory_unlock(88)")

    answer = await again
    assert answer.status == 201
    assert bookings_of(gated, doc) == [answer.body["data"]["id"]]


async def test_whenever_a_server_dies_asking_again_gives_each_its_one_booking(arena: Arena) -> None:
    died = 0
    for life in range(LIVES):
        doc = await arena.resource()
        request, keys = shared(doc), [str(uuid4()) for _ in range(AT_ONCE)]
        with doomed_beside(arena) as (server, process):
            clients = [each.at(server.url) for each in arena.clients[:AT_ONCE]]
            sent = [
                asyncio.create_task(client.send(request, under=key))
                for client, key in zip(clients, keys, strict=True)
            ]
            await asyncio.sleep(0.05 + 0.05 * life)
            process.kill()
            first = await asyncio.gather(*sent, return_exceptions=True)
        for client in clients:
            await client.close()
        died += sum(isinstance(each, BaseException) for each in first)

        again = await asyncio.gather(
            *(
                client.send(request, under=key)
                for client, key in zip(arena.clients[:AT_ONCE], keys, strict=True)
            )
        )

        assert statuses(again) == {201: AT_ONCE}
        promised = {each.body["data"]["id"] for each in first if isinstance(each, Answered)}
        told = [answer.body["data"]["id"] for answer in again]
        assert promised <= set(told)
        assert sorted(told) == sorted(bookings_of(arena, doc))
    assert died, "every answer came in time: the test shows nothing"
