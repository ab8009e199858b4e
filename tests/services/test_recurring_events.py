"""Events that repeat: what is stored, what they take, what replaces them, what is listed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.zones import minute_floor
from slotkeeper.services import availability, busy, events, resources
from slotkeeper.services.availability import Query
from slotkeeper.services.repeating import DATES_MAX, LENGTH_DAYS_MAX
from tests.services.shop import Shop, at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = (at(0), at(0) + 7 * DAY)
DAILY = "FREQ=DAILY"


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def taken(
    shop: Shop, resource_id: UUID, start: datetime = WEEK[0], end: datetime = WEEK[1], *,
    ignore_all_day: bool = False,
) -> list[Interval]:  # fmt: skip
    window = minute_floor(start), minute_floor(end)
    [found] = await busy.busy_times(
        shop.tx, shop.app_id, [resource_id], window, ignore_all_day=ignore_all_day
    )
    return sorted(found)


def spans(*starts: datetime, length: timedelta = HOUR) -> list[Interval]:
    return [(minute_floor(start), minute_floor(start + length)) for start in starts]


async def daily(shop: Shop, resource_id: UUID, count: int = 3, **given: Any) -> Event:
    """Make an event from nine to ten on some days from the seventh of May on."""
    return await shop.event(resource_id, at(9), at(10), rrule=f"{DAILY};COUNT={count}", **given)


async def test_an_event_takes_time_as_often_as_it_repeats(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await daily(shop, doc.id)
    await shop.event(doc.id, at(12), at(13))

    assert await taken(shop, doc.id) == [
        *spans(at(9), at(12)), *spans(at(9, day=8), at(9, day=9)),
    ]  # fmt: skip
    assert await taken(shop, marty.id) == []


async def test_what_repeats_is_clipped_to_the_window(shop: Shop) -> None:
    doc = await shop.resource()
    await daily(shop, doc.id)

    assert await taken(shop, doc.id, at(9, 30), at(9, 15, day=8)) == [
        *spans(at(9, 30), length=HOUR / 2), *spans(at(9, day=8), length=HOUR / 4),
    ]  # fmt: skip


async def test_a_search_offers_nothing_while_an_event_repeats(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=[{"allow_hours": {"start": 8, "end": 11}}])
    await shop.event(doc.id, at(9), at(10), rrule="FREQ=WEEKLY;BYDAY=TU")
    settings = {
        "mode": "exclusive",
        "length": "1 hour",
        "from": "2030-05-13",
        "to": "2030-05-16",
    }

    answer = await availability.find_slots(
        shop.tx, shop.app_id, Query(resource_ids=[doc.id], settings=settings), shuffle=None
    )

    # 2030-05-14 is a Tuesday.
    assert [(each.start - minute_floor(at(0, day=13))) / 60 for each in answer.slots] == [
        8, 9, 10, 32, 34, 56, 57, 58,
    ]  # fmt: skip


async def test_a_booking_cannot_be_made_over_an_occurrence(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10), rrule=DAILY)
    years_later = at(9) + 400 * DAY

    with pytest.raises(SlotTaken):
        await shop.book(doc.id, years_later + HOUR / 2, years_later + 2 * HOUR)
    await shop.book(doc.id, years_later + HOUR, years_later + 2 * HOUR)
    assert await shop.count("claims") == 1


@pytest.mark.parametrize("ignored", [False, True])
async def test_all_day_events_that_repeat_can_be_ignored(shop: Shop, ignored: bool) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(0), at(0, day=8), all_day=True, rrule=DAILY)

    assert bool(await taken(shop, doc.id, ignore_all_day=ignored)) is not ignored
    blocked = await busy.is_blocked(
        shop.tx, shop.app_id, doc.id, start=at(9, day=9), end=at(10, day=9), ignore_all_day=ignored
    )
    assert blocked is not ignored


async def test_a_declined_series_takes_no_time(shop: Shop) -> None:
    doc = await shop.resource()
    event = await daily(shop, doc.id)

    await events.change(shop.tx, shop.app_id, event.id, {"rsvp": "declined"})

    assert await taken(shop, doc.id) == []


async def test_dates_are_added_taken_out_and_put_back(shop: Shop) -> None:
    doc = await shop.resource()
    event = await daily(shop, doc.id, rdate=[at(15)], exdate=[at(9, day=8)])
    assert await taken(shop, doc.id) == spans(at(9), at(15), at(9, day=9))

    await events.change(shop.tx, shop.app_id, event.id, {"exdate": [], "rdate": []})

    assert await taken(shop, doc.id) == spans(at(9), at(9, day=8), at(9, day=9))


async def test_without_its_rule_an_event_happens_once(shop: Shop) -> None:
    doc = await shop.resource()
    event = await daily(shop, doc.id)

    await events.change(shop.tx, shop.app_id, event.id, {"rrule": None})

    assert await taken(shop, doc.id) == spans(at(9))
    assert not (await events.get(shop.tx, shop.app_id, event.id)).repeats


async def test_an_event_takes_its_time_elsewhere_as_soon_as_it_changes(shop: Shop) -> None:
    """Whatever is remembered of a rule, the answer is that of the event as it is now."""
    doc = await shop.resource()
    event = await daily(shop, doc.id)
    assert await taken(shop, doc.id) == spans(at(9), at(9, day=8), at(9, day=9))

    await events.change(
        shop.tx, shop.app_id, event.id,
        {"rrule": "FREQ=DAILY;INTERVAL=2;COUNT=2", "start_at": at(10), "end_at": at(11)},
    )  # fmt: skip

    assert await taken(shop, doc.id) == spans(at(10), at(10, day=9))


# One occurrence in place of another.


async def replace(shop: Shop, series: Event, which: datetime, **given: Any) -> Event:
    start = given.pop("start", at(20))
    return await shop.event(
        series.resource_id, start, start + HOUR, series_id=series.id, recurrence_id=which, **given
    )


async def test_an_event_replaces_one_occurrence(shop: Shop) -> None:
    doc = await shop.resource()
    series = await daily(shop, doc.id)

    instead = await replace(shop, series, at(9, day=8), start=at(20, day=8))

    assert await taken(shop, doc.id) == spans(at(9), at(20, day=8), at(9, day=9))
    await events.change(shop.tx, shop.app_id, instead.id, {"rsvp": "declined"})
    assert await taken(shop, doc.id) == spans(at(9), at(9, day=9))


async def test_with_what_replaces_it_an_occurrence_is_removed(shop: Shop) -> None:
    doc = await shop.resource()
    series = await daily(shop, doc.id)
    instead = await replace(shop, series, at(9, day=8))

    await events.delete(shop.tx, shop.app_id, instead.id)

    assert await taken(shop, doc.id) == spans(at(9), at(9, day=9))
    assert (await events.get(shop.tx, shop.app_id, series.id)).exdate == [at(9, day=8)]


async def test_with_a_series_goes_what_replaces_its_occurrences(shop: Shop) -> None:
    doc = await shop.resource()
    series = await daily(shop, doc.id)
    instead = await replace(shop, series, at(9, day=8))

    await events.delete(shop.tx, shop.app_id, series.id)

    assert await taken(shop, doc.id) == []
    with pytest.raises(NotFound):
        await events.get(shop.tx, shop.app_id, instead.id)


async def test_a_series_that_moves_takes_its_replacements_along(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    series = await daily(shop, doc.id)
    await replace(shop, series, at(9, day=8), start=at(20, day=8))
    there = await shop.calendar_of(marty.id)

    await events.change(shop.tx, shop.app_id, series.id, {"calendar_id": there})

    assert await taken(shop, doc.id) == []
    assert await taken(shop, marty.id) == spans(at(9), at(20, day=8), at(9, day=9))


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("recurrence_id", {"recurrence_id": at(9, 1)}),
        ("recurrence_id", {"recurrence_id": at(9, day=8)}),
        ("recurrence_id", {"recurrence_id": None}),
        ("series_id", {"series_id": None}),
        ("series_id", {"series_id": uuid4()}),
        ("rrule", {"rrule": DAILY}),
        ("rrule", {"rdate": [at(9)]}),
    ],
)
async def test_only_an_occurrence_that_there_is_is_replaced_and_once(
    shop: Shop, field: str, given: dict[str, Any]
) -> None:
    doc = await shop.resource()
    series = await daily(shop, doc.id)
    await replace(shop, series, at(9, day=8))

    with pytest.raises(InvalidInput) as refusal:
        await shop.event(
            doc.id, at(20), at(21), **{"series_id": series.id, "recurrence_id": at(9), **given}
        )

    assert refusal.value.errors.keys() == {field}


async def test_what_replaces_an_occurrence_is_of_the_same_resource_and_never_repeats(
    shop: Shop,
) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    series = await daily(shop, doc.id)
    instead = await replace(shop, series, at(9))

    with pytest.raises(InvalidInput, match="same resource"):
        await shop.event(marty.id, at(9), at(10), series_id=series.id, recurrence_id=at(9, day=8))
    with pytest.raises(InvalidInput, match="cannot repeat"):
        await events.change(shop.tx, shop.app_id, instead.id, {"rrule": DAILY})


# Clocks and days.


async def test_an_event_stays_at_its_hour_where_it_was_made(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    start = local("Europe/Paris", "2030-10-26T09:00")
    event = await shop.event(doc.id, start, start + HOUR, rrule=DAILY)
    assert event.timezone == "Europe/Paris"
    expected = spans(start, start + 25 * HOUR)

    assert (await taken(shop, doc.id, start, start + 2 * DAY))[:2] == expected
    await resources.change(shop.tx, shop.app_id, doc.id, {"timezone": "Asia/Tokyo"})
    assert (await taken(shop, doc.id, start, start + 2 * DAY))[:2] == expected


async def test_an_event_follows_the_clock_that_it_names(shop: Shop) -> None:
    doc = await shop.resource(timezone="UTC")
    start = local("America/New_York", "2030-03-09T09:00")
    await shop.event(doc.id, start, start + HOUR, rrule=DAILY, timezone="America/New_York")

    assert (await taken(shop, doc.id, start, start + 2 * DAY))[:2] == spans(
        start, start + 23 * HOUR
    )


@pytest.mark.parametrize("rrule", [None, "FREQ=WEEKLY"])
@pytest.mark.parametrize("to", ["Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu"])
async def test_all_day_events_keep_their_days_when_the_zone_of_a_resource_changes(
    shop: Shop, rrule: str | None, to: str
) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    start = local("Europe/Paris", "2030-05-07")
    timed = await shop.event(doc.id, start + 12 * HOUR, start + 13 * HOUR)
    event = await shop.event(doc.id, start, start + 2 * DAY, all_day=True, rrule=rrule)

    await resources.change(shop.tx, shop.app_id, doc.id, {"timezone": to})

    after = await events.get(shop.tx, shop.app_id, event.id)
    assert after.start_at == local(to, "2030-05-07")
    assert after.end_at == local(to, "2030-05-09")
    week = local(to, "2030-05-13"), local(to, "2030-05-20")
    assert await taken(shop, doc.id, *week) == (
        spans(local(to, "2030-05-14"), length=2 * DAY) if rrule else []
    )
    assert (await events.get(shop.tx, shop.app_id, timed.id)).start_at == timed.start_at


async def test_what_is_out_of_an_all_day_series_stays_out_in_another_zone(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    start = local("Europe/Paris", "2030-05-07")
    series = await shop.event(
        doc.id, start, start + DAY, all_day=True, rrule=f"{DAILY};COUNT=4",
        exdate=[local("Europe/Paris", "2030-05-08T15:00")],
    )  # fmt: skip
    # Any moment of a day names the day.
    await replace(
        shop, series, local("Europe/Paris", "2030-05-09T11:00"), start=at(9, day=9), rsvp="declined"
    )

    await resources.change(shop.tx, shop.app_id, doc.id, {"timezone": "Asia/Tokyo"})

    assert await taken(shop, doc.id, start - DAY, start + 9 * DAY) == spans(
        local("Asia/Tokyo", "2030-05-07"), local("Asia/Tokyo", "2030-05-10"), length=DAY
    )


async def test_an_all_day_event_keeps_its_days_in_the_calendar_of_somebody_else(
    shop: Shop,
) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    marty = await shop.resource(timezone="Asia/Tokyo")
    start = local("Europe/Paris", "2030-05-07")
    there = {"calendar_id": await shop.calendar_of(marty.id)}
    for rrule in (None, DAILY):
        event = await shop.event(doc.id, start, start + DAY, all_day=True, rrule=rrule)

        await events.change(shop.tx, shop.app_id, event.id, there)

        after = await events.get(shop.tx, shop.app_id, event.id)
        assert after.start_at == local("Asia/Tokyo", "2030-05-07")
        assert after.end_at == local("Asia/Tokyo", "2030-05-08")


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Paris", "2030-03-31", 23),
        ("Europe/Paris", "2030-10-27", 25),
        ("Africa/Cairo", "2024-04-26", 23),
        ("America/Santiago", "2024-09-08", 23),
    ],
)
async def test_an_all_day_series_takes_the_whole_of_a_day_of_a_change(
    shop: Shop, zone: str, on: str, hours: int
) -> None:
    doc = await shop.resource(timezone=zone)
    before = date.fromisoformat(on) - 7 * DAY
    start = local(zone, f"{before}T12:00")
    await shop.event(doc.id, start, start + HOUR, all_day=True, rrule="FREQ=WEEKLY")
    noon = local(zone, f"{on}T12:00")

    [(begins, ends)] = await taken(shop, doc.id, noon - 2 * DAY, noon + 2 * DAY)

    assert ends - begins == hours * 60


# Lists.


async def listed(shop: Shop, *terms: tuple[str, str], **given: Any) -> list[Event]:
    page = await events.list_events(
        shop.tx, shop.app_id, Listing(terms=terms, **given), start=WEEK[0], end=WEEK[1]
    )
    return list(page.items)


async def test_a_list_holds_each_occurrence_among_the_other_events(shop: Shop) -> None:
    doc = await shop.resource()
    series = await daily(shop, doc.id)
    lunch = await shop.event(doc.id, at(12), at(13))
    instead = await replace(shop, series, at(9, day=8), start=at(7))

    found = await listed(shop)

    assert [(each.id, each.start_at, each.recurrence_id) for each in found] == [
        (instead.id, at(7), at(9, day=8)),
        (series.id, at(9), at(9)),
        (lunch.id, at(12), None),
        (series.id, at(9, day=9), at(9, day=9)),
    ]
    assert {each.series_id for each in found} == {series.id, None}
    assert all(each.rrule is None for each in found)


@pytest.mark.parametrize("order", [None, "created_at", "end"])
async def test_pages_hold_each_occurrence_once(shop: Shop, order: str | None) -> None:
    doc = await shop.resource()
    for _ in range(3):
        await daily(shop, doc.id, count=7)

    pages = [await listed(shop, page=page, limit=4, order=order) for page in range(1, 7)]

    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 1]
    names = [(each.id, each.start_at) for page in pages for each in page]
    assert len(set(names)) == 21


async def test_a_list_is_searched_whatever_repeats(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await daily(shop, doc.id, what="Standup")
    await daily(shop, marty.id)

    assert len(await listed(shop, ("what", "stand"))) == 3
    assert len(await listed(shop, ("resource.id", str(marty.id)))) == 3
    assert await listed(shop, ("what", "nothing")) == []


async def test_a_list_has_a_most_of_occurrences_and_those_are_the_first(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc = await shop.resource()
    for _ in range(2):
        await shop.event(doc.id, at(9), at(10), rrule=DAILY)
    monkeypatch.setattr(events, "OCCURRENCES_MAX", 5)

    found = await listed(shop)

    assert [each.start_at.day for each in found] == [7, 7, 8, 8, 9]


async def test_a_list_of_all_time_ends(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10), rrule=DAILY)

    page = await events.list_events(
        shop.tx, shop.app_id, Listing(),
        start=datetime(1970, 1, 1, tzinfo=UTC), end=datetime(5138, 11, 16, tzinfo=UTC),
    )  # fmt: skip

    assert page.total == events.OCCURRENCES_MAX


async def test_series_of_other_apps_are_nobodys_business(shop: Shop, other_shop: Shop) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    theirs = await daily(other_shop, stranger.id)

    assert await listed(shop) == []
    with pytest.raises(InvalidInput, match="series id"):
        await shop.event(doc.id, at(9), at(10), series_id=theirs.id, recurrence_id=at(9))
    window = (minute_floor(WEEK[0]), minute_floor(WEEK[1]))
    assert await busy.busy_times(shop.tx, shop.app_id, [stranger.id], window) == [[]]


# Bounds.


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("start", {"start_at": datetime(1899, 12, 31, tzinfo=UTC)}),
        ("start", {"start_at": datetime(2200, 1, 1, tzinfo=UTC), "end_at": None}),
        ("end", {"end_at": at(9) + LENGTH_DAYS_MAX * DAY + 2 * HOUR}),
        ("rdate", {"rdate": [at(9) + n * HOUR for n in range(DATES_MAX + 1)]}),
        ("exdate", {"exdate": [at(9) + n * HOUR for n in range(DATES_MAX + 1)]}),
        ("rrule", {"rrule": "FREQ=NEVER"}),
    ],
)
async def test_what_repeats_has_bounds(shop: Shop, field: str, given: dict[str, Any]) -> None:
    doc = await shop.resource()
    start = given.pop("start_at", at(9))
    end = given.pop("end_at", None) or start + HOUR

    with pytest.raises(InvalidInput) as refusal:
        await shop.event(doc.id, start, end, **{"rrule": DAILY, **given})

    assert refusal.value.errors.keys() == {field}


async def test_what_repeats_may_go_to_its_bounds(shop: Shop) -> None:
    doc = await shop.resource()
    dates = [at(9) + n * HOUR for n in range(DATES_MAX)]

    event = await shop.event(
        doc.id, at(9), at(9) + LENGTH_DAYS_MAX * DAY, rrule=DAILY, rdate=dates, exdate=dates
    )

    assert len(event.rdate) == DATES_MAX


async def test_seconds_of_what_repeats_become_whole_minutes(shop: Shop) -> None:
    doc = await shop.resource()
    second = timedelta(seconds=1)

    event = await shop.event(doc.id, at(9) + second, at(10) - second, rrule=DAILY)

    assert (event.start_at, event.end_at) == (at(9), at(10))
