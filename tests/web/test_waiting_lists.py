"""The page of somebody who waits: it shows the place, and only its buttons act."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor
from tests.web.pages import Page

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
NAMES = ("Jennifer", "Einstein", "Biff")


async def line(tenant: Tenant, **given: Json) -> tuple[Json, list[str]]:
    """Return a booking of nine o'clock, and the links of three who wait for its time."""
    doc = await tenant.resource(name="Doc Brown")
    project = await tenant.project(
        doc["id"], ui={"time_date_format": "24h-dmy-mon", "display_name": "Clock repair"}
    )
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    wish = {"resource_id": doc["id"], "project_id": project["id"], "start": NINE, "end": TEN}
    links = []
    for name in NAMES:
        customer = {"name": name, "email": f"{name}@example.com", "timezone": "Asia/Tokyo"}
        entry = await tenant.api.created("/bookings/waitlist", {**wish, "customer": customer})
        links.append(entry["take_url"])
    return booking, links


async def press(visitor: Visitor, link: str, wish: str) -> Page:
    return Page(await visitor.send(link, {"wish": wish}))


async def cancel(tenant: Tenant, booking: Json) -> None:
    assert (await tenant.api.put(f"/bookings/{booking['id']}/cancel", {})).status_code == 200


async def test_the_page_shows_the_place_in_line(tenant: Tenant, visitor: Visitor) -> None:
    _, links = await line(tenant)

    pages = [await visitor.open(link) for link in links]

    assert [page.status for page in pages] == [200] * 3
    assert [page.one("h2").text for page in pages] == ["You are in line"] * 3
    told = ["You are the first.", "1 is before you.", "2 are before you."]
    assert all(text in page.text for text, page in zip(told, pages, strict=True))
    assert pages[0].one("h1").text == "Clock repair"
    assert [each.text for each in pages[0].all("button")] == ["Leave the line"]
    facts = [" ".join(each.text.split()) for each in pages[0].all("dd")]
    assert facts == [
        "Consultation",
        "Tuesday 7 May 2030, 18:00 \N{EN DASH} 19:00 Time in Asia/Tokyo",
        "Here",
        "Doc Brown",
        "Jennifer",
    ]
    assert pages[0].answer.headers["referrer-policy"] == "no-referrer"
    assert pages[0].answer.headers["cache-control"] == "no-store"


async def test_looking_takes_nothing_and_the_button_does(tenant: Tenant, visitor: Visitor) -> None:
    booking, links = await line(tenant)
    await cancel(tenant, booking)
    for _ in range(2):
        page = await visitor.open(links[0])
        assert page.one("h2").text == "It is your turn"
        assert "It is held for you until Monday 6 May 2030, 17:15." in page.text
        assert [each.text for each in page.all("button")] == ["Book it", "Give it up"]

    page = await press(visitor, links[0], "take")

    assert (page.status, page.one("h2").text) == (200, "This is booked for you")
    assert page.all("form") == []
    entries = await tenant.api.found("/bookings/waitlist?include=logs")
    assert [each["state"] for each in entries] == ["taken", "waiting", "waiting"]
    made = await tenant.api.found(f"/bookings/{entries[0]['booking_id']}?include=logs,project")
    assert (made["graph"], made["state"]) == ("instant", "confirmed")
    assert made["attributes"]["customer"]["name"] == "Jennifer"
    assert [each["actor"] for each in made["logs"]] == ["customer_link"]
    again = await press(visitor, links[0], "take")
    assert (again.status, again.one("h2").text) == (409, "This is booked for you")


async def test_giving_it_up_passes_it_on(tenant: Tenant, visitor: Visitor) -> None:
    booking, links = await line(tenant)
    await press(visitor, links[1], "leave")
    await cancel(tenant, booking)

    page = await press(visitor, links[0], "leave")

    assert (page.status, page.one("h2").text) == (200, "You have left the line")
    headings = [(await visitor.open(link)).one("h2").text for link in links]
    assert headings == ["You have left the line"] * 2 + ["It is your turn"]


