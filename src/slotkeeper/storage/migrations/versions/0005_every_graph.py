"""Holds that run out, seats of classes, several resources in one booking, series and bulks.

A hold has its end in its claim or seat: from that instant on it stands in nobody's way, even
before a worker has moved its booking on. alarm_at is that moment, or the one at which a
booking completes by itself; it stands in the booking, so that it is never out of step with
its state.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

SCHEMA = """
ALTER TABLE bookings
    ADD COLUMN further_resource_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN owner_booking_id uuid,
    ADD COLUMN bulk_id uuid,
    ADD COLUMN steps json NOT NULL DEFAULT '{}',
    ADD COLUMN payment_id text,
    ADD COLUMN held_until timestamptz,
    ADD COLUMN alarm_at timestamptz,
    -- Of classes: how many seats they have, and from when till when these can be booked.
    ADD COLUMN seats integer,
    ADD COLUMN bookable_from timestamptz,
    ADD COLUMN bookable_until timestamptz,
    ADD CONSTRAINT bookings_owner_booking_fkey FOREIGN KEY (app_id, owner_booking_id)
        REFERENCES bookings ON DELETE SET NULL (owner_booking_id);
-- Serves the worker, which asks what is due. Not by app: it asks for all of them.
CREATE INDEX bookings_by_alarm ON bookings (alarm_at) WHERE alarm_at IS NOT NULL;
CREATE INDEX bookings_of_owner ON bookings (app_id, owner_booking_id, created_at, id)
    WHERE owner_booking_id IS NOT NULL;
CREATE INDEX bookings_of_bulk ON bookings (app_id, bulk_id, created_at, id)
    WHERE bulk_id IS NOT NULL;
CREATE INDEX bookings_by_further_resources ON bookings USING gin (further_resource_ids)
    WHERE further_resource_ids <> '{}';
-- Serves the list of classes on offer.
CREATE INDEX bookings_with_seats ON bookings (app_id, bookable_until)
    WHERE seats IS NOT NULL AND NOT completed;

ALTER TABLE claims ADD COLUMN until timestamptz;
ALTER TABLE claims DROP COLUMN state;
DROP INDEX claims_by_end, claims_shared;
-- Serves the search for free time without a look into the table.
CREATE INDEX claims_by_end ON claims (app_id, resource_id, upper(during))
    INCLUDE (during, booking_id, until);
-- Serves the check of each new booking against those few that may overlap.
CREATE INDEX claims_shared ON claims (app_id, resource_id, upper(during)) WHERE NOT exclusive;

-- Who has which seat of a class. The key is the guarantee against one seat too many: the
-- numbers go from 1 to the seats of the class.
CREATE TABLE seats (
    app_id uuid NOT NULL,
    owner_booking_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    booking_id uuid NOT NULL,
    until timestamptz,
    PRIMARY KEY (app_id, owner_booking_id, number),
    FOREIGN KEY (app_id, owner_booking_id) REFERENCES bookings ON DELETE CASCADE,
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX seats_by_booking ON seats (app_id, booking_id);

-- A booking of several resources has an event in the calendar of each.
DROP INDEX events_by_booking;
CREATE UNIQUE INDEX events_by_booking ON events (app_id, booking_id, resource_id)
    WHERE booking_id IS NOT NULL;
"""

COLUMNS = (
    "further_resource_ids owner_booking_id bulk_id steps payment_id held_until alarm_at seats "
    "bookable_from bookable_until"
)


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE seats")
    for column in COLUMNS.split():
        op.execute(f"ALTER TABLE bookings DROP COLUMN {column} CASCADE")
    op.execute("ALTER TABLE claims DROP COLUMN until CASCADE")
    op.execute("ALTER TABLE claims ADD COLUMN state text NOT NULL DEFAULT 'taken'")
    op.execute(
        "CREATE INDEX claims_by_end ON claims (app_id, resource_id, upper(during)) "
        "INCLUDE (during, booking_id)"
    )
    op.execute("DROP INDEX events_by_booking")
    op.execute(
        "CREATE UNIQUE INDEX events_by_booking ON events (app_id, booking_id) "
        "WHERE booking_id IS NOT NULL"
    )
