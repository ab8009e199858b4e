"""Locations, services, and the hidden project of each pair of them."""

from alembic import op

revision = "0006"
down_revision = "0005"

SCHEMA = """
CREATE TABLE locations (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    use_custom_hours boolean NOT NULL DEFAULT false,
    availability_constraints json NOT NULL DEFAULT '[]',
    meta jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    CONSTRAINT locations_have_both_coordinates_or_none
        CHECK ((latitude IS NULL) = (longitude IS NULL))
);
CREATE INDEX locations_by_age ON locations (app_id, created_at, id);

-- Who works at a location; a hidden project begins with them.
CREATE TABLE location_resources (
    app_id uuid NOT NULL,
    location_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (app_id, location_id, resource_id),
    FOREIGN KEY (app_id, location_id) REFERENCES locations ON DELETE CASCADE,
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX location_resources_by_resource ON location_resources (app_id, resource_id);

CREATE TABLE location_services (
    app_id uuid NOT NULL REFERENCES apps ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    image_url text,
    availability json NOT NULL DEFAULT '{}',
    availability_constraints json NOT NULL DEFAULT '[]',
    booking json NOT NULL DEFAULT '{}',
    customer_fields json NOT NULL,
    ui json NOT NULL DEFAULT '{}',
    reminders json NOT NULL DEFAULT '[]',
    meta jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id)
);
CREATE INDEX location_services_by_age ON location_services (app_id, created_at, id);

-- The project of a service at a location is hidden: both columns are set, and it goes when one
-- of the two goes. Every other project has neither.
ALTER TABLE projects
    ADD COLUMN location_id uuid,
    ADD COLUMN service_id uuid,
    ADD CONSTRAINT projects_are_of_a_pair_or_not
        CHECK ((location_id IS NULL) = (service_id IS NULL)),
    ADD CONSTRAINT projects_of_locations FOREIGN KEY (app_id, location_id)
        REFERENCES locations ON DELETE CASCADE,
    ADD CONSTRAINT projects_of_services FOREIGN KEY (app_id, service_id)
        REFERENCES location_services ON DELETE CASCADE;
CREATE UNIQUE INDEX projects_are_one_for_each_pair ON projects (app_id, service_id, location_id)
    WHERE service_id IS NOT NULL;
CREATE INDEX projects_by_location ON projects (app_id, location_id) WHERE location_id IS NOT NULL;
-- Serves the list of projects, which leaves the hidden ones out.
CREATE INDEX projects_shown_by_age ON projects (app_id, created_at, id) WHERE service_id IS NULL;

-- Which locations and services a project is in, for hidden ones and for all others alike: so
-- that one table answers each search.
CREATE TABLE project_locations (
    app_id uuid NOT NULL,
    project_id uuid NOT NULL,
    location_id uuid NOT NULL,
    PRIMARY KEY (app_id, project_id, location_id),
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE CASCADE,
    FOREIGN KEY (app_id, location_id) REFERENCES locations ON DELETE CASCADE
);
CREATE INDEX project_locations_by_location ON project_locations (app_id, location_id, project_id);

CREATE TABLE project_services (
    app_id uuid NOT NULL,
    project_id uuid NOT NULL,
    service_id uuid NOT NULL,
    PRIMARY KEY (app_id, project_id, service_id),
    FOREIGN KEY (app_id, project_id) REFERENCES projects ON DELETE CASCADE,
    FOREIGN KEY (app_id, service_id) REFERENCES location_services ON DELETE CASCADE
);
CREATE INDEX project_services_by_service ON project_services (app_id, service_id, project_id);
"""

TABLES = "project_services project_locations location_services location_resources locations"


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX projects_shown_by_age")
    op.execute("ALTER TABLE projects DROP COLUMN location_id, DROP COLUMN service_id")
    for table in TABLES.split():
        op.execute(f"DROP TABLE {table}")