@pytest.mark.parametrize(
    ("graph", "action", "status", "heading"),
    [
        ("instant", None, 200, "This is booked for you"),
        ("instant", "cancel", 409, "This booking has ended"),
        ("instant_payment", None, 200, "This booking is not confirmed yet"),
        ("confirm_decline", None, 200, "This booking is not confirmed yet"),
        ("confirm_decline", "confirm", 200, "This is booked for you"),
        ("confirm_decline", "decline", 409, "This booking has ended"),
    ],
)
async def test_the_page_goes_on_to_tell_what_became_of_the_booking(
    tenant: Tenant, visitor: Visitor, graph: str, action: str | None, status: int, heading: str
) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    wish = tenant.order(doc["id"], NINE, TEN, graph=graph)
    link = (await tenant.api.created("/bookings/waitlist", wish))["take_url"]
    await cancel(tenant, booking)
    assert (await press(visitor, link, "take")).status == 200
    [entry] = await tenant.api.found("/bookings/waitlist")
    if action is not None:
        answer = await tenant.api.put(f"/bookings/{entry['booking_id']}/{action}", {})
        assert answer.status_code == 200

    page = await visitor.open(link)

    assert (page.status, page.one("h2").text) == (status, heading)
    assert page.all("form") == []


async def test_what_is_not_offered_cannot_be_taken(tenant: Tenant, visitor: Visitor) -> None:
    _, links = await line(tenant)
    page = await press(visitor, links[0], "take")
    assert (page.status, page.one("h2").text) == (409, "You are in line")
    assert "That was not possible any more." in page.text
    assert (await press(visitor, links[0], "dance")).status == 200  # no button says that


async def test_an_offer_that_ran_out_is_not_taken(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    booking, links = await line(tenant)
    await cancel(tenant, booking)
    clock.advance(timedelta(minutes=15))
    for page in (await visitor.open(links[0]), await press(visitor, links[0], "take")):
        assert (page.status, page.one("h2").text) == (409, "The time to answer is over")
    assert len(await tenant.api.found("/bookings?search=graph:instant;state:confirmed")) == 0


@pytest.mark.parametrize("place", [0, 1])
async def test_a_link_opens_its_own_entry_alone(
    tenant: Tenant, other_tenant: Tenant, visitor: Visitor, place: int
) -> None:
    _, links = await line(tenant)
    _, theirs = await line(other_tenant)
    path = urlsplit(links[place]).path
    for token in (urlsplit(links[2]).query, urlsplit(theirs[0]).query, "signature=x", ""):
        page = await visitor.open(f"{path}?{token}")
        assert (page.status, page.one("h1").text) == (403, "This link does not work")
        assert (await visitor.send(f"{path}?{token}", {"wish": "leave"})).status_code == 403
    shape = await visitor.open(f"/v2/bookings/waitlist/x/take?{urlsplit(links[0]).query}")
    assert shape.status == 403


async def test_a_link_ends_with_what_it_is_for(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    _, links = await line(tenant)
    clock.advance(timedelta(hours=25))
    page = await visitor.open(links[0])
    assert (page.status, page.one("h1").text) == (410, "This link has expired")


async def test_the_page_of_a_class_says_what_it_is(tenant: Tenant, visitor: Visitor) -> None:
    doc = await tenant.resource(name="Strickland")
    lesson = {"graph": "group_owner", "settings": {"max_seats": 1}, "what": "Discipline"}
    made = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN, **lesson))
    seat = {"graph": "group_customer", "related": {"owner_booking_id": made["id"]}}
    await tenant.api.created("/bookings", tenant.order(None, NINE, TEN, **seat))
    who = {"customer": {"name": "Marty", "email": "m@example.com"}}
    entry = await tenant.api.created("/bookings/waitlist", {**who, "related": seat["related"]})

    page = await visitor.open(entry["take_url"])

    assert page.one("h1").text == "Hill Valley"
    assert page.all("dd")[0].text == "Discipline"
    assert "Strickland" in page.text
    await cancel(tenant, made)
    page = await visitor.open(entry["take_url"])
    assert (page.status, page.one("h2").text) == (409, "The line has ended")
