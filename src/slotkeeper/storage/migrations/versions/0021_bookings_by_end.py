"""What a resource has in store, seats aside, from a moment on: feeds ask it again and again.

Requests were found by an index of their own; they are among these.
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX bookings_by_end ON bookings (app_id, resource_id, end_at) "
        "WHERE owner_booking_id IS NULL"
    )
    op.execute("DROP INDEX bookings_requested")


def downgrade() -> None:
    op.execute("DROP INDEX bookings_by_end")
    op.execute(
        "CREATE INDEX bookings_requested ON bookings (app_id, resource_id, end_at) "
        "WHERE graph = 'confirm_decline' AND state = 'tentative'"
    )
