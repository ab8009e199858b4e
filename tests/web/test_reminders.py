"""The link at the foot of a reminder: it asks, and its button stops the reminders of a booking."""

from datetime import timedelta
from uuid import UUID

from slotkeeper.edge.parts import Parts
from slotkeeper.services import bookings, calendar_links, reminder_links
from tests.support.client import Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"


async def booked(tenant: Tenant) -> UUID:
    doc = await tenant.resource()
    made = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    return UUID(made["id"])


async def link_of(parts: Parts, tenant: Tenant, booking_id: UUID, *, of: object = None) -> str:
    async with parts.database.transaction() as tx:
        booking = await bookings.get(tx, tenant.app_id, booking_id)
        maker = of or reminder_links
        return str(maker.link(parts.vault, tenant.app_id, booking, site=""))  # type: ignore[attr-defined]


async def said(parts: Parts, tenant: Tenant, booking_id: UUID) -> object:
    async with parts.database.transaction() as tx:
        booking = await bookings.get(tx, tenant.app_id, booking_id)
        return booking.steps.get("remind_customer_by_email")


async def test_looking_changes_nothing_and_the_button_stops_reminders(
    tenant: Tenant, parts: Parts, visitor: Visitor
) -> None:
    booking_id = await booked(tenant)
    address = await link_of(parts, tenant, booking_id)
    asked = await visitor.http.get(address)
    assert asked.status_code == 200
    assert "No more reminders of this booking?" in asked.text
    assert "Consultation" in asked.text
    assert await said(parts, tenant, booking_id) is None

    for _ in range(2):  # as often as anybody presses it
        done = await visitor.http.post(address, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "The booking itself stays as it is" in done.text
        assert await said(parts, tenant, booking_id) == {"enabled": False}
    shown = await tenant.api.found(f"/bookings/{booking_id}")
    assert shown["state"] == "confirmed"


async def test_only_our_link_to_this_booking_stops_its_reminders(
    tenant: Tenant, parts: Parts, visitor: Visitor, clock: TestClock
) -> None:
    first, second = await booked(tenant), await booked(tenant)
    address = await link_of(parts, tenant, first)
    signature = address.partition("?")[2]
    other = await link_of(parts, tenant, first, of=calendar_links)
    for wrong in (
        address[:-3],
        reminder_links.PATH.format(booking_id=second) + "?" + signature,
        reminder_links.PATH.format(booking_id=first) + "?" + other.partition("?")[2],
        reminder_links.PATH.format(booking_id="x") + "?" + signature,
        reminder_links.PATH.format(booking_id=first),
        reminder_links.PATH.format(booking_id=first) + "?signature=" + "x" * 3000,
    ):
        for method in ("GET", "POST"):
            assert (await visitor.http.request(method, wrong)).status_code == 403
    clock.advance(timedelta(days=32))
    assert (await visitor.http.post(address)).status_code == 410
    assert await said(parts, tenant, first) is None


async def test_a_booking_that_was_deleted_has_no_reminders(
    tenant: Tenant, parts: Parts, visitor: Visitor
) -> None:
    booking_id = await booked(tenant)
    address = await link_of(parts, tenant, booking_id)
    await tenant.api.put(f"/bookings/{booking_id}/cancel", {})
    assert (await tenant.api.delete(f"/bookings/{booking_id}")).status_code == 204
    assert (await visitor.http.get(address)).status_code == 404
    assert (await visitor.http.post(address)).status_code == 404
