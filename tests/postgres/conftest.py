"""A data folder for each test, which leaves neither files nor processes behind."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from postgres.processes import kill, processes_of, until
from slotkeeper.postgres.lease import lease


@contextmanager
def passable_folder() -> Iterator[Path]:
    """Give a folder that every account may pass, unlike pytest's own under root."""
    folder = Path(tempfile.mkdtemp(prefix="sk-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        is_empty = until(lambda: not processes_of(folder))
        kill(*processes_of(folder))
        link = folder / "postgres"
        if link.is_symlink() and link.exists():
            shutil.rmtree(link.resolve().parent)
        shutil.rmtree(folder)
    assert is_empty, "the server went on after the test"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Give a new data folder, still empty."""
    with passable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def master_copy() -> Iterator[Path]:
    """Give a data folder whose database is made; only to be copied."""
    with passable_folder() as folder:
        with lease(folder, durable=False):
            pass
        yield folder


@pytest.fixture
def old_data_dir(master_copy: Path) -> Iterator[Path]:
    """Give a data folder whose database is made: a copy takes a third of the time of a new one."""
    with passable_folder() as folder:
        subprocess.run(["cp", "-a", f"{master_copy}/.", folder], check=True)
        yield folder
