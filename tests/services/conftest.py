"""An app that is undone after the test."""

import pytest

from slotkeeper.edge.parts import Parts
from slotkeeper.storage.transaction import Transaction
from tests.services.shop import Shop, open_shop


@pytest.fixture
async def shop(tx: Transaction, parts: Parts) -> Shop:
    return await open_shop(tx, parts.vault)


@pytest.fixture
async def other_shop(tx: Transaction, parts: Parts) -> Shop:
    """Another app in the same database, of which nothing may be seen."""
    return await open_shop(tx, parts.vault)


@pytest.fixture
async def empty_outbox(parts: Parts) -> None:
    """See that what other tests have announced is not taken in the place of what one looks for."""
    async with parts.database.transaction() as tx:
        await tx.run("DELETE FROM announcements")
