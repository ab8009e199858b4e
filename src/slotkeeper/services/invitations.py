"""Invite people into an app: each becomes a resource, and chooses a password by a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from slotkeeper.domain.resource import Resource
from slotkeeper.services import passwords, resources
from slotkeeper.storage import resources as stored
from slotkeeper.storage.transaction import Transaction

ZONE_NAME = "UTC"
"""The zone of somebody invited without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited, and the token of the link that is theirs."""

    resource: Resource
    token: str


async def invite(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Invitation:
    """Invite the owner of an address, which is among the columns of a resource in ``given``.

    Somebody who is in the app already gets another link and stays as they are, as the API
    documentation says. Anybody else becomes a resource, called by the address unless there is
    a name. Whether another app knows the address makes no difference.
    """
    email = given["email"]
    assert isinstance(email, str), given
    known = (await stored.find_by_emails(tx, app_id, [email])).get(email)
    if known is None:
        called = {} if given.get("name") or given.get("first_name") else {"name": email}
        known = await resources.create(tx, app_id, {"timezone": ZONE_NAME, **given, **called})
    return Invitation(resource=known, token=await passwords.invite(tx, app_id, known.id))
