"""Deliveries that wait, each of a booking of its own: those of one booking go one after another."""

from typing import LiteralString

from bench.place import Place
from slotkeeper.domain.delivery import Hearers, Kind, News
from slotkeeper.storage import announcements

_COPIES: LiteralString = (
    "INSERT INTO bookings SELECT (jsonb_populate_record(NULL::bookings, "
    "to_jsonb(known) || jsonb_build_object('id', gen_random_uuid()))).* "
    "FROM (SELECT * FROM bookings LIMIT 1) AS known, generate_series(1, %s) RETURNING id"
)


async def forget(here: Place) -> None:
    """Forget all that was announced."""
    async with here.database.transaction() as tx:
        await tx.run("DELETE FROM announcements")


async def announce(here: Place, number: int, hearers: Hearers) -> None:
    """Forget what was announced, and tell of so many copies of the first booking."""
    await forget(here)
    async with here.database.transaction() as tx:
        for booking_id in await tx.values(_COPIES, (number,)):
            news = News(kind=Kind.STATE, booking_id=booking_id, graph="instant", state="confirmed")
            await announcements.announce(tx, here.app_id, news, hearers)
