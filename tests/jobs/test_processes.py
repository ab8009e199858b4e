"""Real workers and servers: two at once, told to stop, without a database, beside a server."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import psycopg
import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Shuffle
from slotkeeper.postgres.lease import lease
from slotkeeper.services import reservations
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Database
from tests.conftest import new_database
from tests.jobs.conftest import rows
from tests.postgres.processes import keeper_of, kill, postmaster_of
from tests.services.shop import Shop, open_shop
from tests.support.client import basic
from tests.support.server import Server, serving
from tests.support.worker import working

Answer = TypeVar("Answer")

pytestmark = pytest.mark.slow

MANY = 5_000 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 1_000

COPIES = """
INSERT INTO bookings
SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid()))).*
FROM bookings AS one, generate_series(2, %s) WHERE one.id = %s
"""

GATE = """
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(89); RETURN NULL; END $$;
CREATE TRIGGER gate AFTER UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
"""
"""Lets a test hold a worker in the middle of its transaction."""

AT_THE_GATE = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

STATE = "SELECT state FROM bookings WHERE id = %s"


@pytest.fixture
def url(postgres: str, worker_id: str) -> str:
    return new_database(postgres, f"workers_{worker_id}")


@pytest.fixture
def keeper(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Who holds the gate closed, and opens it."""
    with psycopg.connect(url, autocommit=True) as keeper:
        keeper.execute(GATE)
        keeper.execute("SELECT pg_advisory_lock(89)")
        yield keeper


async def expired_reservation(url: str) -> UUID:
    """Make a reservation of a day ago that nobody has moved on, and return its id."""

    async def work(shop: Shop) -> UUID:
        resource = await shop.resource()
        start = shop.tx.now + timedelta(days=2)
        order = Order(
            resource_id=resource.id, start=start, end=start + timedelta(hours=1), what="Later"
        )
        made = await reservations.reserve(
            shop.tx, shop.app_id, order, seconds=30, actor="api_key", shuffle=Shuffle(seed=1)
        )
        return made.id

    return await within(url, lambda: system_clock() - timedelta(days=1), work)


async def within(
    url: str, clock: Callable[[], datetime], work: Callable[[Shop], Awaitable[Answer]]
) -> Answer:
    database = Database(url, clock=clock)
    await database.open()
    try:
        async with database.transaction() as tx:
            return await work(await open_shop(tx, Vault("for tests")))
    finally:
        await database.close()


