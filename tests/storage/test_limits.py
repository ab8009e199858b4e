"""What limits, gaps and turns are counted from."""

from datetime import timedelta
from uuid import UUID

from slotkeeper.domain.balance import Load
from slotkeeper.domain.zones import minute_floor
from slotkeeper.services import bookings, projects
from slotkeeper.storage import balance, limits
from tests.services.shop import Shop, at

DAY = (minute_floor(at(0)), minute_floor(at(0, day=8)))


def minutes(*hours: int) -> list[int]:
    return [minute_floor(at(hour)) for hour in hours]


async def booked(shop: Shop, *resource_ids: UUID) -> list[list[tuple[int, int]]]:
    found = await limits.booked_times(shop.tx, shop.app_id, resource_ids, DAY)
    return [sorted(each) for each in found]


async def starts(shop: Shop, project_id: UUID) -> list[int]:
    return sorted(await limits.starts_of_project(shop.tx, shop.app_id, project_id, DAY))


# The bookings of resources.


async def test_bookings_are_read_whole_and_events_are_not(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await shop.book(doc.id, at(9), at(10))
    await shop.book(doc.id, at(23), at(1, day=8))
    await shop.event(doc.id, at(12), at(13))
    nine, ten, late = minutes(9, 10, 23)

    found = await booked(shop, marty.id, doc.id)

    assert found == [[], [(nine, ten), (late, late + 120)]]


async def test_bookings_that_only_touch_the_window_are_left_out(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(23, day=6), at(0))
    await shop.book(doc.id, at(0, day=8), at(1, day=8))

    assert await booked(shop, doc.id) == [[]]


async def test_parts_of_a_minute_count_as_the_minute(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9) + timedelta(seconds=30), at(9, 58) + timedelta(seconds=1))

    [nine] = minutes(9)
    assert await booked(shop, doc.id) == [[(nine, nine + 59)]]


async def test_double_bookings_count_and_cancelled_ones_do_not(shop: Shop) -> None:
    doc = await shop.resource()
    allow = {"allow_double_bookings": True}
    await shop.book(doc.id, at(9), at(10), settings=allow)
    await shop.book(doc.id, at(9), at(10), settings=allow)
    gone = await shop.book(doc.id, at(11), at(12))
    await bookings.act(shop.tx, shop.app_id, gone.id, "cancel", actor="api_key")

    assert await booked(shop, doc.id) == [[tuple(minutes(9, 10))] * 2]


# The bookings of projects.


async def test_a_project_counts_its_bookings_over_all_resources_and_no_others(
    shop: Shop,
) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project, other = await shop.project(doc.id, marty.id), await shop.project(doc.id, slug="other")
    await shop.book(doc.id, at(9), at(10), project_id=project.id)
    await shop.book(marty.id, at(9), at(10), project_id=project.id)
    await shop.book(doc.id, at(10), at(11), project_id=other.id)
    await shop.book(doc.id, at(12), at(13))

    assert await starts(shop, project.id) == minutes(9, 9)


async def test_a_project_counts_starts_within_the_window_of_bookings_that_hold_time(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    for start in (at(23, 59, day=6), at(1), at(23, 59)):
        await shop.book(doc.id, start, start + timedelta(minutes=30), project_id=project.id)
    await shop.book(doc.id, at(0, 29, day=8), at(1, day=8), project_id=project.id)
    gone = await shop.book(doc.id, at(12), at(13), project_id=project.id)
    await bookings.act(shop.tx, shop.app_id, gone.id, "cancel", actor="api_key")

    assert await starts(shop, project.id) == [minutes(1)[0], DAY[1] - 1]


async def test_nothing_is_seen_of_another_app(shop: Shop, other_shop: Shop) -> None:
    doc = await other_shop.resource()
    project = await other_shop.project(doc.id)
    await other_shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert await booked(shop, doc.id) == [[]]
    assert await starts(shop, project.id) == []
    nothing = Load(upcoming=0, idle_since=None)
    assert await balance.loads(shop.tx, shop.app_id, [doc.id]) == {doc.id: nothing}


async def test_a_project_that_is_gone_counts_nothing(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    await shop.book(doc.id, at(9), at(10), project_id=project.id)
    await projects.delete(shop.tx, shop.app_id, project.id)

    assert await starts(shop, project.id) == []
    assert len((await booked(shop, doc.id))[0]) == 1


# Turns.


async def test_a_load_is_what_is_to_end_and_when_the_last_one_ended(shop: Shop) -> None:
    doc, marty, biff = [await shop.resource() for _ in range(3)]
    now = shop.tx.now
    hour = timedelta(hours=1)
    await shop.book(doc.id, now - 5 * hour, now - 4 * hour)
    await shop.book(doc.id, now - 3 * hour, now - 2 * hour)
    await shop.book(doc.id, now - hour / 2, now + hour / 2)  # under way
    await shop.book(doc.id, now + hour, now + 2 * hour)
    await shop.book(marty.id, now - hour, now)  # has just ended
    gone = await shop.book(biff.id, now - hour, now - hour / 2)
    await bookings.act(shop.tx, shop.app_id, gone.id, "cancel", actor="api_key")

    found = await balance.loads(shop.tx, shop.app_id, [doc.id, marty.id, biff.id])

    assert found == {
        doc.id: Load(upcoming=2, idle_since=minute_floor(now - 2 * hour)),
        marty.id: Load(upcoming=0, idle_since=minute_floor(now)),
        biff.id: Load(upcoming=0, idle_since=None),
    }
