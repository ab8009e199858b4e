"""Projects: their addresses, their resources and their rules."""

from typing import Any
from uuid import uuid4

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.services import bookings, projects
from tests.services.shop import Shop, at


async def test_the_address_is_made_from_the_name(shop: Shop) -> None:
    name = f"Café {uuid4()}"

    made = await shop.project(name=name)

    assert made.slug == name.lower().replace("é", "e").replace(" ", "-")


async def test_an_address_that_is_taken_gets_letters_behind_it(
    shop: Shop, other_shop: Shop
) -> None:
    """Also when another app has it: the page knows no app."""
    name = f"Time machine {uuid4()}"
    first = await other_shop.project(name=name)

    second = await shop.project(name=name)

    assert second.slug != first.slug
    assert second.slug.startswith(f"{first.slug}-")


@pytest.mark.parametrize("name", ["Admin", "api", "V2", "Healthz", "login", "static"])
async def test_an_address_of_the_server_is_never_given_to_a_project(shop: Shop, name: str) -> None:
    made = await shop.project(name=name)

    assert made.slug.startswith(f"{name.lower()}-")
    with pytest.raises(InvalidInput):
        await shop.project(slug=name.lower())


async def test_a_name_without_a_letter_of_the_address_gets_a_random_one(shop: Shop) -> None:
    assert len((await shop.project(name="診察")).slug) == 8


async def test_a_wanted_address_is_refused_when_taken(shop: Shop, other_shop: Shop) -> None:
    slug = f"flux-{uuid4()}"
    await other_shop.project(slug=slug)
    mine = await shop.project()

    for attempt in (
        shop.project(slug=slug),
        projects.change(shop.tx, shop.app_id, mine.id, {"slug": slug}),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await attempt
        assert refusal.value.errors == {"slug": ["The slug has already been taken."]}


async def test_a_project_may_be_given_its_own_address_again(shop: Shop) -> None:
    mine = await shop.project()

    await projects.change(shop.tx, shop.app_id, mine.id, {"slug": mine.slug})


async def test_resources_keep_the_order_they_were_given_in(shop: Shop) -> None:
    one, two, three = [(await shop.resource()).id for _ in range(3)]

    made = await shop.project(three, one, three)

    async def order() -> list[Any]:
        return await projects.resource_ids(shop.tx, shop.app_id, made.id)

    assert await order() == [three, one]
    await projects.add_resource(shop.tx, shop.app_id, made.id, two)
    await projects.add_resource(shop.tx, shop.app_id, made.id, three)
    assert await order() == [three, one, two]
    await projects.set_resources(shop.tx, shop.app_id, made.id, [two, three, two])
    assert await order() == [two, three]
    await projects.remove_resource(shop.tx, shop.app_id, made.id, two)
    assert await order() == [three]
    await projects.change(shop.tx, shop.app_id, made.id, {}, resource_ids=[])
    assert await order() == []


async def test_the_resources_of_many_projects_are_read_at_once(shop: Shop) -> None:
    one, two = [(await shop.resource()).id for _ in range(2)]
    both, none = await shop.project(two, one), await shop.project()

    found = await projects.resource_ids_of_all(shop.tx, shop.app_id, [none.id, both.id])

    assert found == {both.id: [two, one], none.id: []}


async def test_a_resource_that_is_not_attached_cannot_be_detached(shop: Shop) -> None:
    doc, made = await shop.resource(), await shop.project()

    with pytest.raises(NotFound):
        await projects.remove_resource(shop.tx, shop.app_id, made.id, doc.id)


async def test_resources_of_other_apps_are_refused(shop: Shop, other_shop: Shop) -> None:
    stranger = await other_shop.resource()
    made = await shop.project()

    for attempt in (
        shop.project(stranger.id),
        projects.set_resources(shop.tx, shop.app_id, made.id, [stranger.id]),
        projects.add_resource(shop.tx, shop.app_id, made.id, stranger.id),
    ):
        with pytest.raises(InvalidInput):
            await attempt


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"availability": {"mode": "any"}}, "availability.mode"),
        ({"availability": {"length": "soon"}}, "availability.length"),
        ({"availability": {"from": "1 week", "to": "1 day"}}, "availability.to"),
        ({"availability_constraints": [{"allow_fridays": {}}]}, "availability_constraints"),
        ({"booking": {"graph": "waltz"}}, "booking.graph"),
        ({"ui": {"timezone": "Mars/Olympus"}}, "ui.timezone"),
    ],
)
async def test_what_would_make_every_later_search_fail_is_refused(
    shop: Shop, given: dict[str, Any], field: str
) -> None:
    made = await shop.project()
    for attempt in (
        shop.project(**given),
        projects.change(shop.tx, shop.app_id, made.id, given),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await attempt
        assert [each for each in refusal.value.errors if each.startswith(field)]


async def test_everything_wrong_with_a_project_is_said_at_once(shop: Shop) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await shop.project(
            availability={"mode": "any", "length": "soon"}, booking={"graph": "waltz"}
        )

    assert refusal.value.errors.keys() == {
        "availability.mode", "availability.length", "booking.graph",
    }  # fmt: skip


async def test_a_changed_part_is_replaced_as_a_whole_and_the_others_stay(shop: Shop) -> None:
    made = await shop.project(ui={"show_credits": False, "avatar": "x"}, meta={"a": 1})

    await projects.change(shop.tx, shop.app_id, made.id, {"ui": {"avatar": "y"}})

    after = await projects.get(shop.tx, shop.app_id, made.id)
    assert after.ui == {"avatar": "y"}
    assert after.meta == {"a": 1}
    assert after.availability == made.availability


async def test_the_fields_of_the_form_keep_their_order(shop: Shop) -> None:
    fields: dict[str, dict[str, Any]] = {"voip": {}, "email": {}, "name": {}, "a": {}}

    made = await shop.project(customer_fields=fields)

    assert list(made.customer_fields) == ["voip", "email", "name", "a"]


async def test_bookings_outlive_their_project(shop: Shop) -> None:
    doc = await shop.resource()
    made = await shop.project(doc.id)
    booking = await shop.book(doc.id, at(9), at(10), project_id=made.id)

    await projects.delete(shop.tx, shop.app_id, made.id)

    left = await bookings.get(shop.tx, shop.app_id, booking.id)
    assert (left.project_id, left.state) == (None, "confirmed")
    with pytest.raises(NotFound):
        await projects.delete(shop.tx, shop.app_id, made.id)


async def test_a_page_is_found_by_its_address_in_every_app(shop: Shop, other_shop: Shop) -> None:
    made = await other_shop.project()

    app_id, found = await projects.get_by_slug(shop.tx, made.slug)

    assert (app_id, found.id) == (other_shop.app_id, made.id)
    with pytest.raises(NotFound):
        await projects.get_by_slug(shop.tx, f"no-{uuid4()}")


async def test_a_project_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    made = await other_shop.project()

    for attempt in (
        projects.get(shop.tx, shop.app_id, made.id),
        projects.change(shop.tx, shop.app_id, made.id, {"name": "Mine"}),
        projects.delete(shop.tx, shop.app_id, made.id),
        projects.set_resources(shop.tx, shop.app_id, made.id, []),
    ):
        with pytest.raises(NotFound):
            await attempt
