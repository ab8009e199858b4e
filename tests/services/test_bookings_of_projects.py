"""What a project adds to an order, and which of its resources serves it."""

import pytest

from slotkeeper.domain.errors import InvalidInput, SlotTaken
from slotkeeper.services import projects
from tests.services.shop import Shop, at

# What the project says, and what the request says over it.


async def test_a_project_fills_in_what_the_order_leaves_open(shop: Shop) -> None:
    doc = await shop.resource()
    stored = {
        "graph": "instant",
        "what": "Time travel",
        "where": "Hill Valley",
        "description": "Bring plutonium",
        "participants": ["einstein@example.com"],
        "settings": {"colour": "red"},
        "meta": {"from": "project", "kept": 1},
    }
    project = await shop.project(doc.id, booking=stored)

    booking = await shop.book(
        doc.id, at(9), at(10), project_id=project.id, meta={"from": "request"}
    )

    assert (booking.what, booking.location) == ("Time travel", "Hill Valley")
    assert booking.description == "Bring plutonium"
    assert booking.participants == ["einstein@example.com"]
    assert booking.settings == {"colour": "red"}
    assert booking.meta == {"from": "request", "kept": 1}
    assert booking.project_id == project.id


async def test_what_the_order_says_counts_before_the_project_also_when_empty(shop: Shop) -> None:
    doc = await shop.resource()
    stored = {"graph": "instant", "what": "A", "where": "B", "description": "C",
              "participants": ["d@example.com"]}  # fmt: skip
    project = await shop.project(doc.id, booking=stored)

    booking = await shop.book(
        doc.id, at(9), at(10), project_id=project.id,
        what="", where="", description="", participants=[],
    )  # fmt: skip

    assert (booking.what, booking.location, booking.description) == ("", "", "")
    assert list(booking.participants) == []


async def test_the_name_of_the_project_is_the_last_resort_for_a_title(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id, booking={"graph": "instant", "what": None})

    booking = await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert booking.what == "Consultation"


async def test_odd_things_in_a_project_are_passed_over(shop: Shop) -> None:
    doc = await shop.resource()
    odd = {"graph": "instant", "what": 7, "where": [], "settings": [], "meta": "x",
           "participants": "all", "rescheduling_url": "https://example.com"}  # fmt: skip
    project = await shop.project(doc.id, booking=odd)

    booking = await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert (booking.what, booking.location) == ("Consultation", "")
    assert (booking.settings, booking.meta, list(booking.participants)) == ({}, {}, [])


async def test_a_resource_outside_the_project_may_be_named(shop: Shop) -> None:
    """The API documentation lets a request name resources that are not attached."""
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id)

    booking = await shop.book(marty.id, at(9), at(10), project_id=project.id)

    assert booking.resource_id == marty.id


# Which resource, when none is named.


async def test_by_priority_the_first_free_resource_gets_the_booking(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    project = await shop.project(two.id, one.id)

    served = [
        (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id for _ in range(2)
    ]

    assert served == [two.id, one.id]
    with pytest.raises(SlotTaken):
        await shop.book(None, at(9), at(10), project_id=project.id)


async def test_at_random_every_resource_gets_its_turn(shop: Shop) -> None:
    people = [(await shop.resource()).id for _ in range(3)]
    project = await shop.project(*people, availability={"mode": "roundrobin_random"})

    served = {
        (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id for _ in people
    }

    assert served == set(people)


@pytest.mark.parametrize("blocked", ["hours of the resource", "hours of the project", "event"])
async def test_a_resource_that_is_not_open_or_not_free_is_passed_over(
    shop: Shop, blocked: str
) -> None:
    closed = [{"block_hours": {"start": 9, "end": 10}}]
    one = await shop.resource(
        availability_constraints=closed if blocked == "hours of the resource" else []
    )
    two = await shop.resource()
    if blocked == "event":
        await shop.event(one.id, at(9, 30), at(9, 45))
    rules = closed if blocked == "hours of the project" else []
    project = await shop.project(one.id, two.id, availability_constraints=rules)

    if blocked == "hours of the project":
        with pytest.raises(SlotTaken):
            await shop.book(None, at(9), at(10), project_id=project.id)
    else:
        booking = await shop.book(None, at(9), at(10), project_id=project.id)
        assert booking.resource_id == two.id


async def test_together_all_must_be_free_and_the_first_stands_for_all(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    project = await shop.project(one.id, two.id, availability={"mode": "mutual"})
    await shop.book(two.id, at(11), at(12))

    assert (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id == one.id
    with pytest.raises(SlotTaken):
        await shop.book(None, at(11), at(12), project_id=project.id)


async def test_a_project_without_resources_has_nobody_to_book(shop: Shop) -> None:
    project = await shop.project()

    with pytest.raises(InvalidInput) as refusal:
        await shop.book(None, at(9), at(10), project_id=project.id)

    assert refusal.value.errors.keys() == {"resources"}


async def test_a_project_whose_offer_is_over_can_still_be_booked_by_its_resources(
    shop: Shop,
) -> None:
    """Its window of search says what is offered; the resource is chosen by who is free."""
    doc = await shop.resource()
    project = await shop.project(doc.id)
    over = {"mode": "roundrobin_prioritized", "to": "2029-12-31T00:00:00+00:00"}
    await shop.tx.run(
        "UPDATE projects SET availability = %s::json WHERE id = %s",
        ('{"mode": "roundrobin_prioritized", "to": "2029-12-31T00:00:00+00:00"}', project.id),
    )
    assert (await projects.get(shop.tx, shop.app_id, project.id)).availability == over

    booking = await shop.book(None, at(9), at(10), project_id=project.id)

    assert booking.resource_id == doc.id
