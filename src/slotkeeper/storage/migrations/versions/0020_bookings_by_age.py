"""Those that are over, or are not, in the order of age, without a look at the others' rows."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("DROP INDEX bookings_by_age")
    op.execute(
        "CREATE INDEX bookings_by_age ON bookings (app_id, created_at, id) INCLUDE (completed)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX bookings_by_age")
    op.execute("CREATE INDEX bookings_by_age ON bookings (app_id, created_at, id)")
