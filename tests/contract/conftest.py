"""One small world for all tests that send what nobody thought of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.world import World

from slotkeeper.settings import Settings


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the fuzzing out where slow tests are: its cases alone take seconds to be made."""
    left_out = "not slow" in config.getoption("markexpr")
    return True if left_out and collection_path.name == "test_fuzz.py" else None


@pytest.fixture(scope="session")
def world(settings: Settings, database_url: str) -> Iterator[World]:
    with World.made(settings, database_url) as world:
        yield world
