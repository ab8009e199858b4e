"""Tokens of resources, when keys were used last, and who made an app."""

from alembic import op

revision = "0013"
down_revision = "0012"

SCHEMA = """
-- A token is found by its SHA-256; the text itself is kept encrypted, because the API gives it
-- back to whoever may see it.
CREATE TABLE credentials (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('server-token', 'client-token')),
    description text NOT NULL,
    referrers text[] NOT NULL,
    digest bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX credentials_by_resource ON credentials (app_id, resource_id, created_at, id);
CREATE INDEX credentials_by_age ON credentials (app_id, created_at, id);

ALTER TABLE app_keys ADD COLUMN last_used_at timestamptz;

-- No foreign keys: an app outlives whoever made it.
ALTER TABLE apps ADD COLUMN creator_app_id uuid, ADD COLUMN creator_resource_id uuid;
CREATE INDEX apps_by_creator ON apps (creator_app_id, created_at, id)
    WHERE creator_app_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE credentials")
    op.execute("ALTER TABLE app_keys DROP COLUMN last_used_at")
    op.execute("DROP INDEX apps_by_creator")
    op.execute("ALTER TABLE apps DROP COLUMN creator_app_id, DROP COLUMN creator_resource_id")
