"""A data folder for each test, which leaves neither files nor processes behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.postgres.processes import ask, kill, processes_of, until

from slotkeeper.postgres.lease import lease


@contextmanager
def passable_folder() -> Iterator[Path]:
    """Give a folder that every account may pass, unlike pytest's own under root."""
    folder = Path(tempfile.mkdtemp(prefix="sk-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        with emptied(folder):
            yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def emptied(data_dir: Path) -> Iterator[None]:
    """See to it that no process of ``data_dir`` outlives the context, and that none tried to."""
    try:
        yield
    finally:
        is_empty = until(lambda: not processes_of(data_dir))
        kill(*processes_of(data_dir))
    assert is_empty, "the server went on after the test"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Give a new data folder, still empty."""
    with passable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def used_data_dir() -> Iterator[Path]:
    """Give a data folder whose database is made."""
    with passable_folder() as folder:
        with lease(folder, durable=False):
            pass
        yield folder


@pytest.fixture
def old_data_dir(used_data_dir: Path) -> Iterator[Path]:
    """Give the data folder of earlier tests, its server stopped and its database empty.

    One for all, because to make or copy a cluster takes longer than most of these tests.
    """
    with emptied(used_data_dir):
        yield used_data_dir
    with lease(used_data_dir, durable=False) as server:
        ask(server.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
