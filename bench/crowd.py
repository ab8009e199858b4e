"""Very many resources, events and bookings, written by the database itself."""

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

BUSY_PEOPLE = 1000
"""How many of the resources have all the events and bookings."""

_NAMES: LiteralString = (
    "(ARRAY['Ada', 'Bram', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hana', 'Igor', 'Jun', 'Kira', "
    "'Lars', 'Mona', 'Nils', 'Olga', 'Pia', 'Quin', 'Rosa', 'Sven', 'Tess'])[1 + n % 20]"
)
_FAMILIES: LiteralString = (
    "(ARRAY['Abel', 'Berg', 'Costa', 'Dahl', 'Engel', 'Falk', 'Gran', 'Holm', 'Iversen', "
    "'Jensen', 'Klein', 'Lund', 'Moller', 'Nygaard', 'Olsen', 'Poulsen', 'Quist', 'Rask', "
    "'Storm', 'Thorsen', 'Ueland', 'Vinter', 'Wulff', 'Yding', 'Zander'])[1 + n / 20 % 25]"
)

_RESOURCES: LiteralString = f"""
INSERT INTO resources (app_id, id, name, first_name, last_name, email, timezone, meta, created_at,
    updated_at)
SELECT %(app)s, gen_random_uuid(), first || ' ' || last || ' ' || n, first, last,
    'person' || n || '@example.com', 'Europe/Copenhagen', jsonb_build_object('branch', n %% 500),
    %(now)s::timestamptz - n * interval '1 minute', %(now)s
FROM generate_series(1, %(resources)s) AS n
CROSS JOIN LATERAL (SELECT {_NAMES.replace("%", "%%")} AS first,
    {_FAMILIES.replace("%", "%%")} AS last) AS named
"""

_OWNERS: LiteralString = """
CREATE TEMPORARY TABLE owners AS
SELECT id AS who, row_number() OVER (ORDER BY created_at) AS turn FROM resources
WHERE app_id = %(app)s ORDER BY created_at LIMIT %(people)s
"""

_CALENDARS: LiteralString = """
INSERT INTO calendars (app_id, id, resource_id, name, created_at, updated_at)
SELECT %(app)s, who, who, 'Work', %(now)s, %(now)s FROM owners
"""

# Three a day, half of the days past: in the order of time, as they come in life.
_EVENTS: LiteralString = """
INSERT INTO events (app_id, id, calendar_id, resource_id, what, location, description, rsvp,
    start_at, end_at, created_at, updated_at)
SELECT %(app)s, gen_random_uuid(), who, who, 'Meeting ' || n, '', '', 'accepted', start_at,
    start_at + interval '30 minutes', %(now)s, %(now)s
FROM generate_series(0, %(events)s / %(people)s - 1) AS n CROSS JOIN owners
CROSS JOIN LATERAL (SELECT %(day)s::timestamptz + (8 + 3 * (n %% 3)) * interval '1 hour'
    + (n / 3 - %(events)s / %(people)s / 6) * interval '1 day'
    + turn %% 12 * interval '5 minutes' AS start_at) AS lies
"""

_BOOKINGS: LiteralString = f"""
INSERT INTO bookings (app_id, id, graph, state, completed, resource_id, calendar_id, start_at,
    end_at, what, location, description, customer_id, customer_name, customer_email, meta,
    created_at, updated_at)
SELECT %(app)s, gen_random_uuid(), 'instant', CASE WHEN start_at < %(now)s THEN 'completed'
    ELSE 'confirmed' END, start_at < %(now)s, who, who, start_at, start_at + interval '1 hour',
    'Consultation', '', '', gen_random_uuid(), first || ' ' || last || ' ' || n,
    'customer' || n || '@example.com', jsonb_build_object('channel', n %% 7),
    start_at - interval '9 days', %(now)s
FROM (SELECT day * %(people)s + turn AS n, day, turn, who
    FROM generate_series(0, %(bookings)s / %(people)s - 1) AS day CROSS JOIN owners) AS each
CROSS JOIN LATERAL (SELECT {_NAMES.replace("%", "%%")} AS first,
    {_FAMILIES.replace("%", "%%")} AS last, %(day)s::timestamptz
    + (day - %(bookings)s / %(people)s / 2) * interval '1 day'
    + (8 + turn %% 9) * interval '1 hour' AS start_at) AS lies
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many there are of each."""

    resources: int
    events: int
    bookings: int


async def add(tx: Transaction, app_id: UUID, crowd: Crowd, *, day: date) -> UUID:
    """Store a crowd around a day, without looking at foreign keys; return one who is busy."""
    values = {
        "app": app_id,
        "now": tx.now,
        "day": day,
        "people": min(BUSY_PEOPLE, crowd.resources),
        "resources": crowd.resources,
        "events": crowd.events,
        "bookings": crowd.bookings,
    }
    await tx.run("SET LOCAL session_replication_role = replica")
    for statement in (_RESOURCES, _OWNERS, _CALENDARS, _EVENTS, _BOOKINGS):
        await tx.run(statement, values)
    busy: UUID = await tx.value("SELECT who FROM owners ORDER BY turn LIMIT 1")
    await tx.run("DROP TABLE owners")
    return busy
