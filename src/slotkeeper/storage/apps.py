"""Apps and their keys, in the database."""

from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Json

from slotkeeper.domain.app import App, Caller, KeyKind
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "id, slug, name, owner_email, test_mode, settings, created_at, updated_at"


async def insert(tx: Transaction, app: App, *, sealed_webhook_secret: bytes) -> None:
    """Store a new app."""
    await tx.run(
        "INSERT INTO apps (id, slug, name, owner_email, test_mode, settings, webhook_secret, "
        "created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            app.id,
            app.slug,
            app.name,
            app.owner_email,
            app.test_mode,
            Json(app.settings),
            sealed_webhook_secret,
            app.created_at,
            app.updated_at,
        ),
    )


async def insert_key(
    tx: Transaction,
    app_id: UUID,
    *,
    key_id: UUID,
    kind: KeyKind,
    digest: bytes,
    sealed: bytes,
    name: str,
) -> None:
    """Store a new key: its SHA-256 to find it by, its text sealed."""
    await tx.run(
        "INSERT INTO app_keys (app_id, id, kind, digest, sealed, name, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (app_id, key_id, kind, digest, sealed, name, tx.now),
    )


async def find_caller(tx: Transaction, digest: bytes) -> Caller | None:
    """Return who owns the key with this SHA-256, or None for an unknown or revoked one."""
    found = await tx.dicts(
        "SELECT app_keys.app_id, apps.slug AS app_slug, apps.test_mode, "
        "app_keys.id AS key_id, app_keys.kind "
        "FROM app_keys JOIN apps ON apps.id = app_keys.app_id "
        "WHERE app_keys.digest = %s AND app_keys.revoked_at IS NULL",
        (digest,),
    )
    if not found:
        return None
    return Caller(**{**found[0], "kind": KeyKind(found[0]["kind"])})


async def find_by_slug(tx: Transaction, slug: str) -> App | None:
    """Return the app with this slug, or None."""
    return await tx.row(App, f"SELECT {COLUMNS} FROM apps WHERE slug = %s", (slug,))


async def slugs_like(tx: Transaction, slug: str) -> set[str]:
    """Return the slugs in use that equal ``slug`` or extend it with a dash."""
    return set(
        await tx.values(
            "SELECT slug FROM apps WHERE slug = %s OR starts_with(slug, %s)", (slug, f"{slug}-")
        )
    )


async def get(tx: Transaction, app_id: UUID) -> App:
    """Return the app of a caller, which exists as long as its key does."""
    app = await tx.row(App, f"SELECT {COLUMNS} FROM apps WHERE id = %s", (app_id,))
    assert app is not None, app_id
    return app


async def find_sealed_key(tx: Transaction, app_id: UUID, kind: KeyKind) -> bytes | None:
    """Return the oldest key of this kind that is not revoked, sealed, or None."""
    found: bytes | None = await tx.value(
        "SELECT sealed FROM app_keys WHERE app_id = %s AND kind = %s AND revoked_at IS NULL "
        "ORDER BY created_at, id LIMIT 1",
        (app_id, kind),
    )
    return found
