"""One world for all rows, and answers that are held to the OpenAPI document on their way."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.types import ASGIApp

from slotkeeper.settings import Settings
from tests.contract.world import World
from tests.support.document import client_held_to_document


@pytest.fixture(scope="session")
def world(settings: Settings, database_url: str) -> Iterator[World]:
    """An app on a server whose operator lets people sign up by themselves."""
    inviting = settings.model_copy(update={"public_sign_up": True})
    with World.made(inviting, database_url) as world:
        yield world


@pytest.fixture(scope="session")
async def http(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application that refuses answers the document does not promise."""
    async with client_held_to_document(app) as client:
        yield client
