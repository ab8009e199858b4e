"""Waiting lists: who waits for a seat or a slot that is taken, and the log of that."""

from alembic import op

revision = "0009"
down_revision = "0008"

SCHEMA = """
CREATE TABLE waitlist (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    -- The order of joining; the clocks of two servers need not agree.
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    state text NOT NULL,
    owner_booking_id uuid,
    resource_id uuid,
    project_id uuid,
    -- What the line is for. Ids of all kinds are random, so one column serves for all three.
    thing_id uuid NOT NULL GENERATED ALWAYS AS
        (coalesce(owner_booking_id, resource_id, project_id)) STORED,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL CHECK (start_at < end_at),
    graph text,
    what text,
    location text,
    description text,
    customer_name text NOT NULL,
    customer_email text NOT NULL,
    customer_phone text NOT NULL,
    customer_voip text NOT NULL,
    customer_timezone text NOT NULL,
    customer_custom json NOT NULL,
    meta jsonb NOT NULL,
    hold_seconds integer NOT NULL CHECK (hold_seconds > 0),
    reservation_id uuid,
    offered_until timestamptz,
    booking_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    -- A line ends with what it is for.
    FOREIGN KEY (app_id, owner_booking_id) REFERENCES bookings ON DELETE CASCADE,
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE CASCADE,
    FOREIGN KEY (app_id, reservation_id) REFERENCES bookings ON DELETE SET NULL (reservation_id),
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE SET NULL (booking_id)
);
-- Nobody stands twice in one line.
CREATE UNIQUE INDEX waitlist_once
    ON waitlist (app_id, thing_id, start_at, end_at, lower(customer_email))
    WHERE state IN ('waiting', 'offered');
-- Serves what every release asks: who is next? It holds only those who wait now.
CREATE INDEX waitlist_in_line ON waitlist (app_id, thing_id, number) WHERE state = 'waiting';
-- Serves the worker, which ends what has begun without them. Not by app: it asks for all.
CREATE INDEX waitlist_by_start ON waitlist (start_at) WHERE state = 'waiting';
-- Serve the list, and the foreign keys when what they name is deleted.
CREATE INDEX waitlist_by_number ON waitlist (app_id, number, id);
CREATE INDEX waitlist_by_owner ON waitlist (app_id, owner_booking_id)
    WHERE owner_booking_id IS NOT NULL;
CREATE INDEX waitlist_by_resource ON waitlist (app_id, resource_id)
    WHERE resource_id IS NOT NULL;
CREATE INDEX waitlist_by_project ON waitlist (app_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX waitlist_by_reservation ON waitlist (app_id, reservation_id)
    WHERE reservation_id IS NOT NULL;
CREATE INDEX waitlist_by_booking ON waitlist (app_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX waitlist_by_email ON waitlist (app_id, lower(customer_email));

CREATE TABLE waitlist_log (
    app_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    seq integer NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, entry_id, seq),
    FOREIGN KEY (app_id, entry_id) REFERENCES waitlist ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE waitlist_log, waitlist")
