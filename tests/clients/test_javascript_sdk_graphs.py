"""timekit-sdk 1.19.8 under Node, unmodified: payments, classes with seats, and reservations."""

import time
from datetime import datetime

import httpx
import pytest
from tests.clients.javascript import Sdk
from tests.clients.shop import Shop
from tests.support.client import Json

pytestmark = pytest.mark.node

MARTY = {"name": "Marty McFly", "email": "marty@example.com", "timezone": "America/Los_Angeles"}


def order(shop: Shop, slot: Json, graph: str, **given: Json) -> Json:
    return {
        "projectId": shop.project_id,
        "resourceId": shop.resource_id,
        "graph": graph,
        "start": slot["start"],
        "end": slot["end"],
        "what": "Guitar lesson",
        "where": "Hill Valley",
        "customer": MARTY,
        **given,
    }


def seat(of_class: Json, graph: str = "group_customer", **given: Json) -> Json:
    return {
        "graph": graph,
        "related": {"ownerBookingId": of_class["id"]},
        "customer": MARTY,
        **given,
    }


def seats_of(of_class: Json) -> tuple[int, int]:
    """Return how many seats of a class are taken, and how many there are."""
    group = of_class["attributes"]["group_booking"]
    return group["current_seats"], group["max_seats"]


def is_offered(shop: Shop, slot: Json) -> bool:
    return slot["start"] in [each["start"] for each in shop.slots()]


def seconds_left(held: Json) -> float:
    """Return for how long something is still held; answers leave out parts of a second."""
    return datetime.fromisoformat(held["held_until"]).timestamp() - time.time()


def wait_until_over(held: Json) -> None:
    """Wait until something that is held for a second is not held any more."""
    time.sleep(max(0, seconds_left(held) + 1))


@pytest.fixture
def lesson(shop: Shop) -> Json:
    """A class with two seats, all free."""
    return shop.open_class(shop.slots()[0])


# --- payments


