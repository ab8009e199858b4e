"""What was announced is carried to its target: in order, again until it is taken, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.delivery import LEASE, WAITS, Channel, Hearers, Kind, News
from slotkeeper.jobs.cleaner import Cleaner
from slotkeeper.jobs.loop import at_work
from slotkeeper.jobs.places import FEW
from slotkeeper.jobs.sender import Sender
from slotkeeper.jobs.ways import WebhookWay
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.http import HttpSender
from slotkeeper.services import announcements, deliveries
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Database
from tests.jobs.conftest import House, rows
from tests.services.shop import Shop, at
from tests.support.clock import NOW
from tests.support.receivers import Target, target

_COPIES = (
    "INSERT INTO bookings SELECT (jsonb_populate_record(NULL::bookings, "
    "to_jsonb(known) || jsonb_build_object('id', gen_random_uuid()))).* "
    "FROM (SELECT * FROM bookings LIMIT 1) AS known, generate_series(1, %s) RETURNING id"
)

_UNDOING: Sequence[LiteralString] = (
    "CREATE SEQUENCE undoings",
    """CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT FROM apps WHERE webhook_secret = 'broken') THEN
            PERFORM nextval('undoings');
            RAISE 'undone';
        END IF;
        RETURN NULL;
    END $$""",
    "CREATE CONSTRAINT TRIGGER undone AFTER UPDATE ON deliveries DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION undo()",
)


class Ahead:
    """A clock that goes as all others do, from the moment of the tests on, and can be put on."""

    def __init__(self) -> None:
        # The clock of the house is some seconds ahead when something has been booked.
        self._ahead = NOW + timedelta(minutes=1) - system_clock()

    def __call__(self) -> datetime:
        return system_clock() + self._ahead

    def put_on(self, by: timedelta) -> None:
        self._ahead += by


@pytest.fixture
async def hears() -> AsyncIterator[Target]:
    async with target() as found:
        yield found


@pytest.fixture
def ahead() -> Ahead:
    return Ahead()


@pytest.fixture(autouse=True)
def without_mails(house: House) -> None:
    """Let the house send no mails: what is shown here is shown with webhooks."""
    rows(house.url, """UPDATE apps SET settings = '{"disableEmail": true}'""")


@pytest.fixture
async def database(house: House, ahead: Ahead) -> AsyncIterator[Database]:
    """The database of the house, on a clock that goes by itself."""
    database = Database(house.url, clock=ahead)
    await database.open()
    yield database
    await database.close()


@asynccontextmanager
async def sending(*databases: Database) -> AsyncIterator[None]:
    """Let a sender work on each of the databases."""
    async with at_work(*(sender(each) for each in databases)):
        yield


def sender(database: Database) -> Sender:
    http = HttpSender(AllowedHosts.parse("127.0.0.1"))
    return Sender(database, Channel.WEBHOOK, WebhookWay(Vault("for tests"), http, site=None))


def listen(house: House, hears: Target, *states: str) -> None:
    for state in states:
        house.listen(f"{hears.url}/{state}", state)


def listen_at_one_place(house: House, hears: Target, *states: str) -> None:
    for state in states:
        house.listen(f"{hears.url}/hook", state)


async def booked(house: House, *, hour: int = 9) -> Booking:
    return await house.within(lambda shop: shop.book(house.resource_id, at(hour), at(hour + 1)))


async def cancelled(house: House, booking: Booking) -> None:
    await house.within(lambda shop: shop.act(booking, "cancel"))


def states_of(house: House) -> Mapping[str, int]:
    found = house.rows("SELECT status, count(*)::int AS n FROM deliveries GROUP BY status")
    return {row["status"]: row["n"] for row in found}


async def announced(house: House, booking_ids: Sequence[UUID], state: str) -> None:
    """Tell the webhooks for a state of each booking that it has entered it."""
    async with house.database.transaction() as tx:
        for each in booking_ids:
            news = News(kind=Kind.STATE, booking_id=each, graph="instant", state=state)
            await announcements.notify(tx, house.app_id, news, Hearers())


async def until_attempted(house: House, count: int) -> None:
    """Wait until so many attempts have been noted."""
    made = 0
    for _ in range(500):
        [made] = (row["n"] for row in house.rows("SELECT count(*) AS n FROM delivery_attempts"))
        if made >= count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{made} of {count} attempts were made")


@contextmanager
def undone_while_broken(house: House) -> Iterator[None]:
    """Let the database refuse every commit that takes a delivery while the secret is broken."""
    for statement in _UNDOING:
        rows(house.url, statement)
    try:
        yield
    finally:
        rows(house.url, "DROP TRIGGER undone ON deliveries")
        rows(house.url, "DROP FUNCTION undo")
        rows(house.url, "DROP SEQUENCE undoings")


async def until_undone(house: House) -> None:
    """Wait until a commit has been refused; what a sequence counts is not undone."""
    for _ in range(500):
        if house.rows("SELECT is_called FROM undoings")[0]["is_called"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("every commit was taken")


async def test_each_state_is_told_once_and_in_order(
    house: House, database: Database, hears: Target
) -> None:
    listen_at_one_place(house, hears, "confirmed", "cancelled")
    async with sending(database):
        booking = await booked(house)
        await cancelled(house, booking)
        await hears.until(2)
        await asyncio.sleep(0.5)
    assert [each.json["state"] for each in hears.heard] == ["confirmed", "cancelled"]
    assert {each.json["id"] for each in hears.heard} == {str(booking.id)}
    assert states_of(house) == {"delivered": 2}
    attempts = house.rows("SELECT number, status, error, excerpt FROM delivery_attempts")
    assert attempts == [{"number": 1, "status": 200, "error": None, "excerpt": "heard"}] * 2


async def test_what_is_undone_is_told_to_nobody(
    house: House, database: Database, hears: Target
) -> None:
    listen(house, hears, "confirmed")

    async def book_and_fail(shop: Shop) -> None:
        await shop.book(house.resource_id, at(9), at(10))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await house.within(book_and_fail)
    await booked(house, hour=11)
    async with sending(database):
        await hears.until(1)
        await asyncio.sleep(0.5)
    assert len(hears.heard) == 1
    assert house.rows("SELECT count(*)::int AS n FROM announcements") == [{"n": 1}]


async def test_where_nobody_listens_nothing_is_written(house: House) -> None:
    rows(house.url, "UPDATE apps SET settings = '{\"disableEmail\": true}'")
    await booked(house)
    assert house.rows("SELECT count(*)::int AS n FROM announcements") == [{"n": 0}]


async def test_what_failed_is_told_again_before_what_came_after_it(
    house: House, database: Database, hears: Target, ahead: Ahead
) -> None:
    hears.moods = ["500"]
    listen_at_one_place(house, hears, "confirmed", "cancelled")
    booking = await booked(house)
    await cancelled(house, booking)
    async with sending(database):
        await until_attempted(house, 1)
        await asyncio.sleep(0.7)
        assert [each.json["state"] for each in hears.heard] == ["confirmed"], "the rest waits"
        hears.moods = ["200"]
        ahead.put_on(WAITS[0] * 1.2)
        await hears.until(2)
    assert [each.json["state"] for each in hears.heard] == ["confirmed", "confirmed", "cancelled"]
    errors = house.rows("SELECT status FROM delivery_attempts ORDER BY started_at")
    assert [each["status"] for each in errors] == [500, 200, 200]


async def test_another_target_waits_for_nobody(
    house: House, database: Database, hears: Target
) -> None:
    listen(house, hears, "confirmed")
    async with target("hang") as hangs:
        listen(house, hangs, "confirmed")
        async with sending(database):
            await booked(house)
            await hears.until(1, seconds=5)
    assert len(hangs.heard) == 1


async def test_many_to_targets_that_hang_hold_up_nobody_else(
    house: House, database: Database, hears: Target
) -> None:
    """Six of them with a hundred each are due before the first to the one that answers."""
    async with target("hang") as hangs:
        for number in range(6):
            url = f"{hangs.url}/{number}"
            house.listen(url, "confirmed")
        listen(house, hears, "cancelled")
        await booked(house)
        bookings = [row["id"] for row in house.rows(_COPIES, 99)]
        await announced(house, bookings, "confirmed")
        await announced(house, bookings, "cancelled")
        waiting = house.rows("SELECT target FROM deliveries ORDER BY due_at, number")
        assert len({each["target"] for each in waiting[:600]}) == 6
        async with sending(database):
            await hears.until(99, seconds=5)
            attempts = Counter(each.path for each in hangs.heard)
    assert attempts == {f"/{number}": FEW for number in range(6)}


async def test_after_the_last_attempt_a_delivery_has_failed_and_the_next_goes_on(
    house: House, database: Database, hears: Target, ahead: Ahead
) -> None:
    listen_at_one_place(house, hears, "confirmed", "cancelled")
    booking = await booked(house)
    await cancelled(house, booking)
    rows(
        house.url,
        "UPDATE deliveries SET attempts = %s WHERE number = (SELECT min(number) FROM deliveries)",
        len(WAITS),
    )
    hears.moods = ["500"]
    async with sending(database):
        await until_attempted(house, 2)
    assert [each.json["state"] for each in hears.heard] == ["confirmed", "cancelled"]
    assert states_of(house) == {"failed": 1, "waiting": 1}


async def test_what_a_dead_sender_had_taken_another_one_tells(
    house: House, database: Database, hears: Target, ahead: Ahead
) -> None:
    listen(house, hears, "confirmed")
    await booked(house)
    async with database.transaction() as tx:  # and then nothing more is heard of this one
        taken = await deliveries.take(tx, Channel.WEBHOOK, most=10)
    assert [each.attempts for each in taken] == [1]
    async with sending(database):
        await asyncio.sleep(0.7)
        assert not hears.heard, "it may be on its way"
        ahead.put_on(LEASE)
        await hears.until(1)
    assert states_of(house) == {"delivered": 1}
    assert [row["attempts"] for row in house.rows("SELECT attempts FROM deliveries")] == [2]


async def test_several_senders_tell_everything_once(
    house: House, database: Database, hears: Target
) -> None:
    listen_at_one_place(house, hears, "confirmed", "cancelled")
    for hour in range(20):
        await cancelled(house, await booked(house, hour=hour))
    async with sending(database, database, database):
        await hears.until(40)
        await asyncio.sleep(0.5)
    assert len(hears.heard) == 40
    told: dict[str, list[str]] = {}
    for each in hears.heard:
        told.setdefault(each.json["id"], []).append(each.json["state"])
    assert all(each == ["confirmed", "cancelled"] for each in told.values())


async def test_told_to_stop_it_waits_for_what_is_on_its_way(
    house: House, database: Database, hears: Target
) -> None:
    listen(house, hears, "confirmed")
    await booked(house)
    async with sending(database):
        await hears.until(1)
    assert states_of(house) == {"delivered": 1}


async def test_what_cannot_be_prepared_fails_and_holds_up_nobody_else(
    house: House, database: Database, hears: Target
) -> None:
    listen(house, hears, "confirmed")
    await booked(house)
    rows(house.url, "UPDATE deliveries SET webhook_id = NULL, call = '{}'")
    await booked(house, hour=11)
    async with sending(database):
        await hears.until(1)
        await until_attempted(house, 2)
    noted = house.rows("SELECT status, error FROM delivery_attempts ORDER BY error NULLS FIRST")
    assert noted == [
        {"status": 200, "error": None},
        {"status": None, "error": "it could not be prepared"},
    ]
    assert states_of(house) == {"delivered": 1, "waiting": 1}


async def test_an_attempt_that_was_undone_is_not_noted(
    house: House, database: Database, hears: Target
) -> None:
    """Taking is undone at its commit; by the next time, what could not be prepared can be."""
    listen(house, hears, "confirmed")
    await booked(house)
    [app] = house.rows("SELECT webhook_secret FROM apps")
    rows(house.url, "UPDATE apps SET webhook_secret = 'broken'")
    with undone_while_broken(house):
        async with sending(database):
            await until_undone(house)
            rows(house.url, "UPDATE apps SET webhook_secret = %s", app["webhook_secret"])
            await hears.until(1)
    attempts = house.rows("SELECT number, status, error FROM delivery_attempts")
    assert attempts == [{"number": 1, "status": 200, "error": None}]


async def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_kept(
    house: House, database: Database, hears: Target, ahead: Ahead
) -> None:
    listen(house, hears, "confirmed")
    await booked(house)
    async with sending(database):
        await hears.until(1)
    hears.moods = ["500"]
    await booked(house, hour=11)
    ahead.put_on(deliveries.KEPT_FOR + timedelta(days=1))
    async with at_work(Cleaner(database), Cleaner(database)):
        for _ in range(100):
            if states_of(house) == {"waiting": 1}:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
    assert states_of(house) == {"waiting": 1}
