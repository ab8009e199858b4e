"""Webhooks, and the outbox: what is announced, to whom, and what came of each attempt."""

from alembic import op

revision = "0014"
down_revision = "0013"

SCHEMA = """
-- position is the order in which an app made its webhooks; bookings name them by it.
-- A target is a URL of an app: webhooks that share one fail, and are paused, together.
CREATE TABLE webhooks (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    url text NOT NULL,
    target uuid NOT NULL GENERATED ALWAYS AS (md5(app_id::text || ' ' || url)::uuid) STORED,
    graph text NOT NULL,
    state text NOT NULL,
    method text NOT NULL CHECK (method IN ('post', 'get')),
    enabled boolean NOT NULL DEFAULT true,
    expected_response_code int,
    headers jsonb NOT NULL DEFAULT '{}',
    failing_since timestamptz,
    warned_at timestamptz,
    paused_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX webhooks_by_event ON webhooks (app_id, graph, state);
CREATE INDEX webhooks_by_target ON webhooks (target);

-- What happened, once, however many are told. "booking" is the row of the booking as it was at
-- that moment: what is sent later, or again, tells the same.
CREATE TABLE announcements (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    booking_id uuid,
    action text,
    from_state text,
    message text,
    booking jsonb,
    facts jsonb NOT NULL DEFAULT '{}',
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, number)
);
CREATE INDEX announcements_by_booking ON announcements (app_id, booking_id)
    WHERE booking_id IS NOT NULL;
CREATE INDEX announcements_by_age ON announcements USING brin (happened_at);

-- Who is told of it. due_at is when the next attempt may start; while one runs, when it counts
-- as lost. What waits for a target that is paused waits until infinity.
-- Among those with the same booking and target the lower number goes first.
CREATE TABLE deliveries (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    announcement bigint NOT NULL,
    booking_id uuid,
    channel text NOT NULL CHECK (channel IN ('webhook', 'mail')),
    target uuid NOT NULL,
    webhook_id uuid,
    call jsonb,
    letter text,
    audience text,
    status text NOT NULL DEFAULT 'waiting'
        CHECK (status IN ('waiting', 'delivered', 'failed', 'dropped')),
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    last_status int,
    last_error text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, announcement) REFERENCES announcements ON DELETE CASCADE,
    FOREIGN KEY (app_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE
);
CREATE INDEX deliveries_due ON deliveries (due_at, number) INCLUDE (booking_id, target)
    WHERE status = 'waiting';
CREATE INDEX deliveries_in_line ON deliveries (booking_id, target, number)
    WHERE status = 'waiting';
CREATE INDEX deliveries_by_target ON deliveries (target) WHERE status = 'waiting';
CREATE INDEX deliveries_by_announcement ON deliveries (app_id, announcement);
CREATE INDEX deliveries_by_webhook ON deliveries (app_id, webhook_id, number)
    WHERE webhook_id IS NOT NULL;

CREATE TABLE delivery_attempts (
    app_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number int NOT NULL,
    started_at timestamptz NOT NULL,
    milliseconds int NOT NULL,
    status int,
    error text,
    excerpt text NOT NULL DEFAULT '',
    PRIMARY KEY (app_id, delivery_id, number),
    FOREIGN KEY (app_id, delivery_id) REFERENCES deliveries ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE delivery_attempts, deliveries, announcements, webhooks")
