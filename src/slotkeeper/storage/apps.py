"""Apps and their keys, in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Json

from slotkeeper.domain.app import App, Caller, KeyKind
from slotkeeper.domain.app_settings import limits_of
from slotkeeper.domain.limits import AppLimits
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, slug, name, owner_email, test_mode, settings, creator_app_id, creator_resource_id, "
    "created_at, updated_at"
)

# They come with the key of a request, so that a booking need not ask for them.
LIMITS: LiteralString = (
    "apps.settings -> 'resource_rate_limits' AS resource_limits, "
    "apps.settings -> 'customer_rate_limits' AS customer_limits"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "slug": listing.exactly("slug"),
        "name": listing.within("name"),
    },
    order={name: name for name in ("created_at", "updated_at", "name", "slug")},
    default_order=("created_at",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whose key it is, and when it was noted as used."""

    caller: Caller
    last_used_at: datetime | None


async def insert(tx: Transaction, app: App, *, sealed_webhook_secret: bytes) -> None:
    """Store a new app."""
    await tx.run(
        "INSERT INTO apps (id, slug, name, owner_email, test_mode, settings, webhook_secret, "
        "creator_app_id, creator_resource_id, created_at, updated_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            app.id,
            app.slug,
            app.name,
            app.owner_email,
            app.test_mode,
            Json(app.settings),
            sealed_webhook_secret,
            app.creator_app_id,
            app.creator_resource_id,
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


async def find_known(tx: Transaction, digest: bytes) -> Known | None:
    """Return whose key has this SHA-256, or None for an unknown or revoked one."""
    found = await tx.dicts(
        "SELECT app_keys.app_id, apps.slug AS app_slug, apps.test_mode, "
        f"app_keys.id AS key_id, app_keys.kind, app_keys.last_used_at, {LIMITS} "
        "FROM app_keys JOIN apps ON apps.id = app_keys.app_id "
        "WHERE app_keys.digest = %s AND app_keys.revoked_at IS NULL",
        (digest,),
    )
    if not found:
        return None
    row = found[0]
    note_limits(tx, row)
    used = row.pop("last_used_at")
    return Known(caller=Caller(**{**row, "kind": KeyKind(row["kind"])}), last_used_at=used)


def note_limits(tx: Transaction, row: dict[str, Any]) -> None:
    """Take the limits of an app out of a row that names it, and keep them for the transaction."""
    resource, customer = row.pop("resource_limits"), row.pop("customer_limits")
    tx.app_limits[row["app_id"]] = limits_of(resource, customer)


async def get_limits(tx: Transaction, app_id: UUID) -> AppLimits:
    """Return what an app allows each resource and each customer."""
    [row] = await tx.dicts(f"SELECT {LIMITS} FROM apps WHERE id = %s", (app_id,))
    return limits_of(row["resource_limits"], row["customer_limits"])


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


async def list_apps(tx: Transaction, app_id: UUID, asked: Listing, *, all_made: bool) -> Page[App]:
    """Return one page of an app and, with ``all_made``, those that were made through it."""
    reach: LiteralString = "(id = %s OR creator_app_id = %s)" if all_made else "id = %s"
    values = [app_id] * (2 if all_made else 1)
    return await listing.page(
        tx,
        App,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "apps"),
        conditions=[(sql.SQL(reach), values)],
    )


async def count_made(tx: Transaction, app_id: UUID) -> int:
    """Return how many apps were made through an app."""
    return int(await tx.value("SELECT count(*) FROM apps WHERE creator_app_id = %s", (app_id,)))


async def lock_by_slug(tx: Transaction, slug: str) -> App | None:
    """Return the app with this slug and keep others from changing it, or None."""
    return await tx.row(
        App, f"SELECT {COLUMNS} FROM apps WHERE slug = %s FOR NO KEY UPDATE", (slug,)
    )


async def save_settings(
    tx: Transaction, app_id: UUID, settings: Mapping[str, object], *, name: str
) -> None:
    """Replace the settings of an app, and its name."""
    await tx.run(
        "UPDATE apps SET settings = %s, name = %s, updated_at = %s WHERE id = %s",
        (Json(settings), name, tx.now, app_id),
    )


async def get_sealed_webhook_secret(tx: Transaction, app_id: UUID) -> bytes:
    """Return what signs the webhooks of an app, sealed."""
    sealed: bytes = await tx.value("SELECT webhook_secret FROM apps WHERE id = %s", (app_id,))
    return sealed


async def save_webhook_secret(tx: Transaction, app_id: UUID, sealed: bytes) -> None:
    """Give an app another secret for its webhooks."""
    await tx.run(
        "UPDATE apps SET webhook_secret = %s, updated_at = %s WHERE id = %s",
        (sealed, tx.now, app_id),
    )


async def delete(tx: Transaction, app_id: UUID) -> None:
    """Delete an app and everything that belongs to it."""
    await tx.run("DELETE FROM apps WHERE id = %s", (app_id,))
