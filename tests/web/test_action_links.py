"""The page of a link: it shows the booking and asks, and only its button acts."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import jwt
import pytest

from slotkeeper.domain.addresses import ADDRESS_CHARACTERS_MAX
from slotkeeper.domain.mails import Audience
from slotkeeper.edge.parts import Parts
from slotkeeper.services import action_links, bookings
from slotkeeper.web.answers import FIELD_CHARACTERS_MAX
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor
from tests.web.pages import Page

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
BACK = "https://shop.example.com/thanks?order=7"


async def booked(tenant: Tenant, *, zone: str = "UTC", **given: Json) -> Json:
    """Book nine o'clock on Tuesday, through a project; the customer is in Tokyo."""
    doc = await tenant.resource(name="Doc Brown", timezone=zone)
    project = await tenant.project(
        doc["id"], ui={"time_date_format": "24h-dmy-mon", "display_name": "Clock repair"}
    )
    customer = {"name": "Marty McFly", "email": "marty@example.com", "timezone": "Asia/Tokyo"}
    order = tenant.order(doc["id"], NINE, TEN, project_id=project["id"], customer=customer, **given)
    path = "/bookings?include=customer_action_links,resource,project"
    return await tenant.api.created(path, order)


def cancelling(booking: Json, **query: str) -> str:
    link: str = booking["customer_action_links"]["cancel_by_customer"]
    return str(httpx.URL(link).copy_merge_params(query))


def linking(tenant: Tenant, booking: Json, action: str) -> str:
    """Return a link that the application signed itself."""
    token = jwt.encode({"booking_id": booking["id"], "action": action}, tenant.api.key or "")
    return f"/v2/bookings/{booking['id']}/external_action/{action}?signature={token}"


async def owners(tenant: Tenant, parts: Parts, booking: Json) -> dict[str, str]:
    async with parts.database.transaction() as tx:
        found = await bookings.get(tx, tenant.app_id, UUID(booking["id"]))
        return action_links.links(
            parts.vault, tenant.app_id, found, audience=Audience.OWNER, site="", now=tx.now
        )


async def logged(tenant: Tenant, booking: Json) -> list[Json]:
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=logs")
    return [{**line, "now": shown["state"]} for line in shown["logs"]]


async def state_of(tenant: Tenant, booking: Json) -> str:
    return str((await logged(tenant, booking))[-1]["now"])


# --- What is asked -----------------------------------------------------------------------


async def test_the_page_shows_what_is_booked_and_asks(tenant: Tenant, visitor: Visitor) -> None:
    page = await visitor.open(cancelling(await booked(tenant)))

    assert page.status == 200
    assert page.one("h1").text == "Clock repair"
    assert page.one("h2").text == "Cancel this booking?"
    assert page.one("button").text == "Cancel the booking"
    assert [
        (name.text, " ".join(told.text.split()))
        for name, told in zip(page.all("dt"), page.all("dd"), strict=True)
    ] == [
        ("What", "Consultation"),
        ("When", "Tuesday 7 May 2030, 18:00 \N{EN DASH} 19:00 Time in Asia/Tokyo"),
        ("Where", "Here"),
        ("With", "Doc Brown"),
        ("For", "Marty McFly"),  # but no address: a link may be passed on
    ]
    assert page.one("textarea")["name"] == "message"


async def test_a_booking_without_a_project_and_without_a_zone_has_a_page_too(
    tenant: Tenant, visitor: Visitor
) -> None:
    doc = await tenant.resource(name="Doc", timezone="Europe/Berlin")
    customer = {"name": "Marty", "email": "marty@example.com"}
    order = tenant.order(doc["id"], NINE, TEN, customer=customer)
    booking = await tenant.api.created("/bookings", order)
    page = await visitor.open(linking(tenant, booking, "cancel"))
    assert page.one("h1").text == "Hill Valley", "the app"
    assert "Tuesday, May 7, 2030, 11:00 am \N{EN DASH} 12:00 pm" in page.text
    await tenant.api.delete(f"/resources/{doc['id']}")
    assert (await visitor.open(linking(tenant, booking, "cancel"))).status == 200


