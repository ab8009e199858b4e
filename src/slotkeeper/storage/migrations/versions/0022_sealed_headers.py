"""The headers of webhooks may hold tokens of their targets, so they are kept sealed.

The secret key is not known here: what is in clear stays so, and is sealed when it is next written.
"""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # JSON, encrypted; null where there are none, or where they stand in headers, from before.
    op.execute("ALTER TABLE webhooks ADD sealed_headers bytea")


def downgrade() -> None:
    op.execute("ALTER TABLE webhooks DROP sealed_headers")
