"""The page of a project whose owner confirms or declines what is asked for."""

from tests.support.client import Json, Tenant
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

WHO: Json = {"customer_name": "Marty McFly", "customer_email": "marty@example.com"}


async def ask(tenant: Tenant, visitor: Visitor) -> tuple[Page, str]:
    """Ask for nine o'clock on a page of requests; return what it shows, and the booking's id."""
    address = await page_of(tenant, booking={"graph": "confirm_decline", "what": "Consultation"})
    page = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    return page, page.answer.url.path.rpartition("/")[2]


async def test_a_request_is_received_and_awaits_confirmation(
    tenant: Tenant, visitor: Visitor
) -> None:
    page, booking_id = await ask(tenant, visitor)

    assert page.one("h2").text == "Your request was received"
    assert "awaits confirmation" in page.text
    assert "Monday 6 May 2030, 09:00" in page.text
    assert "Booked" not in page.text
    assert "Change the time" not in page.text
    assert not page.all("s"), "the time is not struck out"
    booking = await tenant.api.found(f"/bookings/{booking_id}?include=logs")
    assert booking["state"] == "tentative"
    assert booking["logs"][0]["actor"] == "hosted_page"


async def test_a_request_leaves_the_slot_to_others(tenant: Tenant, visitor: Visitor) -> None:
    page, _ = await ask(tenant, visitor)
    address = page.link("Book another time")

    assert (await visitor.open(address)).slots() == ["09:00", "10:00", "11:00"]
    again = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    assert again.one("h2").text == "Your request was received"


async def test_the_page_shows_when_a_request_is_confirmed(tenant: Tenant, visitor: Visitor) -> None:
    page, booking_id = await ask(tenant, visitor)
    await tenant.api.put(f"/bookings/{booking_id}/confirm")

    shown = await visitor.open(str(page.answer.url))

    assert shown.one("h2").text == "Booked"
    assert "Change the time" not in shown.text, "a request cannot be moved"
    await visitor.open(page.link("Book another time"))


async def test_a_confirmed_request_is_not_moved_by_an_address_either(
    tenant: Tenant, visitor: Visitor
) -> None:
    page, booking_id = await ask(tenant, visitor)
    await tenant.api.put(f"/bookings/{booking_id}/confirm")
    address = page.link("Book another time")

    answer = await visitor.http.get(address, params={"uuid": booking_id, "action": "reschedule"})

    assert answer.status_code == 303
    assert answer.headers["location"] == page.answer.url.path


async def test_the_page_shows_when_a_request_is_declined_and_why(
    tenant: Tenant, visitor: Visitor
) -> None:
    page, booking_id = await ask(tenant, visitor)
    body = {"decline": {"message": "On <holiday>"}}
    await tenant.api.put(f"/bookings/{booking_id}/decline", body)

    shown = await visitor.open(str(page.answer.url))

    assert shown.one("h2").text == "This request was declined"
    assert "On <holiday>" in shown.text
    assert shown.one("s").text.startswith("Monday 6 May 2030")


async def test_the_page_of_a_cancelled_booking_shows_why(tenant: Tenant, visitor: Visitor) -> None:
    page, booking_id = await ask(tenant, visitor)
    await tenant.api.put(f"/bookings/{booking_id}/confirm")
    await tenant.api.put(f"/bookings/{booking_id}/cancel", {"cancel": {"message": "I am ill"}})

    shown = await visitor.open(str(page.answer.url))

    assert shown.one("h2").text == "This booking was cancelled"
    assert "I am ill" in shown.text
