"""Series: bookings that were made by one rule of repetition."""

from alembic import op

revision = "0011"
down_revision = "0010"

SCHEMA = """
-- What was asked for; each booking of the series is one like any other.
CREATE TABLE series (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    rrule text NOT NULL,
    timezone text NOT NULL,
    mode text NOT NULL,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL CHECK (start_at < end_at),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
ALTER TABLE bookings
    ADD COLUMN series_id uuid,
    ADD CONSTRAINT bookings_series_fkey FOREIGN KEY (app_id, series_id)
        REFERENCES series ON DELETE SET NULL (series_id);
CREATE INDEX bookings_of_series ON bookings (app_id, series_id, start_at, id)
    WHERE series_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("ALTER TABLE bookings DROP COLUMN series_id CASCADE")
    op.execute("DROP TABLE series")
