"""What people and apps do with tokens of resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.app import Caller, TokenKind
from slotkeeper.domain.credential import (
    LIFETIME,
    OF_RESOURCE_MAX,
    REFERRERS_MAX,
    Credential,
    is_from,
)
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.services import resources
from slotkeeper.services.keys import USE_NOTED_EVERY, is_worth_noting
from slotkeeper.services.vault import Vault, digest_of, new_token
from slotkeeper.storage import credentials
from slotkeeper.storage.transaction import Transaction

FIRST = "Token generated on user creation"
"""What the token is called that a resource gets by itself; clients know it by this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The token with which a resource calls, in clear, and since when it has it."""

    text: str
    created_at: datetime


async def find_caller(
    tx: Transaction,
    *,
    email: str,
    token: str,
    slug: str | None,
    addresses: Sequence[str | None],
) -> Caller | None:
    """Return whose token this is, or None.

    ``addresses`` are those of the page that asks, as the browser tells them; a client-token may
    be bound to sites. Without a slug the token itself says which app it is of.
    """
    known = await credentials.find_known(tx, digest_of(token), email=email, slug=slug)
    if known is None:
        return None
    caller = known.caller
    if caller.kind is TokenKind.CLIENT and not is_from(known.referrers, *addresses):
        return None
    if is_worth_noting(known.last_used_at, now=tx.now):
        await credentials.note_use(tx, caller.app_id, caller.key_id, every=USE_NOTED_EVERY)
    return caller


async def create(
    tx: Transaction,
    vault: Vault,
    app_id: UUID,
    resource_id: UUID,
    *,
    kind: TokenKind,
    description: str,
    referrers: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> Credential:
    """Make a token for a resource. Without an end it works for ``LIFETIME``."""
    await resources.get(tx, app_id, resource_id)
    if expires_at is not None and expires_at <= tx.now:
        raise InvalidInput.field("expires", "The expires must be a date after now.")
    if len(referrers) > REFERRERS_MAX:
        message = f"The referrer may not have more than {REFERRERS_MAX} items."
        raise InvalidInput.field("referrer", message)
    if len(await credentials.of_resource(tx, app_id, resource_id)) >= OF_RESOURCE_MAX:
        message = f"A resource may not have more than {OF_RESOURCE_MAX} credentials."
        raise InvalidInput.field("resource_id", message)
    made = Credential(
        id=uuid4(),
        resource_id=resource_id,
        kind=kind,
        description=description,
        referrers=[each for each in referrers if each],
        created_at=tx.now,
        expires_at=expires_at or tx.now + LIFETIME,
        last_used_at=None,
    )
    token = new_token()
    await credentials.insert(tx, app_id, made, digest=digest_of(token), sealed=vault.seal(token))
    return made


async def token_of(tx: Transaction, vault: Vault, app_id: UUID, resource_id: UUID) -> Token:
    """Return the server-token of a resource; it gets one where none works."""
    found = await credentials.server_tokens(tx, app_id, [resource_id])
    if not found:
        await create(tx, vault, app_id, resource_id, kind=TokenKind.SERVER, description=FIRST)
        found = await credentials.server_tokens(tx, app_id, [resource_id])
    created_at, sealed = found[resource_id]
    return Token(text=vault.open(sealed), created_at=created_at)


async def find_tokens(
    tx: Transaction, vault: Vault, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Return the server-tokens of those resources that have one that works."""
    found = await credentials.server_tokens(tx, app_id, resource_ids)
    return {each: vault.open(sealed) for each, (_, sealed) in found.items()}


async def list_credentials(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Credential]:
    """Return one page of the app's credentials."""
    return await credentials.list_credentials(tx, app_id, asked)


async def of_resource(tx: Transaction, app_id: UUID, resource_id: UUID) -> list[Credential]:
    """Return the credentials of a resource, oldest first."""
    return await credentials.of_resource(tx, app_id, resource_id)


async def texts_of(
    tx: Transaction, vault: Vault, app_id: UUID, shown: Sequence[Credential]
) -> dict[UUID, str]:
    """Return the tokens in clear, by credential."""
    found = await credentials.sealed_of(tx, app_id, [each.id for each in shown])
    return {each: vault.open(sealed) for each, sealed in found.items()}


async def delete(tx: Transaction, app_id: UUID, credential_id: UUID) -> None:
    """Make a token invalid, at once and for good."""
    if not await credentials.delete(tx, app_id, credential_id):
        raise NotFound("Credential")
