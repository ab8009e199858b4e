"""People who log in: passwords, links to choose one, properties; resources that are deleted."""

from alembic import op

revision = "0010"
down_revision = "0009"

SCHEMA = """
ALTER TABLE resources
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN password_hash text,
    ADD COLUMN deleted_at timestamptz;
-- Former resources are not listed.
DROP INDEX resources_by_age;
CREATE INDEX resources_by_age ON resources (app_id, created_at, id) WHERE deleted_at IS NULL;
-- Serves who forgot a password and does not say in which app. Not by app for that reason.
CREATE INDEX resources_by_email ON resources (lower(email)) WHERE email IS NOT NULL;
CREATE INDEX resources_by_meta ON resources USING gin (meta jsonb_path_ops);

CREATE TABLE resource_properties (
    app_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, resource_id, key),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);

-- The token of a link is found by its SHA-256 and stored nowhere. Used links are deleted.
CREATE TABLE password_links (
    app_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('reset', 'invitation')),
    digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, id),
    FOREIGN KEY (app_id, resource_id) REFERENCES resources ON DELETE CASCADE
);
CREATE INDEX password_links_by_resource ON password_links (app_id, resource_id);

-- A former resource keeps the claims that it has and gets no others, whoever asks for one: a
-- claim on its time is not made, and the booking that wanted it is told that the slot is taken.
-- No lock is needed. A booking that is made while its resource is deleted is one made before.
CREATE FUNCTION pass_claims_on_resources_that_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM resources WHERE app_id = NEW.app_id AND id = NEW.resource_id
               AND deleted_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claims_are_on_resources_that_exist BEFORE INSERT ON claims
    FOR EACH ROW EXECUTE FUNCTION pass_claims_on_resources_that_exist();

-- Neither is anything else hung on a former resource. This waits for who is deleting it, as the
-- foreign key would anyway, and then sees that it is gone.
CREATE FUNCTION pass_what_belongs_to_resources_that_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM resources WHERE app_id = NEW.app_id AND id = NEW.resource_id
        AND deleted_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calendars_are_of_resources_that_exist BEFORE INSERT ON calendars
    FOR EACH ROW EXECUTE FUNCTION pass_what_belongs_to_resources_that_exist();
CREATE TRIGGER project_resources_exist BEFORE INSERT ON project_resources
    FOR EACH ROW EXECUTE FUNCTION pass_what_belongs_to_resources_that_exist();
"""


def upgrade() -> None:
    op.execute(SCHEMA)


def downgrade() -> None:
    op.execute("DROP FUNCTION pass_what_belongs_to_resources_that_exist CASCADE")
    op.execute("DROP FUNCTION pass_claims_on_resources_that_exist CASCADE")
    op.execute("DROP TABLE password_links, resource_properties")
    # Without the mark they would be back among the others.
    op.execute("DELETE FROM resources WHERE deleted_at IS NOT NULL")
    op.execute("DROP INDEX resources_by_meta, resources_by_email, resources_by_age")
    for column in ("email_verified_at", "password_hash", "deleted_at"):
        op.execute(f"ALTER TABLE resources DROP COLUMN {column}")
    op.execute("CREATE INDEX resources_by_age ON resources (app_id, created_at, id)")
