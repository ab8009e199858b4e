"""Every answer that a test of the API gets is held to the OpenAPI document on its way."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.support.document import conform

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.edge.parts import Parts


@pytest.fixture(scope="session")
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application that refuses answers the document does not promise."""
    app = dressed(create_app(parts), parts.settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://slotkeeper.test",
        event_hooks={"response": [conform]},
    ) as client:
        yield client
