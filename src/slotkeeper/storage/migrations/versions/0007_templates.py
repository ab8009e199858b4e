"""What apps change of their mail templates."""

from alembic import op

revision = "0007"
down_revision = "0006"

SCHEMA = """
-- A part that is NULL says what it says for every app, also when that changes.
CREATE TABLE mail_templates (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    slug text NOT NULL,
    subject text,
    body text,
    enabled boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, slug)
);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE mail_templates")
