"""Every answer that a test of the API gets is held to the OpenAPI document on its way."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp
from tests.support.document import conform


@pytest.fixture(scope="session")
async def http(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application that refuses answers the document does not promise."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://slotkeeper.test",
        event_hooks={"response": [conform]},
    ) as client:
        yield client
