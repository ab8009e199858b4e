"""GET /events/availability: when somebody is busy, and nothing else about it."""

from typing import Any

import pytest
from tests.support import people
from tests.support.client import Json, Tenant

PATH = "/events/availability"
DAY = {"start": "2030-05-07T00:00:00Z", "end": "2030-05-08T00:00:00Z"}
EMAIL = "doc@example.com"


@pytest.fixture
async def doc(tenant: Tenant) -> Json:
    return await tenant.resource(first_name="Emmett", last_name="Brown", email=EMAIL)


async def event(tenant: Tenant, doc: Json, start: str, end: str, **given: Any) -> Json:
    body = {
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Secret meeting",
        "where": "Twin Pines Mall",
        "start": start if "T" in start else f"2030-05-07T{start}:00Z",
        "end": f"2030-05-07T{end}:00Z",
        **given,
    }
    return await tenant.api.created("/events", body)


async def busy(tenant: Tenant, **asked: str) -> list[str]:
    query = {"email": EMAIL, **DAY, **asked}
    found = await tenant.api.found(PATH, params=query)
    return [f"{each['start'][11:16]}-{each['end'][11:16]}" for each in found]


async def test_get_events_availability_tells_when_and_not_what(tenant: Tenant, doc: Json) -> None:
    await event(tenant, doc, "09:00", "10:00", participants=["marty@example.com"])

    answer = await tenant.api.get(PATH, params={"email": "DOC@example.com", **DAY})

    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {
                "what": "Emmett is busy!",
                "where": "Undisclosed",
                "start": "2030-05-07T09:00:00+00:00",
                "end": "2030-05-07T10:00:00+00:00",
                "allDay": False,
            }
        ]
    }


async def test_time_of_events_and_bookings_is_told_alike_and_in_one_piece(
    tenant: Tenant, doc: Json
) -> None:
    await event(tenant, doc, "09:00", "10:00")
    await event(tenant, doc, "09:30", "10:30")
    order = tenant.order(doc["id"], "2030-05-07T10:30:00Z", "2030-05-07T11:00:00Z")
    await tenant.api.created("/bookings", order)
    await event(tenant, doc, "12:00", "13:00", rrule="FREQ=DAILY")
    await event(tenant, doc, "15:00", "16:00", busy=False)
    await event(tenant, doc, "17:00", "18:00", rsvp="declined")
    await event(tenant, doc, "2030-05-06T23:00:00Z", "01:00")

    assert await busy(tenant) == ["00:00-01:00", "09:00-11:00", "12:00-13:00"]


async def test_times_are_shown_in_the_zone_and_format_asked_for(tenant: Tenant, doc: Json) -> None:
    await event(tenant, doc, "09:00", "10:00")
    headers = {"Timekit-Timezone": "asia/tokyo", "OutputTimestampFormat": "Y-m-d h:ia"}
    found = await tenant.api.found(PATH, params={"email": EMAIL, **DAY}, headers=headers)
    assert [(each["start"], each["end"]) for each in found] == [
        ("2030-05-07 06:00pm", "2030-05-07 07:00pm")
    ]


async def test_who_is_not_known_here_is_nobody(
    tenant: Tenant, other_tenant: Tenant, doc: Json
) -> None:
    for caller, email in ((tenant.api, "nobody@example.com"), (other_tenant.api, EMAIL)):
        answer = await caller.get(PATH, params={"email": email, **DAY})
        assert answer.status_code == 404
        assert answer.json() == {"error": "Resource does not exist", "model": "Resource"}


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        ({"email": ""}, None),
        ({"start": ""}, {"start": ["The start field is required."]}),
        ({"start": "", "end": ""}, {
            "start": ["The start field is required."], "end": ["The end field is required."],
        }),
        ({"end": "never"}, {"end": ["The end is not a valid date."]}),
        ({"end": DAY["start"]}, {"end": ["The end must be a date after start."]}),
        ({"end": "2031-05-08T00:00:00Z"}, None),
        ({"end": "2031-05-08T00:01:00Z"},
         {"end": ["The end may not be more than 366 days after start."]}),
    ],
)  # fmt: skip
async def test_a_question_has_an_address_and_a_time_of_a_year_at_most(
    tenant: Tenant, doc: Json, asked: Json, errors: Json
) -> None:
    answer = await tenant.api.get(PATH, params={"email": EMAIL, **DAY, **asked})
    if errors is None:
        assert answer.status_code == (404 if "email" in asked else 200)
    else:
        assert (answer.status_code, answer.json()) == (422, {"errors": errors})


async def test_resources_of_an_app_may_ask_about_each_other_and_nobody_else_may(
    tenant: Tenant, other_tenant: Tenant, doc: Json
) -> None:
    await event(tenant, doc, "09:00", "10:00")
    asked = {"email": EMAIL, **DAY}
    for app, kind, status in (
        (tenant, "server-token", 200),
        (tenant, "client-token", 403),
        (other_tenant, "server-token", 404),
    ):
        marty = await app.resource(name="Marty", email=f"{kind}@example.com")
        caller = await people.token_of(app, marty["id"], marty["email"], kind)
        answer = await caller.get(PATH, params=asked)
        assert answer.status_code == status, answer.text
        if status == 200:
            assert [each["what"] for each in answer.json()["data"]] == ["Emmett is busy!"]
            assert doc["id"] not in answer.text
            events = await caller.found("/events", params=DAY)
            assert events == [], "what it is for stays with the one who does it"
    assert (await tenant.widget.get(PATH, params=asked)).status_code == 403
