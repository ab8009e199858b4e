"""Everything that was told about a booking, over HTTP: webhooks and mails in one log."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.support.outbox import due

from slotkeeper.domain.delivery import Delivery, Outcome
from slotkeeper.edge.parts import Parts
from slotkeeper.services import deliveries, reminders

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
SECRETIVE = "https://doc:flux@hill.example/bookings?token=gigawatts"
CREATED = "2030-05-06T08:00:00+0000"
SENT = Outcome(status=200, milliseconds=7)


async def booked(tenant: Tenant, **given: Json) -> str:
    doc = await tenant.resource(email=f"{uuid4()}@example.com")
    order = tenant.order(doc["id"], NINE, TEN, **given)
    return str((await tenant.api.created("/bookings", order))["id"])


async def log(tenant: Tenant, booking_id: str, search: str = "") -> list[Any]:
    params = {"search": search}
    found: list[Any] = await tenant.api.found(f"/bookings/{booking_id}/deliveries", params=params)
    return found


async def attempted(parts: Parts, tenant: Tenant, outcome: Outcome) -> list[Delivery]:
    """Let the worker's next round end so for everything of the app that is due."""
    async with parts.database.transaction() as tx:
        of_tenant = await due(tx, tenant.app_id)
        await deliveries.finish(tx, [(each, outcome) for each in of_tenant], chance=0.5)
    return of_tenant


async def test_webhooks_and_mails_stand_in_one_log_without_what_is_secret(
    tenant: Tenant, parts: Parts
) -> None:
    webhook_id = await tenant.webhook(SECRETIVE)
    own = {"url": "https://mill.example/?key=1", "method": "get"}
    booking_id = await booked(tenant, webhooks=[{}, own])

    shown = await log(tenant, booking_id)

    assert [
        (each["channel"], each["letter"], each["audience"], each["webhook_id"], each["url"])
        for each in shown
    ] == [
        ("mail", "booking_confirmed_customer", "customer", None, None),
        ("mail", "booking_confirmed_owner", "owner", None, None),
        ("webhook", None, None, None, "https://mill.example/"),
        ("webhook", None, None, webhook_id, "https://hill.example/bookings"),
    ]
    assert shown[2] == {
        "id": shown[2]["id"],
        "channel": "webhook",
        "kind": "state",
        "status": "waiting",
        "state": "confirmed",
        "action": "confirm",
        "letter": None,
        "audience": None,
        "webhook_id": None,
        "url": "https://mill.example/",
        "method": "get",
        "next_attempt_at": CREATED,
        "created_at": CREATED,
        "finished_at": None,
        "attempts": [],
    }
    echo = Outcome(status=500, error="answered 500", excerpt="Marty McFly")
    await attempted(parts, tenant, echo)
    text = (await tenant.api.get(f"/bookings/{booking_id}/deliveries")).text
    assert "answered 500" in text
    for secret in ("flux", "gigawatts", "key=1", "marty@example.com", "McFly"):
        assert secret not in text


async def test_each_attempt_is_told_with_what_came_of_it(tenant: Tenant, parts: Parts) -> None:
    await tenant.webhook()
    booking_id = await booked(tenant)
    await attempted(parts, tenant, Outcome(error="time-out after 10 s", milliseconds=10_000))

    for each in await log(tenant, booking_id):
        assert (each["status"], each["finished_at"]) == ("waiting", None)
        assert each["next_attempt_at"] == "2030-05-06T08:00:10+0000"
        assert each["attempts"] == [
            {
                "number": 1,
                "started_at": "2030-05-06T07:59:50+0000",
                "milliseconds": 10_000,
                "status": None,
                "error": "time-out after 10 s",
            }
        ]


async def test_a_reminder_joins_the_log_when_it_is_due(
    tenant: Tenant, parts: Parts, clock: TestClock
) -> None:
    before = {"type": "before", "unit": "hours", "time": 2}
    call = {"type": "webhook", "settings": {"url": SECRETIVE, "method": "post"}, "when": before}
    mail = {"type": "email", "settings": {"recipient": "customer", "subject": "S"}, "when": before}
    booking_id = await booked(tenant, reminders=[call, mail])
    assert await log(tenant, booking_id, "kind:reminder") == []

    clock.now += timedelta(hours=23)
    async with parts.database.transaction() as tx:
        while await reminders.ring_due(tx, most=100):
            pass

    found = await log(tenant, booking_id, "kind:reminder")
    assert {(each["channel"], each["letter"], each["url"], each["state"]) for each in found} == {
        ("mail", "reminder_customer", None, "confirmed"),
        ("webhook", None, "https://hill.example/bookings", "confirmed"),
    }
    assert {each["action"] for each in found} == {None}


