"""Passwords of people: set them, compare them, and let people choose one by a link.

Argon2id with the least costs that OWASP's cheat sheet on storing passwords gives: 19 MiB
and two rounds. Each hash fills a core for some milliseconds, so threads of their own do it, which
leave a core to everybody else: whoever sends thousands of passwords waits, and the server goes on
answering others.
"""

import asyncio
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from slotkeeper.domain.app import App
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.passwords import (
    LIFETIME,
    RESETS_AN_HOUR_MAX,
    PasswordLink,
    Purpose,
    find_fault,
)
from slotkeeper.domain.resource import Resource
from slotkeeper.services.vault import digest_of
from slotkeeper.storage import apps, credentials, passwords, resources
from slotkeeper.storage.transaction import Transaction

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_THREADS = ThreadPoolExecutor(
    max_workers=2 if (os.cpu_count() or 1) > 2 else 1, thread_name_prefix="passwords"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Who may choose a password: the resource of a link, in its app."""

    link: PasswordLink
    resource: Resource
    app: App


async def set_password(tx: Transaction, app_id: UUID, resource_id: UUID, password: str) -> None:
    """Give a resource a password; links to choose one, made before, end with it."""
    hashed = await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)
    await passwords.save_hash(tx, app_id, resource_id, hashed)
    await passwords.delete_links(tx, app_id, resource_id)


async def find_person(
    tx: Transaction, app_id: UUID, *, email: str, password: str
) -> Resource | None:
    """Return the resource with this address, in any case, and this password, or None.

    Takes as long for an address that nobody has as for a wrong password, so that the time
    does not tell which addresses there are.
    """
    found = (await resources.find_by_emails(tx, app_id, [email])).get(email)
    hashed = await passwords.find_hash(tx, app_id, found.id) if found else None
    fits = await asyncio.get_running_loop().run_in_executor(_THREADS, _fits, hashed, password)
    return found if fits else None


async def ask_for_reset(tx: Transaction, app_id: UUID | None, email: str) -> str | None:
    """Make a link for whoever forgot a password and return its token, or None.

    None for an address that nobody has, and for who asked too often; whoever asked must not
    learn which. Without an app, the address must be that of one resource only. The token is
    for the owner of the address alone: using it proves who that is.
    """
    known = await _find_known(tx, app_id, email)
    if known is None:
        return None
    of_app, resource = known
    await passwords.delete_links(tx, of_app, resource.id, expired_by=tx.now)
    hour_ago = tx.now - timedelta(hours=1)
    made = await passwords.count_links(tx, of_app, resource.id, Purpose.RESET, after=hour_ago)
    if made >= RESETS_AN_HOUR_MAX:
        return None
    return await _new_link(tx, of_app, resource.id, Purpose.RESET)


async def invite(tx: Transaction, app_id: UUID, resource_id: UUID) -> str:
    """Make a link with which a resource chooses its first password, and return its token."""
    await passwords.delete_links(tx, app_id, resource_id, expired_by=tx.now)
    return await _new_link(tx, app_id, resource_id, Purpose.INVITATION)


async def get_chooser(tx: Transaction, token: str) -> Chooser:
    """Return who may choose a password with this token; refuse one that is used or too old."""
    link = await passwords.find_link(tx, digest_of(token))
    resource = await resources.find(tx, link.app_id, link.resource_id) if link else None
    if link is None or resource is None:
        raise NotFound("Link")
    return Chooser(link=link, resource=resource, app=await apps.get(tx, link.app_id))


async def choose(tx: Transaction, token: str, password: str) -> None:
    """Set the password that somebody chose by a link, which ends with it.

    Refuses a password that is too short or too long. A link for a forgotten password was sent
    to the address and shown to nobody else, so using it verifies the address.
    """
    chooser = await get_chooser(tx, token)
    if fault := find_fault(password):
        raise InvalidInput.field("password", fault)
    link = chooser.link
    await set_password(tx, link.app_id, link.resource_id, password)
    if link.purpose is Purpose.RESET and await passwords.verify_email(
        tx, link.app_id, link.resource_id
    ):
        # Whoever had tokens until now need not have been the owner of the address.
        await credentials.delete_of_resource(tx, link.app_id, link.resource_id)


async def _find_known(
    tx: Transaction, app_id: UUID | None, email: str
) -> tuple[UUID, Resource] | None:
    if app_id is None:
        return await resources.find_only_with_email(tx, email)
    found = await resources.find_by_emails(tx, app_id, [email])
    return (app_id, found[email]) if email in found else None


async def _new_link(tx: Transaction, app_id: UUID, resource_id: UUID, purpose: Purpose) -> str:
    token = secrets.token_urlsafe(32)
    link = PasswordLink(
        id=uuid4(),
        app_id=app_id,
        resource_id=resource_id,
        purpose=purpose,
        expires_at=tx.now + LIFETIME[purpose],
    )
    await passwords.insert_link(tx, link, digest=digest_of(token))
    return token


def _fits(hashed: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(hashed or _hash_of_nobody(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
