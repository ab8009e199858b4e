"""When a key was used last: written by one, waited for by nobody."""

import asyncio
from uuid import UUID

from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps
from slotkeeper.storage.transaction import Transaction
from tests.support.client import Tenant

SECONDS_MAX = 5
"""How long somebody may take who waits for nobody, on a busy machine."""


async def last_used(tx: Transaction, app_id: UUID) -> object:
    query = "SELECT last_used_at FROM app_keys WHERE app_id = %s AND kind = 'api'"
    return await tx.value(query, (app_id,))


async def test_two_who_use_a_key_at_once_do_not_wait_for_one_another(
    tenant: Tenant, parts: Parts
) -> None:
    key = tenant.api.key or ""
    async with parts.database.transaction() as first, parts.database.transaction() as second:
        assert await apps.find_caller(first, key) is not None
        # The first has written its use and not committed yet; the second finds the row held.
        caller = await asyncio.wait_for(apps.find_caller(second, key), SECONDS_MAX)
        assert caller is not None
        assert await last_used(second, tenant.app_id) is None
    async with parts.database.transaction() as third:
        assert await last_used(third, tenant.app_id) == third.now


async def test_a_use_within_the_minute_is_not_written_again(tenant: Tenant, parts: Parts) -> None:
    key = tenant.api.key or ""
    async with parts.database.transaction() as tx:
        await apps.find_caller(tx, key)
    async with parts.database.transaction() as tx:
        query = "SELECT xmin::text FROM app_keys WHERE app_id = %s AND kind = 'api'"
        before = await tx.value(query, (tenant.app_id,))
        await apps.find_caller(tx, key)
        assert await tx.value(query, (tenant.app_id,)) == before
