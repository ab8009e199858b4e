"""Apps, keys, resources, calendars, events, projects, bookings, claims.

Every table that belongs to an app carries ``app_id``, first in its keys, so that a
partitioned or sharded PostgreSQL can split by app. JSON that is given back as it was sent
is ``json`` (it keeps the order of keys, which is the order of a form); JSON that is
searched is ``jsonb``.
"""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE apps (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    owner_email text NOT NULL,
    test_mode boolean NOT NULL,
    settings json NOT NULL DEFAULT '{}',
    webhook_secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A key is found by its SHA-256; the text itself is kept encrypted, because the hosted page
-- must hand the widget key to browsers.
CREATE TABLE app_keys (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('api', 'widget')),
    digest bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (app_id, id)
);

CREATE TABLE resources (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    first_name text NOT NULL,
    last_name text,
    email text,
    timezone text NOT NULL,
    image text,
    meta jsonb NOT NULL DEFAULT '{}',
    availability_constraints json NOT NULL DEFAULT '[]',
    enabled_email_notification boolean NOT NULL DEFAULT true,
    conference_enabled boolean NOT NULL DEFAULT false,
    conference_type text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE UNIQUE INDEX resources_email_is_unique_in_app ON resources (app_id, lower(email));
CREATE INDEX resources_by_age ON resources (app_id, created_at, id);

CREATE TABLE calendars (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    foregroundcolor text,
    backgroundcolor text,
    is_primary boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX calendars_by_resource ON calendars (app_id, resource_id, created_at, id);

CREATE TABLE projects (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    availability json NOT NULL,
    availability_constraints json NOT NULL DEFAULT '[]',
    booking json NOT NULL,
    customer_fields json NOT NULL,
    ui json NOT NULL DEFAULT '{}',
    reminders json NOT NULL DEFAULT '[]',
    meta jsonb NOT NULL DEFAULT '{}',
    allow_conference integer NOT NULL DEFAULT 0,
    allow_double_bookings boolean NOT NULL DEFAULT false,
    enabled_email_notification boolean NOT NULL DEFAULT true,
    reservation_time text,
    latitude text,
    longitude text,
    use_hours_from text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX projects_by_age ON projects (app_id, created_at, id);

CREATE TABLE project_resources (
    app_id uuid NOT NULL,
    project_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (app_id, project_id, resource_id),
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE CASCADE,
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX project_resources_by_resource ON project_resources (app_id, resource_id);

CREATE TABLE bookings (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    graph text NOT NULL,
    state text NOT NULL,
    completed boolean NOT NULL,
    resource_id uuid,
    project_id uuid,
    calendar_id uuid,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL CHECK (end_at > start_at),
    what text NOT NULL,
    location text NOT NULL,
    description text NOT NULL,
    participants text[] NOT NULL DEFAULT '{}',
    customer_id uuid,
    customer_name text,
    customer_email text,
    customer_phone text,
    customer_voip text,
    customer_timezone text,
    customer_custom json NOT NULL DEFAULT '{}',
    settings json NOT NULL DEFAULT '{}',
    meta jsonb NOT NULL DEFAULT '{}',
    rescheduled_from uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE SET NULL (resource_id),
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE SET NULL (project_id),
    FOREIGN KEY (app_id, calendar_id) REFERENCES calendars ON DELETE SET NULL (calendar_id)
);
CREATE INDEX bookings_by_age ON bookings (app_id, created_at, id);
CREATE INDEX bookings_by_start ON bookings (app_id, start_at, id);
CREATE INDEX bookings_by_resource ON bookings (app_id, resource_id, created_at, id);
CREATE INDEX bookings_by_project ON bookings (app_id, project_id, created_at, id);
-- Serves the limits of a project, which count what starts in a day, week or month.
CREATE INDEX bookings_by_project_and_start ON bookings (app_id, project_id, start_at)
    WHERE project_id IS NOT NULL;
CREATE INDEX bookings_by_calendar ON bookings (app_id, calendar_id);
CREATE INDEX bookings_by_email ON bookings (app_id, lower(customer_email));
CREATE INDEX bookings_by_meta ON bookings USING gin (meta jsonb_path_ops);

-- What happened to a booking, in order; seq counts from 1 within the booking.
CREATE TABLE booking_log (
    app_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    seq integer NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor text NOT NULL,
    message text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, booking_id, seq),
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE CASCADE
);

-- An entry in a calendar. booking_id says which booking made it; such an event shows in the
-- calendar but takes no time by itself, because the booking's claim does.
CREATE TABLE events (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    calendar_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    booking_id uuid,
    what text NOT NULL,
    location text NOT NULL,
    description text NOT NULL,
    rsvp text NOT NULL CHECK (rsvp IN ('accepted', 'needsAction', 'declined', 'tentative')),
    all_day boolean NOT NULL DEFAULT false,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL CHECK (end_at > start_at),
    participants text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, calendar_id) REFERENCES calendars ON DELETE CASCADE,
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE CASCADE
);
-- Serves the question "what is busy from here on": past events lie before the range scanned.
CREATE INDEX events_busy ON events (app_id, resource_id, end_at) INCLUDE (start_at, all_day)
    WHERE booking_id IS NULL AND rsvp <> 'declined';
-- Serves the list of events in a window.
CREATE INDEX events_by_end ON events (app_id, end_at, start_at, id);
CREATE INDEX events_by_calendar ON events (app_id, calendar_id, start_at);
CREATE UNIQUE INDEX events_by_booking ON events (app_id, booking_id)
    WHERE booking_id IS NOT NULL;

-- Who holds which time. The constraint is the guarantee against double bookings; claims made
-- with allow_double_bookings stand outside it but count as busy. A claim is never updated:
-- it is deleted and inserted anew.
CREATE TABLE claims (
    app_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    during tstzrange NOT NULL,
    state text NOT NULL CHECK (state IN ('held', 'taken')),
    exclusive boolean NOT NULL,
    PRIMARY KEY (app_id, booking_id, resource_id),
    FOREIGN KEY (app_id, booking_id) REFERENCES bookings ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE,
    CONSTRAINT claims_are_half_open CHECK (
        lower_inc(during) AND NOT upper_inc(during)
        AND NOT lower_inf(during) AND NOT upper_inf(during) AND NOT isempty(during)
        -- An end may be there and yet be the instant "infinity".
        AND isfinite(lower(during)) AND isfinite(upper(during))),
    CONSTRAINT claims_do_not_overlap EXCLUDE USING gist (
        app_id WITH =, resource_id WITH =, during WITH &&) WHERE (exclusive)
);
-- Serves the search for free time without a look into the table.
CREATE INDEX claims_by_end ON claims (app_id, resource_id, upper(during))
    INCLUDE (during, booking_id);
-- Serves the check of each new booking against those few that may overlap.
CREATE INDEX claims_shared ON claims (app_id, resource_id, upper(during)) WHERE NOT exclusive;
"""

TABLES = (
    "claims events booking_log bookings project_resources projects calendars resources "
    "app_keys apps"
)


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    for table in TABLES.split():
        op.execute(f"DROP TABLE {table}")