def test_create_booking_holds_a_slot_until_it_is_paid(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    wanted = order(shop, slot, "instant_payment", timeout={"time": 25, "unit": "min"})
    held = sdk.call("createBooking", wanted).data
    assert (held["state"], held["completed"]) == ("tentative", False)
    assert held["available_actions"] == ["pay"]
    assert 24 * 60 < seconds_left(held) <= 25 * 60
    assert not is_offered(shop, slot)
    assert sdk.refused("createBooking", order(shop, slot, "instant")).status == 422


def test_update_booking_pays(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    held = sdk.call("createBooking", order(shop, slot, "instant_payment")).data
    say = {"id": held["id"], "action": "pay", "pay": {"paymentId": "ch_121"}}
    paid = sdk.call("updateBooking", say)
    assert (paid.status, paid.data["state"]) == (200, "paid")
    shown = sdk.call("getBooking", {"id": held["id"]}, include=["attributes", "logs"]).data
    assert shown["attributes"]["payment"] == {"payment_id": "ch_121"}
    assert [line["action"] for line in shown["logs"]] == ["create", "pay"]
    assert not is_offered(shop, slot)
    again = sdk.refused("updateBooking", {"id": held["id"], "action": "pay"})
    assert again.data == {"error": "Cannot apply action 'pay' to current state 'paid'"}


def test_update_booking_refuses_what_only_time_may_do(sdk: Sdk, shop: Shop) -> None:
    held = sdk.call("createBooking", order(shop, shop.slots()[0], "instant_payment")).data
    refused = sdk.refused("updateBooking", {"id": held["id"], "action": "timeout"})
    assert refused.status == 422
    assert refused.data == {"error": "Cannot apply action 'timeout' to current state 'tentative'"}


def test_a_slot_that_is_not_paid_in_time_is_offered_again(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    wanted = order(shop, slot, "instant_payment", timeout={"time": 1, "unit": "sec"})
    held = sdk.call("createBooking", wanted).data
    wait_until_over(held)
    assert is_offered(shop, slot)
    assert sdk.refused("updateBooking", {"id": held["id"], "action": "pay"}).status == 422
    assert sdk.call("createBooking", order(shop, slot, "instant")).data["state"] == "confirmed"


# --- classes with seats


def test_create_booking_opens_a_class(sdk: Sdk, shop: Shop) -> None:
    wanted = order(shop, shop.slots()[0], "group_owner", settings={"maxSeats": 3})
    made = sdk.call("createBooking", {**wanted, "customer": None}).data
    assert (made["graph"], made["state"]) == ("group_owner", "tentative")
    assert made["available_actions"] == ["complete", "cancel"]
    assert seats_of(made) == (0, 3)
    assert not is_offered(shop, {"start": wanted["start"]})


def test_get_group_bookings_lists_what_a_page_may_offer(
    browser_sdk: Sdk, shop: Shop, lesson: Json
) -> None:
    local = browser_sdk.configured(timezone="Asia/Kolkata")
    query = {"params": {"search": f"project.id:{shop.project_id}"}}
    answer = local.call("getGroupBookings", carry=query)
    (shown,) = answer.data
    assert shown["id"] == lesson["id"]
    assert shown["resource"]["id"] == shop.resource_id
    assert shown["attributes"]["event_info"]["start"].endswith("+05:30")
    assert shown["attributes"]["event_info"]["what"] == "Guitar for beginners"
    assert shown["available_actions"] == ["complete", "cancel"]
    assert seats_of(shown) == (0, 2)
    assert answer.meta_data["total"] == 1


def test_get_group_booking_gives_one_and_its_seats(sdk: Sdk, shop: Shop, lesson: Json) -> None:
    taken = sdk.call("createBooking", seat(lesson)).data
    shown = sdk.call("getGroupBooking", {"id": lesson["id"]}).data
    assert seats_of(shown) == (1, 2)
    assert [each["id"] for each in shown["bookings"]] == [taken["id"]]


def test_get_group_booking_keeps_customers_from_the_public_key(
    browser_sdk: Sdk, shop: Shop, lesson: Json
) -> None:
    shop.take_seat(lesson, "Jennifer Parker")
    answer = browser_sdk.call("getGroupBooking", {"id": lesson["id"]})
    assert seats_of(answer.data) == (1, 2)
    assert "bookings" not in answer.data
    assert answer.data["customers"] == []


def test_the_address_that_older_versions_ask_for_a_class_works_too(
    api: httpx.Client, sdk: Sdk, lesson: Json
) -> None:
    """Versions 1.7 to 1.17 had id and word the other way round."""
    old = api.get(f"bookings/{lesson['id']}/groups")
    assert old.status_code == 200
    assert old.json()["data"] == sdk.call("getGroupBooking", {"id": lesson["id"]}).data


def test_create_booking_takes_a_seat_with_the_time_of_the_class(
    browser_sdk: Sdk, shop: Shop, lesson: Json
) -> None:
    other = shop.slots()[-1]
    sent_along = {"start": other["start"], "end": other["end"], "what": "Something else"}
    answer = browser_sdk.call("createBooking", seat(lesson, **sent_along))
    assert answer.data["state"] == "confirmed"
    info = answer.data["attributes"]["event_info"]
    assert info["start"] == lesson["attributes"]["event_info"]["start"]
    assert info["what"] == "Guitar for beginners"
    assert shop.seats_taken(lesson) == 1
    assert is_offered(shop, other), "a seat takes no other time"


def test_create_booking_of_a_seat_in_a_full_class_is_refused(
    browser_sdk: Sdk, shop: Shop, lesson: Json
) -> None:
    for _ in range(2):
        browser_sdk.call("createBooking", seat(lesson))
    full = browser_sdk.refused("createBooking", seat(lesson))
    assert (full.status, full.data) == (422, {"error": "No available seats"})
    query = {"params": {"search": f"project.id:{shop.project_id}"}}
    assert browser_sdk.call("getGroupBookings", carry=query).data == []


def test_create_booking_holds_a_seat_until_it_is_paid(sdk: Sdk, shop: Shop, lesson: Json) -> None:
    held = sdk.call("createBooking", seat(lesson, "group_customer_payment")).data
    assert held["state"] == "tentative"
    assert held["available_actions"] == ["pay", "cancel_by_customer", "cancel_by_owner"]
    assert shop.seats_taken(lesson) == 1
    paid = sdk.call("updateBooking", {"id": held["id"], "action": "pay"}).data
    assert paid["state"] == "paid"
    assert shop.seats_taken(lesson) == 1


@pytest.mark.parametrize("graph", ["group_customer", "group_customer_payment"])
@pytest.mark.parametrize("action", ["cancel_by_customer", "cancel_by_owner"])
def test_update_booking_gives_a_seat_back(
    sdk: Sdk, shop: Shop, lesson: Json, graph: str, action: str
) -> None:
    taken = sdk.call("createBooking", seat(lesson, graph)).data
    say = {"id": taken["id"], "action": action, action: {"message": "Broke a string"}}
    gone = sdk.call("updateBooking", say).data
    assert gone["state"] == action.replace("cancel", "cancelled")
    assert shop.seats_taken(lesson) == 0


def test_update_booking_calls_a_class_off_for_everybody(sdk: Sdk, shop: Shop, lesson: Json) -> None:
    taken = sdk.call("createBooking", seat(lesson)).data
    say = {"id": lesson["id"], "action": "cancel", "cancel": {"message": "The gym is flooded"}}
    assert sdk.call("updateBooking", say).data["state"] == "cancelled"
    shown = sdk.call("getBooking", {"id": taken["id"]}, include=["logs", "owner_booking"]).data
    assert shown["state"] == "cancelled_by_owner"
    assert shown["logs"][-1]["message"] == "The gym is flooded"
    assert shown["owner_booking"]["state"] == "cancelled"
    assert sdk.refused("createBooking", seat(lesson)).status == 422


def test_reschedule_booking_of_a_seat_is_refused(sdk: Sdk, shop: Shop, lesson: Json) -> None:
    taken = sdk.call("createBooking", seat(lesson)).data
    other = shop.slots()[-1]
    say = {"id": taken["id"], "start": other["start"], "end": other["end"]}
    refused = sdk.refused("rescheduleBooking", {**say, "resourceId": shop.resource_id})
    assert refused.status == 422
    assert "cannot be rescheduled" in refused.data["error"]
    assert shop.seats_taken(lesson) == 1


def test_get_bookings_finds_every_graph(sdk: Sdk, shop: Shop, lesson: Json) -> None:
    sdk.call("createBooking", seat(lesson))
    sdk.call("createBooking", order(shop, shop.slots()[1], "instant_payment"))
    sdk.call("reserveBooking", reservation(shop, shop.slots()[2]))
    for graph in ("group_owner", "group_customer", "instant_payment", "reservation"):
        search = f"project.id:{shop.project_id};graph:{graph}"
        found = sdk.call("getBookings", carry={"params": {"search": search}}).data
        assert [each["graph"] for each in found] == [graph]


# --- reservations


def reservation(shop: Shop, slot: Json, **given: Json) -> Json:
    return {
        "projectId": shop.project_id,
        "resourceId": shop.resource_id,
        "start": slot["start"],
        "end": slot["end"],
        "what": "Guitar lesson",
        "where": "Hill Valley",
        "reservationTime": 120,
        **given,
    }


def test_reserve_booking_keeps_others_out_until_it_is_booked(browser_sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    answer = browser_sdk.call("reserveBooking", reservation(shop, slot))
    assert answer.status == 201
    held = answer.data
    assert (held["graph"], held["state"], held["completed"]) == ("reservation", "reserved", False)
    assert not is_offered(shop, slot)
    assert browser_sdk.refused("createBooking", order(shop, slot, "instant")).status == 422

    wanted = {"reservationId": held["id"], "graph": "instant", "customer": MARTY}
    booked = browser_sdk.call("createBooking", wanted).data
    assert booked["state"] == "confirmed"
    assert booked["attributes"]["event_info"]["start"] == slot["start"]
    twice = browser_sdk.refused("createBooking", wanted)
    assert (twice.status, twice.data) == (422, {"error": "The reservation is converted"})


def test_reserve_booking_of_a_taken_slot_is_refused(browser_sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    shop.book(slot)
    refused = browser_sdk.refused("reserveBooking", reservation(shop, slot))
    assert refused.data == {"error": "The requested timeslot is not available"}


def test_reserve_booking_holds_a_seat(browser_sdk: Sdk, shop: Shop, lesson: Json) -> None:
    related = {"ownerBookingId": lesson["id"]}
    asked = {"related": related, "graph": "group_customer", "reservationTime": 120}
    held = browser_sdk.call("reserveBooking", asked).data
    assert shop.seats_taken(lesson) == 1
    wanted = {"reservationId": held["id"], "customer": MARTY}
    booked = browser_sdk.call("createBooking", wanted).data
    assert (booked["graph"], booked["state"]) == ("group_customer", "confirmed")
    assert shop.seats_taken(lesson) == 1


def test_extend_reserved_booking_counts_from_now(browser_sdk: Sdk, shop: Shop) -> None:
    held = browser_sdk.call("reserveBooking", reservation(shop, shop.slots()[0])).data
    assert 60 < seconds_left(held) <= 120
    say = {"reservationId": held["id"], "reservationTime": 300}
    answer = browser_sdk.call("extendReservedBooking", say)
    assert answer.status == 200
    assert answer.data["id"] == held["id"]
    assert 240 < seconds_left(answer.data) <= 300


def test_extend_reserved_booking_of_what_ran_out_is_refused(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    held = sdk.call("reserveBooking", reservation(shop, slot, reservationTime=1)).data
    wait_until_over(held)
    refused = sdk.refused("extendReservedBooking", {"reservationId": held["id"]})
    assert (refused.status, refused.data) == (422, {"error": "The reservation is expired"})
    assert is_offered(shop, slot)
