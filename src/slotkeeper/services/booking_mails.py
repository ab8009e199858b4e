"""Mails about bookings: who is told, unless somebody switched it off, and with what."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.delivery import Delivery, Kind
from slotkeeper.domain.email import can_get_mail
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GROUP_OWNER, State
from slotkeeper.domain.mails import CUSTOMER_REMINDERS, DISABLE_EMAIL, Audience, is_enabled
from slotkeeper.domain.waitlist import Entry, offered_entry
from slotkeeper.domain.waitlist import State as EntryState
from slotkeeper.services import (
    bookings,
    mail_facts,
    meetings,
    reminder_links,
    waitlist,
    waitlist_links,
)
from slotkeeper.services.mail_drafts import Desk, Draft, Person
from slotkeeper.services.mail_facts import Case
from slotkeeper.storage.transaction import Transaction

OFFER = "waitlist_offer_customer"
"""The template of what somebody on a waiting list is offered."""

_METHODS: Mapping[str, Literal["REQUEST", "CANCEL"]] = {
    "booking_confirmed_customer": "REQUEST",
    "booking_rescheduled_customer": "REQUEST",
    "booking_cancelled_customer": "CANCEL",
    "group_cancelled_customer": "CANCEL",
}
"""The mails with an entry for a calendar, and what that asks for."""

_SEAT_CANCELLED = "group_cancelled_customer"
_CANCELLED = "booking_cancelled_customer"
_TAKES_PLACE = frozenset({State.CONFIRMED, State.PAID, State.COMPLETED})


async def draft(tx: Transaction, desk: Desk, delivery: Delivery) -> Draft | None:
    """Return what a delivery tells of a booking, None where there is nothing to say any more.

    That is so where app, project or resource have mails switched off, where nobody has an
    address, where a reminder is of something that is off, and where an offer has ended.
    """
    told = delivery.announcement
    if told.booking is None:  # a reminder of what was deleted in the same moment
        return None
    case = await mail_facts.load(
        tx,
        delivery.app_id,
        told.booking,
        audience=Audience(delivery.audience or ""),
        message=told.message,
    )
    if _is_switched_off(case) or not _readers(case):
        return None
    if told.kind is Kind.REMINDER:
        return _reminder(tx, desk, case, delivery)
    if delivery.letter == OFFER:
        return await _offer(tx, desk, case)
    return await _step(tx, desk, case, delivery)


async def _step(tx: Transaction, desk: Desk, case: Case, delivery: Delivery) -> Draft:
    """Return what is told of a step of a booking."""
    slug = delivery.letter or ""
    if slug == _SEAT_CANCELLED and await _class_goes_on(tx, case):
        slug = _CANCELLED
    # Who has not paid or was not confirmed was not invited, and cannot be uninvited.
    was_invited = delivery.announcement.from_state != State.TENTATIVE
    invitation = None
    if slug in _METHODS and (was_invited or _METHODS[slug] == "REQUEST"):
        invitation = await _invitation(tx, desk, case, slug)
    return replace(_plain(tx, desk, case, slug), invitation=invitation)


def _reminder(tx: Transaction, desk: Desk, case: Case, delivery: Delivery) -> Draft | None:
    """Return what reminds of a booking as it is now; None where it is off, or unwanted."""
    is_customer = case.audience is Audience.CUSTOMER
    unwanted = is_customer and not is_enabled(case.present.steps, CUSTOMER_REMINDERS)
    if unwanted or not _takes_place(case.present):
        return None
    found = _plain(tx, desk, replace(case, booking=case.present), delivery.letter or "")
    subject = delivery.announcement.facts.get("subject")
    if isinstance(subject, str) and subject.strip():
        found = replace(found, subject=subject)
    if not is_customer:
        return found
    stop = reminder_links.link(desk.vault, case.app.id, case.present, site=desk.site)
    links = mail_facts.links_of(tx, desk, case)
    facts = {**found.facts, "links": {**links, "unsubscribe": stop}}
    return replace(found, facts=facts, unsubscribe=stop)


async def _offer(tx: Transaction, desk: Desk, case: Case) -> Draft | None:
    """Return what is told of an offer to somebody who waited; None where it has ended."""
    entry = await _offered(tx, case)
    if entry is None:
        return None
    found = _plain(tx, desk, case, OFFER)
    until = case.reader.moment(entry.offered_until) if entry.offered_until else ""
    take = waitlist_links.link(desk.vault, case.app.id, entry, site=desk.site)
    facts = {**found.facts, "offer": {"until": until}, "links": {"take": take}}
    return replace(found, facts=facts)


def _plain(tx: Transaction, desk: Desk, case: Case, slug: str) -> Draft:
    return Draft(
        app=case.app,
        slug=slug,
        to=_readers(case),
        language=case.language,
        facts=mail_facts.facts_of(tx, desk, case),
        reply_to=_answers_to(case),
    )


async def _invitation(tx: Transaction, desk: Desk, case: Case, slug: str) -> bytes | None:
    """Return the entry for the customer's calendar; None where the booking was deleted."""
    from slotkeeper.notifications.invitation import invitation  # noqa: PLC0415 - for mails alone

    try:
        meeting = await meetings.meeting_of(
            tx, case.app.id, case.booking, zone=case.zone, sender=desk.sender.address
        )
    except NotFound:
        return None
    return invitation(meeting, _METHODS[slug])


