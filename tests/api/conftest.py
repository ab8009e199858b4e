"""Every answer that a test of the API gets is held to the OpenAPI document on its way."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp
from tests.support.document import client_held_to_document


@pytest.fixture(scope="session")
async def http(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application that refuses answers the document does not promise."""
    async with client_held_to_document(app) as client:
        yield client
