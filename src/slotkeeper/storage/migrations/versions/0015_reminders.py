"""Reminders: what a booking has, and those of its moments that are yet to come."""

from alembic import op

revision = "0015"
down_revision = "0014"

SCHEMA = """
-- The list as it was sent, of the booking, its project or its app; NULL where there is none.
ALTER TABLE bookings ADD COLUMN reminders jsonb;

-- What is to be sent, while the booking is one that takes place; number is the place in the
-- list. A row goes when its moment has come.
CREATE TABLE reminders (
    app_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    number int NOT NULL,
    due_at timestamptz NOT NULL,
    reminder jsonb NOT NULL,
    PRIMARY KEY (app_id, booking_id, number),
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE CASCADE
);
CREATE INDEX reminders_by_moment ON reminders (due_at);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE reminders")
    op.execute("ALTER TABLE bookings DROP COLUMN reminders")
