"""Mails about bookings: from the step of a booking to the finished message."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.delivery import Channel, Delivery, Hearers, Kind, News
from slotkeeper.domain.mails import Audience
from slotkeeper.edge.parts import Parts
from slotkeeper.services import (
    account_mails,
    action_links,
    announcements,
    deliveries,
    invitations,
    mails,
    passwords,
    reminder_links,
    templates,
)
from slotkeeper.services.mail_drafts import Desk, Person
from slotkeeper.storage import apps as stored_apps
from tests.services.shop import MARTY, Shop, at
from tests.support.outbox import due

SITE = "https://book.example.com"

pytestmark = pytest.mark.usefixtures("empty_outbox")


@pytest.fixture
def desk(parts: Parts) -> Desk:
    return Desk(vault=parts.vault, site=SITE, sender=Person("", "mails@book.example.com"))


async def due_mails(shop: Shop) -> list[Delivery]:
    """Take the mails of the shop that are due, in order."""
    return await due(shop.tx, shop.app_id, Channel.MAIL)


async def posted(shop: Shop, desk: Desk) -> dict[str, EmailMessage]:
    """Return the mails that are due by the slugs of their templates, and note them as sent."""
    found = {}
    while taken := await due_mails(shop):
        for each in taken:
            message = await mails.prepare(shop.tx, desk, each)
            assert each.letter
            if message is not None:
                found[each.letter] = message
        await deliveries.drop(shop.tx, taken)
    return found


async def app_says(shop: Shop, **settings: object) -> None:
    await stored_apps.save_settings(shop.tx, shop.app_id, settings, name="Hill Valley")


def part(message: EmailMessage, kind: str = "plain") -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def links_in(message: EmailMessage) -> dict[str, str]:
    return dict(re.findall(r"^(.+?): (https://\S+)$", part(message), re.MULTILINE))


async def doc(shop: Shop, **given: Any) -> UUID:
    values = {"name": "Doc Brown", "email": "doc@example.com", "timezone": "Europe/Berlin"}
    return (await shop.resource(**{**values, **given})).id


# --- Who gets what ------------------------------------------------------------------------


async def test_who_books_and_who_serves_are_told(shop: Shop, desk: Desk) -> None:
    await app_says(shop)
    booking = await shop.book(await doc(shop), at(9), at(10), where="Courthouse Square")
    found = await posted(shop, desk)
    assert list(found) == ["booking_confirmed_owner", "booking_confirmed_customer"]

    mail = found["booking_confirmed_customer"]
    assert mail["To"] == "Marty McFly <marty@example.com>"
    assert mail["From"] == "Hill Valley <mails@book.example.com>"
    assert mail["Reply-To"] == "Doc Brown <doc@example.com>"
    assert mail["Subject"] == "Confirmed: Consultation"
    assert mail["Date"] == "Mon, 06 May 2030 08:00:00 +0000"
    assert mail["X-Slotkeeper-App"] == str(shop.app_id)
    text = part(mail)
    assert "Dear Marty McFly," in text
    assert "Where: Courthouse Square\n" in text
    assert "With: Doc Brown\n" in text
    assert "Tuesday, May 7, 2030, 11:00 AM" in text  # where Doc is; Marty named no zone

    owners = found["booking_confirmed_owner"]
    assert owners["To"] == "Doc Brown <doc@example.com>"
    assert owners["Reply-To"] == "Marty McFly <marty@example.com>"
    assert "E-mail: marty@example.com\n" in part(owners)
    assert links_in(owners) == {}
    cancel = links_in(mail)["Cancel the booking"]
    assert cancel.startswith(f"{SITE}/v2/bookings/{booking.id}/external_action/cancel_by_customer?")
    assert "Choose another time" not in part(mail)  # there is no page where it could be done


async def test_a_request_can_be_answered_from_its_mail(
    shop: Shop, desk: Desk, parts: Parts
) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10), graph="confirm_decline")
    found = await posted(shop, desk)
    assert list(found) == ["booking_request_owner"]
    links = links_in(found["booking_request_owner"])
    assert list(links) == ["Confirm", "Decline"]
    for address, action in zip(links.values(), ("confirm", "decline"), strict=True):
        token = parse_qs(urlsplit(address).query)["signature"][0]
        link = await action_links.verify(
            shop.tx, parts.vault, token, booking_id=booking.id, action=action
        )
        assert link.audience is Audience.OWNER

    await shop.act(booking, "decline", message="I am away.\nSorry!")
    found = await posted(shop, desk)
    assert list(found) == ["booking_declined_customer"]
    assert "I am away.\nSorry!\n" in part(found["booking_declined_customer"])
    assert links_in(found["booking_declined_customer"]) == {}


async def test_confirming_tells_the_customer_and_cancelling_both(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10), graph="confirm_decline")
    await posted(shop, desk)
    await shop.act(booking, "confirm")
    assert list(await posted(shop, desk)) == ["booking_confirmed_customer"]
    await shop.act(booking, "cancel", message="Flux capacitor broken")
    found = await posted(shop, desk)
    assert list(found) == ["booking_cancelled_owner", "booking_cancelled_customer"]
    for mail in found.values():
        assert "Flux capacitor broken" in part(mail)


async def test_a_customer_who_cancels_tells_the_owner_why(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    await posted(shop, desk)
    await shop.act(booking, "cancel_by_customer", message="No time")
    found = await posted(shop, desk)
    assert list(found) == ["booking_cancelled_by_customer_owner"]
    assert "No time" in part(found["booking_cancelled_by_customer_owner"])


async def test_a_moved_booking_tells_both_times_once(shop: Shop, desk: Desk) -> None:
    who = await doc(shop)
    project = await shop.project(who, slug="the-train-to-hill-valley")
    booking = await shop.book(who, at(9), at(10), project_id=project.id)
    sent = await posted(shop, desk)
    link = links_in(sent["booking_confirmed_customer"])["Choose another time"]
    asked = parse_qs(urlsplit(link).query)
    assert link.startswith(f"{SITE}/the-train-to-hill-valley?")
    assert (asked["uuid"], asked["action"]) == ([str(booking.id)], ["reschedule"])
    assert asked["event.start"] == ["2030-05-07T11:00:00+02:00"]
    assert asked["event.end"] == ["2030-05-07T12:00:00+02:00"]

    moved = await shop.move(booking, at(12), at(13), message="The train is late")
    found = await posted(shop, desk)
    assert list(found) == ["booking_rescheduled_owner", "booking_rescheduled_customer"]
    for mail in found.values():
        text = part(mail)
        assert "When: Tuesday, May 7, 2030, 2:00 PM" in text
        assert "Until now: Tuesday, May 7, 2030, 11:00 AM" in text
        assert "The train is late" in text
    assert str(moved.id) in links_in(found["booking_rescheduled_customer"])["Choose another time"]


async def test_each_customer_of_a_class_that_is_cancelled_is_told(shop: Shop, desk: Desk) -> None:
    lesson = await shop.book(
        await doc(shop), at(9), at(10), graph="group_owner", settings={"max_seats": 3}
    )
    assert await posted(shop, desk) == {}
    seats = []
    for name in ("Marty", "Jennifer", "Biff"):
        customer = Customer(id=uuid4(), name=name, email=f"{name.lower()}@example.com")
        seats.append(
            await shop.book(
                None,
                at(9),
                at(10),
                graph="group_customer",
                owner_booking_id=lesson.id,
                customer=customer,
            )
        )
    await posted(shop, desk)

    await shop.act(seats[2], "cancel_by_owner", message="Biff, no.")
    found = await posted(shop, desk)
    # The class goes on without him: his mail does not say that it is off.
    assert [each["Subject"] for each in found.values()] == ["Cancelled: Consultation"]
    assert "Your booking was cancelled" in part(found["group_cancelled_customer"])

    await shop.act(lesson, "cancel", message="Snow")
    taken = await due_mails(shop)
    assert [each.letter for each in taken] == ["group_cancelled_customer"] * 2
    told = [await mails.prepare(shop.tx, desk, each) for each in taken]
    assert sorted(str(each["To"]) for each in told if each) == [
        "Jennifer <jennifer@example.com>",
        "Marty <marty@example.com>",
    ]
    for each in told:
        assert each is not None
        assert "Consultation does not take place" in part(each)
        assert "Snow" in part(each)


async def test_a_payment_that_is_awaited_is_told_when_it_comes(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10), graph="instant_payment")
    assert await posted(shop, desk) == {}
    await shop.act(booking, "pay", payment_id="p1")
    found = await posted(shop, desk)
    assert list(found) == ["booking_confirmed_owner", "booking_confirmed_customer"]


async def test_all_who_serve_together_are_told_in_one_mail(shop: Shop, desk: Desk) -> None:
    first = await doc(shop)
    second = (await shop.resource(name="Clara", email="clara@example.com")).id
    await shop.book(first, at(9), at(10), further_resource_ids=[second])
    mail = (await posted(shop, desk))["booking_confirmed_owner"]
    assert mail["To"] == "Doc Brown <doc@example.com>, Clara <clara@example.com>"
    assert "Hello Doc Brown, Clara," in part(mail)


async def test_a_room_has_no_address_so_the_app_answers_for_it(shop: Shop, desk: Desk) -> None:
    room = await doc(shop, name="Room 88", email=None)
    await shop.book(room, at(9), at(10))
    found = await posted(shop, desk)
    assert found["booking_confirmed_owner"]["To"] == "owner@example.com"
    assert found["booking_confirmed_customer"]["Reply-To"] is None
    await app_says(shop, contact_email="desk@example.com", contact_name="The desk")
    await shop.book(room, at(11), at(12))
    found = await posted(shop, desk)
    assert found["booking_confirmed_owner"]["To"] == "The desk <desk@example.com>"
    assert found["booking_confirmed_customer"]["Reply-To"] == "The desk <desk@example.com>"


# --- Switched off -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ({"notify_customer_by_email": {"enabled": False}}, ["booking_confirmed_owner"]),
        ({"notify_owner_by_email": {"enabled": False}}, ["booking_confirmed_customer"]),
    ],
)
async def test_a_booking_switches_its_mails_off(
    shop: Shop, desk: Desk, steps: dict[str, object], left: list[str]
) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10), steps=steps)
    assert list(await posted(shop, desk)) == left
    await shop.act(booking, "cancel")
    assert len(await posted(shop, desk)) == 1


async def test_one_action_switches_its_own_mails_off(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10), graph="confirm_decline")
    await posted(shop, desk)
    silent = {"notify_customer_by_email": {"enabled": False}}
    await shop.act(booking, "confirm", said=silent)
    assert await posted(shop, desk) == {}
    await shop.act(booking, "cancel")
    assert len(await posted(shop, desk)) == 2


async def test_cancelling_a_class_quietly_is_quiet_for_its_seats(shop: Shop, desk: Desk) -> None:
    lesson = await shop.book(
        await doc(shop), at(9), at(10), graph="group_owner", settings={"max_seats": 1}
    )
    await shop.book(None, at(9), at(10), graph="group_customer", owner_booking_id=lesson.id)
    await posted(shop, desk)
    await shop.act(lesson, "cancel", said={"notify_customer_by_email": {"enabled": False}})
    assert await posted(shop, desk) == {}


async def test_an_app_switches_all_mails_off(shop: Shop, desk: Desk) -> None:
    await app_says(shop, disableEmail=True)
    await shop.book(await doc(shop), at(9), at(10))
    assert await posted(shop, desk) == {}
    await app_says(shop, disableEmail=False)
    await shop.book(await doc(shop, email="d2@example.com"), at(9), at(10))
    assert len(await posted(shop, desk)) == 2


async def test_a_project_switches_its_mails_off(shop: Shop, desk: Desk) -> None:
    who = await doc(shop)
    project = await shop.project(who, enabled_email_notification=False)
    await shop.book(who, at(9), at(10), project_id=project.id)
    assert await posted(shop, desk) == {}


async def test_a_resource_switches_its_own_mails_off(shop: Shop, desk: Desk) -> None:
    who = await doc(shop, enabled_email_notification=False)
    await shop.book(who, at(9), at(10))
    assert list(await posted(shop, desk)) == ["booking_confirmed_customer"]


async def test_a_template_that_is_switched_off_is_not_sent(shop: Shop, desk: Desk) -> None:
    slug = "booking_confirmed_owner"
    await templates.change(shop.tx, shop.app_id, slug, subject=None, body=None, enabled=False)
    await shop.book(await doc(shop), at(9), at(10))
    assert list(await posted(shop, desk)) == ["booking_confirmed_customer"]


@pytest.mark.parametrize(
    "address", ["", "not an address", "marty@example.com,doc", "m@x.example>", "m\x7f@x.example"]
)
async def test_nobody_is_written_to_at_what_is_no_address(
    shop: Shop, desk: Desk, address: str
) -> None:
    customer = replace(MARTY, email=address)
    await shop.book(await doc(shop), at(9), at(10), customer=customer)
    found = await posted(shop, desk)
    assert list(found) == ["booking_confirmed_owner"]
    assert found["booking_confirmed_owner"]["Reply-To"] is None


# --- In which words -----------------------------------------------------------------------


async def test_the_language_is_the_customers_then_the_projects_then_the_apps(
    shop: Shop, desk: Desk
) -> None:
    who = await doc(shop, meta={"language": "da"})
    german = replace(MARTY, custom={"locale": "de-AT"}, timezone="Asia/Tokyo")
    await shop.book(who, at(9), at(10), customer=german)
    found = await posted(shop, desk)
    assert found["booking_confirmed_customer"]["Subject"] == "Bestätigt: Consultation"
    assert found["booking_confirmed_customer"]["Content-Language"] == "de-AT"
    assert "18:00" in part(found["booking_confirmed_customer"])
    assert found["booking_confirmed_owner"]["Subject"].startswith("Ny booking: ")

    project = await shop.project(who, ui={"language": "fr"})
    await shop.book(who, at(11), at(12), project_id=project.id)
    found = await posted(shop, desk)
    assert found["booking_confirmed_customer"]["Subject"].startswith("Confirmé")

    await app_says(shop, language="pt_BR")
    await shop.book(who, at(13), at(14))
    found = await posted(shop, desk)
    assert found["booking_confirmed_customer"]["Subject"] == "Confirmado: Consultation"
    assert found["booking_confirmed_customer"]["Content-Language"] == "pt-BR"


async def test_an_app_says_it_in_its_own_words(shop: Shop, desk: Desk) -> None:
    await templates.change(
        shop.tx,
        shop.app_id,
        "booking_confirmed_customer",
        subject="See you, {{customer.nickname}}",
        body="<p>{{meta.room}} {{project.name}} {{booking.state}} {{event.start}} {{message}}</p>",
        enabled=None,
    )
    customer = replace(MARTY, custom={"nickname": "Calvin"})
    await shop.book(await doc(shop), at(9), at(10), customer=customer, meta={"room": "88 <mph>"})
    mail = (await posted(shop, desk))["booking_confirmed_customer"]
    assert mail["Subject"] == "See you, Calvin"
    assert "88 <mph> confirmed Tuesday, May 7, 2030, 11:00 AM\n" in part(mail)
    assert "88 &lt;mph&gt;" in part(mail, "html")


async def test_times_are_written_in_the_letters_that_were_asked_for(shop: Shop, desk: Desk) -> None:
    steps = {"mail_time_format": "Y-m-d h:ia (P e)"}
    await shop.book(await doc(shop), at(9), at(10), steps=steps)
    text = part((await posted(shop, desk))["booking_confirmed_customer"])
    assert "2030-05-07 11:00am (+02:00 Europe/Berlin)" in text


async def test_an_app_has_its_own_address_only_on_our_host(shop: Shop, desk: Desk) -> None:
    who = await doc(shop)
    await app_says(shop, from_name="Hill", from_email="hill@book.example.com")
    await shop.book(who, at(9), at(10))
    found = await posted(shop, desk)
    assert found["booking_confirmed_customer"]["From"] == "Hill <hill@book.example.com>"
    await app_says(shop, from_name="Hill", from_email="president@white.house")
    await shop.book(who, at(11), at(12))
    mail = (await posted(shop, desk))["booking_confirmed_customer"]
    assert mail["From"] == "Hill <mails@book.example.com>"
    assert mail["Reply-To"] == "president@white.house"


# --- With a calendar entry ----------------------------------------------------------------


def entry(message: EmailMessage) -> dict[str, str]:
    """Return the lines of the calendar entry of a mail, empty where it has none."""
    for each in message.walk():
        if each.get_content_type() == "text/calendar":
            lines = str(each.get_content()).replace("\r\n ", "").splitlines()
            return dict(line.split(":", 1) for line in lines if ":" in line)
    return {}


async def test_the_entry_in_a_calendar_comes_moves_and_goes(shop: Shop, desk: Desk) -> None:
    who = await doc(shop)
    project = await shop.project(who)
    booking = await shop.book(who, at(9), at(10), project_id=project.id)
    sent = await posted(shop, desk)
    came = entry(sent["booking_confirmed_customer"])
    assert entry(sent["booking_confirmed_owner"]) == {}
    moved = await shop.move(booking, at(12), at(13))
    went_on = entry((await posted(shop, desk))["booking_rescheduled_customer"])
    await shop.act(moved, "cancel")
    ended = entry((await posted(shop, desk))["booking_cancelled_customer"])
    assert [each["METHOD"] for each in (came, went_on, ended)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert came["UID"] == went_on["UID"] == ended["UID"]
    sequences = [int(each["SEQUENCE"]) for each in (came, went_on, ended)]
    assert sequences == sorted(set(sequences))


ADD = ["Google", "Outlook", "Apple and others (.ics)"]


def added(message: EmailMessage) -> dict[str, str]:
    """Return the links of a mail that put its booking into a calendar."""
    return {label: address for label, address in links_in(message).items() if label in ADD}


async def test_who_comes_can_put_it_into_any_calendar(shop: Shop, desk: Desk) -> None:
    who = await doc(shop)
    project = await shop.project(who, slug="the-train-to-hill-valley")
    customer = replace(MARTY, timezone="Asia/Tokyo")
    given = {"project_id": project.id, "customer": customer, "description": "d" * 5000}
    booking = await shop.book(who, at(9), at(10), **given)
    sent = await posted(shop, desk)
    assert added(sent["booking_confirmed_owner"]) == {}
    links = added(sent["booking_confirmed_customer"])
    assert list(links) == ADD
    google = parse_qs(urlsplit(links["Google"]).query)
    assert google["dates"] == ["20300507T090000Z/20300507T100000Z"]
    assert google["ctz"] == ["Asia/Tokyo"]
    page = f"{SITE}/the-train-to-hill-valley/booked/{booking.id}"
    assert google["details"] == ["d" * 300 + f"\n\n{page}"], "texts of mails show all of it"
    assert links[ADD[2]].startswith(f"{SITE}/calendar/{booking.id}.ics?signature=")
    html = part(sent["booking_confirmed_customer"], "html")
    assert all(escape(each) in html for each in links.values())

    await remind(shop, booking)
    assert added((await posted(shop, desk))["reminder_customer"]) == links
    moved = await shop.move(booking, at(12), at(13))
    sent = await posted(shop, desk)
    assert added(sent["booking_rescheduled_owner"]) == {}
    links = added(sent["booking_rescheduled_customer"])
    assert "20300507T120000Z" in links["Google"]
    assert str(moved.id) in links[ADD[2]]
    await shop.act(moved, "cancel")
    sent = await posted(shop, desk)
    assert len(sent) == 2
    assert [added(each) for each in sent.values()] == [{}, {}]


async def test_what_has_begun_goes_into_no_calendar(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    assert added((await posted(shop, desk))["booking_confirmed_customer"])
    await remind(shop, booking)
    [reminder] = await due_mails(shop)
    for now, links in ((at(9) - timedelta(seconds=1), 3), (at(9), 0)):
        mail = await mails.prepare(replace(shop.tx, now=now), desk, reminder)
        assert mail is not None
        assert len(added(mail)) == links


async def test_an_apps_own_words_know_where_it_is_added(shop: Shop, desk: Desk) -> None:
    for slug in ("booking_confirmed_customer", "booking_confirmed_owner"):
        body = "<p>[{{links.google}}][{{links.outlook}}][{{links.ics}}]</p>"
        change = {"subject": None, "body": body, "enabled": None}
        await templates.change(shop.tx, shop.app_id, slug, **change)  # type: ignore[arg-type]
    await shop.book(await doc(shop), at(9), at(10))
    sent = await posted(shop, desk)
    assert "[][][]" in part(sent["booking_confirmed_owner"]), "the file is the customer's"
    said = part(sent["booking_confirmed_customer"])
    assert re.search(r"\[https://calendar.google\S+]\[https://outlook\S+]\[\S+/calendar/", said)


async def test_words_that_do_not_fit_a_booking_give_way_to_the_usual_ones(
    shop: Shop, desk: Desk
) -> None:
    slug = "booking_confirmed_customer"
    body = "<p>Own words</p>{% for each in event.what %}{{ each|round }}{% endfor %}"
    await templates.change(shop.tx, shop.app_id, slug, subject=None, body=body, enabled=None)
    await shop.book(await doc(shop), at(9), at(10))
    sent = await posted(shop, desk)
    assert "Own words" not in part(sent[slug])
    assert "Your booking is confirmed" in part(sent[slug])


# --- When it is late ----------------------------------------------------------------------


async def test_the_same_delivery_is_the_same_mail_again(shop: Shop, desk: Desk) -> None:
    await shop.book(await doc(shop), at(9), at(10))
    (first, _) = await due_mails(shop)
    later = replace(shop.tx, now=shop.tx.now + timedelta(hours=1))
    one, two = [await mails.prepare(tx, desk, first) for tx in (shop.tx, later)]
    assert one is not None
    assert two is not None
    assert one["Message-ID"] == two["Message-ID"] == f"<{first.id}@book.example.com>"
    assert one["Date"] == two["Date"]


async def test_links_lead_only_to_what_is_still_possible(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    confirmed = [each for each in await due_mails(shop) if each.audience == "customer"]
    await shop.act(booking, "cancel")
    mail = await mails.prepare(shop.tx, desk, confirmed[0])
    assert mail is not None
    assert links_in(mail) == {}


async def remind(shop: Shop, booking: Booking, **facts: object) -> None:
    news = News(kind=Kind.REMINDER, booking_id=booking.id, facts=facts)
    hearers = Hearers(letters=[("reminder_customer", "customer")])
    await announcements.notify(shop.tx, shop.app_id, news, hearers)


async def test_a_reminder_has_its_own_subject(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    await posted(shop, desk)
    await remind(shop, booking, subject="Soon: {{event.what}}")
    assert (await posted(shop, desk))["reminder_customer"]["Subject"] == "Soon: Consultation"
    await remind(shop, booking, subject="Soon: {{event.what")
    assert (await posted(shop, desk))["reminder_customer"]["Subject"] == "Reminder: Consultation"


async def test_a_reminder_can_be_the_last_one(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    await posted(shop, desk)
    await remind(shop, booking)
    mail = (await posted(shop, desk))["reminder_customer"]
    address = links_in(mail)["No more reminders"]
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert address.startswith(f"{SITE}/reminders/{booking.id}/stop?signature=")
    await reminder_links.stop(shop.tx, shop.app_id, booking.id)
    await remind(shop, booking)
    assert await posted(shop, desk) == {}
    await shop.act(booking, "cancel")
    assert len(await posted(shop, desk)) == 2  # this is no reminder


async def test_a_reminder_of_what_is_off_says_nothing(shop: Shop, desk: Desk) -> None:
    booking = await shop.book(await doc(shop), at(9), at(10))
    await posted(shop, desk)
    await remind(shop, booking)
    await shop.act(booking, "cancel")
    assert "reminder_customer" not in await posted(shop, desk)


# --- About people -------------------------------------------------------------------------


async def test_who_is_invited_gets_a_link_to_choose_a_password(shop: Shop, desk: Desk) -> None:
    await app_says(shop)
    given = {"email": "clara@example.com", "name": "Clara", "meta": {"locale": "es"}}
    invited = await invitations.invite(shop.tx, shop.app_id, given)
    await account_mails.send_link(shop.tx, desk.vault, invited.token)
    mail = (await posted(shop, desk))["resource_invite"]
    assert mail["To"] == "Clara <clara@example.com>"
    assert mail["Subject"] == "Hill Valley le invita a recibir reservas"
    address = links_in(mail)["Elegir una contraseña"]
    assert address == f"{SITE}/account/password?token={invited.token}"
    assert "durante 1 semana" in part(mail)


async def test_who_forgot_a_password_gets_a_link_that_is_kept_sealed(
    shop: Shop, desk: Desk
) -> None:
    await doc(shop)
    token = await passwords.ask_for_reset(shop.tx, shop.app_id, "doc@example.com")
    assert token is not None
    await account_mails.send_link(shop.tx, desk.vault, token)
    stored = await shop.tx.dicts(
        "SELECT facts::text FROM announcements WHERE app_id = %s", (shop.app_id,)
    )
    assert token not in str(stored)
    mail = (await posted(shop, desk))["password_reset"]
    assert mail["To"] == "Doc Brown <doc@example.com>"
    assert token in links_in(mail)["Choose a password"]
    assert "The link works for 1 hour." in part(mail)

    await account_mails.send_link(shop.tx, desk.vault, token)
    await passwords.choose(shop.tx, token, "one point twenty-one")
    assert await posted(shop, desk) == {}


async def test_the_owner_of_an_app_is_told_of_a_failing_webhook(shop: Shop, desk: Desk) -> None:
    facts = {
        "url": "https://hill.example/hook",
        "failing_since": "2030-05-05T08:00:00+00:00",
        "error": "410 Gone",
    }
    hearers = Hearers(letters=[("webhook_failing", "app_owner")])
    await announcements.notify(shop.tx, shop.app_id, News(kind=Kind.NOTICE, facts=facts), hearers)
    mail = (await posted(shop, desk))["webhook_failing"]
    assert mail["To"] == "owner@example.com"
    assert (
        "Address: https://hill.example/hook\n"
        "Since: Sunday, May 5, 2030, 8:00 AM UTC\n"
        "Last answer: 410 Gone\n"
    ) in part(mail)
