"""What waits for a target is found by app and target.

Found by the target alone it was, before the table had statistics, what the planner looked
through for whoever stands in line, once for each delivery that was due.
"""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("DROP INDEX deliveries_by_target")
    op.execute(
        "CREATE INDEX deliveries_by_target ON deliveries (app_id, target) WHERE status = 'waiting'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX deliveries_by_target")
    op.execute("CREATE INDEX deliveries_by_target ON deliveries (target) WHERE status = 'waiting'")
