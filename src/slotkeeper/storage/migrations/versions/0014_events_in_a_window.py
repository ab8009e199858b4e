"""Find the events of a window among a million without passing all that come after it."""

from alembic import op

revision = "0014"
down_revision = "0013"

SCHEMA = """
DROP INDEX events_by_end;
-- Serves the list of events in a window.
CREATE INDEX events_during ON events USING gist (app_id, tstzrange(start_at, end_at));
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX events_during")
    op.execute("CREATE INDEX events_by_end ON events (app_id, end_at, start_at, id)")