async def test_the_log_is_paged_newest_first_and_searched(tenant: Tenant, parts: Parts) -> None:
    webhook_id = await tenant.webhook(state="cancelled")
    booking_id = await booked(tenant)
    await attempted(parts, tenant, SENT)
    await tenant.api.put(f"/bookings/{booking_id}/cancel")

    assert [(each["state"], each["status"]) for each in await log(tenant, booking_id)] == [
        *[("cancelled", "waiting")] * 3,
        *[("confirmed", "delivered")] * 2,
    ]
    for search, count in (
        ("channel:mail", 4),
        ("channel:mail;status:waiting", 2),
        ("audience:owner", 2),
        ("letter:booking_cancelled_customer", 1),
        (f"webhook.id:{webhook_id}", 1),
        ("state:completed", 0),
    ):
        assert len(await log(tenant, booking_id, search)) == count, search
    page = (await tenant.api.get(f"/bookings/{booking_id}/deliveries?limit=2&page=3")).json()
    assert (page["total"], [each["letter"] for each in page["data"]]) == (
        5,
        ["booking_confirmed_owner"],
    )
    unknown = await tenant.api.get(f"/bookings/{booking_id}/deliveries?search=url:x")
    assert unknown.status_code == 422


async def test_each_booking_has_its_own_log_also_seats_and_their_class(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com")
    lesson: Json = {"graph": "group_owner", "settings": {"max_seats": 2}}
    owner = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN, **lesson))
    seat: Json = {"graph": "group_customer", "related": {"owner_booking_id": owner["id"]}}
    first, second = [
        await tenant.api.created("/bookings", tenant.order(None, NINE, TEN, **seat))
        for _ in range(2)
    ]
    assert await log(tenant, owner["id"]) == []
    ids = [{each["id"] for each in await log(tenant, one["id"])} for one in (first, second)]
    assert [len(each) for each in ids] == [2, 2]
    assert not ids[0] & ids[1]


async def test_what_had_nothing_to_say_was_dropped_without_an_attempt(
    tenant: Tenant, parts: Parts
) -> None:
    booking_id = await booked(tenant)
    async with parts.database.transaction() as tx:
        await deliveries.drop(tx, await due(tx, tenant.app_id))

    shown = await log(tenant, booking_id)

    assert [(each["status"], each["attempts"]) for each in shown] == [("dropped", [])] * 2
    assert {each["finished_at"] for each in shown} == {CREATED}


async def test_a_mail_is_sent_again_on_demand(tenant: Tenant, parts: Parts) -> None:
    booking_id = await booked(tenant)
    await attempted(parts, tenant, Outcome())
    [delivered] = await log(tenant, booking_id, "audience:customer")
    assert (delivered["status"], delivered["next_attempt_at"]) == ("delivered", None)

    again = f"/bookings/{booking_id}/deliveries/{delivered['id']}/replay"
    assert (await tenant.api.post(again)).status_code == 204

    [waiting] = await log(tenant, booking_id, "status:waiting")
    assert (waiting["id"], waiting["letter"]) == (delivered["id"], "booking_confirmed_customer")
    [due] = await attempted(parts, tenant, Outcome())
    assert (str(due.id), due.attempts, due.attempts_before) == (delivered["id"], 2, 1)


async def test_only_what_is_about_the_booking_is_sent_again_with_it(
    tenant: Tenant, parts: Parts
) -> None:
    one, other = await booked(tenant), await booked(tenant)
    await attempted(parts, tenant, Outcome())
    foreign = (await log(tenant, other))[0]["id"]
    for delivery_id in (foreign, str(uuid4())):
        answer = await tenant.api.post(f"/bookings/{one}/deliveries/{delivery_id}/replay")
        assert (answer.status_code, answer.json()["model"]) == (404, "Delivery")
    assert await attempted(parts, tenant, Outcome()) == []


async def test_a_booking_that_is_gone_has_no_log(tenant: Tenant) -> None:
    booking_id = await booked(tenant)
    await tenant.api.put(f"/bookings/{booking_id}/cancel")
    assert (await tenant.api.delete(f"/bookings/{booking_id}")).status_code == 204
    for path in (f"/bookings/{booking_id}/deliveries", f"/bookings/{uuid4()}/deliveries"):
        answer = await tenant.api.get(path)
        assert (answer.status_code, answer.json()["model"]) == (404, "Booking")
