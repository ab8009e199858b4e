"""One small world for all tests that send what nobody thought of."""

from collections.abc import Iterator

import pytest
from tests.contract.world import World

from slotkeeper.settings import Settings


@pytest.fixture(scope="session")
def world(settings: Settings, database_url: str) -> Iterator[World]:
    with World.made(settings, database_url) as world:
        yield world
