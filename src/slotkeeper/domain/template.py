"""Templates of mails: what an app says to its customers and owners, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a mail says unless an app changes it; ``body`` is HTML.

    ``{{customer.name}}`` and its like stand for what is known when the mail is made: values
    are escaped, and a name that means nothing becomes empty.
    """

    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an app changed of a template; None where it left what every app has."""

    slug: str
    subject: str | None
    body: str | None
    enabled: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as one app has it. ``updated_at`` is None where the app changed nothing."""

    slug: str
    wording: Wording
    subject: str
    body: str
    enabled: bool
    updated_at: datetime | None


def template(slug: str, wording: Wording, changed: Changes | None) -> Template:
    """Return the template of an app: what it changed over what every app has."""
    if changed is None:
        return Template(
            slug=slug,
            wording=wording,
            subject=wording.subject,
            body=wording.body,
            enabled=True,
            updated_at=None,
        )
    return Template(
        slug=slug,
        wording=wording,
        subject=wording.subject if changed.subject is None else changed.subject,
        body=wording.body if changed.body is None else changed.body,
        enabled=changed.enabled,
        updated_at=changed.updated_at,
    )


_TIME = "<p>{{event.start}} &ndash; {{event.end}}<br>{{event.where}}</p>\n"
_WHO = "<p>{{customer.name}}, {{customer.email}}, {{customer.phone}}</p>\n"
_NOTE = "<p>{{message}}</p>\n"
_TO_CUSTOMER = "<p>Dear {{customer.name}},</p>\n"
_TO_OWNER = "<p>Dear {{resource.name}},</p>\n"
_FROM = "<p>{{resource.name}}</p>\n"
_LINKS = (
    '<p><a href="{{links.reschedule}}">Choose another time</a> · '
    '<a href="{{links.cancel}}">Cancel</a></p>\n'
)

WORDINGS: Mapping[str, Wording] = {
    "booking_confirmed_customer": Wording(
        name="Booking confirmed, to the customer",
        subject="Confirmed: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>your booking of {{event.what}} is confirmed.</p>\n"
        + _TIME
        + _LINKS
        + _FROM,
    ),
    "booking_confirmed_owner": Wording(
        name="Booking confirmed, to the owner",
        subject="New booking: {{event.what}} with {{customer.name}}",
        body=_TO_OWNER
        + "<p>{{customer.name}} has booked {{event.what}}.</p>\n"
        + _TIME
        + _WHO
        + "<p>{{event.description}}</p>\n",
    ),
    "booking_request_owner": Wording(
        name="Somebody asks for a booking, to the owner",
        subject="Please answer: {{event.what}} with {{customer.name}}",
        body=_TO_OWNER
        + "<p>{{customer.name}} would like to book {{event.what}}.</p>\n"
        + _TIME
        + _WHO
        + "<p>{{event.description}}</p>\n"
        + '<p><a href="{{links.confirm}}">Confirm</a> · '
        + '<a href="{{links.decline}}">Decline</a></p>\n',
    ),
    "booking_declined_customer": Wording(
        name="Booking declined, to the customer",
        subject="Declined: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>{{event.what}} cannot take place at the time that you asked for.</p>\n"
        + _TIME
        + _NOTE
        + _FROM,
    ),
    "booking_cancelled_customer": Wording(
        name="Booking cancelled by the owner, to the customer",
        subject="Cancelled: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>your booking of {{event.what}} was cancelled.</p>\n"
        + _TIME
        + _NOTE
        + _FROM,
    ),
    "booking_cancelled_owner": Wording(
        name="Booking cancelled by the owner, to the owner",
        subject="Cancelled: {{event.what}} with {{customer.name}}",
        body=_TO_OWNER
        + "<p>the booking of {{event.what}} was cancelled; your time is free again.</p>\n"
        + _TIME
        + _WHO
        + _NOTE,
    ),
    "booking_cancelled_by_customer_owner": Wording(
        name="Booking cancelled by the customer, to the owner",
        subject="{{customer.name}} cancelled: {{event.what}}",
        body=_TO_OWNER
        + "<p>{{customer.name}} has cancelled {{event.what}}; your time is free again.</p>\n"
        + _TIME
        + _WHO
        + _NOTE,
    ),
    "booking_rescheduled_customer": Wording(
        name="Booking moved, to the customer",
        subject="New time: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>your booking of {{event.what}} has a new time.</p>\n"
        + _TIME
        + _NOTE
        + _LINKS
        + _FROM,
    ),
    "booking_rescheduled_owner": Wording(
        name="Booking moved, to the owner",
        subject="New time: {{event.what}} with {{customer.name}}",
        body=_TO_OWNER
        + "<p>the booking of {{event.what}} has a new time.</p>\n"
        + _TIME
        + _WHO
        + _NOTE,
    ),
    "group_cancelled_customer": Wording(
        name="Class cancelled, to each customer",
        subject="Cancelled: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>{{event.what}} does not take place, and with it your seat is cancelled.</p>\n"
        + _TIME
        + _NOTE
        + _FROM,
    ),
    "reminder_customer": Wording(
        name="Reminder, to the customer",
        subject="Reminder: {{event.what}}",
        body=_TO_CUSTOMER
        + "<p>this is to remind you of {{event.what}}.</p>\n"
        + _TIME
        + _LINKS
        + _FROM,
    ),
    "reminder_owner": Wording(
        name="Reminder, to the owner",
        subject="Reminder: {{event.what}} with {{customer.name}}",
        body=_TO_OWNER + "<p>this is to remind you of {{event.what}}.</p>\n" + _TIME + _WHO,
    ),
    "resource_invite": Wording(
        name="Invitation of a resource",
        subject="Your calendar is waiting for you",
        body=_TO_OWNER
        + "<p>you are invited to take bookings.</p>\n"
        + '<p><a href="{{links.confirm}}">Accept</a></p>\n',
    ),
}
"""Every mail there is, by the slug of its template, in the order in which they are listed."""
