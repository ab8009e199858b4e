"""Events that take no time."""

from alembic import op

revision = "0012"
down_revision = "0011"

SCHEMA = """
ALTER TABLE events ADD COLUMN busy boolean NOT NULL DEFAULT true;
DROP INDEX events_busy;
-- Serves the question "what is busy from here on": past events lie before the range scanned.
CREATE INDEX events_busy ON events (app_id, resource_id, end_at) INCLUDE (start_at, all_day)
    WHERE booking_id IS NULL AND busy AND rsvp <> 'declined' AND NOT repeats;
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX events_busy")
    # What was free would take time again; nobody can have meant that.
    op.execute("UPDATE events SET rsvp = 'declined' WHERE NOT busy")
    op.execute("ALTER TABLE events DROP COLUMN busy")
    op.execute(
        "CREATE INDEX events_busy ON events (app_id, resource_id, end_at) "
        "INCLUDE (start_at, all_day) "
        "WHERE booking_id IS NULL AND rsvp <> 'declined' AND NOT repeats"
    )
