"""What customers may ask for about themselves, over HTTP: their data, and to be forgotten."""

import json

from tests.support.client import Json, Tenant
from tests.support.outbox import due

from slotkeeper.domain.delivery import Channel, Delivery, Hearers, Kind, News, Outcome
from slotkeeper.edge.parts import Parts
from slotkeeper.services import announcements, deliveries

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
MARTY = {"name": "Marty McFly", "email": "marty@example.com"}
SECRETS = ("marty", "mcfly", "hoverboard", "555-1985", "late again")


LISTS = ("bookings", "events", "waiting_list", "announcements")


async def known(tenant: Tenant) -> Json:
    """Leave traces of Marty wherever a customer can leave some; return his booking."""
    for state in ("confirmed", "cancelled_by_customer"):
        await tenant.webhook(state=state)
    doc = await tenant.resource()
    form = {**MARTY, "phone": "555-1985", "comment": "My hoverboard is broken"}
    order = tenant.order(
        doc["id"],
        NINE,
        TEN,
        what="Consultation x Marty McFly",
        description="Name: Marty McFly\nComment: My hoverboard is broken",
        customer=form,
        participants=["Marty@example.com", "jennifer@example.com"],
        meta={"nickname": "mcfly"},
    )
    booking = await tenant.api.created(
        "/bookings?include=resource", order, headers={"Idempotency-Key": f"once-{doc['id']}"}
    )
    late = tenant.order(doc["id"], TEN, ELEVEN, customer={**MARTY, "email": "MARTY@Example.com"})
    cancelled = await tenant.api.created("/bookings", late)
    body = {"cancel_by_customer": {"message": "I am late again"}}
    await tenant.api.put(f"/bookings/{cancelled['id']}/cancel_by_customer", body)
    event = {"calendar_id": doc["calendars"][0]["id"], "what": "Party", "where": ""}
    guests = {"participants": ["marty@example.com"]}
    await tenant.api.created("/events", {**event, **guests, "start": TEN, "end": ELEVEN})
    other = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(other["id"], NINE, TEN, customer=BIFF))
    wait = {"resource_id": other["id"], "start": NINE, "end": TEN, "customer": MARTY}
    await tenant.api.created("/bookings/waitlist", {**wait, "what": "Consultation"})
    return booking


BIFF = {"name": "Biff Tannen", "email": "biff@example.com"}


async def everything(tenant: Tenant) -> str:
    """Return all that the owner can see, in lower case."""
    seen = [
        await tenant.api.found(f"/bookings?include={'logs,event,meta,settings,attributes'}"),
        await tenant.api.found("/events?start=2030-05-01&end=2030-06-01"),
        await tenant.api.found("/bookings/waitlist"),
    ]
    hooks = await tenant.api.found("/webhooks")
    seen += [await tenant.api.found(f"/webhooks/{each['id']}/deliveries") for each in hooks]
    return json.dumps(seen).lower()


async def exported(tenant: Tenant, email: str = "marty@example.com") -> Json:
    answer = await tenant.api.post("/customers/export", {"email": email})
    assert answer.status_code == 200
    return answer.json()["data"]


async def test_a_customer_gets_all_that_is_held_about_them(tenant: Tenant) -> None:
    await known(tenant)

    held = await exported(tenant, "Marty@Example.COM")

    assert len(held["bookings"]) == 2
    assert held["bookings"][0]["customer_custom"] == {"comment": "My hoverboard is broken"}
    assert held["bookings"][1]["log"][-1]["message"] == "I am late again"
    assert sorted(each["what"] for each in held["events"]) == [
        "Consultation x Marty McFly",
        "Party",
    ]
    assert len(held["waiting_list"]) == 1
    told = held["announcements"][0]
    assert told["booking"]["customer_custom"] == {"comment": "My hoverboard is broken"}
    assert told["told_to"][0]["url"] == "http://hook.invalid/"
    assert "biff" not in json.dumps(held).lower()


