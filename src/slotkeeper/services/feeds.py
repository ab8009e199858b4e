"""What users do with feeds, and calendar programs that read them."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.feed import OF_ONE_MAX, Details, Feed
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.services import projects, resources
from slotkeeper.services.keys import USE_NOTED_EVERY, is_worth_noting
from slotkeeper.services.vault import Vault, digest_of, new_token
from slotkeeper.storage import feeds
from slotkeeper.storage.transaction import Transaction

PATH = "/feeds/{secret}.ics"
"""Where a feed lies, below the address of the installation."""


async def create(
    tx: Transaction,
    vault: Vault,
    app_id: UUID,
    *,
    resource_id: UUID | None,
    project_id: UUID | None,
    details: Details,
) -> Feed:
    """Make a feed of a resource or of a project: exactly one of them must be named."""
    if (resource_id is None) == (project_id is None):
        raise InvalidInput.field("resource_id", "Give a resource_id or a project_id, not both.")
    if resource_id is not None:
        await resources.get(tx, app_id, resource_id)
    if project_id is not None:
        await projects.get(tx, app_id, project_id)
    known = await feeds.count(tx, app_id, resource_id=resource_id, project_id=project_id)
    if known >= OF_ONE_MAX:
        field = "resource_id" if project_id is None else "project_id"
        raise InvalidInput.field(field, f"There may not be more than {OF_ONE_MAX} feeds of it.")
    feed = Feed(
        id=uuid4(),
        resource_id=resource_id,
        project_id=project_id,
        details=details,
        created_at=tx.now,
        last_read_at=None,
    )
    secret = new_token()
    await feeds.insert(tx, app_id, feed, digest=digest_of(secret), sealed=vault.seal(secret))
    return feed


async def get(tx: Transaction, app_id: UUID, feed_id: UUID) -> Feed:
    """Return a feed of the app; raises NotFound."""
    found = await feeds.find(tx, app_id, feed_id)
    if found is None:
        raise NotFound("Feed")
    return found


async def list_feeds(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Feed]:
    """Return one page of the app's feeds."""
    return await feeds.list_feeds(tx, app_id, asked)


async def addresses_of(
    tx: Transaction, vault: Vault, app_id: UUID, shown: Sequence[Feed], *, site: str
) -> dict[UUID, str]:
    """Return the addresses of feeds below ``site``, by feed."""
    found = await feeds.sealed_of(tx, app_id, [each.id for each in shown])
    return {
        each: f"{site}{PATH.format(secret=vault.open(sealed))}" for each, sealed in found.items()
    }


async def delete(tx: Transaction, app_id: UUID, feed_id: UUID) -> None:
    """Make an address of a feed lead nowhere, at once and for good."""
    if not await feeds.delete(tx, app_id, feed_id):
        raise NotFound("Feed")


async def read(tx: Transaction, secret: str) -> tuple[UUID, Feed]:
    """Return the feed of an address and its app, and note that it is read; raises NotFound."""
    found = await feeds.find_by_digest(tx, digest_of(secret))
    if found is None:
        raise NotFound("Feed")
    app_id, feed = found
    if is_worth_noting(feed.last_read_at, now=tx.now):
        await feeds.note_read(tx, app_id, feed.id, every=USE_NOTED_EVERY)
    return found
