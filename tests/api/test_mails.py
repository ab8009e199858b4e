"""What requests have to do with mails: who is written to, in which form, and who is not."""

import re
from datetime import datetime
from email.message import EmailMessage

import httpx
import pytest
from tests.notifications.reading import read
from tests.support.client import Json, Tenant

from slotkeeper.domain.delivery import Channel
from slotkeeper.edge.parts import Parts
from slotkeeper.services import deliveries, mails
from slotkeeper.services.mail_drafts import Desk, Person

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
QUIET = {"enabled": False}


async def posted(parts: Parts, tenant: Tenant) -> dict[str, EmailMessage]:
    """Return the mails of the app that are due, by the slugs of their templates."""
    desk = Desk(vault=parts.vault, site="https://x.example", sender=Person("", "a@x.example"))
    found = {}
    async with parts.database.transaction() as tx:
        while taken := await deliveries.take(tx, Channel.MAIL, most=500):
            for each in taken:
                if each.app_id == tenant.app_id:
                    message = await mails.prepare(tx, desk, each)
                    if message is not None and each.letter:
                        found[each.letter] = message
            await deliveries.drop(tx, taken)
    return found


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def order(tenant: Tenant, **given: Json) -> Json:
    doc = await tenant.resource(timezone="Europe/Berlin")
    return tenant.order(doc["id"], NINE, TEN, **given)


async def test_the_header_says_how_mails_write_times(tenant: Tenant, parts: Parts) -> None:
    who = {"name": "Marty", "email": "marty@example.com", "timezone": "Europe/Berlin"}
    headers = {"Timekit-OutputTimestampFormat": "d.m.Y H:i (e)"}
    made = await tenant.api.post("/bookings", await order(tenant, customer=who), headers=headers)
    assert made.status_code == 201
    mail = (await posted(parts, tenant))["booking_confirmed_customer"]
    assert "07.05.2030 11:00 (Europe/Berlin)" in text_of(mail)
    shown = (await tenant.api.get(f"/bookings/{made.json()['data']['id']}")).text
    assert "mail_time_format" not in shown


@pytest.mark.parametrize("nested", [False, True])
async def test_who_books_says_who_is_not_written_to(
    tenant: Tenant, parts: Parts, nested: bool
) -> None:
    quiet: Json = {"notify_owner_by_email": QUIET}
    given = {"actions": quiet} if nested else quiet
    await tenant.api.created("/bookings", await order(tenant, **given))
    assert list(await posted(parts, tenant)) == ["booking_confirmed_customer"]


@pytest.mark.parametrize("nested", [False, True])
async def test_an_action_says_who_is_not_written_to_for_this_once(
    tenant: Tenant, parts: Parts, nested: bool
) -> None:
    made = await tenant.api.created("/bookings", await order(tenant, graph="confirm_decline"))
    await posted(parts, tenant)
    path = f"/bookings/{made['id']}"
    quiet: Json = {"notify_customer_by_email": QUIET}
    await tenant.api.put(f"{path}/confirm", {"actions": quiet} if nested else quiet)
    assert await posted(parts, tenant) == {}
    await tenant.api.put(f"{path}/cancel", {"cancel": {"message": "Ill"}})
    found = await posted(parts, tenant)
    assert len(found) == 2
    assert all("Ill" in text_of(each) for each in found.values())


async def test_a_move_can_be_quiet_but_not_for_the_public(tenant: Tenant, parts: Parts) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    made = await tenant.api.created(
        "/bookings", tenant.order(doc["id"], NINE, TEN, project_id=project["id"])
    )
    await posted(parts, tenant)
    to = {"start": "2030-05-08T09:00:00+00:00", "end": "2030-05-08T10:00:00+00:00"}
    quiet: Json = {"notify_owner_by_email": QUIET, "notify_customer_by_email": QUIET}
    moved = await tenant.api.post(f"/bookings/{made['id']}/reschedule", {**to, **quiet})
    assert await posted(parts, tenant) == {}
    back = {"start": NINE, "end": TEN}
    path = f"/bookings/{moved.json()['data']['id']}/reschedule"
    answer = await tenant.widget.post(path, {**back, **quiet})
    assert answer.status_code == 200, answer.text
    assert list(await posted(parts, tenant)) == [
        "booking_rescheduled_owner",
        "booking_rescheduled_customer",
    ]


