"""What is stored about a customer, found by e-mail; and taking the person out of it."""

from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

# Addresses are compared in any case. Those of participants have no index: this is asked once
# in a while, and looks through the bookings and events of one app.
_BOOKINGS: LiteralString = """
SELECT to_jsonb(told) FROM (
    SELECT id, graph, state, start_at, end_at, what, location, description, participants,
        customer_id, customer_name, customer_email, customer_phone, customer_voip,
        customer_timezone, customer_custom, settings, steps, meta, payment_id, project_id,
        resource_id, owner_booking_id, rescheduled_from, reminders, created_at, updated_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'action', action, 'from', from_state, 'to', to_state, 'actor', actor,
                'message', message, 'at', log.created_at) ORDER BY seq), '[]')
            FROM booking_log AS log
            WHERE log.app_id = bookings.app_id AND log.booking_id = bookings.id) AS log
    FROM bookings
    WHERE app_id = %(app)s AND (lower(customer_email) = lower(%(email)s) OR EXISTS (
        SELECT FROM unnest(participants) AS each WHERE lower(each) = lower(%(email)s)))
    ORDER BY created_at, start_at, id
) AS told
"""

_ENTRIES: LiteralString = """
SELECT to_jsonb(told) FROM (
    SELECT id, state, start_at, end_at, what, location, description, customer_name,
        customer_email, customer_phone, customer_voip, customer_timezone, customer_custom, meta,
        owner_booking_id, resource_id, project_id, booking_id, created_at, updated_at
    FROM waitlist WHERE app_id = %(app)s AND lower(customer_email) = lower(%(email)s)
    ORDER BY number
) AS told
"""

_EVENTS: LiteralString = """
SELECT to_jsonb(told) FROM (
    SELECT id, calendar_id, booking_id, what, location, description, start_at, end_at,
        participants, created_at, updated_at
    FROM events
    WHERE app_id = %(app)s AND (
        EXISTS (SELECT FROM unnest(participants) AS each WHERE lower(each) = lower(%(email)s))
        OR booking_id IN (SELECT id FROM bookings
            WHERE app_id = %(app)s AND lower(customer_email) = lower(%(email)s)))
    ORDER BY start_at, id
) AS told
"""

# The texts of a booking are made of what the customer wrote: the widget puts the whole form
# into the description. They go with the person; time, resource and state stay.
_FORGET_BOOKINGS: LiteralString = """
UPDATE bookings SET customer_name = '', customer_email = '', customer_phone = '',
    customer_voip = '', customer_timezone = '', customer_custom = '{}', meta = '{}',
    what = %(title)s, location = '', description = '', payment_id = NULL, reminders = '[]',
    updated_at = %(now)s
WHERE app_id = %(app)s AND lower(customer_email) = lower(%(email)s)
RETURNING id
"""

# Their subjects and addresses may name the person, and nobody is left to be reminded.
_FORGET_REMINDERS: LiteralString = """
DELETE FROM reminders WHERE app_id = %(app)s AND booking_id = ANY(%(ids)s)
"""

_FORGET_LOGS: LiteralString = """
UPDATE booking_log SET message = NULL
WHERE app_id = %(app)s AND booking_id = ANY(%(ids)s) AND message IS NOT NULL
"""

_NOTE: LiteralString = """
INSERT INTO booking_log (app_id, booking_id, seq, action, from_state, to_state, actor, created_at)
SELECT app_id, id,
    (SELECT coalesce(max(seq), 0) + 1 FROM booking_log AS log
        WHERE log.app_id = bookings.app_id AND log.booking_id = bookings.id),
    'erase', state, state, %(actor)s, %(now)s
FROM bookings WHERE app_id = %(app)s AND id = ANY(%(ids)s)
"""

_FORGET_EVENTS: LiteralString = """
UPDATE events SET what = %(title)s, location = '', description = '', updated_at = %(now)s
WHERE app_id = %(app)s AND booking_id = ANY(%(ids)s)
"""

_FORGET_GUEST: LiteralString = """
UPDATE {table} SET updated_at = %(now)s, participants = ARRAY(
    SELECT each FROM unnest(participants) WITH ORDINALITY AS given (each, position)
    WHERE lower(each) <> lower(%(email)s) ORDER BY position)
WHERE app_id = %(app)s AND EXISTS (
    SELECT FROM unnest(participants) AS each WHERE lower(each) = lower(%(email)s))
"""

_FORGET_ENTRIES: LiteralString = """
DELETE FROM waitlist WHERE app_id = %(app)s AND lower(customer_email) = lower(%(email)s)
"""


async def export(tx: Transaction, app_id: UUID, email: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row that holds the address, as JSON values by kind, oldest first."""
    values = {"app": app_id, "email": email}
    return {
        "bookings": await tx.values(_BOOKINGS, values),
        "events": await tx.values(_EVENTS, values),
        "waiting_list": await tx.values(_ENTRIES, values),
    }


async def forget(
    tx: Transaction, app_id: UUID, email: str, *, title: str, actor: str
) -> dict[str, int]:
    """Take a person out of all that holds the address; return of how many of each kind.

    ``title`` stands in for those of their bookings.
    """
    values: dict[str, Any] = {"app": app_id, "email": email, "title": title, "now": tx.now}
    values |= {"ids": await tx.values(_FORGET_BOOKINGS, values), "actor": actor}
    await tx.run(_FORGET_REMINDERS, values)
    await tx.run(_FORGET_LOGS, values)
    await tx.run(_NOTE, values)
    of_bookings = await tx.run(_FORGET_EVENTS, values)
    invited = await tx.run(_FORGET_GUEST.replace("{table}", "bookings"), values)
    guest = await tx.run(_FORGET_GUEST.replace("{table}", "events"), values)
    entries = await tx.run(_FORGET_ENTRIES, values)
    return {
        "bookings": len(values["ids"]),
        "events": of_bookings,
        "participations": invited + guest,
        "waiting_list": entries,
    }


async def count_ahead(tx: Transaction, app_id: UUID, email: str) -> int:
    """Return how many bookings of a customer have not ended yet."""
    count: int = await tx.value(
        "SELECT count(*) FROM bookings WHERE app_id = %s AND lower(customer_email) = lower(%s) "
        "AND NOT completed AND end_at > %s",
        (app_id, email, tx.now),
    )
    return count