@pytest.mark.parametrize(
    ("graph", "action", "question"),
    [
        ("instant", "cancel", "Cancel this booking?"),
        ("instant", "complete", "Has this booking taken place?"),
        ("confirm_decline", "confirm", "Confirm this request?"),
        ("confirm_decline", "decline", "Decline this request?"),
    ],
)
async def test_an_application_may_let_people_do_all_that_it_can(
    tenant: Tenant, visitor: Visitor, graph: str, action: str, question: str
) -> None:
    booking = await booked(tenant, graph=graph)
    link = linking(tenant, booking, action)
    assert (await visitor.open(link)).one("h2").text == question
    assert (await visitor.send(link, {})).status_code == 200
    assert (await logged(tenant, booking))[-1]["action"] == action


async def test_opening_a_link_does_nothing_however_often(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    for query in ({}, {"redirect": BACK}, {"message": "I am ill"}):
        for _ in range(3):
            assert (await visitor.open(cancelling(booking, **query))).status == 200
    assert len(await logged(tenant, booking)) == 1


async def test_the_page_is_private_and_holds_to_the_policy(
    tenant: Tenant, visitor: Visitor
) -> None:
    headers = (await visitor.open(cancelling(await booked(tenant)))).answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "form-action 'self'"} <= set(policy)


async def test_what_was_written_into_a_booking_is_text(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant, what="<script>alert(1)</script>", where='"><img src=x>')
    page = await visitor.open(cancelling(booking))
    assert not page.all("script")
    assert not page.all("img")
    assert "<script>alert(1)</script>" in page.text


async def test_test_mode_shows(other_tenant: Tenant, visitor: Visitor) -> None:
    page = await visitor.open(cancelling(await booked(other_tenant)))
    assert "Test mode" in page.one("p", class_="ribbon").text
    assert page.answer.headers["timekit-testmode"] == "true"


# --- What happens ------------------------------------------------------------------------