async def test_an_app_that_wants_no_mails_has_none_written_down(
    tenant: Tenant, parts: Parts
) -> None:
    changed = await tenant.api.put(f"/apps/{tenant.slug}", {"settings": {"disable_emails": True}})
    assert changed.status_code in {200, 204}
    await tenant.api.created("/bookings", await order(tenant))
    async with parts.database.transaction() as tx:
        rows = await tx.dicts("SELECT FROM deliveries WHERE app_id = %s", (tenant.app_id,))
    assert rows == []


@pytest.mark.parametrize("path", ["/app/invite", "/apps/invite"])
async def test_who_is_invited_gets_a_mail(tenant: Tenant, parts: Parts, path: str) -> None:
    answer = await tenant.api.post(path, {"email": "clara@example.com", "name": "Clara"})
    address = answer.json()["data"]["invitation_url"]
    mail = (await posted(parts, tenant))["resource_invite"]
    assert mail["To"] == "Clara <clara@example.com>"
    assert address.partition("?")[2] in text_of(mail)


async def test_who_forgot_a_password_gets_a_mail_and_nobody_else_does(
    tenant: Tenant, parts: Parts
) -> None:
    await tenant.resource(email="doc@example.com")
    for email in ("nobody@example.com", "doc@example.com"):
        answer = await tenant.api.post("/resources/resetpassword", {"email": email})
        assert (answer.status_code, answer.json()) == (200, {})
    found = await posted(parts, tenant)
    assert list(found) == ["password_reset"]
    assert found["password_reset"]["To"].endswith("<doc@example.com>")


def file_of(message: EmailMessage) -> str:
    """Return the address of the calendar file in a mail, below the installation's own."""
    found = re.search(r"\(\.ics\): https://x\.example(/\S+)", text_of(message))
    assert found is not None
    return found[1]


async def test_the_calendar_file_of_a_mail_is_there_and_is_its_booking(
    tenant: Tenant, parts: Parts, http: httpx.AsyncClient
) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    given = tenant.order(doc["id"], NINE, TEN, project_id=project["id"])
    made = await tenant.api.created("/bookings", given)
    mail = (await posted(parts, tenant))["booking_confirmed_customer"]
    answer = await http.get(file_of(mail))
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = read(answer.content).walk("VEVENT")
    assert (event["uid"], event["summary"]) == (made["id"], "Consultation")
    assert event["dtstart"].dt == datetime.fromisoformat(NINE)
    assert event["dtend"].dt == datetime.fromisoformat(TEN)

    to = {"start": "2030-05-08T09:00:00+00:00", "end": "2030-05-08T10:00:00+00:00"}
    await tenant.api.post(f"/bookings/{made['id']}/reschedule", to)
    after = (await posted(parts, tenant))["booking_rescheduled_customer"]
    [moved] = read((await http.get(file_of(after))).content).walk("VEVENT")
    assert moved["uid"] == made["id"], "a calendar moves its entry"
    assert moved["dtstart"].dt == datetime.fromisoformat(to["start"])
    assert int(moved["sequence"]) > int(event["sequence"])
    assert (await http.get(file_of(mail))).status_code == 410


async def test_an_offer_of_a_waiting_list_is_mailed_with_the_link_to_take_it(
    tenant: Tenant, parts: Parts
) -> None:
    doc = await tenant.resource()
    lesson: Json = {"graph": "group_owner", "settings": {"max_seats": 1}}
    made = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN, **lesson))
    seat: Json = {"graph": "group_customer", "related": {"owner_booking_id": made["id"]}}
    taken = await tenant.api.created("/bookings", tenant.order(None, NINE, TEN, **seat))
    waiting: Json = {
        "related": {"owner_booking_id": made["id"]},
        "customer": {"name": "Jennifer", "email": "jennifer@example.com", "locale": "fr"},
    }
    entry = await tenant.api.created("/bookings/waitlist", waiting)
    await posted(parts, tenant)
    await tenant.api.put(f"/bookings/{taken['id']}/cancel_by_customer", {})
    mail = (await posted(parts, tenant))["waitlist_offer_customer"]
    assert mail["To"] == "Jennifer <jennifer@example.com>"
    assert mail["Subject"].startswith("Disponible maintenant")
    assert f"https://x.example/v2/bookings/waitlist/{entry['id']}/take?signature=" in text_of(mail)
    assert "lundi 6 mai 2030, 08:15" in text_of(mail)
