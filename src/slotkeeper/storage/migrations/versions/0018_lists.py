"""Indexes for lists among very many rows, and whose a widget or a filter collection is."""

from alembic import op

revision = "0018"
down_revision = "0017"

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The list of events in a window begins among the starts where storage/events.py says: most
-- events are short and start near it, those that last long are few. Both are read without a
-- look into the table. The statistics tell the planner how few they are.
DROP INDEX events_by_end;
CREATE INDEX events_by_start ON events (app_id, start_at, end_at, id) WHERE NOT repeats;
CREATE INDEX events_long ON events (app_id, end_at) INCLUDE (start_at)
    WHERE NOT repeats AND end_at - start_at > interval '24 hours';
CREATE STATISTICS events_length ON (end_at - start_at) FROM events;
-- The same for one resource, and the foreign key when it is deleted.
CREATE INDEX events_by_resource ON events (app_id, resource_id, start_at);

-- How many there are, in a hundredth of the pages of the table.
CREATE INDEX resources_live ON resources (app_id) WHERE deleted_at IS NULL;
CREATE INDEX resources_by_names ON resources
    USING gin (name gin_trgm_ops, first_name gin_trgm_ops, last_name gin_trgm_ops)
    WHERE deleted_at IS NULL;

-- How many there are of a state or graph, and of those that are over.
CREATE INDEX bookings_by_progress ON bookings (app_id, state, completed, graph);
-- A short list of what is not sorted in yet: whoever sorts it in makes somebody's booking wait.
CREATE INDEX bookings_by_name ON bookings USING gin (customer_name gin_trgm_ops)
    WITH (gin_pending_list_limit = 256);
DROP INDEX bookings_by_start;
CREATE INDEX bookings_by_start ON bookings (app_id, start_at, id) INCLUDE (end_at, created_at);

-- Null is the app's own.
ALTER TABLE widgets ADD COLUMN resource_id uuid,
    ADD FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE;
CREATE INDEX widgets_by_resource ON widgets (app_id, resource_id) WHERE resource_id IS NOT NULL;
ALTER TABLE filter_collections ADD COLUMN resource_id uuid,
    ADD FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE;
CREATE INDEX filter_collections_by_resource ON filter_collections (app_id, resource_id)
    WHERE resource_id IS NOT NULL;
"""

BEFORE = """
ALTER TABLE filter_collections DROP COLUMN resource_id;
ALTER TABLE widgets DROP COLUMN resource_id;
DROP INDEX bookings_by_start;
CREATE INDEX bookings_by_start ON bookings (app_id, start_at, id);
DROP INDEX bookings_by_name, bookings_by_progress, resources_by_names, resources_live;
DROP INDEX events_by_resource, events_long, events_by_start;
DROP STATISTICS events_length;
CREATE INDEX events_by_end ON events (app_id, end_at, start_at, id);
DROP EXTENSION pg_trgm;
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute(BEFORE)
