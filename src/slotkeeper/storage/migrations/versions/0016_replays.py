"""What is sent again on demand has all its tries before it anew."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # How many attempts a delivery had when it was last asked for again.
    op.execute("ALTER TABLE deliveries ADD attempts_before int NOT NULL DEFAULT 0")
    op.execute(
        "CREATE INDEX deliveries_failed ON deliveries (app_id, webhook_id, finished_at) "
        "WHERE status = 'failed'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX deliveries_failed")
    op.execute("ALTER TABLE deliveries DROP attempts_before")
