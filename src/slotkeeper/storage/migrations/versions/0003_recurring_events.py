"""Events that repeat, and events that replace one occurrence of another."""

from alembic import op

revision = "0003"
down_revision = "0002"

SCHEMA = """
-- rrule, rdate and exdate are those of RFC 5545; instants that name an occurrence are its start
-- by the rule. last_at is when all occurrences are over, NULL for never: series of the past
-- cost no search anything.
ALTER TABLE events
    ADD COLUMN repeats boolean NOT NULL DEFAULT false,
    ADD COLUMN rrule text,
    ADD COLUMN rdate timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN exdate timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN timezone text,
    ADD COLUMN last_at timestamptz,
    ADD COLUMN series_id uuid,
    ADD COLUMN recurrence_id timestamptz,
    ADD CONSTRAINT events_repeat_by_something
        CHECK (repeats = (rrule IS NOT NULL OR rdate <> '{}')),
    ADD CONSTRAINT events_of_bookings_do_not_repeat
        CHECK (NOT (repeats AND booking_id IS NOT NULL)),
    ADD CONSTRAINT events_replace_one_occurrence CHECK (
        (series_id IS NULL) = (recurrence_id IS NULL)
        AND NOT (repeats AND series_id IS NOT NULL)),
    ADD CONSTRAINT events_series_fkey
        FOREIGN KEY (app_id, series_id) REFERENCES events ON DELETE CASCADE;

DROP INDEX events_busy;
-- Serves the question "what is busy from here on": past events lie before the range scanned.
CREATE INDEX events_busy ON events (app_id, resource_id, end_at) INCLUDE (start_at, all_day)
    WHERE booking_id IS NULL AND rsvp <> 'declined' AND NOT repeats;
-- Serves the same question for events that repeat; mostly it is empty.
CREATE INDEX events_that_repeat ON events
    (app_id, resource_id, (coalesce(last_at, 'infinity'::timestamptz))) WHERE repeats;
CREATE UNIQUE INDEX events_of_series ON events (app_id, series_id, recurrence_id)
    WHERE series_id IS NOT NULL;
"""

COLUMNS = "repeats rrule rdate exdate timezone last_at series_id recurrence_id"


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX events_busy, events_that_repeat, events_of_series")
    for column in COLUMNS.split():
        op.execute(f"ALTER TABLE events DROP COLUMN {column} CASCADE")
    op.execute(
        "CREATE INDEX events_busy ON events (app_id, resource_id, end_at) "
        "INCLUDE (start_at, all_day) WHERE booking_id IS NULL AND rsvp <> 'declined'"
    )
