"""The hot statements among many rows: each finds its way by an index.

A hundred thousand bookings, claims and events by default, a million with SLOTKEEPER_SOAK=1.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.abc import Params, Query

from slotkeeper.domain.delivery import LEASE, Channel, Outcome, Status
from slotkeeper.domain.feed import AHEAD, BACK, Details, Feed
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.series import BookingSeries, Mode
from slotkeeper.domain.zones import minute_floor
from slotkeeper.storage import (
    alarms,
    apps,
    balance,
    booking_deliveries,
    booking_log,
    bookings,
    bulk,
    busy,
    calendar_busy,
    claims,
    deliveries,
    delivery_log,
    events,
    explain,
    feed_content,
    groups,
    holders,
    limits,
    meetings,
    reminders,
    seats,
    series,
    waitlist,
)
from slotkeeper.storage.transaction import Database, Transaction
from tests.conftest import new_database
from tests.support.clock import NOW

pytestmark = pytest.mark.slow

ROWS = 1_000_000 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 100_000

APP = UUID(int=1)
"""The app with all the rows."""

PEOPLE = [UUID(int=n) for n in range(1, 101)]

BIG = (
    *("bookings", "claims", "seats", "events", "app_keys", "booking_log", "waitlist", "reminders"),
    *("announcements", "deliveries", "delivery_attempts"),
)

CLASS = UUID(int=10_000_001)
"""A class, over long ago; CLASS_AHEAD is one to come. Each of all has five of eight seats sold."""

CLASSES = ROWS // 100
CLASS_AHEAD = UUID(int=10_000_000 + CLASSES - 1)

# A hundred people with a booking of half an hour in every hour, nine tenths of them past, and
# an event between two bookings; one claim in fifty is a hold that ran out, and for every
# hundred bookings there is a class with seats. Somebody waits, or did, for the time between
# two bookings, and five for each class. What is to come completes by itself. Of each booking
# somebody is told, one of a hundred; of those to come they have not been yet. Written by the
# database itself and without its checks, because so many rows over the wire take longer than a
# test may.
_BEFORE = """
CREATE FUNCTION uuid_at(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN lpad(to_hex(n), 32, '0')::uuid;
CREATE TEMP TABLE moment AS SELECT {now}::timestamptz AS now;
SET session_replication_role = replica
"""

_FILL = """
INSERT INTO apps SELECT uuid_at(n), 'app-' || n, 'App', 'o@example.com', false, '{{}}', '', now, now
    FROM generate_series(1, 20) AS n, moment;
INSERT INTO app_keys SELECT uuid_at(1 + n % 20), uuid_at(n), 'api',
    sha256(n::text::bytea), '', 'key', now FROM generate_series(1, 2000) AS n, moment;
INSERT INTO resources (app_id, id, name, first_name, timezone, created_at, updated_at)
    SELECT uuid_at(1), uuid_at(n), 'Doc', 'Doc', 'UTC', now, now
    FROM generate_series(1, 100) AS n, moment;
INSERT INTO calendars (app_id, id, resource_id, name, created_at, updated_at)
    SELECT uuid_at(1), uuid_at(n), uuid_at(n), 'Bookings', now, now
    FROM generate_series(1, 100) AS n, moment;
CREATE TEMP TABLE held AS
    SELECT uuid_at(n) AS id, uuid_at(1 + n % 100) AS who,
        now - {past} * interval '1 hour' + (n / 100) * interval '1 hour' AS start_at, now
    FROM generate_series(0, {rows} - 1) AS n, moment;
INSERT INTO bookings (app_id, id, graph, state, completed, resource_id, project_id, calendar_id,
        start_at, end_at, what, location, description, customer_id, customer_name, customer_email,
        meta, created_at, updated_at, alarm_at)
    SELECT uuid_at(1), id, 'instant', 'confirmed', false, who, who, who, start_at,
        start_at + interval '30 minutes', 'Consultation', '', '', id, 'Marty',
        id || '@example.com', jsonb_build_object('n', id), start_at - interval '9 days', now,
        CASE WHEN start_at > now - interval '3 hours' THEN start_at + interval '90 minutes' END
    FROM held;
INSERT INTO reminders SELECT uuid_at(1), id, k, start_at - k * interval '7 minutes', '{{}}'
    FROM held, generate_series(1, 10) AS k WHERE start_at >= now - interval '1 hour';
CREATE TEMP TABLE class AS
    SELECT uuid_at(10000000 + n) AS id, uuid_at(1 + n % 100) AS who,
        now - {past} * interval '1 hour' + n * interval '100 hours' / 100 AS start_at, now,
        20000000 + n * 5 AS first
    FROM generate_series(0, {classes} - 1) AS n, moment;
INSERT INTO bookings (app_id, id, graph, state, completed, resource_id, calendar_id, start_at,
        end_at, what, location, description, settings, meta, created_at, updated_at, alarm_at,
        seats, bookable_until)
    SELECT uuid_at(1), id, 'group_owner', CASE WHEN start_at < now THEN 'completed'
        ELSE 'tentative' END, start_at < now, who, who, start_at, start_at + interval '30 minutes',
        'Yoga', '', '', '{{"max_seats": 8}}', '{{}}', start_at - interval '9 days', now,
        CASE WHEN start_at >= now THEN start_at + interval '90 minutes' END, 8, start_at
    FROM class;
INSERT INTO bookings (app_id, id, graph, state, completed, resource_id, calendar_id, start_at,
        end_at, what, location, description, settings, meta, created_at, updated_at,
        owner_booking_id)
    SELECT uuid_at(1), uuid_at(first + k), 'group_customer', 'confirmed', start_at < now, who, who,
        start_at, start_at + interval '30 minutes', 'Yoga', '', '', '{{}}', '{{}}',
        start_at - interval '9 days', now, id
    FROM class, generate_series(0, 4) AS k;
INSERT INTO seats (app_id, owner_booking_id, number, booking_id)
    SELECT uuid_at(1), id, 1 + k, uuid_at(first + k) FROM class, generate_series(0, 4) AS k;
INSERT INTO booking_log SELECT uuid_at(1), id, 1, 'confirm', 'initialized', 'confirmed', 'api_key',
    NULL, now FROM held;
INSERT INTO claims (app_id, booking_id, resource_id, during, exclusive, until)
    SELECT uuid_at(1), id, who, tstzrange(start_at, start_at + interval '30 minutes'), true,
        CASE WHEN row_number() OVER () % 51 = 0 THEN now END
    FROM held;
INSERT INTO events (app_id, id, calendar_id, resource_id, what, location, description, rsvp,
        start_at, end_at, created_at, updated_at)
    SELECT uuid_at(1), id, who, who, 'Lunch', '', '', 'accepted', start_at + interval '40 minutes',
        start_at + interval '50 minutes', now, now
    FROM held;
INSERT INTO waitlist (app_id, id, state, resource_id, start_at, end_at, customer_name,
        customer_email, customer_phone, customer_voip, customer_timezone, customer_custom, meta,
        hold_seconds, created_at, updated_at)
    SELECT uuid_at(1), id, CASE WHEN start_at < now THEN 'missed' ELSE 'waiting' END, who,
        start_at + interval '35 minutes', start_at + interval '60 minutes', 'Marty',
        id || '@example.com', '', '', '', '{{}}', '{{}}', 900, now, now
    FROM held;
INSERT INTO waitlist (app_id, id, state, owner_booking_id, start_at, end_at, customer_name,
        customer_email, customer_phone, customer_voip, customer_timezone, customer_custom, meta,
        hold_seconds, created_at, updated_at)
    SELECT uuid_at(1), uuid_at(first + k), CASE WHEN start_at < now THEN 'lapsed' ELSE 'waiting'
        END, id, start_at, start_at + interval '30 minutes', 'Marty', k || '@example.com', '', '',
        '', '{{}}', '{{}}', 900, now, now
    FROM class, generate_series(0, 4) AS k;
INSERT INTO announcements (app_id, kind, booking_id, action, from_state, booking, happened_at)
    SELECT app_id, 'state', held.id, 'confirm', 'initialized',
        CASE WHEN held.start_at < now THEN '{{"state": "confirmed"}}' ELSE to_jsonb(bookings) END,
        bookings.created_at
    FROM held JOIN bookings ON app_id = uuid_at(1) AND bookings.id = held.id;
INSERT INTO deliveries (app_id, id, announcement, booking_id, channel, target, call, status,
        attempts, due_at, created_at)
    SELECT app_id, held.id, number, held.id, 'webhook', who, '{{}}',
        CASE WHEN start_at < now THEN 'delivered' ELSE 'waiting' END, 1, now, happened_at
    FROM held JOIN announcements ON app_id = uuid_at(1) AND booking_id = held.id;
INSERT INTO delivery_attempts (app_id, delivery_id, number, started_at, milliseconds, status)
    SELECT uuid_at(1), id, 1, start_at, 40, 200 FROM held;
"""


@pytest.fixture(scope="module")
def crowded(postgres: str, worker_id: str) -> Iterator[str]:
    """The address of a database with a great many rows, analysed."""
    name = f"crowded_{worker_id}"
    url = new_database(postgres, name)
    with psycopg.connect(url, autocommit=True) as connection:
        numbers = {
            "now": sql.Literal(NOW.isoformat()),
            "rows": sql.Literal(ROWS),
            "past": sql.Literal(ROWS * 9 // 1000),
            "classes": sql.Literal(CLASSES),
        }
        for statement in (_BEFORE + ";" + _FILL).split(";"):
            connection.execute(sql.SQL(statement).format(**numbers))
        connection.execute("VACUUM ANALYZE")
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Explaining(AsyncCursor[Any]):
    """A cursor that asks for the plan of each statement before it carries it out."""

    async def execute(self, query: Query, params: Params | None = None, **given: Any) -> Any:
        text = query.as_string(self) if isinstance(query, sql.Composable) else cast(str, query)
        async with AsyncCursor(self.connection) as asking:
            await asking.execute(f"EXPLAIN (COSTS OFF) {text}".encode(), params)
            lines = [str(row[0]) for row in await asking.fetchall()]
        plans_of(self.connection).append("\n".join(lines))
        return await super().execute(text.encode(), params, **given)


_PLANS: dict[int, list[str]] = {}


def plans_of(connection: AsyncConnection[Any]) -> list[str]:
    """Return the plans of the statements that a connection has carried out."""
    return _PLANS.setdefault(id(connection), [])


@pytest.fixture
async def explained(crowded: str) -> AsyncIterator[Transaction]:
    """A transaction whose statements are explained, undone after the test."""
    database = Database(crowded, clock=lambda: NOW)
    await database.open()
    async with database.transaction() as tx:
        tx.connection.cursor_factory = Explaining
        yield tx
        _PLANS.clear()
        await tx.connection.rollback()
    await database.close()


def check(tx: Transaction, *indexes: str) -> None:
    """See that no large table was read as a whole, and that these indexes were used."""
    plans = "\n\n".join(plans_of(tx.connection))
    print(plans)
    assert plans
    for table in BIG:
        assert f"Seq Scan on {table}" not in plans, plans
    for index in indexes:
        assert index in plans, plans


@pytest.mark.parametrize("people", [1, 10, 100])
@pytest.mark.parametrize("days", [30, 90])
async def test_busy_time_is_read_from_the_window_on(
    explained: Transaction, people: int, days: int
) -> None:
    start = minute_floor(NOW)

    await busy.busy_times(explained, APP, PEOPLE[:people], (start, start + days * 1440))

    check(explained, "events_busy", "claims_by_end")


@pytest.mark.parametrize("calendars", [1, 100])
@pytest.mark.parametrize("days", [30, 90])
async def test_what_keeps_calendars_busy_is_read_from_the_window_on(
    explained: Transaction, calendars: int, days: int
) -> None:
    start = minute_floor(NOW)

    # In the crowd a calendar has the id of its owner.
    found = await calendar_busy.calendar_busy_times(
        explained, APP, PEOPLE[:calendars], (start, start + days * 1440)
    )

    assert found
    check(explained, "events_busy", "claims_by_end", "bookings_pkey")


@pytest.mark.parametrize(("people", "days"), [(1, 30), (100, 90)])
async def test_what_holds_time_is_named_without_the_past(
    explained: Transaction, people: int, days: int
) -> None:
    start = minute_floor(NOW)

    found = await explain.held_times(
        explained,
        APP,
        PEOPLE[:people],
        (start, start + days * 1440),
        ignore_all_day=False,
        most=ROWS,
    )

    assert len({each.resource_id for each in found}) == people
    check(explained, "events_busy", "claims_by_end")


async def test_a_new_booking_looks_at_what_may_block_it(explained: Transaction) -> None:
    start = NOW + timedelta(days=1)

    await busy.is_blocked(explained, APP, PEOPLE[0], start=start, end=start + timedelta(hours=1))

    check(explained, "events_busy", "claims_shared")


@pytest.mark.parametrize("people", [1, 100])
async def test_limits_count_the_window_and_not_the_past(
    explained: Transaction, people: int
) -> None:
    start = minute_floor(NOW)
    month = (start, start + 30 * 1440)

    booked = await limits.booked_times(explained, APP, PEOPLE[:people], month)
    starts = await limits.starts_of_project(explained, APP, PEOPLE[0], month)

    assert len(booked[0]) == len(starts) > 0
    check(explained, "claims_by_end", "bookings_by_project_and_start", "claims_pkey")


@pytest.mark.parametrize("details", Details)
@pytest.mark.parametrize("of_project", [False, True])
async def test_a_feed_reads_its_window_of_its_own(
    explained: Transaction, of_project: bool, details: Details
) -> None:
    feed = Feed(
        id=uuid4(),
        resource_id=None if of_project else PEOPLE[0],
        project_id=PEOPLE[0] if of_project else None,
        details=details,
        created_at=NOW,
        last_read_at=None,
    )
    window = {"start": NOW - BACK, "end": NOW + AHEAD}

    version = await feed_content.version(explained, APP, feed, **window)
    found = await feed_content.bookings(explained, APP, feed, **window)
    known = await meetings.identities(explained, APP, [each.id for each in found])
    events = await feed_content.events(explained, APP, feed, **window)

    assert version.text
    assert len(known) == len(found) > 0
    assert bool(events.once) != of_project
    check(explained, "bookings_by_project_and_start" if of_project else "claims_by_end")


@pytest.mark.parametrize("details", Details)
async def test_the_version_of_a_feed_looks_nothing_up_row_by_row(
    explained: Transaction, details: Details
) -> None:
    feed = Feed(
        id=uuid4(),
        resource_id=PEOPLE[0],
        project_id=None,
        details=details,
        created_at=NOW,
        last_read_at=None,
    )

    version = await feed_content.version(explained, APP, feed, start=NOW - BACK, end=NOW + AHEAD)

    assert version.text
    check(explained, "bookings_by_end", "bookings_by_further_resources")
    [plan] = plans_of(explained.connection)
    before, _, branch = plan.partition("One-Time Filter")
    assert "claims" not in before, "claims are asked only of who was booked together with others"
    assert "claims" in branch


@pytest.mark.parametrize("people", [1, 100])
async def test_turns_are_found_without_the_past(explained: Transaction, people: int) -> None:
    found = await balance.loads(explained, APP, PEOPLE[:people])

    assert all(load.upcoming and load.idle_since for load in found.values())
    check(explained, "claims_by_end")
    assert "Limit" in plans_of(explained.connection)[0], "the last that ended is one entry"


async def test_a_claim_is_taken_and_released_without_a_search(explained: Transaction) -> None:
    booking_id = uuid4()
    start = NOW + timedelta(days=1, minutes=30)
    times = {"start": start, "end": start + timedelta(minutes=5)}

    assert await claims.take(
        explained, APP, booking_id=booking_id, resource_ids=PEOPLE[:1], exclusive=True, **times
    )
    await claims.release(explained, APP, booking_id)

    check(explained, "claims_pkey")


async def test_a_request_sees_what_is_taken_without_a_search(explained: Transaction) -> None:
    start = NOW + timedelta(days=1)

    await claims.is_held(explained, APP, PEOPLE[:1], start=start, end=start + timedelta(hours=1))

    check(explained, "claims_do_not_overlap")


@pytest.mark.parametrize("people", [1, 50])
async def test_holds_that_ran_out_give_way_without_a_search(
    explained: Transaction, people: int
) -> None:
    """The second statement of a claim, for whoever found the time held."""
    start = NOW + timedelta(days=2)

    assert not await claims.take(
        explained,
        APP,
        booking_id=uuid4(),
        resource_ids=PEOPLE[:people],
        start=start,
        end=start + timedelta(hours=1),
        exclusive=True,
    )

    check(explained, "claims_do_not_overlap")
    assert "Delete on claims" in plans_of(explained.connection)[1]


async def test_what_was_made_together_is_found_by_what_binds_it(explained: Transaction) -> None:
    together, bound = [UUID(int=n) for n in range(10)], UUID(int=88)
    await series.insert(
        explained,
        APP,
        BookingSeries(
            id=bound,
            rrule="FREQ=DAILY;COUNT=10",
            timezone="UTC",
            mode=Mode.ALL_OR_NOTHING,
            start_at=NOW,
            end_at=NOW + timedelta(hours=1),
            created_at=NOW,
        ),
    )
    await explained.run(
        "UPDATE bookings SET bulk_id = %s, series_id = %s WHERE app_id = %s AND id = ANY(%s)",
        (bound, bound, APP, together),
    )

    found = await bulk.members(explained, APP, [bound])
    await bulk.lock(explained, APP, together[:1])
    await series.lock_bookings(explained, APP, bound)

    assert {each.id for each in found} == set(together)
    assert await series.bookings_of(explained, APP, bound) == found
    check(explained, "bookings_pkey", "bookings_of_bulk", "bookings_of_series")


async def test_what_is_due_is_found_by_its_moment(explained: Transaction) -> None:
    found = await alarms.due(explained, NOW, most=100)

    assert len(found) == 100
    check(explained, "bookings_by_alarm")
    await alarms.put_off(explained, *found[0], NOW + timedelta(minutes=1))
    check(explained, "bookings_pkey")


async def test_when_something_is_due_next_is_found_by_its_moment(explained: Transaction) -> None:
    soonest = await alarms.next_alarm(explained, NOW)

    assert soonest is not None
    assert soonest > NOW
    check(explained, "Index Only Scan using bookings_by_alarm")


async def test_what_is_overdue_is_counted_by_its_moment(explained: Transaction) -> None:
    count, first = await alarms.due_since(explained, NOW - timedelta(minutes=1))

    assert count
    assert first is not None
    check(explained, "bookings_by_alarm")


async def test_reminders_are_found_by_their_moment_and_their_booking(
    explained: Transaction,
) -> None:
    found = await reminders.due(explained, NOW, most=25)

    assert len(found) == 25
    check(explained, "reminders_by_moment")
    await reminders.done(explained, found[:1])
    await reminders.put_off(explained, found[1], NOW + timedelta(minutes=1))
    await reminders.forget(explained, APP, found[1].booking_id)
    check(explained, "reminders_pkey")


async def test_when_a_reminder_is_due_next_is_found_by_its_moment(explained: Transaction) -> None:
    soonest = await reminders.next_moment(explained, NOW)

    assert soonest is not None
    assert soonest > NOW
    check(explained, "Index Only Scan using reminders_by_moment")


async def test_what_is_to_be_told_is_found_by_its_moment(explained: Transaction) -> None:
    free, full, limited = PEOPLE[:3]
    places = {free: None, full: 0, limited: 3}

    found = await deliveries.take(
        explained, Channel.WEBHOOK, most=200, lease=LEASE, places=places, few=1
    )

    taken = Counter(each.target for each in found)
    assert (taken.pop(free) > 5, taken.pop(limited)) == (True, 3)
    assert taken == dict.fromkeys(PEOPLE[3:], 1)
    check(explained, "deliveries_due", "deliveries_in_line", "deliveries_pkey")
    sent = (Outcome(status=200), Status.DELIVERED, NOW)
    await deliveries.finish(explained, [(each, *sent) for each in found])
    check(explained, "delivery_attempts")


@pytest.mark.parametrize("terms", [[], [("channel", "webhook"), ("status", "delivered")]])
async def test_what_was_told_about_a_booking_is_found_by_it(
    explained: Transaction, terms: list[tuple[str, str]]
) -> None:
    booking_id = UUID(int=4711)

    page = await booking_deliveries.list_deliveries(
        explained, APP, booking_id, Listing(terms=terms)
    )
    await delivery_log.attempts_of(explained, APP, [each.id for each in page.items])
    await booking_deliveries.has(explained, APP, booking_id, booking_id)

    assert [each.state for each in page.items] == ["confirmed"]
    check(explained, "announcements_by_booking", "deliveries_by_announcement", "deliveries_pkey")


async def test_whom_a_class_reminds_is_found_by_the_class(explained: Transaction) -> None:
    found = await reminders.seats_to_remind(explained, APP, CLASS_AHEAD, ("confirmed",))

    assert len(found) == 5
    check(explained, "bookings_of_owner")


@pytest.mark.parametrize(
    "listing",
    [
        Listing(),
        Listing(page=3),
        Listing(order="event.start", descending=True),
        Listing(terms=[("resource.id", str(PEOPLE[7]))]),
        Listing(terms=[("project.id", str(PEOPLE[7]))]),
    ],
    ids=lambda listing: " ".join(
        ["page", str(listing.page), listing.order or "", *(field for field, _ in listing.terms)]
    ),
)
async def test_open_classes_are_found_without_those_that_are_over(
    explained: Transaction, listing: Listing
) -> None:
    await groups.list_open(explained, APP, listing)

    check(explained, "bookings_with_seats", "seats_pkey")


async def test_a_seat_is_counted_taken_held_on_kept_and_given_back_by_keys(
    explained: Transaction,
) -> None:
    booking_id = uuid4()
    assert await seats.counts(explained, APP, [CLASS, CLASS_AHEAD]) == {CLASS: 5, CLASS_AHEAD: 5}
    assert await seats.take(
        explained, APP, owner_booking_id=CLASS_AHEAD, booking_id=booking_id, until=NOW
    )
    assert await seats.extend(explained, APP, booking_id, NOW + timedelta(minutes=1))
    assert await seats.keep(explained, APP, booking_id)
    await seats.release(explained, APP, booking_id)

    check(explained, "seats_pkey", "seats_by_booking")


async def test_who_finds_a_class_full_reads_that_class_alone(explained: Transaction) -> None:
    await explained.run(
        "UPDATE bookings SET seats = 5 WHERE (app_id, id) = (%s, %s)", (APP, CLASS_AHEAD)
    )
    assert not await seats.take(
        explained, APP, owner_booking_id=CLASS_AHEAD, booking_id=uuid4(), until=None
    )

    check(explained, "seats_pkey")
    assert len(plans_of(explained.connection)) == 4, "the five, take, make way, count"


async def test_the_seats_of_a_class_are_found_by_it(explained: Transaction) -> None:
    found = await bookings.seats_of(explained, APP, CLASS_AHEAD, locked=True)
    await bookings.find_held_open(explained, APP, CLASS_AHEAD)
    await bookings.hold_class_of(explained, APP, found[0].id)

    assert len(found) == 5
    check(explained, "bookings_of_owner", "bookings_pkey")


async def test_the_owner_of_a_key_is_found_by_its_digest(explained: Transaction) -> None:
    await apps.find_known(explained, bytes(32))

    check(explained, "app_keys_digest_key")


@pytest.mark.parametrize(
    "listing",
    [
        Listing(),
        Listing(page=40),
        Listing(order="created_at"),
        Listing(order="event.start"),
        Listing(order="event.start", descending=True),
        Listing(terms=[("resource.id", str(PEOPLE[7]))]),
        Listing(terms=[("project.id", str(PEOPLE[7]))]),
        Listing(terms=[("customer.email", f"{UUID(int=4711)}@EXAMPLE.com")]),
        Listing(terms=[("id", str(UUID(int=4711)))]),
        Listing(terms=[("meta.n", str(UUID(int=4711)))]),
    ],
    ids=lambda listing: " ".join(
        ["page", str(listing.page), listing.order or "", *(field for field, _ in listing.terms)]
    ),
)
async def test_a_page_of_bookings_is_found_by_an_index(
    explained: Transaction, listing: Listing
) -> None:
    page = await bookings.list_bookings(explained, APP, listing)

    assert page.total or listing.terms
    check(explained)


@pytest.mark.parametrize("completed", ["true", "false"])
async def test_bookings_that_are_over_or_not_are_picked_within_an_index(
    explained: Transaction, completed: str
) -> None:
    page = await bookings.list_bookings(explained, APP, Listing(terms=[("completed", completed)]))

    assert page.total
    check(explained, "Index Only Scan Backward using bookings_by_age")


async def test_a_search_in_texts_reads_what_may_fit_once(explained: Transaction) -> None:
    start = NOW + timedelta(days=1)

    page = await events.list_events(
        explained,
        APP,
        Listing(terms=[("what", "lunch")], limit=10),
        start=start,
        end=start + timedelta(days=7),
    )

    assert page.total > 10
    [_, plan, _, rows] = plans_of(explained.connection)
    assert "WindowAgg" in plan
    assert "Bitmap Index Scan on events_by_start" in plan
    assert "Index Scan using events_pkey" in rows


async def test_the_bookings_of_a_week_are_found_by_an_index(explained: Transaction) -> None:
    start = NOW + timedelta(days=1)

    page = await bookings.list_bookings(
        explained, APP, Listing(), start=start, end=start + timedelta(days=7)
    )

    assert page.total
    check(explained, "bookings_by_start")


async def test_one_booking_its_log_and_its_event_are_found_by_their_keys(
    explained: Transaction,
) -> None:
    booking_id = UUID(int=4711)
    booking = await bookings.find_locked(explained, APP, booking_id)
    assert booking is not None
    await bookings.save_state(explained, APP, booking)
    await booking_log.logs_of(explained, APP, [booking_id])
    await events.of_bookings(explained, APP, [booking_id])
    await events.delete_of_booking(explained, APP, booking_id)
    await bookings.delete(explained, APP, booking_id)

    check(explained, "bookings_pkey", "booking_log_pkey", "events_by_booking")


async def test_the_events_of_a_day_are_found_by_an_index(explained: Transaction) -> None:
    start = NOW + timedelta(days=1)

    page = await events.list_events(
        explained, APP, Listing(), start=start, end=start + timedelta(days=1)
    )

    assert page.total
    check(explained, "events_by_start", "events_long")


async def test_a_release_asks_who_waits_by_an_index(explained: Transaction) -> None:
    """The only question that a cancellation asks more than it would without waiting lists."""
    start = NOW + timedelta(days=1)

    found = await waitlist.waiting_for_time(
        explained, APP, PEOPLE[:1], start=start, end=start + timedelta(hours=1), most=100
    )

    assert len(found) == 1
    check(explained, "waitlist_once")


async def test_a_seat_that_comes_free_finds_the_first_in_line(explained: Transaction) -> None:
    assert await waitlist.next_for_seat(explained, APP, CLASS_AHEAD)
    assert await waitlist.next_for_seat(explained, APP, CLASS) is None

    check(explained, "waitlist_in_line")


async def test_who_joins_is_compared_with_those_in_line_and_holds_the_rest(
    explained: Transaction,
) -> None:
    [first, *_] = await waitlist.open_of(explained, APP, CLASS_AHEAD)

    assert await waitlist.find_twin(explained, APP, first) == first
    assert await waitlist.count_open(explained, APP, CLASS_AHEAD) == 5
    assert await waitlist.positions(explained, APP, [first.id]) == {first.id: 1}
    assert await holders.hold_seats(explained, APP, CLASS_AHEAD) == 5
    start = NOW + timedelta(days=1)
    end = start + timedelta(minutes=30)
    assert await holders.hold_time(explained, APP, PEOPLE[:10], start=start, end=end) == 10
    check(explained, "waitlist_once", "waitlist_pkey", "seats_pkey", "claims_by_end")


async def test_entries_end_without_a_look_at_those_that_have(explained: Transaction) -> None:
    assert len(await waitlist.lapse(explained, most=100)) == 5  # for a class that begins now

    check(explained, "waitlist_by_start")


@pytest.mark.parametrize(
    "listing",
    [
        Listing(),
        Listing(page=40),
        Listing(terms=[("owner_booking.id", str(CLASS))]),
        Listing(terms=[("resource.id", str(PEOPLE[7]))]),
        Listing(terms=[("customer.email", f"{UUID(int=4711)}@EXAMPLE.com")]),
    ],
    ids=lambda listing: " ".join(["page", str(listing.page), *(term[0] for term in listing.terms)]),
)
async def test_a_page_of_a_waiting_list_is_found_by_an_index(
    explained: Transaction, listing: Listing
) -> None:
    page = await waitlist.list_entries(explained, APP, listing)

    assert page.total
    counted, read = plans_of(explained.connection)
    assert "Index" in read, read
    assert listing.terms == () or "Seq Scan" not in counted, counted
