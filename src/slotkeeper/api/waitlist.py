"""Waiting lists over HTTP: stand in line for a full class or a taken slot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AnyKey, AppKey
from slotkeeper.api.booking_orders import actor_of, permitted
from slotkeeper.api.booking_views import line_of_log
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.waitlist import JoinWaitlist, ShownEntry
from slotkeeper.api.show import Shown
from slotkeeper.api.times import AskedTimes, Times, stamp
from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.domain.booking import Transition
from slotkeeper.domain.waitlist import Entry
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.services import waitlist, waitlist_links

router = APIRouter(prefix="/bookings/waitlist", tags=["Waiting lists"], route_class=ApiRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Viewer:
    """Shows entries; what they relate to was loaded once for all of them."""

    request: Request
    caller: Caller
    times: Times
    positions: Mapping[UUID, int]
    logs: Mapping[UUID, Sequence[Transition]]

    @classmethod
    async def of(
        cls,
        request: Request,
        caller: Caller,
        shown: Sequence[Entry],
        *,
        times: Times,
        includes: frozenset[str],
    ) -> "_Viewer":
        tx = transaction_of(request)
        wants_logs = "logs" in includes and caller.kind is not KeyKind.WIDGET
        return cls(
            request=request,
            caller=caller,
            times=times,
            positions=await waitlist.positions(tx, caller.app_id, shown),
            logs=await waitlist.logs_of(tx, caller.app_id, [each.id for each in shown])
            if wants_logs
            else {},
        )

    def show(self, entry: Entry) -> Shown:
        """Return an entry as it is at the moment of the request."""
        entry = entry.seen(transaction_of(self.request).now)
        shown: Shown = {
            "id": entry.id,
            "state": entry.state,
            "position": self.positions.get(entry.id),
            "owner_booking_id": entry.owner_booking_id,
            "resource_id": entry.resource_id,
            "project_id": entry.project_id,
            "start": self.times.show(entry.start_at),
            "end": self.times.show(entry.end_at),
            "graph": entry.graph,
            "offered_until": stamp(entry.offered_until) if entry.offered_until else None,
            "reservation_id": entry.reservation_id,
            "booking_id": entry.booking_id,
        }
        if self.caller.kind is not KeyKind.WIDGET:
            shown |= self._private(entry)
        shown["created_at"] = stamp(entry.created_at)
        shown["updated_at"] = stamp(entry.updated_at)
        return shown

    def _private(self, entry: Entry) -> Shown:
        """Return what only the app may see: who waits, and the link that acts in their name."""
        customer, vault = entry.customer, parts_of(self.request).vault
        site, app_id = public_url(self.request), self.caller.app_id
        shown: Shown = {
            "hold_time": entry.hold_seconds,
            "customer": {
                **customer.custom,
                "name": customer.name,
                "email": customer.email,
                "phone": customer.phone,
                "voip": customer.voip,
                "timezone": customer.timezone,
            },
            "meta": entry.meta,
            "take_url": waitlist_links.link(vault, app_id, entry, site=site)
            if entry.is_open
            else None,
        }
        if entry.id in self.logs:
            shown["logs"] = [line_of_log(line) for line in self.logs[entry.id]]
        return shown


@router.post("", status_code=201, responses=answers(Data[ShownEntry], 201))
async def join_waitlist(
    request: Request, caller: AnyKey, body: JoinWaitlist, times: AskedTimes, includes: Includes
) -> Response:
    """Wait for a full class or a taken slot; what can be booked is refused with 422.

    Who stands in line for it already, by address, gets the first entry.
    """
    is_public = caller.kind is KeyKind.WIDGET
    entry, is_new = await waitlist.join(
        transaction_of(request),
        caller.app_id,
        permitted(caller, body.order(times)),
        hold_time=None if is_public else body.hold_time,
        actor=actor_of(caller),
        shuffle=parts_of(request).shuffle,
    )
    viewer = await _Viewer.of(request, caller, [entry], times=times, includes=includes)
    shown = viewer.show(entry)
    if is_public and not is_new:
        # Everybody has the widget key, and may know an address: to send its owner away, or to
        # book in their name, takes an id that only the owner was given.
        shown |= {"id": None, "reservation_id": None, "booking_id": None}
    return data(shown, 201)


@router.get("", responses=answers(ListOf[ShownEntry]))
async def list_waitlist(
    request: Request, caller: AppKey, asked: AskedListing, times: AskedTimes, includes: Includes
) -> Response:
    """List who waits and who did, in the order of joining unless asked otherwise."""
    page = await waitlist.list_entries(transaction_of(request), caller.app_id, asked)
    viewer = await _Viewer.of(request, caller, page.items, times=times, includes=includes)
    return paged(request, asked, page, viewer.show)


@router.get("/{entry_id}", responses=answers(Data[ShownEntry]))
async def get_waitlist_entry(
    request: Request, caller: AnyKey, entry_id: UUID, times: AskedTimes, includes: Includes
) -> Response:
    """Get one entry: the place in line, or the offer."""
    entry = await waitlist.get(transaction_of(request), caller.app_id, entry_id)
    viewer = await _Viewer.of(request, caller, [entry], times=times, includes=includes)
    return data(viewer.show(entry))


@router.delete("/{entry_id}", status_code=204, responses=answers(None, 204))
async def leave_waitlist(request: Request, caller: AnyKey, entry_id: UUID) -> Response:
    """Leave a line, or give up an offer, which then goes to the next."""
    tx = transaction_of(request)
    await waitlist.leave(tx, caller.app_id, entry_id, actor=actor_of(caller))
    return empty()
