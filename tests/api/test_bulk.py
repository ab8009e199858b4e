"""Many bookings in one call, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant
from tests.support.document import conform

from slotkeeper.services.bulk import ITEMS_MAX

TAKEN = "The requested timeslot is not available"


def hours(hour: int) -> tuple[str, str]:
    return f"2030-05-07T{hour:02}:00:00+00:00", f"2030-05-07T{hour + 1:02}:00:00+00:00"


async def sent(tenant: Tenant, *orders: Json, status: int = 201, **given: Json) -> Any:
    answer = await tenant.api.post(
        "/bookings/bulk?include=meta,bulked_bookings", {"bookings": list(orders), **given}
    )
    assert answer.status_code == status, answer.text
    await conform(answer)
    return answer.json()


async def test_each_item_is_answered_in_its_place(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    await tenant.api.created("/bookings", tenant.order(doc, *hours(9)))

    answer = await sent(
        tenant,
        tenant.order(doc, *hours(11), meta={"first": 1}),
        tenant.order(doc, *hours(9)),
        tenant.order(str(uuid4()), *hours(10)),
        tenant.order(doc, *hours(10), graph="unheard_of"),
        tenant.order(doc, *hours(10)),
    )

    first, *refused, last = answer["data"]
    assert (first["state"], first["meta"]) == ("confirmed", {"first": 1})
    assert refused == [
        {"index": 1, "error": TAKEN},
        {"index": 2, "error": "Resource does not exist", "model": "Resource"},
        {"index": 3, "errors": {"graph": ["graph is invalid"]}},
    ]
    assert last["attributes"]["event_info"]["start"] == hours(10)[0]
    listed = await tenant.api.found("/bookings")
    assert len(listed) == 3


async def test_all_or_nothing_answers_422_and_leaves_nothing(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    await tenant.api.created("/bookings", tenant.order(doc, *hours(9)))

    orders = [tenant.order(doc, *hours(hour)) for hour in (11, 9)]
    refused = await sent(tenant, *orders, status=422, delete_all_on_error=True)

    assert refused == {"error": TAKEN, "errors": {"bookings.1": [TAKEN]}}
    assert len(await tenant.api.found("/bookings")) == 1
    made = await sent(tenant, *orders[:1], delete_all_on_error=True)
    assert [each["state"] for each in made["data"]] == ["confirmed"]


async def test_it_stops_where_it_is_told_to(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]

    orders = [tenant.order(doc, *hours(hour)) for hour in (9, 9, 10)]
    answer = await sent(tenant, *orders, stop_on_first_error=True)

    assert answer["data"][1:] == [{"index": 1, "error": TAKEN}]
    assert len(await tenant.api.found("/bookings")) == 1


@pytest.mark.parametrize(
    ("orders", "errors"),
    [
        ([], {"bookings": ["The bookings must have at least 1 items."]}),
        (None, {"bookings": ["The bookings must be an array."]}),
        (
            [{}, {"start": "x", "end": "y", "customer": {"name": "M", "email": "nobody"}}],
            {
                "bookings.0.start": ["The bookings.0.start field is required."],
                "bookings.0.end": ["The bookings.0.end field is required."],
                "bookings.1.customer.email": [
                    "The bookings.1.customer.email must be a valid email address."
                ],
            },
        ),
        (
            [{"start": "x", "end": "y"}, {"start": "tomorrow", "end": "no day"}],
            {
                "bookings.0.start": ["The start is not a valid date."],
                "bookings.1.end": ["The end is not a valid date."],
            },
        ),
    ],
)
async def test_what_cannot_be_read_is_named_by_its_place(
    tenant: Tenant, orders: Json, errors: Json
) -> None:
    answer = await tenant.api.post("/bookings/bulk", {"bookings": orders})

    assert answer.status_code == 422
    assert answer.json() == {"errors": errors}


async def test_as_many_as_the_limit_are_taken_and_one_more_is_not(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    short = {"resource_id": doc, "graph": "instant", "what": "x"}
    short["customer"] = {"name": "M", "email": "m@example.com"}
    days = [f"2030-{5 + n // 25:02}-{1 + n % 25:02}" for n in range(ITEMS_MAX + 1)]
    orders = [{**short, "start": f"{day} 09:00", "end": f"{day} 09:30"} for day in days]

    answer = await tenant.api.post("/bookings/bulk", {"bookings": orders})
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {"bookings": [f"The bookings may not have more than {ITEMS_MAX} items."]}
    }
    made = await sent(tenant, *orders[:-1])
    assert [each.get("state") for each in made["data"]] == ["confirmed"] * ITEMS_MAX


async def test_related_bookings_are_shown_and_act_together(tenant: Tenant) -> None:
    people = [(await tenant.resource())["id"] for _ in range(3)]
    orders = [tenant.order(each, *hours(9)) for each in people]

    made = (await sent(tenant, *orders, relate_bookings=True))["data"]

    ids = {each["id"] for each in made}
    for each in made:
        others = each["bulked_bookings"]
        assert {other["id"] for other in others} == ids - {each["id"]}
        assert all(other["calendar"] for other in others)
    first, second, third = (f"/bookings/{each['id']}" for each in made)
    say = {"cancel": {"message": "ill"}, "apply_to_bulked_bookings": False}
    answer = await tenant.api.put(f"{first}/cancel", say)
    assert answer.json()["data"]["state"] == "cancelled"
    assert (await tenant.api.found(second))["state"] == "confirmed"
    assert (await tenant.api.put(f"{second}/complete", [])).status_code == 200
    assert (await tenant.api.found(third))["state"] == "completed"
    assert (await tenant.api.found(first))["state"] == "cancelled"


async def test_bookings_that_were_not_related_are_not(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    made = (await sent(tenant, *[tenant.order(doc, *hours(hour)) for hour in (9, 10)]))["data"]

    await tenant.api.put(f"/bookings/{made[0]['id']}/cancel")

    assert made[0]["bulked_bookings"] == []
    assert (await tenant.api.found(f"/bookings/{made[1]['id']}"))["state"] == "confirmed"


async def test_many_are_acted_on_at_once(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    made = (await sent(tenant, *[tenant.order(doc, *hours(hour)) for hour in (9, 10)]))["data"]
    nobody = str(uuid4())
    deeds = [
        {"id": made[0]["id"], "action": "cancel", "cancel": {"message": "ill"}},
        {"id": nobody, "action": "cancel"},
        {"id": made[1]["id"], "action": "pay"},
        {"id": made[1]["id"], "action": "complete", "meta": {"paid": True}},
    ]

    answer = await tenant.api.put("/bookings/bulk?include=logs,meta", {"bookings": deeds})

    assert answer.status_code == 200
    await conform(answer)
    cancelled, *refused, completed = answer.json()["data"]
    assert cancelled["logs"][-1]["message"] == "ill"
    assert (completed["state"], completed["meta"]) == ("completed", {"paid": True})
    assert refused == [
        {"index": 1, "id": nobody, "error": "Resource does not exist", "model": "Booking"},
        {
            "index": 2,
            "id": made[1]["id"],
            "error": "Cannot apply action 'pay' to current state 'confirmed'",
        },
    ]


async def test_all_are_reset_when_one_is_refused(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    made = (await sent(tenant, *[tenant.order(doc, *hours(hour)) for hour in (9, 10)]))["data"]
    deeds = [{"id": made[0]["id"], "action": "cancel"}, {"id": made[1]["id"], "action": "pay"}]

    answer = await tenant.api.put("/bookings/bulk", {"bookings": deeds, "reset_all_on_error": True})

    assert answer.status_code == 422
    text = "Cannot apply action 'pay' to current state 'confirmed'"
    assert answer.json() == {"error": text, "errors": {"bookings.1": [text]}}
    assert (await tenant.api.found(f"/bookings/{made[0]['id']}"))["state"] == "confirmed"


async def test_nobody_acts_on_bookings_of_another_app(tenant: Tenant, other_tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    made = (await sent(tenant, tenant.order(doc, *hours(9)), relate_bookings=True))["data"]

    answer = await other_tenant.api.put(
        "/bookings/bulk", {"bookings": [{"id": made[0]["id"], "action": "cancel"}]}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] == {"bookings.0": ["Resource does not exist"]}
    assert (await tenant.api.found(f"/bookings/{made[0]['id']}"))["state"] == "confirmed"


async def test_a_bulk_is_made_once_under_an_idempotency_key(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    body = {"bookings": [tenant.order(doc, *hours(hour)) for hour in (9, 10)]}
    headers = {"Idempotency-Key": "one-and-only"}

    answers = [await tenant.api.post("/bookings/bulk", body, headers=headers) for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(await tenant.api.found("/bookings")) == 2
