"""Resources: their names, their addresses, and what goes with them."""

from typing import Any

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.services import bookings, calendars, projects, resources
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
    assert (left.resource_id, left.calendar_id, left.state) == (None, None, "confirmed")
    assert await shop.count("claims") == await shop.count("events") == 0
    with pytest.raises(NotFound):
        await resources.delete(shop.tx, shop.app_id, doc.id)


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

    with pytest.raises(InvalidInput) as refusal:
        await bookings.reschedule(
            shop.tx, shop.app_id, booking.id, start=at(9), end=at(10), resource_id=None,
            message=None, actor="api_key",
        )  # fmt: skip

    assert refusal.value.errors.keys() == {"resource_id"}


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
