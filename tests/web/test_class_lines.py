"""Waiting lists on the page of a project: joining the line of a full class."""

import asyncio
from urllib.parse import urlsplit

import pytest

from slotkeeper.domain.waitlist import ENTRIES_MAX
from slotkeeper.edge.parts import Parts
from tests.support.client import Json, Tenant
from tests.web.conftest import Visitor
from tests.web.pages import Page
from tests.web.test_classes import SEATS, WHO, classes, fill, gym, lesson, taken

ON: Json = {**SEATS, "waitlist": {"on_page": True}}
DASH = "\N{EN DASH}"


async def full_class(
    tenant: Tenant, booking: Json = ON, **given: Json
) -> tuple[str, Json, list[Json]]:
    """Return the address of a page, its one class, which is full, and who has the seats."""
    address = await gym(tenant, booking=booking, **given)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    return address, of_class, await fill(tenant, of_class)


async def open_form(visitor: Visitor, address: str) -> Page:
    return await visitor.open((await visitor.open(address)).all("a", class_="class")[0]["href"])


async def waiting(tenant: Tenant) -> list[Json]:
    found: list[Json] = await tenant.api.found("/bookings/waitlist?include=logs")
    return found


async def test_a_full_class_leads_to_its_line_and_back_to_a_seat(
    tenant: Tenant, visitor: Visitor
) -> None:
    fields = {"guitar": {"title": "Do you bring a guitar?", "format": "text"}}
    address, of_class, [seat] = await full_class(tenant, customer_fields=fields)
    page = await visitor.open(address)
    assert classes(page) == [
        f"18:00 {DASH} 19:00 Guitar for beginners Full \N{MIDDLE DOT} join the waiting list"
    ]

    form = await visitor.open(page.one("a", class_="full")["href"])
    assert form.status == 200
    assert "This class is full." in form.text
    assert [each.text for each in form.all("button")] == ["Join the waiting list"]
    page = await visitor.books(address, form.form(**WHO, customer_guitar="A Gibson"))

    assert page.one("h2").text == "You are in line"
    assert "You are the first." in page.text
    assert await taken(tenant, of_class) == 1
    [entry] = await waiting(tenant)
    assert (entry["owner_booking_id"], entry["state"]) == (of_class["id"], "waiting")
    assert entry["customer"]["guitar"] == "A Gibson"
    assert entry["logs"][0]["actor"] == "hosted_page"
    again = await visitor.open(page.link("See all classes"))
    assert again.status == 200
    second = await visitor.books(
        address,
        (await open_form(visitor, address)).form(
            customer_name="Jennifer", customer_email="jennifer@example.com"
        ),
    )
    assert "1 is before you." in second.text

    await tenant.api.put(f"/bookings/{seat['id']}/cancel_by_customer")
    link = str(page.answer.url)
    assert (await visitor.open(link)).one("h2").text == "It is your turn"
    assert classes(await visitor.open(address))[0].endswith("join the waiting list"), "it is held"
    done = Page(await visitor.send(link, {"wish": "take"}))
    assert done.one("h2").text == "This is booked for you"
    assert await taken(tenant, of_class) == 1


@pytest.mark.parametrize(
    "stored", [{}, {"waitlist": {}}, {"waitlist": {"on_page": False}}, {"waitlist": "on_page"}]
)
async def test_nothing_leads_to_a_line_that_is_not_switched_on(
    tenant: Tenant, visitor: Visitor, stored: Json
) -> None:
    address, of_class, _ = await full_class(tenant, {**SEATS, **stored})
    page = await visitor.open(address)
    assert page.one("div", class_="full").text.split()[-1] == "Full"
    assert not page.all("a", class_="class")
    form = await visitor.open(f"{address}/book", **{"class": of_class["id"]})
    assert (form.status, form.all("button")) == (409, [])

    other = await lesson(tenant, address, "08T18:00")
    sent = (await open_form(visitor, address)).form(**WHO)
    del sent["class"]
    answer = Page(await visitor.send(f"{address}/book", {**sent, "wait": of_class["id"]}))
    assert answer.status == 409
    assert "waiting list" not in answer.text
    assert [each["value"] for each in answer.all("input", type="radio")] == [other["id"]]
    assert await waiting(tenant) == []


async def test_the_last_seat_taken_meanwhile_can_be_waited_for_with_what_was_written(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant, booking=ON)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    other = await lesson(tenant, address, "08T18:00")
    form = await open_form(visitor, address)
    await fill(tenant, of_class)

    answer = Page(await visitor.send(f"{address}/book", form.form(**WHO)))

    assert answer.status == 409
    assert "or wait for a seat." in answer.one("div", role="alert").text
    assert [each["value"] for each in answer.all("input", type="radio")] == [other["id"]]
    button = answer.one("button", name="wait")
    assert button["value"] == of_class["id"]
    assert "Guitar for beginners, Tue 7 May, 18:00" in answer.text
    sent = {**answer.form(), "wait": button["value"]}
    assert sent["customer.name"] == "Marty McFly"
    page = await visitor.books(address, {**sent, "class": other["id"]})
    assert page.one("h2").text == "You are in line"
    assert (await taken(tenant, of_class), await taken(tenant, other)) == (1, 0)


async def test_where_no_class_has_a_seat_the_form_turns_to_the_line(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant, booking=ON)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    form = await open_form(visitor, address)
    await fill(tenant, of_class)
    answer = Page(await visitor.send(f"{address}/book", form.form(**WHO)))
    assert answer.status == 409
    assert "You can wait for one." in answer.one("div", role="alert").text
    assert answer.one("input", name="wait")["value"] == of_class["id"]
    assert (await visitor.books(address, answer.form())).one("h2").text == "You are in line"


