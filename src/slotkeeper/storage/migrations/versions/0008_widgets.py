"""Widgets of the first version."""

from alembic import op

revision = "0008"
down_revision = "0007"

SCHEMA = """
CREATE TABLE widgets (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    config json NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX widgets_by_age ON widgets (app_id, created_at, id);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE widgets")