async def test_the_button_acts_and_the_page_says_so(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    page = await visitor.open(cancelling(booking))

    done = Page(await visitor.send(cancelling(booking), page.form(message=" I am <ill> ")))

    assert done.status == 200
    assert done.one("h2").text == "This booking was cancelled"
    assert done.one("s").text == "Tuesday 7 May 2030, 18:00 \N{EN DASH} 19:00"
    assert not done.all("form")
    line = (await logged(tenant, booking))[-1]
    assert (line["now"], line["message"]) == ("cancelled_by_customer", "I am <ill>")
    free = await tenant.api.post(
        "/bookings", tenant.order(booking["resource"]["id"], NINE, TEN, what="Next")
    )
    assert free.status_code == 201, "the time was given back"


async def test_who_presses_twice_at_once_cancels_once(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    sent = [visitor.send(cancelling(booking), {}) for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert len(await logged(tenant, booking)) == 2


async def test_a_used_link_shows_how_the_booking_stands(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    await visitor.send(cancelling(booking), {})
    opened = await visitor.open(cancelling(booking, redirect=BACK))
    pressed = Page(await visitor.send(cancelling(booking, redirect=BACK), {}))
    for page in (opened, pressed):
        assert page.status == 409
        assert page.one("h2").text == "This booking was cancelled"
        assert "not possible any more" in page.text
        assert not page.all("button")


async def test_a_link_to_a_moved_booking_says_that_it_was_moved(
    tenant: Tenant, visitor: Visitor
) -> None:
    booking = await booked(tenant)
    later = {"start": "2030-05-08T09:00:00Z", "end": "2030-05-08T10:00:00Z"}
    await tenant.api.post(f"/bookings/{booking['id']}/reschedule", later)
    page = await visitor.open(cancelling(booking))
    assert page.status == 409
    assert page.one("h2").text == "This booking was moved to another time"


async def test_a_message_that_is_too_long_is_kept_and_nothing_happens(
    tenant: Tenant, visitor: Visitor
) -> None:
    booking = await booked(tenant)
    for length, status in ((FIELD_CHARACTERS_MAX + 1, 422), (FIELD_CHARACTERS_MAX, 200)):
        answer = await visitor.send(cancelling(booking), {"message": "x" * length})
        assert answer.status_code == status
        if status == 422:
            page = Page(answer)
            assert "at most 5000 characters" in page.one("p", class_="error").text
            assert page.one("textarea").text.strip() == "x" * length
            assert page.one("title").text.startswith("Error: ")
            assert await state_of(tenant, booking) == "confirmed"


async def test_what_does_not_work_is_told_on_a_page(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    booking = await booked(tenant)
    bare = cancelling(booking).partition("?")[0]
    for address in (bare, cancelling(booking)[:-4], f"{bare}?signature=x&redirect={BACK}"):
        for answer in (await visitor.http.get(address), await visitor.send(address, {})):
            assert answer.status_code == 403
            assert Page(answer).one("h1").text == "This link does not work"
    clock.advance(timedelta(days=2))
    for answer in (
        await visitor.http.get(cancelling(booking)),
        await visitor.send(cancelling(booking, redirect=BACK), {}),
    ):
        assert answer.status_code == 410
        assert Page(answer).one("h1").text == "This link has expired"


async def test_a_deleted_booking_is_told_on_a_page(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    await tenant.api.delete(f"/bookings/{booking['id']}")
    for answer in (
        await visitor.http.get(cancelling(booking)),
        await visitor.send(cancelling(booking), {}),
    ):
        assert answer.status_code == 404
        assert Page(answer).one("h1").text == "This booking is not there any more"


async def test_errors_before_the_page_are_pages_too(tenant: Tenant, visitor: Visitor) -> None:
    link = cancelling(await booked(tenant))
    assert Page(await visitor.send(link, {"message": "x" * 64_001})).status == 413
    assert Page(await visitor.http.put(link)).status == 405


# --- Owners ------------------------------------------------------------------------------


async def test_an_owner_confirms_in_their_own_zone(
    tenant: Tenant, visitor: Visitor, parts: Parts
) -> None:
    booking = await booked(tenant, zone="America/New_York", graph="confirm_decline")
    link = (await owners(tenant, parts, booking))["confirm"]

    page = await visitor.open(link)
    done = Page(await visitor.send(link, page.form()))

    assert "Tuesday 7 May 2030, 05:00 \N{EN DASH} 06:00" in page.text
    assert "marty@example.com" in page.text
    assert done.one("h2").text == "This booking is confirmed"
    assert (await logged(tenant, booking))[-1]["actor"] == "owner_link"


async def test_an_owner_declines_and_says_why(
    tenant: Tenant, visitor: Visitor, parts: Parts
) -> None:
    booking = await booked(tenant, graph="confirm_decline")
    link = (await owners(tenant, parts, booking))["decline"]
    await visitor.send(link, {"message": "On holiday"})
    line = (await logged(tenant, booking))[-1]
    assert (line["now"], line["message"]) == ("declined", "On holiday")


async def test_a_request_whose_time_has_gone_is_not_confirmed(
    tenant: Tenant, visitor: Visitor, parts: Parts
) -> None:
    booking = await booked(tenant, graph="confirm_decline")
    link = (await owners(tenant, parts, booking))["confirm"]
    order = tenant.order(booking["resource"]["id"], NINE, TEN)
    await tenant.api.created("/bookings", order)

    page = Page(await visitor.send(f"{link}&redirect={BACK}", {}))

    assert page.status == 409
    assert "has been taken meanwhile" in page.text
    assert await state_of(tenant, booking) == "tentative"


# --- Where it leads ----------------------------------------------------------------------


async def test_the_button_leads_on_where_the_link_says(tenant: Tenant, visitor: Visitor) -> None:
    booking = await booked(tenant)
    page = await visitor.open(cancelling(booking, redirect=BACK))
    assert "After that you go on to shop.example.com." in page.text
    policy = page.answer.headers["content-security-policy"].split("; ")
    assert "form-action 'self' https:" in policy

    answer = await visitor.send(cancelling(booking, redirect=BACK), {})

    assert (answer.status_code, answer.headers["location"]) == (303, BACK)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert await state_of(tenant, booking) == "cancelled_by_customer"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "/v2/bookings",
        "//evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "https://shop.example.com\\@evil.example",
        "https://shop.example.com@evil.example",
        "https://shop.example.com/\r\nSet-Cookie: x=1",
        "https://shop.example.com/\x00",
        "https://sh\N{CYRILLIC SMALL LETTER O}p.example.com",
        "https://shop.example.com:99999",
        "https://[::1",
        "ftp://shop.example.com",
        "https://shop.example.com/" + "x" * ADDRESS_CHARACTERS_MAX,
    ],
)
async def test_an_address_that_is_no_page_of_the_web_is_not_followed(
    tenant: Tenant, visitor: Visitor, address: str
) -> None:
    booking = await booked(tenant)
    page = await visitor.open(cancelling(booking, redirect=address))
    assert "After that" not in page.text
    answer = await visitor.send(cancelling(booking, redirect=address), {})
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert await state_of(tenant, booking) == "cancelled_by_customer"


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://[::1]:8080/x#done", "https://[::1]:8080/x#done"),
        ("https://shop.example.com/tak/\N{LATIN SMALL LETTER O WITH STROKE}", None),
        ("HTTPS://shop.example.com/?customer.name=Marty%20McFly", None),
    ],
)
async def test_every_page_of_the_web_can_be_led_to(
    tenant: Tenant, visitor: Visitor, address: str, location: str | None
) -> None:
    booking = await booked(tenant)
    answer = await visitor.send(cancelling(booking, redirect=address), {})
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]) == httpx.URL(location or address)


