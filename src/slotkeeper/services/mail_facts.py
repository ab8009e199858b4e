"""What a mail about a booking tells: loaded once, and said as its reader says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from slotkeeper.domain.app import App
from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.graphs import Action
from slotkeeper.domain.mails import TIME_FORMAT, Audience
from slotkeeper.domain.meeting import MeetingStatus
from slotkeeper.domain.project import Project, complete_ui
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.notifications.languages import first_known
from slotkeeper.services import action_links, apps, bookings, meetings, projects, resources
from slotkeeper.services.mail_drafts import Desk
from slotkeeper.storage.transaction import Transaction

if TYPE_CHECKING:
    from slotkeeper.notifications.moments import Reader

_LANGUAGE_KEYS = ("language", "locale")
_TWENTY_FOUR_HOURS = "24h-dmy-mon"
_DETAILS_CHARACTERS_MAX = 300  # the plain text of a mail shows addresses in full


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A booking that somebody is told of, with what belongs to it.

    ``booking`` is as it was when that was due, ``present`` as it is now. ``before`` is the one in
    whose place it was made. ``resources`` has those that are left, the first one first.
    ``language_asked`` is the tag of a language to be used whatever anybody's is.
    """

    app: App
    booking: Booking
    present: Booking
    before: Booking | None
    project: Project | None
    resources: Sequence[Resource]
    audience: Audience
    message: str | None
    language_asked: str | None = None

    @property
    def resource(self) -> Resource | None:
        """Return who serves first."""
        return self.resources[0] if self.resources else None

    @property
    def zone(self) -> Zone:
        """Return the zone of the reader: the customer's, or that of who serves."""
        of_customer = self.booking.customer.timezone if self.booking.customer else ""
        names = [of_customer, self.resource.timezone if self.resource else ""]
        if self.audience is Audience.OWNER:
            names.reverse()
        return find_zone(next(filter(None, names), "UTC"))

    @property
    def language(self) -> str:
        """Return the tag of the reader's language: theirs, else the project's, else the app's."""
        customer = self.booking.customer
        of_reader = [each.meta for each in self.resources[:1]]
        if self.audience is Audience.CUSTOMER:
            of_reader = [customer.custom] if customer else []
        of_project = [self.project.booking, self.project.ui] if self.project else []
        sources = [*of_reader, self.booking.settings, *of_project, self.app.settings]
        said = [source.get(key) for source in sources for key in _LANGUAGE_KEYS]
        return first_known([self.language_asked, *said])

    @property
    def reader(self) -> Reader:
        """Return how the reader writes times."""
        from slotkeeper.notifications.moments import Reader  # noqa: PLC0415 - for mails alone

        said = self.booking.steps.get(TIME_FORMAT)
        clock = complete_ui(self.project.ui if self.project else {})["time_date_format"]
        return Reader(
            tag=self.language,
            zone=self.zone.info,
            php_format=said if isinstance(said, str) else None,
            prefers_24_hours=clock == _TWENTY_FOUR_HOURS,
        )


async def load(
    tx: Transaction, app_id: UUID, booking: Booking, *, audience: Audience, message: str | None
) -> Case:
    """Return a booking with what a mail about it tells.

    Where no ``message`` goes with a booking that was made in the place of another, that is the
    one with which the other ended.
    """
    present = await bookings.find_all(tx, app_id, [booking.id])
    before = None
    if booking.rescheduled_from is not None:
        found = await bookings.find_all(tx, app_id, [booking.rescheduled_from])
        before = found.get(booking.rescheduled_from)
    if before is not None and message is None:
        log = (await bookings.logs_of(tx, app_id, [before.id]))[before.id]
        moves = [each for each in log if each.action == Action.RESCHEDULE_BY_CUSTOMER]
        message = moves[-1].message if moves else None
    wanted = [booking.project_id] if booking.project_id else []
    project = next(iter((await projects.find_all(tx, app_id, wanted)).values()), None)
    serving = await resources.find_all_ever(tx, app_id, booking.resource_ids)
    return Case(
        app=await apps.get(tx, app_id),
        booking=booking,
        present=present.get(booking.id, booking),
        before=before,
        project=project,
        resources=[serving[each] for each in booking.resource_ids if each in serving],
        audience=audience,
        message=message,
    )


def facts_of(tx: Transaction, desk: Desk, case: Case) -> dict[str, object]:
    """Return what the names in a template stand for; times are as the reader writes them."""
    booking, reader = case.booking, case.reader
    span = reader.span(booking.start_at, booking.end_at)
    before = case.before
    return {
        "app": {"name": case.app.name},
        "booking": {
            "id": str(booking.id),
            "state": str(booking.state),
            "graph": booking.graph.name,
        },
        "event": {
            "what": booking.what,
            "where": booking.location,
            "description": booking.description,
            "start": reader.moment(booking.start_at),
            "end": reader.moment(booking.end_at),
            "when": span,
            "when_before": reader.span(before.start_at, before.end_at) if before else "",
        },
        "customer": _customer_facts(booking.customer),
        "resource": {
            "name": ", ".join(each.name for each in case.resources),
            "email": (case.resource.email or "") if case.resource else "",
        },
        "project": {
            "name": case.project.name if case.project else "",
            "slug": case.project.slug if case.project else "",
        },
        "meta": dict(booking.meta),
        "message": case.message or "",
        "links": links_of(tx, desk, case),
    }


def _customer_facts(customer: Customer | None) -> Mapping[str, object]:
    if customer is None:
        return {}
    return {
        **customer.custom,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "voip": customer.voip,
        "timezone": customer.timezone,
    }


def links_of(tx: Transaction, desk: Desk, case: Case) -> Mapping[str, str]:
    """Return the addresses of what the reader can do with the booking now."""
    booking = case.present
    links = action_links.links(
        desk.vault, case.app.id, booking, audience=case.audience, site=desk.site, now=tx.now
    )
    found = {
        "confirm": links.get(Action.CONFIRM, ""),
        "decline": links.get(Action.DECLINE, ""),
        "cancel": links.get(Action.CANCEL_BY_CUSTOMER, ""),
        "reschedule": "",
        **_links_to_add(tx, desk, case),
    }
    if Action.RESCHEDULE_BY_CUSTOMER in links and case.project is not None:
        found["reschedule"] = action_links.address_to_move(
            case.project, booking, zone=case.zone, site=desk.site
        )
    return found


def _links_to_add(tx: Transaction, desk: Desk, case: Case) -> Mapping[str, str]:
    """Return where the customer adds the booking to a calendar; nowhere unless it will take place.

    What has begun is over before anybody has added it.
    """
    from slotkeeper.services import calendar_links  # noqa: PLC0415 - for mails alone

    booking = case.present
    is_ahead = tx.now < booking.start_at and meetings.status_of(booking) is MeetingStatus.CONFIRMED
    if case.audience is not Audience.CUSTOMER or not is_ahead:
        return {"google": "", "outlook": "", "ics": ""}
    return calendar_links.links_to_add(
        desk.vault,
        case.app.id,
        booking,
        project=case.project,
        zone=case.zone,
        site=desk.site,
        details_characters_max=_DETAILS_CHARACTERS_MAX,
    )
