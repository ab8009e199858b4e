"""Lists: searching, ordering and paging, as SQL."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.listing import Listing
from slotkeeper.storage import bookings, calendars, events, projects, resources
from slotkeeper.storage.transaction import Transaction
from tests.services.shop import MARTY, Shop, at


async def names(shop: Shop, *terms: tuple[str, str], **asked: Any) -> list[str]:
    """Return the names of the resources on a page."""
    listing = Listing(terms=terms, **asked)
    page = await resources.list_resources(shop.tx, shop.app_id, listing)
    return [each.name for each in page.items]


async def found(shop: Shop, *terms: tuple[str, str], **asked: Any) -> list[Booking]:
    page = await bookings.list_bookings(shop.tx, shop.app_id, Listing(terms=terms), **asked)
    assert page.total == len(page.items)
    return list(page.items)


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        ("100%", {"100% Doc"}),
        ("%", {"100% Doc"}),
        ("_", {"under_score"}),
        ("r_s", {"under_score"}),
        ("\\", {"back\\slash"}),
        ("k\\s", {"back\\slash"}),
        ("SCORE", {"under_score", "UnderScore"}),
        ("'", set()),
        ("*", set()),
        ("", {"100% Doc", "under_score", "UnderScore", "back\\slash"}),
    ],
)
async def test_a_part_of_a_name_is_taken_literally(shop: Shop, wanted: str, hits: set[str]) -> None:
    for name in ("100% Doc", "under_score", "UnderScore", "back\\slash"):
        await shop.resource(name=name)

    assert set(await names(shop, ("name", wanted))) == hits


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        ("Marty", {"Marty"}),
        ("mARTY", {"Marty"}),
        ("Marty*", {"Marty", "Marty McFly"}),
        ("*McFly", {"Marty McFly", "George McFly"}),
        ("*mc*", {"Marty McFly", "George McFly"}),
        ("*", {"Marty", "Marty McFly", "George McFly", "50%_\\*"}),
        ("**", {"Marty", "Marty McFly", "George McFly", "50%_\\*"}),
        ("M*y", set()),
        ("%", set()),
        ("_____", set()),
        ("50%_\\*", {"50%_\\*"}),
        ("*%*", {"50%_\\*"}),
        ("", set()),
    ],
)
async def test_only_a_star_at_either_end_of_a_customers_name_is_a_wildcard(
    shop: Shop, wanted: str, hits: set[str]
) -> None:
    doc = await shop.resource()
    for hour, name in enumerate(["Marty", "Marty McFly", "George McFly", "50%_\\*"]):
        await shop.book(doc.id, at(hour), at(hour + 1), customer=replace(MARTY, name=name))

    hit = await found(shop, ("customer.name", wanted))

    assert {each.customer.name for each in hit if each.customer} == hits


@pytest.mark.parametrize(
    "term", [(), (("name", "doc"),), (("name", "d"),)], ids=["all", "doc", "d"]
)
async def test_every_page_of_a_list_or_a_search_in_texts_tells_how_many_there_are(
    shop: Shop, term: tuple[tuple[str, str], ...]
) -> None:
    for number in range(5):
        await shop.resource(name=f"Doc {number}")
    await shop.resource(name="Marty")

    pages = [
        await resources.list_resources(
            shop.tx,
            shop.app_id,
            Listing(terms=[*term, ("timezone", "UTC")], order="name", limit=2, page=number),
        )
        for number in (1, 2, 3, 4, 9)
    ]

    everyone = [f"Doc {number}" for number in range(5)] + ([] if term else ["Marty"])
    shown = [[each.name for each in page.items] for page in pages]
    assert shown == [everyone[:2], everyone[2:4], everyone[4:], [], []]
    assert {page.total for page in pages} == {len(everyone)}


@pytest.mark.parametrize("garbage", ["", "7", "x" * 1000, "' OR true --", "{}", "é" * 36])
async def test_what_is_no_id_is_the_id_of_nothing(shop: Shop, garbage: str) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    await shop.book(doc.id, at(9), at(10), project_id=project.id)

    for field in ("id", "resource.id", "project.id", "calendar.id"):
        assert await found(shop, (field, garbage)) == []
    listing = Listing(terms=[("resources.id", garbage)])
    assert (await projects.list_projects(shop.tx, shop.app_id, listing)).total == 0


@pytest.mark.parametrize("written", ["{}", "{{{}}}", "urn:uuid:{}"])
async def test_an_id_is_one_in_every_form_that_ids_have(shop: Shop, written: str) -> None:
    doc = await shop.resource()

    for text in (str(doc.id), str(doc.id).upper(), doc.id.hex):
        assert await names(shop, ("id", written.format(text))) == ["Doc"]


async def test_bookings_are_found_by_everything_that_names_them(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id)
    customer = replace(
        MARTY,
        email="Marty@Example.com",
        phone="+1 555",
        timezone="Asia/Tokyo",
        custom={"shoe": "42"},
    )
    wanted = await shop.book(
        doc.id, at(9), at(10), project_id=project.id, customer=customer, meta={"n": 1, "t": "x"}
    )
    await shop.book(marty.id, at(9), at(10), customer=replace(MARTY, email="doc@example.com"))

    for field, value in {
        "id": str(wanted.id),
        "resource.id": str(doc.id),
        "project.id": str(project.id),
        "calendar.id": str(wanted.calendar_id),
        "customer.email": "mARTY@eXAMPLE.COM",
        "email": "marty@example.com",
        "customer.phone": "+1 555",
        "customer.timezone": "Asia/Tokyo",
        "customer.shoe": "42",
        "meta.n": "1",
        "meta.t": "x",
    }.items():
        assert await found(shop, (field, value)) == [wanted], field
    both = (("resource.id", str(doc.id)), ("email", "doc@example.com"))
    assert await found(shop, *both) == []


async def test_ended_bookings_are_told_from_open_ones(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    ended = booking.after("cancel", at=shop.tx.now)
    await bookings.save_state(shop.tx, shop.app_id, ended)
    other = await shop.book(doc.id, at(10), at(11))

    assert await found(shop, ("completed", "true")) == [ended]
    assert await found(shop, ("completed", "1")) == [ended]
    assert await found(shop, ("completed", "FALSE")) == [other]
    assert await found(shop, ("completed", "perhaps")) == []
    assert await found(shop, ("state", "cancelled")) == [ended]
    assert await found(shop, ("graph", "instant"), ("state", "confirmed")) == [other]


@pytest.mark.parametrize(
    ("meta", "key", "wanted", "hit"),
    [
        ({"n": 1}, "n", "1", True),
        ({"n": "1"}, "n", "1", True),
        ({"n": 1}, "n", "1.0", True),
        ({"n": True}, "n", "true", True),
        ({"n": None}, "n", "null", True),
        ({}, "n", "null", False),
        ({"n": [1, 2]}, "n", "[1]", True),
        ({"n": {"deep": 1}}, "n", '{"deep": 1}', True),
        ({"a.b": "x"}, "a.b", "x", True),
        ({"a": {"b": "x"}}, "a.b", "x", False),
        ({"n": "x"}, "n", "X", False),
        ({"n": "x%"}, "n", "x%", True),
        ({"n": "xy"}, "n", "x%", False),
        ({"n": "{"}, "n", "{", True),
    ],
)
async def test_metadata_is_searched_as_text_or_as_the_value_so_written(
    shop: Shop, meta: dict[str, object], key: str, wanted: str, hit: bool
) -> None:
    await shop.resource(meta=meta)

    assert bool(await names(shop, (f"meta.{key}", wanted))) is hit


@pytest.mark.parametrize("field", ["shoe", "meta", "meta.", "", "name; DROP TABLE", "customer."])
async def test_a_field_that_cannot_be_searched_is_refused_and_the_others_named(
    shop: Shop, field: str
) -> None:
    with pytest.raises(InvalidInput, match="cannot be searched; known: id, name") as refusal:
        await names(shop, (field, "x"))

    assert refusal.value.errors.keys() == {"search"}


async def test_an_order_that_is_not_known_is_refused_and_the_others_named(shop: Shop) -> None:
    with pytest.raises(InvalidInput, match="known: created_at, email, name, updated_at"):
        await names(shop, order="image")


async def test_the_order_is_that_of_age_unless_asked_otherwise(shop: Shop) -> None:
    for number, name in enumerate("bca"):
        later = type(shop.tx)(shop.tx.connection, shop.tx.now + timedelta(seconds=number))
        await Shop(later, shop.app_id).resource(name=name)

    assert await names(shop) == ["b", "c", "a"]
    assert await names(shop, order="name") == ["a", "b", "c"]
    assert await names(shop, order="created_at", descending=True) == ["a", "c", "b"]


@pytest.mark.parametrize("asked", [{}, {"order": "name"}, {"order": "email", "descending": True}])
async def test_pages_put_together_are_the_whole_list_when_all_are_alike(
    shop: Shop, asked: dict[str, Any]
) -> None:
    """Same age, same name, no address: only the id tells them apart."""
    made = {(await shop.resource()).id for _ in range(23)}

    pages = [
        await resources.list_resources(shop.tx, shop.app_id, Listing(page=number, limit=5, **asked))
        for number in range(1, 7)
    ]

    ids = [each.id for page in pages for each in page.items]
    assert len(ids) == len(set(ids))
    assert set(ids) == made
    assert [len(page.items) for page in pages] == [5, 5, 5, 5, 3, 0]
    assert {page.total for page in pages} == {23}


@pytest.mark.parametrize(
    ("page", "limit", "items"), [(1, 3, 3), (2, 2, 1), (4, 1, 0), (10**9, 500, 0)]
)
async def test_a_page_beyond_the_end_is_empty_and_still_knows_the_total(
    shop: Shop, page: int, limit: int, items: int
) -> None:
    for _ in range(3):
        await shop.resource()

    answer = await resources.list_resources(shop.tx, shop.app_id, Listing(page=page, limit=limit))

    assert (len(answer.items), answer.total) == (items, 3)


async def test_no_list_shows_another_app(shop: Shop, other_shop: Shop) -> None:
    doc = await other_shop.resource(email="doc@example.com", meta={"a": 1})
    project = await other_shop.project(doc.id)
    await other_shop.book(doc.id, at(9), at(10), project_id=project.id)
    await other_shop.event(doc.id, at(11), at(12))
    tx, app_id = shop.tx, shop.app_id

    for asked in (Listing(), Listing(terms=[("id", str(doc.id))])):
        assert (await resources.list_resources(tx, app_id, asked)).total == 0
        assert (await projects.list_projects(tx, app_id, asked)).total == 0
        assert (await bookings.list_bookings(tx, app_id, asked)).total == 0
        assert (await calendars.list_calendars(tx, app_id, asked)).total == 0
        shown = await events.list_events(tx, app_id, asked, start=at(0), end=at(23))
        assert shown.total == 0


async def test_projects_are_found_by_a_resource_of_theirs(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    both, first = await shop.project(one.id, two.id), await shop.project(one.id)

    async def of(resource_id: UUID) -> set[UUID]:
        asked = Listing(terms=[("resources.id", str(resource_id))])
        page = await projects.list_projects(shop.tx, shop.app_id, asked)
        return {each.id for each in page.items}

    assert await of(one.id) == {both.id, first.id}
    assert await of(two.id) == {both.id}


async def test_bookings_are_listed_within_both_ends(shop: Shop) -> None:
    doc = await shop.resource()
    early, noon, late = [await shop.book(doc.id, at(h), at(h + 1)) for h in (8, 12, 16)]

    assert await found(shop, start=at(12), end=at(13)) == [noon]
    assert {b.id for b in await found(shop, start=at(8, 1))} == {noon.id, late.id}
    assert {b.id for b in await found(shop, end=at(12, 59))} == {early.id}


async def test_events_are_listed_when_they_overlap_the_window(shop: Shop, tx: Transaction) -> None:
    doc = await shop.resource()
    for hour in (8, 10, 12):
        await shop.event(doc.id, at(hour), at(hour + 1), what=str(hour))

    page = await events.list_events(tx, shop.app_id, Listing(), start=at(9), end=at(12))
    assert [each.what for each in page.items] == ["10"]
    page = await events.list_events(tx, shop.app_id, Listing(), start=at(8, 59), end=at(12, 1))
    assert [each.what for each in page.items] == ["8", "10", "12"]