# --- Moving ------------------------------------------------------------------------------


def moving(booking: Json) -> str:
    return str(booking["customer_action_links"]["reschedule_by_customer"])


async def test_a_link_to_move_leads_to_the_page_of_the_project(
    tenant: Tenant, visitor: Visitor
) -> None:
    booking = await booked(tenant)
    answers: list[Any] = [await visitor.http.get(moving(booking))]
    answers += [await visitor.send(moving(booking), {})]
    for answer in answers:
        assert answer.status_code == 302
        target = urlsplit(answer.headers["location"])
        assert target.path == f"/{booking['project']['slug']}"
        assert parse_qs(target.query) == {
            "uuid": [booking["id"]],
            "action": ["reschedule"],
            "event.start": ["2030-05-07T18:00:00+09:00"],
            "event.end": ["2030-05-07T19:00:00+09:00"],
            "zone": ["Asia/Tokyo"],
        }
    page = await visitor.open(answers[0].headers["location"])
    assert "Tuesday 7 May 2030, 18:00" in page.text
    assert await state_of(tenant, booking) == "confirmed"


async def test_a_project_may_have_its_own_page_to_move_bookings(
    tenant: Tenant, visitor: Visitor
) -> None:
    booking = await booked(tenant)
    path = f"/projects/{booking['project']['id']}"
    for base, start in (
        ("https://shop.example.com/move", "https://shop.example.com/move?uuid="),
        ("https://shop.example.com/move?a=1", "https://shop.example.com/move?a=1&uuid="),
        ("javascript:alert(1)//", "http://slotkeeper.test/"),
    ):
        changes = {"booking": {"graph": "instant", "rescheduling_url": base}}
        assert (await tenant.api.put(path, changes)).status_code == 204
        answer = await visitor.http.get(moving(booking))
        assert answer.headers["location"].startswith(start)


async def test_a_booking_that_has_begun_is_not_moved(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    booking = await booked(tenant)
    clock.advance(timedelta(hours=25, minutes=30))
    page = await visitor.open(moving(booking))
    assert page.status == 409
    assert page.one("h2").text == "This booking is confirmed"
    assert "not possible any more" in page.text
