"""Deliveries to webhooks, from the booking to a real target that answers."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.delivery import Channel, Delivery, Hearers, Kind, News, Outcome, Status
from slotkeeper.domain.listing import Listing
from slotkeeper.edge.parts import Parts
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.http import HttpResult, HttpSender
from slotkeeper.services import announcements, deliveries, delivery_log, own_apps, webhook_calls
from slotkeeper.services.webhook_calls import Prepared
from slotkeeper.storage import webhooks
from tests.notifications.targets import target
from tests.services.shop import Shop, at
from tests.support.outbox import due

SITE = "https://book.example.com"

pytestmark = pytest.mark.usefixtures("empty_outbox")


async def hook(shop: Shop, url: str = "https://example.com/hook", **given: Any) -> UUID:
    webhook_id = uuid4()
    values = {"graph": "instant", "state": "confirmed", "method": "post", **given}
    await webhooks.insert(shop.tx, shop.app_id, {"id": webhook_id, "url": url, **values})
    return webhook_id


async def taken(shop: Shop) -> list[Delivery]:
    return await due(shop.tx, shop.app_id, Channel.WEBHOOK)


async def prepared(
    shop: Shop, parts: Parts, of: Sequence[Delivery], site: str | None = SITE
) -> dict[UUID, Prepared | None]:
    return await webhook_calls.prepare(shop.tx, parts.vault, of, site=site)


async def only_call(shop: Shop, parts: Parts) -> tuple[Delivery, Prepared]:
    (delivery,) = await taken(shop)
    found = (await prepared(shop, parts, [delivery]))[delivery.id]
    assert found is not None
    return delivery, found


async def booked(shop: Shop, **given: Any) -> Booking:
    doc = await shop.resource()
    return await shop.book(doc.id, at(9), at(10), **given)


async def test_a_booking_arrives_at_its_target_signed_by_the_app(shop: Shop, parts: Parts) -> None:
    async with target() as receiver, HttpSender(AllowedHosts.parse("127.0.0.1")) as sender:
        await hook(shop, f"http://127.0.0.1:{receiver.port}/hook")
        booking = await booked(shop)
        delivery, ready = await only_call(shop, parts)
        result = await sender.send(ready.call)

    assert webhook_calls.judge(delivery, ready, result).is_success
    (request,) = receiver.requests
    head, _, content = request.partition(b"\r\n\r\n")
    body = json.loads(content)
    assert (body["id"], body["state"]) == (str(booking.id), "confirmed")
    secret = (await own_apps.secrets_of(shop.tx, parts.vault, shop.app_id)).webhook_secret
    signature = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    assert f"x-timekit-signature: {signature}".encode() in head.lower()


async def test_the_booking_is_told_as_it_was(shop: Shop, parts: Parts) -> None:
    await hook(shop)
    booking = await booked(shop)
    await shop.act(booking, "cancel")

    _, ready = await only_call(shop, parts)

    body = json.loads(ready.call.body)
    assert (body["state"], body["completed"]) == ("confirmed", False)
    assert body["available_actions"] == [str(each) for each in booking.actions]


async def test_what_a_booking_relates_to_comes_along(shop: Shop, parts: Parts) -> None:
    doc = await shop.resource(name="Doc Brown", meta={"lab": "garage"})
    project = await shop.project(doc.id, meta={"floor": 2})
    await hook(shop)
    booking = await shop.book(None, at(9), at(10), project_id=project.id)

    _, ready = await only_call(shop, parts)

    body = json.loads(ready.call.body)
    assert (body["user"]["name"], body["user"]["meta"]) == ("Doc Brown", {"lab": "garage"})
    assert (body["project"]["slug"], body["project"]["meta"]) == (project.slug, {"floor": 2})
    assert body["calendar"]["id"] == str(booking.calendar_id)
    assert UUID(body["event"]["id"])
    links = body["customer_action_links"]
    assert set(links) == {"cancel_by_customer", "reschedule_by_customer"}
    assert all(each.startswith(f"{SITE}/v2/bookings/{booking.id}") for each in links.values())


async def test_a_seat_tells_of_its_class(shop: Shop, parts: Parts) -> None:
    doc = await shop.resource()
    settings = {"max_seats": 3}
    owner = await shop.book(
        doc.id, at(9), at(10), graph="group_owner", settings=settings, customer=None
    )
    await hook(shop, graph="group_customer")
    await shop.book(None, at(9), at(10), graph="group_customer", owner_booking_id=owner.id)

    _, ready = await only_call(shop, parts)

    body = json.loads(ready.call.body)
    assert (body["owner_booking"]["id"], body["owner_booking"]["graph"]) == (
        str(owner.id),
        "group_owner",
    )


async def test_a_class_tells_of_its_seats(shop: Shop, parts: Parts) -> None:
    await hook(shop, graph="group_owner", state="tentative")
    doc = await shop.resource()
    settings = {"max_seats": 3}
    await shop.book(doc.id, at(9), at(10), graph="group_owner", settings=settings, customer=None)

    _, ready = await only_call(shop, parts)

    seats = json.loads(ready.call.body)["attributes"]["group_booking"]
    assert seats == {"max_seats": 3, "current_seats": 0}


async def test_a_webhook_that_is_gone_or_off_hears_nothing(shop: Shop, parts: Parts) -> None:
    kept = await hook(shop)
    off = await hook(shop, "https://example.com/off")
    gone = await hook(shop, "https://example.com/gone")
    await booked(shop)
    found = await taken(shop)
    await webhooks.update(shop.tx, shop.app_id, off, {"enabled": False})
    await webhooks.delete(shop.tx, shop.app_id, gone)

    ready = await prepared(shop, parts, found)

    told = {each.webhook_id for each in found if ready[each.id] is not None}
    assert told == {kept}
    assert len(ready) == 3


async def test_an_app_never_signs_for_another(shop: Shop, other_shop: Shop, parts: Parts) -> None:
    await hook(shop)
    await hook(other_shop)
    await booked(shop)
    await booked(other_shop)
    found = [
        each
        for each in await deliveries.take(shop.tx, Channel.WEBHOOK, most=10_000)
        if each.app_id in (shop.app_id, other_shop.app_id)
    ]
    ready = await prepared(shop, parts, found)
    for each in found:
        call = ready[each.id]
        assert call is not None
        secret = (await own_apps.secrets_of(shop.tx, parts.vault, each.app_id)).webhook_secret
        signature = hmac.new(secret.encode(), call.call.body, hashlib.sha256).hexdigest()
        assert call.call.headers["x-timekit-signature"] == signature


async def test_a_reminder_goes_to_its_own_address(shop: Shop, parts: Parts) -> None:
    booking = await booked(shop)
    news = News(kind=Kind.REMINDER, booking_id=booking.id)
    given = {"url": "https://example.com/soon", "method": "post", "expected_response_code": "201"}
    await announcements.notify(shop.tx, shop.app_id, news, Hearers(calls=[given]))

    delivery, ready = await only_call(shop, parts)

    assert ready.call.url == "https://example.com/soon"
    assert json.loads(ready.call.body)["data"]["id"] == str(booking.id)
    assert judged(delivery, ready, 201) == (None, False)
    assert judged(delivery, ready, 200) == ("answered 200, expected 201", False)


@pytest.mark.parametrize(
    ("status", "error", "is_final"),
    [
        (200, None, False),
        (204, None, False),
        (302, "answered 302", False),
        (404, "answered 404", False),
        (410, "answered 410", True),
        (500, "answered 500", False),
    ],
)
async def test_answers_are_judged(
    shop: Shop, parts: Parts, status: int, error: str | None, is_final: bool
) -> None:
    await hook(shop)
    await booked(shop)
    delivery, ready = await only_call(shop, parts)
    assert judged(delivery, ready, status) == (error, is_final)


async def test_no_answer_and_half_an_answer_are_failures(shop: Shop, parts: Parts) -> None:
    await hook(shop)
    await booked(shop)
    delivery, ready = await only_call(shop, parts)
    for status in (None, 200):
        result = HttpResult(status=status, error="cut off", milliseconds=5, excerpt="be")
        outcome = webhook_calls.judge(delivery, ready, result)
        assert not outcome.is_success
        assert (outcome.status, outcome.excerpt) == (status, "be")


async def test_a_test_is_tried_once(shop: Shop, parts: Parts) -> None:
    await hook(shop)
    await booked(shop)
    delivery, ready = await only_call(shop, parts)
    test = replace(delivery, announcement=replace(delivery.announcement, kind=Kind.TEST))
    assert judged(test, ready, 500) == ("answered 500", True)


def judged(delivery: Delivery, ready: Prepared, status: int) -> tuple[str | None, bool]:
    result = HttpResult(status=status, error=None, milliseconds=5, excerpt="")
    outcome = webhook_calls.judge(delivery, ready, result)
    return outcome.error, outcome.is_final


async def test_what_is_under_way_when_its_webhook_is_deleted_holds_up_nobody(
    shop: Shop, parts: Parts
) -> None:
    gone = await hook(shop, "https://example.com/gone")
    kept = await hook(shop)
    await booked(shop)
    found = await taken(shop)
    await webhooks.delete(shop.tx, shop.app_id, gone)

    await deliveries.finish(shop.tx, [(each, Outcome(status=200)) for each in found], chance=0.5)

    page = await delivery_log.list_logged(shop.tx, shop.app_id, kept, Listing())
    assert [each.status for each in page.items] == [Status.DELIVERED]
