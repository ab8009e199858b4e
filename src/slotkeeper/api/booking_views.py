"""Bookings as the API shows them, with the related objects that were asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from uuid import UUID

from fastapi import Request

from slotkeeper.api import show
from slotkeeper.api.show import Shown
from slotkeeper.api.times import Times, stamp
from slotkeeper.domain.app import Caller
from slotkeeper.domain.booking import Booking, Customer, Transition
from slotkeeper.domain.calendar import Calendar, Event
from slotkeeper.domain.group import group_of
from slotkeeper.domain.mails import Audience
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.services import (
    action_links,
    bookings,
    bulk,
    calendars,
    events,
    groups,
    projects,
    resources,
)

PUBLIC_INCLUDES = frozenset({"attributes", "customers", "calendar", "event", "user", "resource"})
"""What the widget key may ask for: a page needs no more, and everybody has that key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Shows bookings; what they relate to was loaded once for all of them.

    A public viewer keeps metadata, logs and addresses of resources to itself; one for a single
    resource, ``own_id``, shows of others no more than their names.
    """

    times: Times
    includes: frozenset[str]
    is_public: bool
    own_id: UUID | None
    calendars: Mapping[UUID, Calendar]
    events: Mapping[UUID, Event]
    resources: Mapping[UUID, Resource]
    calendars_of: Mapping[UUID, Sequence[Calendar]]
    projects: Mapping[UUID, Project]
    logs: Mapping[UUID, Sequence[Transition]]
    links: Mapping[UUID, Mapping[str, str]]
    taken_seats: Mapping[UUID, int]
    owners: Mapping[UUID, Booking]
    related: Mapping[UUID, Sequence[Booking]]

    @classmethod
    async def of(
        cls,
        request: Request,
        caller: Caller,
        shown: Sequence[Booking],
        *,
        times: Times,
        includes: frozenset[str],
    ) -> "Viewer":
        """Load what showing these bookings needs: one query for each kind that is asked for."""
        tx, app_id = transaction_of(request), caller.app_id
        is_public = caller.is_public
        if is_public:
            includes &= PUBLIC_INCLUDES
        ids = [booking.id for booking in shown]
        owners = (
            await bookings.find_all(tx, app_id, _distinct(each.owner_booking_id for each in shown))
            if "owner_booking" in includes
            else {}
        )
        wants_resource = bool(includes & {"user", "resource", "resources"})
        wants_event = bool(includes & {"event", "provider_event"})
        resource_ids = _distinct(each for booking in shown for each in booking.resource_ids)
        wants_related = "bulked_bookings" in includes
        related = await bulk.related_to(tx, app_id, shown) if wants_related else {}
        if (own := caller.own_resource_id) is not None:
            related = {
                each: [other for other in others if own in other.resource_ids]
                for each, others in related.items()
            }
        every = [*shown, *chain.from_iterable(related.values())]
        calendar_ids = _distinct(booking.calendar_id for booking in every)
        project_ids = _distinct(booking.project_id for booking in shown)
        return cls(
            times=times,
            includes=includes,
            is_public=is_public,
            own_id=caller.own_resource_id,
            calendars=await calendars.find_all(tx, app_id, calendar_ids),
            events=await events.of_bookings(tx, app_id, ids) if wants_event else {},
            resources=await resources.find_all_ever(tx, app_id, resource_ids)
            if wants_resource
            else {},
            calendars_of=await calendars.of_resources(tx, app_id, resource_ids)
            if wants_resource
            else {},
            projects=await projects.find_all(tx, app_id, project_ids)
            if "project" in includes
            else {},
            logs=await bookings.logs_of(tx, app_id, ids) if "logs" in includes else {},
            links=_links(request, app_id, shown, now=tx.now)
            if "customer_action_links" in includes
            else {},
            taken_seats=await groups.taken_seats(tx, app_id, [*every, *owners.values()]),
            owners=owners,
            related=related,
        )

    def show(self, booking: Booking) -> Shown:
        """Return a booking; each include adds a member, null where there is nothing."""
        actions = [str(action) for action in booking.actions]
        calendar = self.calendars.get(booking.calendar_id) if booking.calendar_id else None
        if calendar and self._is_of_another(calendar.resource_id):
            calendar = None
        shown: Shown = {
            "id": booking.id,
            "graph": booking.graph.name,
            "state": booking.state,
            "completed": booking.is_final,
            "possible_actions": actions,
            "available_actions": actions,
            "attributes": self._attributes(booking),
            "calendar": show.calendar(calendar) if calendar else None,
            "customers": [_customer(booking.customer)] if booking.customer else [],
        }
        if booking.series_id is not None:
            shown["series_id"] = booking.series_id
        if booking.until is not None:
            shown["held_until"] = stamp(booking.until)
        self._add_includes(shown, booking)
        shown["created_at"] = stamp(booking.created_at)
        shown["updated_at"] = stamp(booking.updated_at)
        return shown

    def _attributes(self, booking: Booking) -> Shown:
        info = {
            "start": self.times.show(booking.start_at),
            "end": self.times.show(booking.end_at),
            "what": booking.what,
            "where": booking.location,
            "description": booking.description,
            "calendar_id": booking.calendar_id,
            "participants": list(booking.participants),
        }
        attributes: Shown = {"event_info": info, "event": info}
        if booking.customer is not None:
            shown = _customer(booking.customer)
            attributes["customer"] = {**booking.customer.custom, **shown}
        if booking.id in self.taken_seats:
            attributes["group_booking"] = {
                "max_seats": group_of(booking.settings).seats,
                "current_seats": self.taken_seats[booking.id],
            }
        if booking.payment_id is not None:
            attributes["payment"] = {"payment_id": booking.payment_id}
        return attributes

    def _plainly(self, booking: Booking) -> Shown:
        """Return a booking to which another relates, with nothing that was asked for."""
        return replace(self, includes=frozenset(), related={}).show(booking)

    def _person(self, resource: Resource) -> Shown:
        shown = show.resource(resource, calendars=self.calendars_of[resource.id])
        if self._is_of_another(resource.id):
            return {**shown, "email": None, "meta": {}, "calendars": []}
        return {**shown, "email": None, "meta": {}} if self.is_public else shown

    def _is_of_another(self, resource_id: UUID) -> bool:
        return self.own_id not in (None, resource_id)

    def _add_includes(self, shown: Shown, booking: Booking) -> None:
        resource = self.resources.get(booking.resource_id) if booking.resource_id else None
        person = resource and self._person(resource)
        event = self.events.get(booking.id)
        project = self.projects.get(booking.project_id) if booking.project_id else None
        owner = self.owners.get(booking.owner_booking_id) if booking.owner_booking_id else None
        related: Shown = {
            "user": person,
            "resource": person,
            "resources": [
                self._person(self.resources[each])
                for each in booking.resource_ids
                if each in self.resources
            ],
            "owner_booking": self._plainly(owner) if owner else None,
            "bulked_bookings": [self._plainly(each) for each in self.related.get(booking.id, ())],
            "event": show.event(event, self.times) if event else None,
            "provider_event": {"id": None},
            "project": show.project(project) if project else None,
            "meta": booking.meta,
            "settings": booking.settings,
            "reminders": booking.reminders or [],
            "logs": [line_of_log(line) for line in self.logs.get(booking.id, ())],
            "customer_action_links": self.links.get(booking.id, {}),
        }
        shown.update({name: value for name, value in related.items() if name in self.includes})


async def shown_booking(
    request: Request,
    caller: Caller,
    booking: Booking,
    *,
    times: Times,
    includes: frozenset[str],
) -> Shown:
    """Return one booking as this caller sees it."""
    viewer = await Viewer.of(request, caller, [booking], times=times, includes=includes)
    return viewer.show(booking)


def _links(
    request: Request, app_id: UUID, shown: Sequence[Booking], *, now: datetime
) -> dict[UUID, dict[str, str]]:
    """Return what the customer of each booking can do now: addresses by action."""
    vault, site = parts_of(request).vault, public_url(request)
    return {
        booking.id: action_links.links(
            vault, app_id, booking, audience=Audience.CUSTOMER, site=site, now=now
        )
        for booking in shown
    }


def _customer(customer: Customer) -> Shown:
    return {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "voip": customer.voip,
        "timezone": customer.timezone,
        "meta": customer.custom,
    }


def line_of_log(line: Transition) -> Shown:
    """Return one line of a log: who did what, and what came of it."""
    return {
        "action": line.action,
        "from": line.from_state,
        "state": line.to_state,
        "actor": line.actor,
        "message": line.message,
        "created_at": stamp(line.created_at),
    }


def _distinct(ids: Iterable[UUID | None]) -> list[UUID]:
    return list({each for each in ids if each is not None})
