"""Feeds: secret addresses at which calendar programs read what is booked."""

from alembic import op

revision = "0017"
down_revision = "0016"

SCHEMA = """
-- The secret in an address is found by its SHA-256; the text itself is kept encrypted, because
-- the API gives the address back to whoever may see it.
CREATE TABLE feeds (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid,
    project_id uuid,
    details text NOT NULL CHECK (details IN ('full', 'busy')),
    digest bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_read_at timestamptz,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE CASCADE,
    CONSTRAINT feeds_are_of_one_thing CHECK (num_nonnulls(resource_id, project_id) = 1)
);
CREATE INDEX feeds_by_age ON feeds (app_id, created_at, id);
CREATE INDEX feeds_by_resource ON feeds (app_id, resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX feeds_by_project ON feeds (app_id, project_id) WHERE project_id IS NOT NULL;

-- What a feed shows beside claims and busy events: requests, which hold no time, and events
-- that take none. Both are few.
CREATE INDEX bookings_requested ON bookings (app_id, resource_id, end_at)
    WHERE graph = 'confirm_decline' AND state = 'tentative';
CREATE INDEX events_free ON events (app_id, resource_id, end_at)
    WHERE booking_id IS NULL AND NOT busy AND rsvp <> 'declined' AND NOT repeats;
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX bookings_requested, events_free")
    op.execute("DROP TABLE feeds")
