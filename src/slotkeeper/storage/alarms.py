"""Which bookings time moves on, and when, in the database."""

from datetime import datetime
from uuid import UUID

from slotkeeper.storage.transaction import Transaction


async def due(tx: Transaction, moment: datetime, *, most: int) -> list[tuple[UUID, UUID]]:
    """Return app and id of bookings that time moves on at ``moment`` or before.

    Earliest first, at most ``most``. Their rows are held until the transaction ends; those
    that another holds are left to it. bookings_by_alarm serves it.
    """
    found = await tx.dicts(
        "SELECT app_id, id FROM bookings WHERE alarm_at <= %s "
        "ORDER BY alarm_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
        (moment, most),
    )
    return [(row["app_id"], row["id"]) for row in found]


async def next_alarm(tx: Transaction, moment: datetime) -> datetime | None:
    """Return when time next moves a booking on after ``moment``, None where it never does.

    bookings_by_alarm serves it without a look into the table.
    """
    found: datetime | None = await tx.value(
        "SELECT min(alarm_at) FROM bookings WHERE alarm_at > %s", (moment,)
    )
    return found


async def due_since(tx: Transaction, moment: datetime) -> tuple[int, datetime | None]:
    """Return how many bookings are due at ``moment`` or before, and since when the first is.

    bookings_by_alarm serves it; the cost grows with the count.
    """
    [found] = await tx.dicts(
        "SELECT count(*) AS count, min(alarm_at) AS first FROM bookings WHERE alarm_at <= %s",
        (moment,),
    )
    return found["count"], found["first"]


async def put_off(tx: Transaction, app_id: UUID, booking_id: UUID, moment: datetime) -> None:
    """Let time try again later what it could not do to a booking."""
    await tx.run(
        "UPDATE bookings SET alarm_at = %s WHERE app_id = %s AND id = %s",
        (moment, app_id, booking_id),
    )