async def test_a_seat_that_came_free_meanwhile_is_booked_with_the_same_form(
    tenant: Tenant, visitor: Visitor
) -> None:
    address, of_class, [seat] = await full_class(tenant)
    form = await open_form(visitor, address)
    await tenant.api.put(f"/bookings/{seat['id']}/cancel_by_customer")

    answer = Page(await visitor.send(f"{address}/book", form.form(**WHO)))

    assert answer.status == 409
    assert "A seat has come free" in answer.one("div", role="alert").text
    assert await waiting(tenant) == []
    page = await visitor.books(address, answer.form())
    assert page.one("h2").text == "Booked"
    assert await taken(tenant, of_class) == 1


async def test_one_form_joins_once_and_leads_to_its_place_both_times(
    tenant: Tenant, visitor: Visitor
) -> None:
    address, _, _ = await full_class(tenant)
    form = (await open_form(visitor, address)).form(**WHO)
    twice = await asyncio.gather(*(visitor.send(f"{address}/book", form) for _ in range(2)))
    assert [answer.status_code for answer in twice] == [303, 303]
    assert len({urlsplit(answer.headers["location"]).path for answer in twice}) == 1
    assert len(await waiting(tenant)) == 1


async def test_an_address_that_is_in_line_gets_nobody_the_page_of_its_place(
    tenant: Tenant, visitor: Visitor
) -> None:
    """Anybody may know the address of somebody else."""
    address, _, _ = await full_class(tenant)
    await visitor.books(address, (await open_form(visitor, address)).form(**WHO))
    visitor.http.cookies.clear()
    sent = (await open_form(visitor, address)).form(**WHO)
    for _ in range(2):
        answer = Page(await visitor.send(f"{address}/book", sent))
        assert answer.status == 409
        assert "is in line for this class already" in answer.one("div", role="alert").text
        assert "signature" not in answer.answer.text
        assert answer.one("input", name="wait")
    assert len(await waiting(tenant)) == 1


async def test_what_is_wrong_is_marked_and_nobody_waits_yet(
    tenant: Tenant, visitor: Visitor
) -> None:
    address, of_class, _ = await full_class(tenant)
    form = await open_form(visitor, address)
    forged = await visitor.send(f"{address}/book", {**form.form(**WHO), "form_token": "x"})
    assert forged.status_code == 403
    answer = Page(await visitor.send(f"{address}/book", form.form(customer_name="Marty")))
    assert answer.status == 422
    assert "Please fill this in." in answer.text
    assert answer.one("input", name="wait")["value"] == of_class["id"]
    assert await waiting(tenant) == []
    assert (await visitor.books(address, answer.form(**WHO))).one("h2").text == "You are in line"


async def test_a_class_that_is_called_off_or_of_others_has_no_line(
    tenant: Tenant, other_tenant: Tenant, visitor: Visitor
) -> None:
    address, of_class, _ = await full_class(tenant)
    _, theirs, _ = await full_class(other_tenant)
    form = (await open_form(visitor, address)).form(**WHO)
    await tenant.api.put(f"/bookings/{of_class['id']}/cancel")
    for said in (of_class["id"], theirs["id"], "nonsense"):
        answer = Page(await visitor.send(f"{address}/book", {**form, "wait": said}))
        assert answer.status == 409
        assert "This class cannot be booked now." in answer.text
    assert await waiting(tenant) == await waiting(other_tenant) == []


async def test_what_is_to_be_paid_is_waited_for_too(tenant: Tenant, visitor: Visitor) -> None:
    address, _, [seat] = await full_class(tenant, {**ON, "graph": "group_customer_payment"})
    page = await visitor.books(address, (await open_form(visitor, address)).form(**WHO))
    assert (await waiting(tenant))[0]["graph"] == "group_customer_payment"
    await tenant.api.put(f"/bookings/{seat['id']}/cancel_by_customer")
    taken_up = Page(await visitor.send(str(page.answer.url), {"wish": "take"}))
    assert taken_up.one("h2").text == "This booking is not confirmed yet"


async def test_a_line_that_is_full_itself_says_so(
    tenant: Tenant, visitor: Visitor, parts: Parts
) -> None:
    address, of_class, _ = await full_class(tenant)
    form = (await open_form(visitor, address)).form(**WHO)
    await tenant.api.created(
        "/bookings/waitlist",
        {
            "related": {"owner_booking_id": of_class["id"]},
            "customer": {"name": "Jennifer", "email": "jennifer@example.com"},
        },
    )
    async with parts.database.transaction() as tx:
        await tx.run(
            "INSERT INTO waitlist (app_id, id, state, owner_booking_id, start_at, end_at, "
            "customer_name, customer_email, customer_phone, customer_voip, customer_timezone, "
            "customer_custom, meta, hold_seconds, created_at, updated_at) "
            "SELECT app_id, gen_random_uuid(), state, owner_booking_id, start_at, end_at, "
            "customer_name, n || customer_email, '', '', '', '{}', '{}', 900, created_at, "
            "updated_at FROM waitlist, generate_series(2, %s) AS n WHERE app_id = %s",
            (ENTRIES_MAX, tenant.app_id),
        )

    answer = Page(await visitor.send(f"{address}/book", form))

    assert answer.status == 409
    assert answer.one("div", role="alert").text.strip() == "The waiting list is full."
    assert answer.link("Choose another class")
