"""PostgreSQL runs under an account that is not root, wherever the data folder lies.

As root, the tests of this module also run the room as an unprivileged account, under a Python
that this account can reach.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.postgres.conftest import passable_folder
from tests.postgres.processes import HOLD, ask, has_stopped, postmaster_of

import slotkeeper
from slotkeeper.postgres import place
from slotkeeper.postgres.account import Account, first_barrier, get_account, run_as
from slotkeeper.postgres.binaries import get_binaries
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.lease import lease
from slotkeeper.postgres.place import reachable_binaries

IS_ROOT = os.geteuid() == 0
STRANGER = Account("nobody", 65534, 65534, is_lent=IS_ROOT)


def python_for(account: Account, folder: Path) -> list[str]:
    """Return how ``account`` can start this Python with these packages, copied if need be."""
    python = Path(sys.executable)
    copied = folder / "python"
    if first_barrier(python, account) is not None:
        python = python.resolve()  # that of the system, behind a virtual environment
    if first_barrier(python, account) is not None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        useless = shutil.ignore_patterns("site-packages", "test", "__pycache__", "config-*")
        library = Path(sys.base_prefix, "lib", version)
        shutil.copytree(library, copied / "lib" / version, ignore=useless, symlinks=True)
        for shared in Path(sys.base_prefix, "lib").glob("libpython*"):
            shutil.copy(shared, copied / "lib")
        (copied / "bin").mkdir()
        python = Path(shutil.copy(python.resolve(), copied / "bin" / version))
    libraries = f"LD_LIBRARY_PATH={copied / 'lib'}"
    return ["env", libraries, f"PYTHONPATH={':'.join(packages_for(account, folder))}", str(python)]


def packages_for(account: Account, folder: Path) -> list[str]:
    """Return where ``account`` finds our package and the driver, copied if need be."""
    source, site = (Path(module).parents[1] for module in (slotkeeper.__file__, psycopg.__file__))
    if first_barrier(source, account) is None and first_barrier(site, account) is None:
        return [str(source), str(site)]
    copied = folder / "packages"
    shutil.copytree(source / "slotkeeper", copied / "slotkeeper")
    for package in site.glob("psycopg*"):
        shutil.copytree(package, copied / package.name)
    shutil.copy(site / "typing_extensions.py", copied)
    return [str(copied)]


def test_postgresql_never_runs_as_root(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False):
        owner = Path(f"/proc/{postmaster_of(old_data_dir)}").stat()
        assert owner.st_uid == (old_data_dir / "postgres").stat().st_uid != 0


@pytest.mark.slow
def test_any_account_may_run_it_in_a_folder_of_its_own() -> None:
    account = STRANGER if IS_ROOT else get_account()
    with passable_folder() as folder:
        data_dir = folder / "own"
        data_dir.mkdir(mode=0o700)
        os.chown(data_dir, account.uid, account.gid)
        python = python_for(account, folder)
        for question in ("CREATE TABLE kept AS SELECT 42 AS n", "SELECT n FROM kept"):
            script = HOLD.replace("sys.stdin.read()", f"ask(server.url, {question!r})")
            script += "\nprint('left')"
            script = script.replace("import signal", f"{ASK}\nimport signal")
            done = run_as(account, [*python, "-c", script, data_dir])
            assert done.returncode == 0, done.stdout
            assert "left" in done.stdout
        assert has_stopped(data_dir)
        assert {path.stat().st_uid for path in data_dir.iterdir()} == {account.uid}
        with lease(data_dir, durable=False) as server:  # root may look in, as that account
            assert ask(server.url, "SELECT n FROM kept") == 42
        assert {path.stat().st_uid for path in data_dir.iterdir()} == {account.uid}


ASK = """
import psycopg
def ask(url, question):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(question)
"""


def test_a_private_folder_of_root_works_and_keeps_its_data(data_dir: Path) -> None:
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    folder = private / "data"
    with lease(folder, durable=False) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
    with lease(folder, durable=False) as server:
        assert ask(server.url, "SELECT n FROM kept") == 42
    assert has_stopped(folder)
    _remove_with_home(folder)


@pytest.mark.slow
def test_a_folder_that_moves_keeps_its_data(data_dir: Path) -> None:
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    with lease(private / "here", durable=False) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
    (private / "here").rename(private / "there")
    with lease(private / "there", durable=False) as server:
        assert ask(server.url, "SELECT n FROM kept") == 42
    _remove_with_home(private / "there")


@pytest.mark.slow
def test_what_a_test_leaves_behind_is_swept_when_its_folder_has_gone(data_dir: Path) -> None:
    (data_dir / "private").mkdir(mode=0o700)
    gone, kept = data_dir / "private" / "gone", data_dir / "private" / "kept"
    for folder in (gone, kept):
        with lease(folder, durable=False):
            pass
    homes = [(folder / "postgres").resolve().parent for folder in (gone, kept)]
    shutil.rmtree(gone)
    with lease(data_dir / "private" / "next", durable=False):
        pass
    assert [home.exists() for home in homes] == [False, True]
    for folder in (kept, data_dir / "private" / "next"):
        _remove_with_home(folder)


def test_binaries_in_a_private_folder_are_copied_once_and_run(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = data_dir / "venv"
    private.mkdir(mode=0o700)
    package = get_binaries().folder.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        subprocess.run(["cp", "-a", part, private], check=True)
    monkeypatch.setattr(place, "LENT_ROOTS", (data_dir / "lent",))
    monkeypatch.syspath_prepend(private)
    binaries = get_binaries()
    assert binaries.folder.is_relative_to(private)
    account = get_account()
    found = [reachable_binaries(binaries, account) for _ in range(2)]
    assert found[0] == found[1]
    assert first_barrier(found[0].postgres, account) is None
    with lease(data_dir / "data", durable=False) as server:
        ask(server.url, "CREATE EXTENSION btree_gist")


@pytest.mark.parametrize(
    ("mode", "is_owner", "is_passable"),
    [
        (0o711, False, True),
        (0o710, False, False),
        (0o700, True, True),
        (0o077, True, False),  # the owner's bits count for the owner, not the others'
    ],
)
def test_a_folder_is_passed_by_the_bits_that_concern_the_account(
    data_dir: Path, mode: int, is_owner: bool, is_passable: bool
) -> None:
    folder = data_dir / "folder"
    folder.mkdir()
    folder.chmod(mode)
    uid = os.geteuid() if is_owner else os.geteuid() + 1
    account = Account("somebody", uid, os.getegid() + 1, is_lent=True)
    barrier = first_barrier(folder, account)
    folder.chmod(0o700)
    assert barrier == (None if is_passable else folder)


def test_a_link_is_passed_only_where_it_leads(data_dir: Path) -> None:
    account = Account("somebody", os.geteuid() + 1, os.getegid() + 1, is_lent=True)
    private = data_dir / "private"
    (private / "python").mkdir(parents=True)
    private.chmod(0o700)
    (data_dir / "name").symlink_to("private/python")
    (data_dir / "nickname").symlink_to(data_dir / "name")
    data_dir.chmod(0o711)
    assert first_barrier(data_dir / "nickname", account) == private


def test_a_cluster_that_belongs_to_root_is_refused_in_words(data_dir: Path) -> None:
    (data_dir / "postgres").symlink_to("/usr")
    with pytest.raises(PostgresUnavailable, match="/usr belongs to root"), lease(data_dir):
        pass
    (data_dir / "postgres").unlink()


def _remove_with_home(folder: Path) -> None:
    home = (folder / "postgres").resolve().parent
    shutil.rmtree(folder)
    if home != folder:
        shutil.rmtree(home)
