"""Do one thing inside the database of an installation, in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from slotkeeper.bootstrap import make_parts
from slotkeeper.cli.installation import bring_up_to_date, database_of
from slotkeeper.edge.parts import Parts
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Transaction

Result = TypeVar("Result")
Work = Callable[[Transaction, Parts], Awaitable[Result]]


def in_transaction(settings: Settings, work: Work[Result]) -> Result:
    """Return what ``work`` returns; it is kept as a whole, or not at all when it raises.

    The database is started and migrated if need be.
    """
    with database_of(settings) as database:
        bring_up_to_date(database.conninfo)
        return in_transaction_of(settings, database.conninfo, work)


def in_transaction_of(settings: Settings, conninfo: str, work: Work[Result]) -> Result:
    """Return what ``work`` returns, done in the running and migrated database ``conninfo``."""

    async def run() -> Result:
        parts = make_parts(settings, conninfo)
        await parts.database.open()
        try:
            async with parts.database.transaction() as tx:
                return await work(tx, parts)
        finally:
            await parts.database.close()

    return asyncio.run(run())
