"""Mail templates over HTTP: listed, read, changed, put back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

SLUGS = [
    "booking_confirmed_customer",
    "booking_confirmed_owner",
    "booking_request_owner",
    "booking_declined_customer",
    "booking_cancelled_customer",
    "booking_cancelled_owner",
    "booking_cancelled_by_customer_owner",
    "booking_rescheduled_customer",
    "booking_rescheduled_owner",
    "group_cancelled_customer",
    "reminder_customer",
    "reminder_owner",
    "waitlist_offer_customer",
    "resource_invite",
    "password_reset",
    "webhook_failing",
]
VARIABLES = {
    *("booking.id", "booking.state", "message"),
    *("event.what", "event.where", "event.description", "event.start", "event.end"),
    *("event.when", "event.when_before", "app.name", "offer.until"),
    *("links.take", "links.password", "links.lifetime"),
    *("webhook.url", "webhook.since", "webhook.error"),
    *("customer.name", "customer.email", "customer.phone", "customer.timezone"),
    *("resource.name", "resource.email", "project.name"),
    *("links.confirm", "links.decline", "links.cancel", "links.reschedule"),
    *("links.google", "links.outlook", "links.ics"),
}
PATH = "/templates/reminder_customer"


async def test_get_templates_lists_every_mail(tenant: Tenant) -> None:
    answer = (await tenant.api.get("/templates")).json()
    assert [each["slug"] for each in answer["data"]] == SLUGS
    assert (answer["total"], answer["last_page"], answer["next_page_url"]) == (16, 1, None)
    for each in answer["data"]:
        assert each["enabled"] is True
        assert each["updated_at"] is None
        assert (each["subject"], each["body"]) == (each["default_subject"], each["default_body"])


async def test_every_mail_speaks_of_things_that_are_known(tenant: Tenant) -> None:
    for each in await tenant.api.found("/templates"):
        named = set(re.findall(r"{{(.*?)}}", each["subject"] + each["body"]))
        assert named
        assert named <= VARIABLES
        assert each["subject"].isprintable()
        opened = re.findall("<(p|a)[ >]", each["body"])
        assert sorted(opened) == sorted(re.findall("</(p|a)>", each["body"]))


async def test_get_templates_is_paged_searched_and_ordered(tenant: Tenant) -> None:
    query: Json = {"limit": 5, "page": 4}
    answer = (await tenant.api.get("/templates", params=query)).json()
    assert [each["slug"] for each in answer["data"]] == SLUGS[15:]
    assert (answer["from"], answer["to"], answer["last_page"]) == (16, 16, 4)

    async def slugs(**query: str) -> list[str]:
        return [each["slug"] for each in await tenant.api.found("/templates", params=query)]

    assert await slugs(search="slug:resource_invite") == ["resource_invite"]
    assert await slugs(search="name:REMINDER") == ["reminder_customer", "reminder_owner"]
    assert await slugs(search="name:reminder;slug:resource_invite") == []
    assert await slugs(orderBy="slug", sortedBy="desc") == sorted(SLUGS, reverse=True)
    for refused in ("search=subject:x", "orderBy=body"):
        assert (await tenant.api.get(f"/templates?{refused}")).status_code == 422


async def test_get_template_gives_one(tenant: Tenant) -> None:
    listed = await tenant.api.found("/templates")
    assert await tenant.api.found(PATH) == listed[SLUGS.index("reminder_customer")]


async def test_put_template_changes_what_is_given_and_answers_204(
    tenant: Tenant, clock: TestClock
) -> None:
    before = await tenant.api.found(PATH)
    body = "<p>Liebe(r) {{customer.name}}, bis bald!</p>"
    changed = await tenant.api.put(PATH, {"body": body, "slug": "other", "subject": None})
    assert (changed.status_code, changed.content) == (204, b"")
    stamp = "2030-05-06T08:00:00+0000"
    expected = {**before, "body": body, "updated_at": stamp}
    assert await tenant.api.found(PATH) == expected

    clock.advance(timedelta(minutes=5))
    assert (await tenant.api.put(PATH, {"enabled": False})).status_code == 204
    expected |= {"enabled": False, "updated_at": "2030-05-06T08:05:00+0000"}
    assert await tenant.api.found(PATH) == expected
    assert (await tenant.api.put(PATH, {"subject": "Bis bald"})).status_code == 204
    assert await tenant.api.found(PATH) == {**expected, "subject": "Bis bald"}


async def test_put_template_puts_back_what_every_app_has(tenant: Tenant) -> None:
    before = await tenant.api.found("/templates")
    await tenant.api.put(PATH, {"body": "x", "subject": "x", "enabled": False})
    assert await tenant.api.found("/templates") != before
    answer = await tenant.api.put(PATH, {"reset": True, "subject": "y"})
    assert answer.status_code == 204
    assert await tenant.api.found("/templates") == before


async def test_a_template_is_changed_for_one_app_alone(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    before = await other_tenant.api.found("/templates")
    await tenant.api.put(PATH, {"body": "x"})
    assert await other_tenant.api.found("/templates") == before


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"subject": " "}, {"subject": ["The subject field is required."]}),
        (
            {"subject": "Hello\r\nBcc: everybody@example.com"},
            {"subject": ["The subject must be one line of text."]},
        ),
        (
            {"subject": "x" * 256},
            {"subject": ["The subject may not be greater than 255 characters."]},
        ),
        ({"body": ""}, {"body": ["The body must be at least 1 characters."]}),
        (
            {"body": "x" * 20_001},
            {"body": ["The body may not be greater than 20000 characters."]},
        ),
        ({"body": ["x"]}, {"body": ["The body must be a string."]}),
        (
            {"body": "<p>Hello</p>\n<p>{{customer.name</p>"},
            {
                "body": ["The body cannot be used: unexpected '/' (line 2)."],
            },
        ),
        (
            {
                "subject": "{{ cycler() }}",
                "body": "{% for i in range(99999999) %}x{% endfor %}",
            },
            {
                "subject": ["The subject cannot be used: nothing can be called (line 1)."],
                "body": ["The body cannot be used: nothing can be called (line 1)."],
            },
        ),
        ({"enabled": "perhaps"}, {"enabled": ["The enabled field must be true or false."]}),
    ],
)
async def test_what_no_mail_could_say_is_refused(tenant: Tenant, given: Json, errors: Json) -> None:
    before = await tenant.api.found(PATH)
    answer = await tenant.api.put(PATH, given)
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    assert await tenant.api.found(PATH) == before


async def test_the_longest_text_is_taken(tenant: Tenant) -> None:
    given = {"subject": "x" * 255, "body": "ø" * 20_000}
    assert (await tenant.api.put(PATH, given)).status_code == 204
    shown = await tenant.api.found(PATH)
    assert {key: shown[key] for key in given} == given


async def test_templates_are_neither_made_nor_deleted(tenant: Tenant) -> None:
    assert (await tenant.api.post("/templates", {"slug": "x"})).status_code == 405
    assert (await tenant.api.delete(PATH)).status_code == 405


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_template_that_is_not_there_is_404(tenant: Tenant, method: str) -> None:
    for body in ({}, {"reset": True}):
        answer = await tenant.api.request(method, "/templates/booking_confirmed", json=body)
        assert answer.status_code == 404
        assert answer.json() == {"error": "Resource does not exist", "model": "Template"}


# --- Preview ------------------------------------------------------------------------------

PREVIEW = f"{PATH}/preview"


async def preview(tenant: Tenant, slug: str = "reminder_customer", **asked: Any) -> Any:
    answer = await tenant.api.post(f"/templates/{slug}/preview", asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize("slug", SLUGS)
async def test_every_mail_can_be_looked_at_before_anybody_gets_it(
    tenant: Tenant, slug: str
) -> None:
    shown = await preview(tenant, slug)
    assert shown["subject"]
    assert shown["html"].startswith("<!DOCTYPE html>")
    assert "Hill Valley" in shown["text"]
    if slug.startswith(("booking", "group", "reminder", "waitlist")):
        assert "What: Consultation" in shown["text"]
        assert "Tuesday, May 7, 2030" in shown["text"]


async def test_post_preview_tries_words_out_and_keeps_nothing(tenant: Tenant) -> None:
    before = await tenant.api.found(PATH)
    shown = await preview(
        tenant, subject="Bis bald, {{customer.name}}", body="<p>{{event.what}} & {{x}}</p>"
    )
    assert shown["subject"] == "Bis bald, Marty McFly"
    assert shown["text"].startswith("Hill Valley\n\nConsultation &\n")
    assert await tenant.api.found(PATH) == before


async def test_a_preview_has_the_words_of_the_app_in_any_language(tenant: Tenant) -> None:
    assert (await preview(tenant, language="fr"))["subject"] == "Rappel : Consultation"
    assert 'lang="pt"' in (await preview(tenant, language="pt-BR"))["html"]
    await tenant.api.put(PATH, {"subject": "Ahoy"})
    assert (await preview(tenant, language="fr"))["subject"] == "Ahoy"


async def test_a_preview_of_a_booking_tells_of_it(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com")
    order = tenant.order(doc["id"], "2030-06-03 09:00", "2030-06-03 10:00", where="Room 88")
    made = await tenant.api.created("/bookings", order)
    shown = await preview(tenant, "booking_confirmed_customer", booking_id=made["id"])
    assert "Where: Room 88" in shown["text"]
    assert f"/v2/bookings/{made['id']}/external_action/cancel_by_customer?" in shown["text"]


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        (
            {"language": "tlh"},
            {"language": ["The language must be one of en, de, fr, es, pt, da."]},
        ),
        (
            {"body": "{% for %}"},
            {
                "body": [
                    "The body cannot be used: Expected an expression, got 'end of statement block' "
                    "(line 1)."
                ]
            },
        ),
        (
            {"body": "\n{% if event.what < 5 %}x{% endif %}"},
            {
                "body": [
                    "The template cannot be used: a value does not fit what is done with it "
                    "(line 2)."
                ]
            },
        ),
        ({"subject": "a\nb"}, {"subject": ["The subject must be one line of text."]}),
    ],
)
async def test_what_cannot_be_shown_is_refused(tenant: Tenant, asked: Json, errors: Json) -> None:
    answer = await tenant.api.post(PREVIEW, asked)
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})


async def test_a_preview_of_another_apps_booking_is_404(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    doc = await other_tenant.resource(email="owner@example.com")
    order = other_tenant.order(doc["id"], "2030-06-03 09:00", "2030-06-03 10:00")
    made = await other_tenant.api.created("/bookings", order)
    answer = await tenant.api.post(PREVIEW, {"booking_id": made["id"]})
    assert answer.status_code == 404
    missing = await tenant.api.post("/templates/booking_confirmed/preview", {})
    assert (missing.status_code, missing.json()["model"]) == (404, "Template")
