"""First answers, kept for whoever asks again under the same Idempotency-Key."""

from alembic import op

revision = "0004"
down_revision = "0003"

SCHEMA = """
-- A row is written before its request is carried out and gets status and body at its end, in
-- the transaction of the request: a row that others can see has both.
CREATE TABLE idempotency_keys (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    key_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, key_id, key)
);
-- Serves the deletion of what is too old, whosever it is.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE idempotency_keys")
