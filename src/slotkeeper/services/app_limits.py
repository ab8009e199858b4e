"""Limits that an app sets on all of its bookings: by resource, and by customer."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LimitReached, SlotTaken
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.limits import AppLimits, Caps, counted_window, full_periods, strictest
from slotkeeper.domain.slot_policy import SlotPolicy
from slotkeeper.domain.zones import Zone, find_zone, minute_floor
from slotkeeper.storage import apps, resources
from slotkeeper.storage import limits as stored
from slotkeeper.storage.transaction import Transaction


async def of_app(tx: Transaction, app_id: UUID) -> AppLimits:
    """Return the limits of an app, read once a transaction; its key may have brought them."""
    if app_id not in tx.app_limits:
        tx.app_limits[app_id] = await apps.get_limits(tx, app_id)
    return tx.app_limits[app_id]


async def over(tx: Transaction, app_id: UUID, policy: SlotPolicy) -> SlotPolicy:
    """Return the rules of a search with the limits of the app on resources over them."""
    limits = await of_app(tx, app_id)
    if not limits.resource:
        return policy
    caps = strictest(policy.limits.resource, limits.resource)
    return replace(policy, limits=replace(policy.limits, resource=caps))


async def check(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Refuse a booking with which a resource or its customer would have more than the app allows.

    What counts is what starts in the same day, week, month or year on the clock of the resource
    and holds time or a seat; the booking itself must not yet. Until the transaction ends nobody
    else takes what this one was allowed: two who come at once wait for each other. Raises
    SlotTaken for the resource, LimitReached for the customer.
    """
    limits = await of_app(tx, app_id)
    if not limits:
        return
    email = booking.customer.email if booking.customer else None
    zone = await _zone_of(tx, app_id, booking)
    moment = minute_floor(booking.start_at)
    window = (moment, moment + 1)
    if limits.customer and email:
        await stored.lock_customer(tx, app_id, email)
        counted = counted_window(limits.customer, zone, window)
        starts = await stored.starts_of_customer(tx, app_id, email, counted)
        if _is_full(limits.customer, starts, zone, window):
            raise LimitReached
    if limits.resource and not booking.has_seat:
        counted = counted_window(limits.resource, zone, window)
        for resource_id in sorted(booking.resource_ids):
            await stored.lock_resource(tx, app_id, resource_id)
            [booked] = await stored.booked_times(tx, app_id, [resource_id], counted)
            starts = [start for start, _ in booked]
            if _is_full(limits.resource, starts, zone, window):
                raise SlotTaken


async def _zone_of(tx: Transaction, app_id: UUID, booking: Booking) -> Zone:
    """Return the zone in which days begin: that of the resource, or the first of several."""
    if booking.resource_id is None:
        return find_zone("UTC")
    resource = await resources.find(tx, app_id, booking.resource_id)
    return find_zone(resource.timezone if resource else "UTC")


def _is_full(caps: Caps, starts: Sequence[int], zone: Zone, window: Interval) -> bool:
    return bool(full_periods(caps, starts, zone, window))