def _is_switched_off(case: Case) -> bool:
    """Tell whether the app or the project of a booking wants no mails about bookings."""
    of_project = case.project is None or case.project.enabled_email_notification
    return case.app.settings.get(DISABLE_EMAIL) is True or not of_project


def _readers(case: Case) -> list[Person]:
    """Return who gets the mail, each address once.

    An owner's mail goes to all who serve and want mails. Where none of them has an address, as
    rooms have none, somebody must still answer: whom the app names for that, else its owner.
    """
    if case.audience is Audience.CUSTOMER:
        customer = case.booking.customer
        found = [Person(customer.name, customer.email)] if customer else []
    else:
        serving = [each for each in case.resources if each.deleted_at is None]
        wanting = [each for each in serving if each.enabled_email_notification]
        found = [Person(each.name, each.email) for each in wanting if each.email]
        if not found and not any(each.email for each in serving) and len(wanting) == len(serving):
            found = [_contact_of(case)]
    return list(
        {each.address.lower(): each for each in found if can_get_mail(each.address)}.values()
    )


def _contact_of(case: Case) -> Person:
    """Return who answers for an app."""
    named = case.app.settings.get("contact_email")
    name = case.app.settings.get("contact_name")
    address = named if isinstance(named, str) and can_get_mail(named) else case.app.owner_email
    return Person(name if isinstance(name, str) else "", address)


def _answers_to(case: Case) -> Person | None:
    """Return where answers go: an owner's to the customer, a customer's to whom the app names.

    Where it names nobody, to who serves.
    """
    if case.audience is Audience.OWNER:
        customer = case.booking.customer
        found = [Person(customer.name, customer.email)] if customer else []
        return next((each for each in found if can_get_mail(each.address)), None)
    settings = case.app.settings
    for key in ("contact_email", "from_email"):
        address = settings.get(key)
        if isinstance(address, str) and can_get_mail(address):
            return Person(str(settings.get("contact_name") or ""), address)
    resource = case.resource
    if resource is None or not resource.email or not can_get_mail(resource.email):
        return None
    return Person(resource.name, resource.email)


def _takes_place(booking: Booking) -> bool:
    is_class = booking.graph is GROUP_OWNER and booking.state is State.TENTATIVE
    return is_class or booking.state in _TAKES_PLACE


async def _class_goes_on(tx: Transaction, case: Case) -> bool:
    """Tell whether a seat was cancelled by itself, and not with its class."""
    class_id = case.booking.owner_booking_id
    if class_id is None:
        return True
    found = await bookings.find_all(tx, case.app.id, [class_id])
    return class_id in found and found[class_id].state is not State.CANCELLED


async def _offered(tx: Transaction, case: Case) -> Entry | None:
    """Return the entry whose offer a reservation is, None where the offer has ended."""
    entry_id = offered_entry(case.booking)
    if entry_id is None:
        return None
    try:
        entry = (await waitlist.get(tx, case.app.id, entry_id)).seen(tx.now)
    except NotFound:
        return None
    is_this = entry.reservation_id == case.booking.id
    return entry if entry.state is EntryState.OFFERED and is_this else None
