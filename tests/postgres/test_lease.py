"""A lease gives a running PostgreSQL, and the last one takes it away."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from tests.postgres.processes import (
    Holder,
    ask,
    has_stopped,
    keeper_of,
    postmaster_of,
    processes_of,
    proportional_kilobytes,
)

from slotkeeper.postgres import keeper, server
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.lease import lease
from slotkeeper.postgres.status import status


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_of_any_name_becomes_a_database_that_speaks_utf8_and_utc(
    data_dir: Path,
) -> None:
    with lease(data_dir / "new réservations & 'more'", durable=False) as leased:
        assert ask(leased.url, "SELECT current_database()") == "slotkeeper"
        assert ask(leased.url, "SHOW server_encoding") == "UTF8"
        assert ask(leased.url, "SHOW TimeZone") == "UTC"
        assert ask(leased.url, "SELECT upper('é') = 'É'") is True


def test_the_server_is_durable_unless_told_otherwise(old_data_dir: Path) -> None:
    with lease(old_data_dir) as leased:
        assert ask(leased.url, "SHOW fsync") == "on"
    with lease(old_data_dir, durable=False) as leased:
        assert ask(leased.url, "SHOW fsync") == "off"


def test_data_stays_when_the_last_user_has_gone(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False) as leased:
        ask(leased.url, "CREATE TABLE kept AS SELECT 42 AS n")
    assert has_stopped(old_data_dir)
    with lease(old_data_dir, durable=False) as leased:
        assert ask(leased.url, "SELECT n FROM kept") == 42


def test_nobody_else_gets_in(data_dir: Path) -> None:
    with lease(data_dir, durable=False) as leased:
        assert ask(leased.url, "SHOW listen_addresses") == ""
        assert permissions(data_dir / "postgres") == 0o700
        assert permissions(data_dir / "postgres.password") == 0o600
        user, _, rest = leased.url.rpartition("@")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"{user[:-1]}@{rest}")


def test_the_role_may_make_databases_and_the_extension_that_guards_bookings(
    old_data_dir: Path,
) -> None:
    with lease(old_data_dir, durable=False) as leased:
        ask(leased.url, "CREATE DATABASE another")
        ask(leased.url.replace("/slotkeeper?", "/another?"), "CREATE EXTENSION btree_gist")
        ask(leased.url, "DROP DATABASE another")


def test_users_share_one_server_and_the_last_one_stops_it(old_data_dir: Path) -> None:
    first = Holder(old_data_dir)
    url = first.url()
    second = Holder(old_data_dir)
    assert second.url() == url
    with lease(old_data_dir) as third:
        pid = postmaster_of(old_data_dir)
        first.leave()
        second.leave()
        assert ask(third.url, "SELECT 1") == 1
        assert postmaster_of(old_data_dir) == pid
    assert has_stopped(old_data_dir)


@pytest.mark.slow
def test_users_that_come_at_once_to_a_new_folder_make_one_database(data_dir: Path) -> None:
    def visit(_: int) -> int:
        with lease(data_dir, durable=False) as leased:
            ask(leased.url, "SELECT pg_sleep(0.3)")
            return postmaster_of(data_dir)

    holders = [Holder(data_dir) for _ in range(3)]
    with ThreadPoolExecutor(5) as pool:
        pids = set(pool.map(visit, range(5)))
    assert len({*pids, postmaster_of(data_dir)}) == 1
    assert len({holder.url() for holder in holders}) == 1
    for holder in holders:
        holder.leave()


def test_users_come_and_go_in_quick_succession(old_data_dir: Path) -> None:
    def visit(_: int) -> object:
        with lease(old_data_dir, durable=False) as leased:
            return ask(leased.url, "SELECT 1")

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(visit, range(12))) == [1] * 12


def test_a_child_process_does_not_prolong_the_lease(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        assert has_stopped(old_data_dir)
    finally:
        child.kill()
        child.wait()


def test_ctrl_c_in_the_terminal_leaves_the_server_to_its_user(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir)
    url = holder.url()
    os.killpg(holder.pid, 2)
    time.sleep(0.3)
    assert ask(url, "SELECT 1") == 1
    holder.leave()


@pytest.mark.slow
def test_a_path_too_long_for_a_socket_gets_its_socket_elsewhere(data_dir: Path) -> None:
    deep = data_dir / ("d" * 120)
    with lease(deep, durable=False) as leased:
        socket = Path(str(ask(leased.url, "SHOW unix_socket_directories")))
        assert permissions(socket) == 0o700
    socket.rmdir()


def test_the_caller_s_environment_stays_out(
    old_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOTKEEPER_SECRET_KEY", "deeply secret, and long enough too")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    with lease(old_data_dir, durable=False) as leased:
        assert ask(leased.url, "SELECT 1") == 1
        for pid in (keeper_of(old_data_dir), postmaster_of(old_data_dir)):
            assert b"deeply secret" not in Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.slow
def test_it_starts_quickly_and_stays_small(data_dir: Path) -> None:
    started = time.monotonic()
    with lease(data_dir) as leased:
        new_seconds = time.monotonic() - started
        ask(leased.url, "SELECT count(*) FROM pg_class")
        kept = keeper_of(data_dir)
        assert proportional_kilobytes([kept]) < 12_000
        assert proportional_kilobytes([p for p in processes_of(data_dir) if p != kept]) < 60_000
    started = time.monotonic()
    with lease(data_dir):
        again_seconds = time.monotonic() - started
    # Twice and more what a quiet machine takes (0.8 s and 0.06 s).
    assert new_seconds < 4
    assert again_seconds < 1


def test_the_log_is_cut_before_it_fills_the_disk(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LOG_MAX_BYTES", 10)
    log = data_dir / "postgres.log"
    log.write_text("0123456789")
    keeper.limit_size(str(log))
    assert log.read_text() == "0123456789"
    log.write_text("0123456789a")
    keeper.limit_size(str(log))
    assert log.read_text() == ""
    assert (data_dir / "postgres.log.1").read_text() == "0123456789a"


def test_the_log_holds_no_customer_s_data(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False) as leased:
        ask(leased.url, "CREATE TABLE guests (email text PRIMARY KEY)")
        ask(leased.url, "INSERT INTO guests VALUES ('ann@example.com')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            ask(leased.url, "INSERT INTO guests VALUES ('ann@example.com')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            ask(leased.url, "SELECT 'ann@example.com'::int")
    assert "ann@" not in (old_data_dir / "postgres.log").read_text()


def test_status_tells_what_there_is(data_dir: Path, old_data_dir: Path) -> None:
    nothing = status(data_dir)
    assert nothing.binaries
    assert (nothing.cluster, nothing.pid, nothing.problem) == (None, None, None)
    with lease(old_data_dir, durable=False):
        during = status(old_data_dir)
    assert (during.cluster, during.major) == (old_data_dir / "postgres", nothing.binaries.major)
    assert during.pid
    assert during.is_kept
    after = status(old_data_dir)
    assert (after.pid, after.is_kept, after.problem) == (None, False, None)


def test_a_wrong_password_file_is_named(old_data_dir: Path) -> None:
    file = old_data_dir / "postgres.password"
    password = file.read_text()
    file.write_text("not it")
    with pytest.raises(PostgresUnavailable, match=r"postgres\.password"), lease(old_data_dir):
        pass
    file.write_text(password)


def test_a_broken_configuration_is_told_with_the_end_of_the_log(old_data_dir: Path) -> None:
    conf = old_data_dir / "postgres" / "postgresql.conf"
    right = conf.read_text()
    conf.write_text(f"{right}shared_buffers = plenty\n")
    with pytest.raises(PostgresUnavailable, match="shared_buffers"), lease(old_data_dir):
        pass
    conf.write_text(right)


def test_a_keeper_that_cannot_start_is_told_with_the_end_of_the_log(
    old_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LAUNCH", "raise SystemExit('no keeper today')")
    with pytest.raises(PostgresUnavailable, match="no keeper today"), lease(old_data_dir):
        pass


def test_a_lost_database_is_not_replaced_by_an_empty_one(data_dir: Path) -> None:
    (data_dir / "postgres").symlink_to(data_dir / "gone")
    with pytest.raises(PostgresUnavailable, match="the database is gone"), lease(data_dir):
        pass
    (data_dir / "postgres").unlink()


def test_a_data_folder_that_is_a_file_is_refused_in_words(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(PostgresUnavailable, match="cannot use the data folder"):
        lease(data_dir / "file").__enter__()


def test_the_keeper_imports_nothing_that_costs_memory() -> None:
    listing = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MODULES, str(Path(keeper.__file__).parents[2])],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert not {"re", "typing", "pathlib", "subprocess", "threading", "psycopg"} & {
        *listing.split()
    }


MODULES = (
    "import sys; sys.path.insert(0, sys.argv[1]); import slotkeeper.postgres.keeper;"
    " print(*sys.modules)"
)
