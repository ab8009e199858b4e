"""What announcements and the log of deliveries hold about a customer, and taking them out of it.

Few rows of an app are looked through, because they are kept for a month only.
"""

from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

_OWN: LiteralString = "lower(booking ->> 'customer_email') = lower(%(email)s)"

_AS_GUEST: LiteralString = """EXISTS (
    SELECT FROM jsonb_array_elements_text(booking -> 'participants') AS each
    WHERE lower(each) = lower(%(email)s))"""

# The address as a whole text, in quotation marks: that of another may end in the same letters.
_IN_FACTS: LiteralString = (
    "position(lower(to_jsonb(%(email)s::text)::text) IN lower(facts::text)) > 0"
)

_EXPORT: LiteralString = f"""
SELECT to_jsonb(told) FROM (
    SELECT kind, action, from_state, message, booking, facts, happened_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'channel', channel, 'letter', letter, 'audience', audience,
                'url', coalesce(url, call ->> 'url'), 'status', status,
                'at', deliveries.created_at) ORDER BY deliveries.number), '[]')
            FROM deliveries LEFT JOIN webhooks
                ON webhooks.app_id = deliveries.app_id AND webhooks.id = webhook_id
            WHERE deliveries.app_id = announcements.app_id
                AND announcement = announcements.number) AS told_to
    FROM announcements
    WHERE app_id = %(app)s AND ({_OWN} OR {_AS_GUEST} OR {_IN_FACTS})
    ORDER BY number
) AS told
"""

_FORGET: LiteralString = f"""
UPDATE announcements SET message = NULL, facts = '{{}}', booking = booking || jsonb_build_object(
    'customer_name', '', 'customer_email', '', 'customer_phone', '', 'customer_voip', '',
    'customer_timezone', '', 'customer_custom', jsonb_build_object(),
    'meta', jsonb_build_object(), 'what', %(title)s::text, 'location', '', 'description', '',
    'payment_id', NULL, 'reminders', jsonb_build_array(), 'participants', (
        SELECT coalesce(jsonb_agg(each ORDER BY place), '[]')
        FROM jsonb_array_elements_text(booking -> 'participants')
            WITH ORDINALITY AS given (each, place)
        WHERE lower(each) <> lower(%(email)s)))
WHERE app_id = %(app)s AND {_OWN}
RETURNING number
"""

_FORGET_FACTS: LiteralString = f"""
UPDATE announcements SET message = NULL, facts = '{{}}'
WHERE app_id = %(app)s AND {_IN_FACTS}
RETURNING number
"""

_FORGET_GUEST: LiteralString = f"""
UPDATE announcements SET booking = jsonb_set(booking, '{{participants}}', (
    SELECT coalesce(jsonb_agg(each ORDER BY place), '[]')
    FROM jsonb_array_elements_text(booking -> 'participants')
        WITH ORDINALITY AS given (each, place)
    WHERE lower(each) <> lower(%(email)s)))
WHERE app_id = %(app)s AND {_AS_GUEST}
"""

# A mail has nobody to go to any more; a webhook still tells that somebody had the time.
_DROP_MAILS: LiteralString = """
UPDATE deliveries SET status = 'dropped', finished_at = %(now)s
WHERE app_id = %(app)s AND announcement = ANY(%(numbers)s) AND channel = 'mail'
    AND status = 'waiting'
"""

# Targets repeat what they were sent, and mail servers name whom they do not know.
_FORGET_ANSWERS: LiteralString = """
UPDATE delivery_attempts SET excerpt = '', error = CASE
    WHEN error IS NOT NULL AND channel = 'mail' THEN 'erased' ELSE error END
FROM deliveries
WHERE deliveries.app_id = %(app)s AND announcement = ANY(%(numbers)s)
    AND delivery_attempts.app_id = deliveries.app_id AND delivery_id = deliveries.id
"""

_FORGET_LAST_ERRORS: LiteralString = """
UPDATE deliveries SET last_error = 'erased'
WHERE app_id = %(app)s AND announcement = ANY(%(numbers)s) AND channel = 'mail'
    AND last_error IS NOT NULL
"""


async def export(tx: Transaction, app_id: UUID, email: str) -> list[dict[str, Any]]:
    """Return what was announced about a customer and to whom, as JSON values, oldest first."""
    return await tx.values(_EXPORT, {"app": app_id, "email": email})


async def forget(tx: Transaction, app_id: UUID, email: str, *, title: str) -> int:
    """Take a person out of what was announced; return of how many announcements.

    Mails that wait are not sent any more. ``title`` stands in for those of their bookings.
    """
    values: dict[str, Any] = {"app": app_id, "email": email, "title": title, "now": tx.now}
    own = await tx.values(_FORGET, values)
    numbers = {*own, *await tx.values(_FORGET_FACTS, values)}
    values["numbers"] = sorted(numbers)
    for statement in (_DROP_MAILS, _FORGET_ANSWERS, _FORGET_LAST_ERRORS, _FORGET_GUEST):
        await tx.run(statement, values)
    return len(numbers)
