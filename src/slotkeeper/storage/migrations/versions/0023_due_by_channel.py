"""What is due is taken by channel, so that a mail server that hangs holds up no webhook."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("DROP INDEX deliveries_due")
    op.execute(
        "CREATE INDEX deliveries_due ON deliveries (channel, due_at, number) "
        "INCLUDE (booking_id, target) WHERE status = 'waiting'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX deliveries_due")
    op.execute(
        "CREATE INDEX deliveries_due ON deliveries (due_at, number) "
        "INCLUDE (booking_id, target) WHERE status = 'waiting'"
    )
