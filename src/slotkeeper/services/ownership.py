"""Keep those who call as one resource to what belongs to it."""

from collections.abc import Collection, Mapping
from uuid import UUID

from slotkeeper.domain.errors import NotFound
from slotkeeper.storage import ownership, resources
from slotkeeper.storage.ownership import Kind
from slotkeeper.storage.transaction import Transaction

__all__ = ["Kind", "check", "check_emails"]


async def check(
    tx: Transaction, app_id: UUID, resource_id: UUID, named: Mapping[Kind, Collection[UUID]]
) -> None:
    """Refuse, as not there, whatever is named and does not belong to the resource."""
    for kind, ids in named.items():
        wanted = set(ids)
        if wanted - await ownership.owned(tx, app_id, resource_id, kind, list(wanted)):
            raise NotFound(kind.capitalize())


async def check_emails(
    tx: Transaction, app_id: UUID, resource_id: UUID, emails: Collection[str]
) -> None:
    """Refuse, as nobody's, every address that is not that of the resource itself."""
    own = await resources.find(tx, app_id, resource_id)
    known = (own.email or "").lower() if own else ""
    if any(each.strip().lower() != known for each in emails):
        raise NotFound("Resource")
