"""Resources: their names, their addresses, and what goes with them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps, bookings, calendars, projects, resources
from slotkeeper.services.resources import CALENDAR_EVENTS_MAX
from slotkeeper.storage import claims
from tests.services.shop import Shop, at


@pytest.mark.parametrize(
    ("given", "name", "first", "last"),
    [
        ({"name": "Doc Brown"}, "Doc Brown", "Doc Brown", ""),
        ({"name": None, "first_name": "Doc", "last_name": "Brown"}, "Doc Brown", "Doc", "Brown"),
        ({"name": None, "first_name": "Doc"}, "Doc ", "Doc", None),
        ({"name": "The Doc", "first_name": "Doc", "last_name": "Brown"}, "The Doc", "Doc", "Brown"),
    ],
)
async def test_the_display_name_and_its_parts_are_made_of_each_other(
    shop: Shop, given: dict[str, Any], name: str, first: str, last: str | None
) -> None:
    made = await shop.resource(**given)

    assert (made.name, made.first_name, made.last_name) == (name, first, last)


@pytest.mark.parametrize(
    ("change", "name", "first", "last"),
    [
        ({"name": "Emmett"}, "Emmett", "Doc", "Brown"),
        ({"first_name": "Emmett"}, "Emmett Brown", "Emmett", "Brown"),
        ({"last_name": "Black"}, "Doc Black", "Doc", "Black"),
        ({"name": "X", "first_name": "Emmett"}, "X", "Emmett", "Brown"),
        ({"timezone": "Europe/Paris"}, "Doc Brown", "Doc", "Brown"),
    ],
)
async def test_the_display_name_follows_when_only_its_parts_are_changed(
    shop: Shop, change: dict[str, Any], name: str, first: str, last: str
) -> None:
    doc = await shop.resource(name=None, first_name="Doc", last_name="Brown")

    await resources.change(shop.tx, shop.app_id, doc.id, change)

    after = await resources.get(shop.tx, shop.app_id, doc.id)
    assert (after.name, after.first_name, after.last_name) == (name, first, last)


async def test_a_new_resource_has_the_calendar_that_clients_look_for(shop: Shop) -> None:
    doc = await shop.resource()

    found = await calendars.of_resources(shop.tx, shop.app_id, [doc.id])

    assert [each.name for each in found[doc.id]] == ["Bookings"]


async def test_an_address_belongs_to_one_resource_of_an_app_in_any_case(shop: Shop) -> None:
    await shop.resource(email="Doc@Example.com")

    with pytest.raises(InvalidInput) as refusal:
        await shop.resource(email="dOC@example.COM")

    assert refusal.value.errors == {"email": ["The email has already been taken."]}


async def test_two_apps_may_know_the_same_address(shop: Shop, other_shop: Shop) -> None:
    await shop.resource(email="doc@example.com")
    await other_shop.resource(email="doc@example.com")


async def test_any_number_of_resources_may_have_no_address(shop: Shop) -> None:
    await shop.resource()
    await shop.resource(email=None)


async def test_an_address_never_changes(shop: Shop) -> None:
    doc = await shop.resource(email="doc@example.com")

    await resources.change(shop.tx, shop.app_id, doc.id, {"email": "new@example.com"})

    assert (await resources.get(shop.tx, shop.app_id, doc.id)).email == "doc@example.com"


async def test_rules_that_cannot_be_read_are_refused_on_making_and_changing(shop: Shop) -> None:
    nonsense: list[dict[str, Any]] = [{"allow_fridays": {}}]
    with pytest.raises(InvalidInput):
        await shop.resource(availability_constraints=nonsense)
    doc = await shop.resource()
    with pytest.raises(InvalidInput):
        await resources.change(shop.tx, shop.app_id, doc.id, {"availability_constraints": nonsense})


async def test_rules_and_metadata_come_back_as_they_were_sent(shop: Shop) -> None:
    rules = [{"allow_hours": {"start": 9, "end": 17}}, {"block_weekends": []}]
    meta = {"b": 1, "a": {"nested": [None, "é"]}}

    doc = await shop.resource(availability_constraints=rules, meta=meta)

    assert doc.availability_constraints == rules
    assert doc.meta == meta


async def test_a_deleted_resource_leaves_its_projects_and_its_bookings_stay(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id, marty.id)
    booking = await shop.book(doc.id, at(9), at(10))

    await resources.delete(shop.tx, shop.app_id, doc.id)

    assert await projects.resource_ids(shop.tx, shop.app_id, project.id) == [marty.id]
    left = await bookings.get(shop.tx, shop.app_id, booking.id)
    assert (left.resource_id, left.calendar_id, left.state) == (doc.id, None, "confirmed")
    assert (await shop.count("claims"), await shop.count("events")) == (1, 0)
    for act in (resources.delete, resources.get):
        with pytest.raises(NotFound):
            await act(shop.tx, shop.app_id, doc.id)
    former = (await resources.find_all_ever(shop.tx, shop.app_id, [doc.id]))[doc.id]
    assert (former.name, former.timezone, former.deleted_at) == ("Doc", "UTC", shop.tx.now)


async def test_a_resource_that_was_never_booked_is_deleted_for_good(shop: Shop) -> None:
    doc = await shop.resource()

    await resources.delete(shop.tx, shop.app_id, doc.id)

    assert await resources.find_all_ever(shop.tx, shop.app_id, [doc.id]) == {}
    assert await shop.count("resources") == await shop.count("calendars") == 0


@pytest.mark.parametrize("first", [True, False], ids=["deleted before", "at once"])
async def test_what_is_erased_leaves_nothing_but_bookings_of_nobody(
    shop: Shop, first: bool
) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    if first:
        await resources.delete(shop.tx, shop.app_id, doc.id)

    await resources.erase(shop.tx, shop.app_id, doc.id)

    left = await bookings.get(shop.tx, shop.app_id, booking.id)
    assert (left.resource_id, left.state) == (None, "confirmed")
    assert await shop.count("resources") == await shop.count("claims") == 0
    with pytest.raises(NotFound):
        await resources.erase(shop.tx, shop.app_id, doc.id)


async def test_a_deleted_resource_cannot_be_booked_whoever_asks(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id, marty.id)
    await shop.book(doc.id, at(9), at(10))
    mine = await shop.book(marty.id, at(9), at(10))
    await resources.delete(shop.tx, shop.app_id, doc.id)

    with pytest.raises(NotFound):
        await shop.book(doc.id, at(12), at(13))
    with pytest.raises(NotFound):
        await shop.move(mine, at(12), at(13), resource_id=doc.id)
    chosen = await shop.book(None, at(14), at(15), project_id=project.id)
    assert chosen.resource_id == marty.id
    with pytest.raises(NotFound):
        await resources.get_all(shop.tx, shop.app_id, [doc.id, marty.id])
    taken = await claims.take(
        shop.tx, shop.app_id, booking_id=mine.id, resource_ids=[doc.id],
        start=at(16), end=at(17), exclusive=True,
    )  # fmt: skip
    assert not taken, "the database refuses what nobody checked"


async def test_the_address_of_a_deleted_resource_is_free(shop: Shop) -> None:
    doc = await shop.resource(email="doc@example.com", meta={"a": 1}, image="https://x/y.png")
    await shop.book(doc.id, at(9), at(10))
    await resources.delete(shop.tx, shop.app_id, doc.id)

    again = await shop.resource(email="doc@example.com")

    assert again.id != doc.id
    former = (await resources.find_all_ever(shop.tx, shop.app_id, [doc.id]))[doc.id]
    assert (former.email, former.meta, former.image) == (None, {}, None)


async def test_a_booking_without_its_resource_can_still_be_ended_and_moved(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    one = await shop.book(doc.id, at(9), at(10))
    two = await shop.book(doc.id, at(10), at(11))
    await resources.delete(shop.tx, shop.app_id, doc.id)

    ended = await bookings.act(shop.tx, shop.app_id, one.id, "cancel", actor="api_key")
    moved = await bookings.reschedule(
        shop.tx, shop.app_id, two.id, start=at(9), end=at(10), resource_id=marty.id,
        message=None, actor="api_key",
    )  # fmt: skip

    assert ended.state == "cancelled"
    assert moved.resource_id == marty.id


async def test_a_booking_without_its_resource_is_not_moved_without_naming_another(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    await resources.delete(shop.tx, shop.app_id, doc.id)

    with pytest.raises(NotFound):
        await bookings.reschedule(
            shop.tx, shop.app_id, booking.id, start=at(9), end=at(10), resource_id=None,
            message=None, actor="api_key",
        )  # fmt: skip


async def test_of_many_events_in_a_calendar_those_that_start_last_are_shown(shop: Shop) -> None:
    doc = await shop.resource()
    calendar = await shop.calendar_of(doc.id)
    for hour in (9, 10):
        await shop.event(doc.id, at(hour), at(hour + 1))
    await shop.tx.run(
        "INSERT INTO events (app_id, id, calendar_id, resource_id, what, location, description, "
        "rsvp, start_at, end_at, created_at, updated_at) "
        "SELECT app_id, gen_random_uuid(), calendar_id, resource_id, what, location, description, "
        "rsvp, start_at + make_interval(days => number), end_at + make_interval(days => number), "
        "created_at, updated_at FROM events, generate_series(1, %s) AS number "
        "WHERE calendar_id = %s AND start_at = %s",
        (CALENDAR_EVENTS_MAX - 1, calendar, at(9)),
    )

    found = (await resources.events_of(shop.tx, shop.app_id, [calendar]))[calendar]

    assert len(found) == CALENDAR_EVENTS_MAX
    assert [each.start_at for each in found] == sorted(each.start_at for each in found)
    assert found[0].start_at == at(10)


async def test_who_is_booked_while_being_deleted_stays_with_that_booking(parts: Parts) -> None:
    """Deleting waits for the booking, sees it, and does not delete for good."""
    async with parts.database.transaction() as tx:
        made = await apps.create(
            tx, parts.vault, name="Race", owner_email="owner@example.com", test_mode=False
        )
        doc = await Shop(tx, made.id).resource()
    async with parts.database.transaction() as booking_tx:
        booking = await Shop(booking_tx, made.id).book(doc.id, at(9), at(10))
        deleting = asyncio.create_task(_delete(parts, made.id, doc.id))
        done, _ = await asyncio.wait([deleting], timeout=0.2)
        assert not done
    await deleting
    async with parts.database.transaction() as tx:
        left = await bookings.get(tx, made.id, booking.id)
        claimed = await tx.value("SELECT count(*) FROM claims WHERE app_id = %s", (made.id,))
    assert (left.resource_id, claimed) == (doc.id, 1)


async def test_nothing_is_hung_on_a_resource_that_is_being_deleted(parts: Parts) -> None:
    async with parts.database.transaction() as tx:
        made = await apps.create(
            tx, parts.vault, name="Race", owner_email="owner@example.com", test_mode=False
        )
        shop = Shop(tx, made.id)
        doc, marty = await shop.resource(), await shop.resource()
        await shop.book(doc.id, at(9), at(10))
        project = await shop.project(marty.id)

    async def attach() -> None:
        async with parts.database.transaction() as tx:
            await projects.add_resource(tx, made.id, project.id, doc.id)

    async def give_calendar() -> None:
        async with parts.database.transaction() as tx:
            await Shop(tx, made.id).calendar(doc.id)

    async with parts.database.transaction() as deleting:
        await resources.delete(deleting, made.id, doc.id)
        late = [asyncio.create_task(attach()), asyncio.create_task(give_calendar())]
        done, _ = await asyncio.wait(late, timeout=0.2)
        assert not done
    attached, given = await asyncio.gather(*late, return_exceptions=True)

    assert attached is None
    assert isinstance(given, NotFound)
    async with parts.database.transaction() as tx:
        assert await projects.resource_ids(tx, made.id, project.id) == [marty.id]
        assert (await calendars.of_resources(tx, made.id, [doc.id]))[doc.id] == []


async def _delete(parts: Parts, app_id: UUID, resource_id: UUID) -> None:
    async with parts.database.transaction() as tx:
        await resources.delete(tx, app_id, resource_id)


async def test_a_resource_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    doc = await other_shop.resource()

    with pytest.raises(NotFound):
        await resources.get(shop.tx, shop.app_id, doc.id)
    with pytest.raises(NotFound):
        await resources.change(shop.tx, shop.app_id, doc.id, {"name": "Mine"})
    with pytest.raises(NotFound):
        await resources.delete(shop.tx, shop.app_id, doc.id)
    with pytest.raises(NotFound):
        await resources.get_all(shop.tx, shop.app_id, [doc.id])
