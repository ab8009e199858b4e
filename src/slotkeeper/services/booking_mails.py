"""Mails about bookings: who is told, unless somebody switched it off, and with what."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.delivery import Delivery, Kind
from slotkeeper.domain.email import can_get_mail
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GROUP_OWNER, State
from slotkeeper.domain.mails import DISABLE_EMAIL, Audience
from slotkeeper.domain.waitlist import Entry, offered_entry
from slotkeeper.domain.waitlist import State as EntryState
from slotkeeper.services import bookings, mail_facts, meetings, waitlist, waitlist_links
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
    assert told.booking is not None, delivery
    assert delivery.letter is not None, delivery
    case = await mail_facts.load(
        tx,
        delivery.app_id,
        told.booking,
        audience=Audience(delivery.audience or ""),
        message=told.message,
    )
    to = _readers(case)
    if _is_switched_off(case) or not to:
        return None
    if told.kind is Kind.REMINDER:
        if not _takes_place(case.present):
            return None
        case = replace(case, booking=case.present)
    facts = mail_facts.facts_of(tx, desk, case)
    slug = delivery.letter
    invitation = None
    was_invited = told.from_state != State.TENTATIVE
    if slug in _METHODS and (was_invited or _METHODS[slug] == "REQUEST"):
        invitation = await _invitation(tx, desk, case, slug)
    if slug == OFFER:
        entry = await _offered(tx, case)
        if entry is None:
            return None
        facts |= _offer_facts(desk, case, entry)
    elif slug == _SEAT_CANCELLED and await _class_goes_on(tx, case):
        slug = _CANCELLED
    subject = told.facts.get("subject")
    return Draft(
        app=case.app,
        slug=slug,
        to=to,
        language=case.language,
        facts=facts,
        reply_to=_answers_to(case),
        subject=subject if isinstance(subject, str) and subject.strip() else None,
        invitation=invitation,
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


def _offer_facts(desk: Desk, case: Case, entry: Entry) -> dict[str, object]:
    until = case.reader.moment(entry.offered_until) if entry.offered_until else ""
    take = waitlist_links.link(desk.vault, case.app.id, entry, site=desk.site)
    return {"offer": {"until": until}, "links": {"take": take}}