async def test_who_is_forgotten_is_nowhere_and_their_time_stays_taken(tenant: Tenant) -> None:
    booking = await known(tenant)
    before = await everything(tenant)
    assert all(each in before for each in SECRETS)

    answer = await tenant.api.post("/customers/erase", {"email": "marty@example.com"})

    assert answer.status_code == 200
    erased = answer.json()["data"]
    assert erased.pop("announcements") >= 3  # webhooks of two bookings that began, one that ended
    assert erased == {
        "bookings": 2,
        "events": 1,
        "participations": 3,
        "waiting_list": 1,
        "kept_answers": 1,
        "bookings_ahead": 1,
    }
    after = await everything(tenant)
    assert [each for each in SECRETS if each in after] == []
    assert "biff@example.com" in after
    assert "jennifer@example.com" in after
    assert {each: [] for each in LISTS} == {
        kind: rows for kind, rows in (await exported(tenant)).items() if kind != "email"
    }
    taken = tenant.order(booking["resource"]["id"], NINE, TEN)
    assert (await tenant.api.post("/bookings", taken)).status_code == 422


async def test_the_booking_of_nobody_lives_on(tenant: Tenant) -> None:
    booking = await known(tenant)
    await tenant.api.post("/customers/erase", {"email": "marty@example.com"})

    shown = (await tenant.api.get(f"/bookings/{booking['id']}?include=logs,meta")).json()["data"]

    assert (shown["state"], shown["meta"]) == ("confirmed", {})
    assert (shown["customers"][0]["name"], shown["customers"][0]["email"]) == ("", "")
    assert shown["attributes"]["event_info"]["start"] == NINE
    assert (shown["logs"][-1]["action"], shown["logs"][-1]["actor"]) == ("erase", "api_key")
    answer = await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert answer.json()["data"]["state"] == "cancelled"


async def test_a_stranger_to_the_app_is_held_nowhere(tenant: Tenant, other_tenant: Tenant) -> None:
    await known(tenant)

    held = await exported(other_tenant)
    erased = await other_tenant.api.post("/customers/erase", {"email": "marty@example.com"})

    assert all(held[each] == [] for each in LISTS)
    assert set(erased.json()["data"].values()) == {0}
    assert len((await exported(tenant))["bookings"]) == 2


async def test_an_address_that_is_none_is_refused(tenant: Tenant) -> None:
    for path in ("/customers/export", "/customers/erase"):
        answer = await tenant.api.post(path, {"email": "marty"})
        assert answer.status_code == 422
        assert answer.json() == {"errors": {"email": ["The email must be a valid email address."]}}


def answered(delivery: Delivery) -> Outcome:
    """Return how a target fails that repeats what it was told."""
    booking = delivery.announcement.booking
    name = booking.customer.name if booking and booking.customer else "Marty McFly"
    if delivery.channel is Channel.MAIL:
        return Outcome(error=f"550 no such user {name}")
    return Outcome(status=500, error="answered 500", excerpt=f"Hello {name}")


async def test_the_log_of_deliveries_forgets_what_targets_said(
    tenant: Tenant, parts: Parts
) -> None:
    await known(tenant)
    letters = Hearers(letters=[("booking_confirmed_customer", "customer")])
    facts = {"email": "Marty@example.com", "name": "McFly"}
    async with parts.database.transaction() as tx:
        news = News(kind=Kind.NOTICE, facts=facts)
        await announcements.notify(tx, tenant.app_id, news, letters)
        of_tenant = await due(tx, tenant.app_id)
        await deliveries.finish(tx, [(each, answered(each)) for each in of_tenant], chance=0.5)

    await tenant.api.post("/customers/erase", {"email": "marty@example.com"})

    async with parts.database.transaction() as tx:
        rows = [
            await tx.values(f"SELECT to_jsonb(t) FROM {table} AS t WHERE app_id = %s", (app_id,))
            for app_id in [tenant.app_id]
            for table in ("announcements", "deliveries", "delivery_attempts")
        ]
        mails = await tx.values(
            "SELECT status FROM deliveries WHERE app_id = %s AND channel = 'mail'",
            (tenant.app_id,),
        )
    told = json.dumps(rows).lower()
    assert [each for each in SECRETS if each in told] == []
    assert "biff@example.com" in told
    assert "hello biff tannen" in told
    assert "dropped" in mails
