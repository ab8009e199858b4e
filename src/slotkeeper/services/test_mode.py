"""Who may be a customer of a test app, where the operator keeps to the rule of the original."""

from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.storage import apps, resources
from slotkeeper.storage.transaction import Transaction


async def check_customer(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Refuse a booking of a test app for a stranger, so that tests write to nobody.

    The customer must have the address of the app's owner or of a resource that is booked.
    """
    app = await apps.get(tx, app_id)
    if not app.test_mode or booking.customer is None:
        return
    booked = await resources.find_all(tx, app_id, booking.resource_ids)
    known = {app.owner_email.lower(), *((each.email or "").lower() for each in booked.values())}
    if booking.customer.email.lower() not in known:
        message = "In test mode the customer must be the owner of the app or the booked resource."
        raise InvalidInput.field("customer", message)
