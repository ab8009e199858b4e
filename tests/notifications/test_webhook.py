"""Webhooks as requests: their bodies, and that whoever checks them by the book believes them."""

import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.webhook import STATES, sample_booking
from slotkeeper.notifications.http import HttpCall
from slotkeeper.notifications.webhook import Address, Seal, call, standard_secret
from slotkeeper.notifications.webhook_body import Told, reminded, told

SECRET = "cHJjV0ZkQm1sN3hLd0E5ZU1yVHk0c0ZhUW5Z"
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
BOOKING = sample_booking("instant", "confirmed", at=NOON)


def seal(at: datetime = NOON) -> Seal:
    return Seal(delivery_id=UUID(int=9), at=int(at.timestamp()), secret=SECRET)


def sent(booking: Booking = BOOKING, *, at: datetime = NOON, **address: Any) -> HttpCall:
    where = Address(**{"url": "https://example.com/hook", **address})
    return call(where, told(Told(booking=booking)), seal(at))


def test_whoever_hashes_the_body_believes_it() -> None:
    request = sent()
    expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-timekit-signature"] == expected
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"].startswith("Slotkeeper/")


def test_the_library_of_standard_webhooks_believes_it() -> None:
    request = sent(at=datetime.fromtimestamp(time.time(), UTC))  # the library asks the clock
    receiver = Webhook(standard_secret(SECRET))
    content = receiver.verify(request.body, dict(request.headers))
    assert content == json.loads(request.body)

    with pytest.raises(WebhookVerificationError):
        receiver.verify(request.body + b" ", dict(request.headers))


def test_each_attempt_has_a_signature_of_its_own_and_one_id() -> None:
    first, later = sent(), sent(at=NOON.replace(hour=13))
    assert first.body == later.body
    assert first.headers["webhook-id"] == later.headers["webhook-id"]
    assert first.headers["webhook-signature"] != later.headers["webhook-signature"]


def test_the_body_of_the_documentation() -> None:
    body = json.loads(sent().body)
    assert {name: body[name] for name in ("state", "graph", "completed", "created_at")} == {
        "state": "confirmed",
        "graph": "instant",
        "completed": False,
        "created_at": "2030-05-06T12:00:00+0000",
    }
    assert body["customers"] == [
        {
            "id": "00000000-0000-0000-0000-000000000002",
            "name": "Marty McFly",
            "email": "marty@example.com",
            "phone": "",
            "voip": "",
            "timezone": "America/Los_Angeles",
            "meta": "{}",
        }
    ]
    event = body["event"]
    assert (event["allDay"], event["rsvp"]) == (False, "accepted")
    assert (event["start"], event["end"]) == (
        "2030-05-07T12:00:00+0000",
        "2030-05-07T13:00:00+0000",
    )
    assert set(body) == {
        *("id", "state", "graph", "completed", "created_at", "updated_at", "description"),
        *("customers", "event", "calendar", "attributes", "user", "project", "meta"),
        *("available_actions", "customer_action_links", "owner_booking"),
    }


def test_the_metadata_of_a_customer_is_json_in_a_string() -> None:
    assert BOOKING.customer is not None
    customer = replace(BOOKING.customer, custom={"Straße": "1/2", "empty": {}})
    body = json.loads(sent(replace(BOOKING, customer=customer)).body)
    assert body["customers"][0]["meta"] == r'{"Stra\u00dfe":"1\/2","empty":{}}'
    assert body["attributes"]["customer"]["Straße"] == "1/2"


def test_get_asks_and_signs_the_query() -> None:
    request = sent(method="get", url="https://example.com/hook?from=a b&x=%2F")

    query = urlsplit(request.url).query
    assert (request.method, request.body) == ("GET", b"")
    assert parse_qs(query) == {
        "from": ["a b"],
        "x": ["/"],
        "id": [str(BOOKING.id)],
        "state": ["confirmed"],
        "graph": ["instant"],
    }
    expected = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
    assert request.headers["x-timekit-signature"] == expected


def test_own_headers_come_along_and_replace_none_of_ours() -> None:
    request = sent(headers={"Authorization": "Bearer 1", "x-timekit-signature": "forged"})
    assert request.headers["Authorization"] == "Bearer 1"
    assert request.headers["x-timekit-signature"] != "forged"


def test_a_reminder_is_wrapped_as_answers_are() -> None:
    body = reminded(Told(booking=BOOKING))
    assert set(body) == {"data"}
    assert body["data"]["customers"][0]["meta"] == {}
    assert body["data"]["attributes"]["event"]["start"] == "2030-05-07T12:00:00+00:00"
    request = call(Address(url="https://example.com", method="get"), body, seal())
    assert f"id={BOOKING.id}" in request.url


@pytest.mark.parametrize("graph", STATES)
def test_there_is_a_sample_for_every_webhook(graph: str) -> None:
    for state in STATES[graph]:
        body = json.loads(sent(sample_booking(graph, state, at=NOON)).body)
        assert body["graph"] == graph
        assert body["state"] == state or state in ("error", "other")
