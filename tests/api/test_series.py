"""Series of bookings over HTTP."""

from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant
from tests.support.document import conform

NINE, TEN = "2030-10-22T09:00:00+02:00", "2030-10-22T10:00:00+02:00"
"""A Tuesday; on Sunday after it the clocks of Copenhagen go back."""

TAKEN = "The requested timeslot is not available"


def body(tenant: Tenant, resource_id: str | None, **given: Json) -> Json:
    usual = {"rrule": "FREQ=WEEKLY;COUNT=3", "timezone": "Europe/Copenhagen"}
    return {**tenant.order(resource_id, NINE, TEN), **usual, **given}


async def test_a_series_is_booked_at_the_same_time_of_day_and_read_back(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    zone = {"Timekit-Timezone": "Europe/Copenhagen"}

    answer = await tenant.api.post(
        "/bookings/series?include=meta", body(tenant, doc, meta={"a": 1}), headers=zone
    )

    assert answer.status_code == 201, answer.text
    await conform(answer)
    made = answer.json()["data"]
    assert [(each["start"], each["end"]) for each in made["occurrences"]] == [
        ("2030-10-22T09:00:00+02:00", "2030-10-22T10:00:00+02:00"),
        ("2030-10-29T09:00:00+01:00", "2030-10-29T10:00:00+01:00"),
        ("2030-11-05T09:00:00+01:00", "2030-11-05T10:00:00+01:00"),
    ]
    booked = [each["booking"] for each in made["occurrences"]]
    assert [each["error"] for each in made["occurrences"]] == [None] * 3
    assert {(each["series_id"], each["meta"]["a"]) for each in booked} == {(made["id"], 1)}
    found = await tenant.api.found(f"/bookings/series/{made['id']}?include=meta", headers=zone)
    assert found["bookings"] == booked
    assert {key: found[key] for key in ("rrule", "timezone", "mode", "start", "end")} == {
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "timezone": "Europe/Copenhagen",
        "mode": "all_or_nothing",
        "start": NINE,
        "end": TEN,
    }
    listed = await tenant.api.found("/bookings", params={"search": f"series.id:{made['id']}"})
    assert len(listed) == 3
    alone = await tenant.api.created(
        "/bookings", tenant.order(doc, "2030-10-22T12:00Z", "2030-10-22T13:00Z")
    )
    assert "series_id" not in alone


async def test_a_time_that_is_taken_spoils_all_or_is_left_out(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    taken = tenant.order(doc, "2030-10-29T08:30:00Z", "2030-10-29T09:30:00Z")
    await tenant.api.created("/bookings", taken)

    spoilt = await tenant.api.post("/bookings/series", body(tenant, doc))
    answer = await tenant.api.post("/bookings/series", body(tenant, doc, mode="as_many_as_free"))

    assert spoilt.status_code == 422
    assert spoilt.json() == {"error": TAKEN, "errors": {"2030-10-29T09:00:00+01:00": [TAKEN]}}
    assert answer.status_code == 201
    await conform(answer)
    found = answer.json()["data"]["occurrences"]
    assert [(bool(each["booking"]), each["error"]) for each in found] == [
        (True, None),
        (False, TAKEN),
        (True, None),
    ]
    assert len(await tenant.api.found("/bookings")) == 3


async def test_a_series_is_called_off_from_one_moment_on(tenant: Tenant) -> None:
    doc = (await tenant.resource())["id"]
    made = await tenant.api.created("/bookings/series", body(tenant, doc))
    path = f"/bookings/series/{made['id']}/cancel?include=logs"

    answer = await tenant.api.put(path, {"from": "2030-10-29T09:00:00+01:00", "message": "ill"})

    assert answer.status_code == 200
    await conform(answer)
    first, *others = answer.json()["data"]["bookings"]
    assert first["state"] == "confirmed"
    assert [each["state"] for each in others] == ["cancelled", "cancelled"]
    assert [each["logs"][-1]["message"] for each in others] == ["ill", "ill"]
    whole = await tenant.api.put(path, [])
    assert [each["state"] for each in whole.json()["data"]["bookings"]] == ["cancelled"] * 3


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"rrule": None}, {"rrule": ["The rrule field is required."]}),
        ({"rrule": "FREQ=DAILY"}, {"rrule": ["The rrule must end: give it a COUNT or an UNTIL."]}),
        ({"mode": "some"}, {"mode": ["The mode is invalid."]}),
        ({"timezone": "Mars"}, {"timezone": ["The timezone must be a valid zone."]}),
        (
            {"graph": "instant_payment"},
            {
                "graph": [
                    "A series can be made in the graphs instant, confirm_decline, group_owner."
                ]
            },
        ),
        ({"start": "noon or so"}, {"start": ["The start is not a valid date."]}),
        ({"start": None}, {"start": ["The start field is required."]}),
        ({"start": "9999-12-31T23:00:00Z", "end": "9999-12-31T23:30:00Z"}, None),
        ({"start": "0001-01-01T00:00:00Z", "end": "0001-01-01T01:00:00Z"}, None),
    ],
)
async def test_what_makes_no_series_is_refused(tenant: Tenant, given: Json, errors: Json) -> None:
    doc = (await tenant.resource())["id"]

    answer = await tenant.api.post("/bookings/series", body(tenant, doc, **given))

    assert answer.status_code == 422
    assert answer.json() == {"errors": errors} or errors is None
    assert await tenant.api.found("/bookings") == []


async def test_a_series_that_is_not_there_is_not_found(tenant: Tenant) -> None:
    for answer in (
        await tenant.api.get(f"/bookings/series/{uuid4()}"),
        await tenant.api.get("/bookings/series/1"),
        await tenant.api.put(f"/bookings/series/{uuid4()}/cancel", {}),
    ):
        assert answer.status_code == 404
        assert answer.json() == {"error": "Resource does not exist", "model": "Series"}
    wrong = await tenant.api.put(f"/bookings/series/{uuid4()}/cancel", {"from": "some day"})
    assert wrong.json() == {"errors": {"from": ["The from is not a valid date."]}}
