"""A booking in the calendar of whoever booked it: the links of the page, and the file."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import jwt
import pytest

from slotkeeper.domain.mails import Audience
from slotkeeper.edge.parts import Parts
from slotkeeper.services import action_links, bookings, calendar_links
from tests.notifications.reading import Read, read
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

WHO: Json = {"customer_name": "Marty McFly", "customer_email": "marty@example.com"}
ICS = "Apple and others (.ics)"


async def booked(tenant: Tenant, visitor: Visitor, **given: Json) -> Page:
    """Book the first slot of a page, and return the page of the booking."""
    booking = {"graph": "instant", "where": "Hill Valley", **given}
    address = await page_of(tenant, zone="Europe/Berlin", booking=booking)
    day = await visitor.open(address, date="2030-05-07")
    form = await visitor.open(day.link("09:00"))
    return await visitor.books(address, form.form(**WHO))


def event_in(answer: httpx.Response) -> Read:
    assert answer.status_code == 200, answer.text
    [event] = read(answer.content).walk("VEVENT")
    return event


async def test_the_page_of_a_booking_offers_to_add_it_to_a_calendar(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await booked(tenant, visitor)
    query = {name: parse_qs(urlsplit(page.link(name)).query) for name in ("Google", "Outlook")}
    assert query["Google"]["dates"] == ["20300507T070000Z/20300507T080000Z"]
    assert query["Google"]["ctz"] == ["Europe/Berlin"]
    assert query["Google"]["location"] == query["Outlook"]["location"] == ["Hill Valley"]
    assert query["Outlook"]["startdt"] == ["2030-05-07T07:00:00Z"]
    shown = str(page.answer.url)
    assert query["Google"]["details"][0].endswith(shown)
    answer = await visitor.http.get(page.link(ICS))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    event = event_in(answer)
    booking = (await tenant.api.found("/bookings"))[0]
    assert event["uid"] == booking["id"]
    assert event["url"] == shown
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert (event["status"], event["location"]) == ("CONFIRMED", "Hill Valley")
    assert "attendee" not in event


async def test_a_request_is_not_offered_before_it_is_confirmed(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await booked(tenant, visitor, graph="confirm_decline")
    assert "Add to calendar" not in page.text
    booking = (await tenant.api.found("/bookings"))[0]
    await tenant.api.put(f"/bookings/{booking['id']}/confirm")
    assert "Add to calendar" in (await visitor.open(str(page.answer.url))).text


async def test_what_is_over_is_not_offered(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    page = await booked(tenant, visitor)
    clock.now += timedelta(days=1)  # the very end
    assert "Add to calendar" not in (await visitor.open(str(page.answer.url))).text
    assert (await visitor.open(page.link(ICS))).status == 410


async def test_a_booking_that_was_moved_moves_in_calendars(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await booked(tenant, visitor)
    before = event_in(await visitor.http.get(page.link(ICS)))
    slots = await visitor.open(page.link("Change the time"))
    form = await visitor.open(slots.link("10:00"))
    address = urlsplit(str(page.answer.url)).path.partition("/booked")[0]
    moved = await visitor.books(address, form.form())
    after = event_in(await visitor.http.get(moved.link(ICS)))
    assert after["uid"] == before["uid"]
    assert int(after["sequence"]) > int(before["sequence"])
    assert after["dtstart"].dt == datetime(2030, 5, 6, 8, tzinfo=UTC)
    assert (await visitor.open(page.link(ICS))).status == 410, "the old time does not stand"


async def test_a_cancelled_booking_is_not_added_any_more(tenant: Tenant, visitor: Visitor) -> None:
    page = await booked(tenant, visitor)
    booking = (await tenant.api.found("/bookings"))[0]
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    gone = await visitor.open(page.link(ICS))
    assert (gone.status, "does not stand" in gone.text) == (410, True)
    assert "Add to calendar" not in (await visitor.open(str(page.answer.url))).text


async def test_a_link_opens_its_own_booking_and_nothing_else(
    tenant: Tenant, visitor: Visitor, parts: Parts
) -> None:
    page = await booked(tenant, visitor)
    link = httpx.URL(page.link(ICS))
    token = link.params["signature"]
    one = (await tenant.api.found("/bookings"))[0]
    [doc] = await tenant.api.found("/resources")
    order = tenant.order(doc["id"], "2030-05-08T09:00:00Z", "2030-05-08T10:00:00Z")
    other = await tenant.api.created("/bookings", order)
    async with parts.database.transaction() as tx:
        found = await bookings.get(tx, tenant.app_id, UUID(one["id"]))
    key = parts.vault.key_for("calendar links")
    claims = jwt.decode(token, key, algorithms=["HS256"], audience="calendar")
    acting = action_links.links(
        parts.vault, tenant.app_id, found, audience=Audience.CUSTOMER, site="", now=found.created_at
    )
    forged = [
        "",
        "x",
        token[:-2],
        httpx.URL(acting["cancel_by_customer"]).params["signature"],
        jwt.encode(claims, tenant.api.key or "", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({**claims, "aud": "customer"}, key, algorithm="HS256"),
        jwt.encode({"booking_id": one["id"]}, key, algorithm="HS256"),
        "x" * 5000,
    ]
    for each in forged:
        assert (await visitor.open(link.path, signature=each)).status == 403
    for wanted in (other["id"], "x", "00000000-0000-0000-0000-000000000000"):
        path = calendar_links.PATH.format(booking_id=wanted)
        assert (await visitor.open(path, signature=token)).status == 403
    path = f"/v2/bookings/{one['id']}/external_action/cancel_by_customer"
    assert (await visitor.open(path, signature=token)).status == 403


async def test_the_link_of_a_deleted_booking_finds_nothing(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await booked(tenant, visitor)
    booking = (await tenant.api.found("/bookings"))[0]
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert (await tenant.api.delete(f"/bookings/{booking['id']}")).status_code == 204
    assert (await visitor.open(page.link(ICS))).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_file_can_only_be_read(tenant: Tenant, visitor: Visitor, method: str) -> None:
    page = await booked(tenant, visitor)
    assert (await visitor.http.request(method, page.link(ICS))).status_code == 405
