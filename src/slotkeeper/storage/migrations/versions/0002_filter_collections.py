"""Filters that are kept for the older find-time routes."""

from alembic import op

revision = "0002"
down_revision = "0001"

SCHEMA = """
CREATE TABLE filter_collections (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    any_filters json NOT NULL,
    every_filters json NOT NULL,
    after_filters json NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX filter_collections_by_age ON filter_collections (app_id, created_at, id);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE filter_collections")
