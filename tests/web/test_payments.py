"""The page of a project whose customers pay elsewhere: what is held, until when, and after."""

from datetime import timedelta

import pytest

from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

WHO: Json = {"customer_name": "Marty McFly", "customer_email": "marty@example.com"}
PAID: Json = {"graph": "instant_payment", "what": "Massage"}


async def hold(tenant: Tenant, visitor: Visitor, **given: Json) -> tuple[Page, str]:
    """Book nine o'clock on a page with payments; return what it shows, and the booking's id."""
    address = await page_of(tenant, **{"booking": PAID, **given})
    page = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    return page, page.answer.url.path.rpartition("/")[2]


async def test_the_page_says_until_when_the_time_is_held(tenant: Tenant, visitor: Visitor) -> None:
    page, booking_id = await hold(tenant, visitor)

    assert page.one("h2").text == "Held for you until 08:05"
    assert "This time is booked once it has been paid for." in page.text
    assert "Monday 6 May 2030, 09:00" in page.text
    assert "Booked" not in page.text
    assert "sent a confirmation" not in page.text
    assert "Change the time" not in page.text
    assert not page.all("s"), "the time is not struck out"
    booking = await tenant.api.found(f"/bookings/{booking_id}")
    assert (booking["state"], booking["graph"]) == ("tentative", "instant_payment")
    again = await visitor.open(page.link("Book another time"))
    assert again.slots() == ["10:00", "11:00"]


@pytest.mark.parametrize(
    ("time_to_pay", "until"),
    [
        ({"time": 25, "unit": "min"}, "08:25"),
        ({"time": 18, "unit": "hours"}, "Tue 7 May, 02:00"),
    ],
)
async def test_the_project_says_how_long_there_is_to_pay(
    tenant: Tenant, visitor: Visitor, time_to_pay: Json, until: str
) -> None:
    page, _ = await hold(tenant, visitor, booking={**PAID, "timeout": time_to_pay})
    assert page.one("h2").text == f"Held for you until {until}"


async def test_the_owner_may_say_how_to_pay(tenant: Tenant, visitor: Visitor) -> None:
    words = {"success_message": "We mailed a link for the payment to %s."}
    ui = {"time_date_format": "24h-dmy-mon", "localization": words}
    page, booking_id = await hold(tenant, visitor, ui=ui)
    assert "We mailed a link for the payment to marty@example.com." in page.text
    await tenant.api.put(f"/bookings/{booking_id}/pay")
    assert "We mailed" not in (await visitor.open(str(page.answer.url))).text


async def test_the_page_shows_when_the_payment_has_arrived(
    tenant: Tenant, visitor: Visitor
) -> None:
    page, booking_id = await hold(tenant, visitor)
    await tenant.api.put(f"/bookings/{booking_id}/pay", {"pay": {"payment_id": "ch_121"}})

    shown = await visitor.open(str(page.answer.url))

    assert shown.one("h2").text == "Paid and booked"
    assert "Held" not in shown.text
    assert "ch_121" not in shown.text


async def test_a_hold_that_ran_out_has_ended_before_anybody_noted_it(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    page, booking_id = await hold(tenant, visitor)
    clock.advance(timedelta(minutes=5))

    shown = await visitor.open(str(page.answer.url))

    assert (await tenant.api.found(f"/bookings/{booking_id}"))["state"] == "tentative"
    assert shown.one("h2").text == "This booking was not paid in time"
    assert shown.one("s").text.startswith("Monday 6 May 2030")
    anew = await visitor.open(shown.link("Book again"))
    assert "09:00" in anew.slots()


async def test_a_seat_is_held_until_it_is_paid(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    address = await page_of(tenant, booking={"graph": "group_customer_payment"})
    project = (await tenant.api.found("/projects?include=resources"))[0]
    body = {
        "graph": "group_owner",
        "project_id": project["id"],
        "resource_id": project["resources"][0],
        "start": "2030-05-07T18:00:00Z",
        "end": "2030-05-07T19:00:00Z",
        "what": "Guitar for beginners",
        "settings": {"max_seats": 1},
    }
    await tenant.api.created("/bookings", body)
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    page = await visitor.books(address, form.form(**WHO))
    assert page.one("h2").text == "Held for you until 08:05"
    assert "This seat is booked once it has been paid for." in page.text
    assert (await visitor.open(address)).one("div", class_="full")

    clock.advance(timedelta(minutes=5))
    assert (await visitor.open(address)).one("a", class_="class")
    assert "not paid in time" in (await visitor.open(str(page.answer.url))).text