def until(is_so: Callable[[], object], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def state(url: str, booking_id: object) -> str:
    [row] = rows(url, STATE, booking_id)
    return str(row["state"])


async def test_two_workers_share_the_work_and_do_nothing_twice(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        workers = [
            stack.enter_context(working(tmp_path, "--database-url", url, log=tmp_path / f"{n}.log"))
            for n in range(2)
        ]
        first = await expired_reservation(url)
        until(lambda: state(url, first) == "expired")
        with psycopg.connect(url) as connection:  # many more, which all become due at once
            connection.execute("UPDATE bookings SET state = 'reserved', alarm_at = held_until")
            connection.execute("DELETE FROM booking_log WHERE action = 'expire'")
            connection.execute(COPIES, (MANY, first))
        begun = time.monotonic()
        until(
            lambda: not rows(url, "SELECT 1 FROM bookings WHERE state = 'reserved' LIMIT 1"),
            seconds=60 + MANY / 20,
        )
        print(f"{MANY} in {time.monotonic() - begun:.1f} s")

    once = rows(
        url,
        "SELECT booking_id FROM booking_log WHERE action = 'expire' AND actor = 'system' "
        "GROUP BY booking_id HAVING count(*) = 1",
    )
    assert len(once) == MANY
    done = [sum(line["bookings"] for line in each.lines("alarms_rung")) for each in workers]
    assert sum(done) == MANY + 1, "no booking was counted by both"
    assert all(done), "both had a part in it"


async def test_told_to_stop_it_finishes_what_it_has_begun(
    url: str, keeper: psycopg.Connection[Any], tmp_path: Path
) -> None:
    booking = await expired_reservation(url)
    with working(tmp_path, "--database-url", url, log=tmp_path / "log") as worker:
        until(lambda: rows(url, AT_THE_GATE))
        worker.process.terminate()
        await asyncio.sleep(0.5)
        assert worker.process.poll() is None, "it waits for its transaction"
        keeper.execute("SELECT pg_advisory_unlock(89)")
        worker.stop()

    assert state(url, booking) == "expired"
    assert len(worker.lines("alarms_rung")) == 1


async def test_told_to_stop_it_gives_up_what_does_not_end(
    url: str, keeper: psycopg.Connection[Any], tmp_path: Path
) -> None:
    booking = await expired_reservation(url)
    with working(tmp_path, "--database-url", url, log=tmp_path / "log") as worker:
        until(lambda: rows(url, AT_THE_GATE))
        begun = time.monotonic()
        worker.stop()
        assert time.monotonic() - begun < 10

    assert state(url, booking) == "reserved"
    keeper.execute("SELECT pg_advisory_unlock(89)")
    with working(tmp_path, "--database-url", url, log=tmp_path / "log"):
        until(lambda: state(url, booking) == "expired")


async def test_killed_in_the_middle_it_has_done_nothing_and_another_does_it(
    url: str, keeper: psycopg.Connection[Any], tmp_path: Path
) -> None:
    booking = await expired_reservation(url)
    with working(tmp_path, "--database-url", url, log=tmp_path / "log") as worker:
        until(lambda: rows(url, AT_THE_GATE))
        worker.kill()
    keeper.execute("SELECT pg_advisory_unlock(89)")
    until(lambda: not rows(url, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'"))
    assert state(url, booking) == "reserved"
    with working(tmp_path, "--database-url", url, log=tmp_path / "log"):
        until(lambda: state(url, booking) == "expired")

    lines = rows(url, "SELECT action FROM booking_log WHERE booking_id = %s ORDER BY seq", booking)
    assert [line["action"] for line in lines] == ["reserve", "expire"]


async def test_it_survives_the_end_of_its_database(tmp_path: Path) -> None:
    """Database and keeper are killed: the worker brings both back, and goes on."""
    folder = tmp_path / "data"
    with lease(folder) as server, working(folder, log=tmp_path / "log") as worker:
        before = await expired_reservation(server.url)
        until(lambda: state(server.url, before) == "expired")
        kill(keeper_of(folder), postmaster_of(folder))

        until(lambda: is_answered(server.url))
        after = await expired_reservation(server.url)
        until(lambda: state(server.url, after) == "expired")

        assert worker.process.poll() is None
        assert not worker.lines("job_interrupted"), "an outage is no mistake of ours"
        assert len(worker.lines("job_waits_for_database")) <= 4, "it does not fill the log"


def is_answered(url: str) -> bool:
    try:
        return bool(rows(url, "SELECT 1"))
    except psycopg.OperationalError:
        return False


class Customer:
    """A caller of a real server."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.resource = self.made("/resources", {"name": "Doc", "timezone": "UTC"})["id"]

    def made(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def order(self, start: datetime, **given: Any) -> dict[str, Any]:
        return {
            "resource_id": self.resource,
            "graph": "instant",
            "start": start.isoformat(),
            "end": (start + timedelta(hours=1)).isoformat(),
            "what": "Consultation",
            "customer": {"name": "Marty McFly", "email": "marty@example.com"},
            **given,
        }

    def shown(self, booking: Any) -> str:
        answer = self.http.get(f"/bookings/{booking['id']}")
        return str(answer.json()["data"]["state"])


@pytest.fixture
def tomorrow() -> datetime:
    return system_clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


def test_without_a_worker_what_ran_out_stands_in_nobodys_way(
    url: str, tmp_path: Path, tomorrow: datetime
) -> None:
    with (
        serving(tmp_path, "--database-url", url, "--no-worker") as server,
        customer_of(server, url) as customer,
    ):
        wanted = customer.order(tomorrow)
        held = customer.made("/bookings/reserve", {**wanted, "reservation_time": 1})
        begun = time.monotonic()
        assert customer.http.post("/bookings", json=wanted).status_code == 422
        while customer.http.post("/bookings", json=wanted).status_code != 201:
            assert time.monotonic() - begun < 10
            time.sleep(0.05)

        assert time.monotonic() - begun > 0.5, "it was held for as long as was said"
        time.sleep(1.5)
        assert customer.shown(held) == "reserved", "nobody has moved it on"


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_server_does_what_time_does(
    url: str, tmp_path: Path, tomorrow: datetime, processes: str
) -> None:
    """Each within two seconds of its moment, on a machine that may be busy."""
    with (
        serving(tmp_path, "--database-url", url, "--processes", processes) as server,
        customer_of(server, url) as customer,
    ):
        held = customer.made(
            "/bookings/reserve", {**customer.order(tomorrow), "reservation_time": 1}
        )
        unpaid = customer.made(
            "/bookings",
            customer.order(
                tomorrow + timedelta(hours=1),
                graph="instant_payment",
                timeout={"time": 1, "unit": "sec"},
            ),
        )
        over = customer.made(
            "/bookings", customer.order(system_clock() - timedelta(hours=2) + timedelta(seconds=2))
        )
        expected = ["expired", "unpaid", "completed"]
        until(lambda: [customer.shown(each) for each in (held, unpaid, over)] == expected)

        late = rows(
            url,
            "SELECT b.state, l.created_at - coalesce(b.held_until, b.end_at + interval '1 hour') "
            "AS late FROM bookings AS b JOIN booking_log AS l ON l.booking_id = b.id "
            "WHERE l.actor = 'system'",
        )
    assert len(late) == 3
    assert all(timedelta() <= row["late"] < timedelta(seconds=2) for row in late), late


@contextmanager
def customer_of(server: Server, url: str) -> Iterator[Customer]:
    """Make an app in the database at ``url``, and yield a caller with its key."""
    app = replace(server, database_url=url).new_app("Jobs")
    headers = {"Authorization": basic(app.api_key)}
    with httpx.Client(base_url=f"{server.url}/v2", headers=headers) as http:
        yield Customer(http)
