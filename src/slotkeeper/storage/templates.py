"""What apps changed of their mail templates, in the database."""

from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.template import Changes
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "slug, subject, body, enabled, updated_at"


async def find_all(tx: Transaction, app_id: UUID) -> dict[str, Changes]:
    """Return what an app changed, by slug; templates that it left alone are not there."""
    found = await tx.rows(
        Changes, f"SELECT {COLUMNS} FROM mail_templates WHERE app_id = %s", (app_id,)
    )
    return {changed.slug: changed for changed in found}


async def save(
    tx: Transaction,
    app_id: UUID,
    slug: str,
    *,
    subject: str | None,
    body: str | None,
    enabled: bool | None,
) -> None:
    """Keep what an app changes; None leaves what it changed before."""
    await tx.run(
        "INSERT INTO mail_templates AS kept (app_id, slug, subject, body, enabled, updated_at) "
        "VALUES (%(app)s, %(slug)s, %(subject)s, %(body)s, coalesce(%(enabled)s, true), %(now)s) "
        "ON CONFLICT (app_id, slug) DO UPDATE SET "
        "subject = coalesce(%(subject)s, kept.subject), body = coalesce(%(body)s, kept.body), "
        "enabled = coalesce(%(enabled)s, kept.enabled), updated_at = %(now)s",
        {
            "app": app_id,
            "slug": slug,
            "subject": subject,
            "body": body,
            "enabled": enabled,
            "now": tx.now,
        },
    )


async def delete(tx: Transaction, app_id: UUID, slug: str) -> None:
    """Forget what an app changed of a template."""
    await tx.run("DELETE FROM mail_templates WHERE app_id = %s AND slug = %s", (app_id, slug))
