"""Whatever is killed, the server serves those who are left and ends with the last of them."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.postgres.processes import (
    Holder,
    ask,
    ask_patiently,
    has_stopped,
    is_alive,
    keeper_of,
    kill,
    postmaster_of,
    processes_of,
    until,
)

from slotkeeper.postgres.lease import lease
from slotkeeper.postgres.status import status

GONE_SECONDS = 5


def test_the_server_ends_when_its_only_user_is_killed(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir)
    holder.url()
    assert processes_of(old_data_dir)
    holder.kill()
    assert until(lambda: not processes_of(old_data_dir), GONE_SECONDS)


def test_the_server_goes_on_for_the_others_when_a_user_is_killed(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir)
    holder.url()
    with lease(old_data_dir, durable=False) as server:
        pid = postmaster_of(old_data_dir)
        holder.kill()
        time.sleep(0.5)  # more than the keeper needs to look
        assert ask(server.url, "SELECT 1") == 1
        assert postmaster_of(old_data_dir) == pid
    assert has_stopped(old_data_dir)


def test_a_killed_postmaster_comes_back_with_what_was_committed(old_data_dir: Path) -> None:
    with lease(old_data_dir) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS n")
        pid = postmaster_of(old_data_dir)
        kill(pid)
        assert ask_patiently(server.url, "SELECT n FROM kept") == 42
        assert postmaster_of(old_data_dir) != pid
    assert has_stopped(old_data_dir)


@pytest.mark.slow
def test_a_killed_postmaster_comes_back_past_a_busy_child(old_data_dir: Path) -> None:
    with (
        lease(old_data_dir) as server,
        closing(psycopg.connect(server.url, autocommit=True)) as busy,
    ):
        ask(
            server.url,
            "CREATE FUNCTION spin() RETURNS void LANGUAGE plpgsql AS 'BEGIN LOOP END LOOP; END'",
        )
        busy.pgconn.send_query(b"SELECT spin()")
        child = busy.info.backend_pid
        os.kill(child, 19)  # stopped, it cannot even notice that its postmaster died
        kill(postmaster_of(old_data_dir))
        assert ask_patiently(server.url, "SELECT 1") == 1
        assert child not in processes_of(old_data_dir)


def test_a_killed_keeper_is_replaced_by_the_next_user(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False) as server:
        keeper, postmaster = keeper_of(old_data_dir), postmaster_of(old_data_dir)
        kill(keeper)
        assert ask(server.url, "SELECT 1") == 1
        with lease(old_data_dir, durable=False) as second:
            assert second.url == server.url
            assert keeper_of(old_data_dir) != keeper
            assert postmaster_of(old_data_dir) == postmaster
    assert has_stopped(old_data_dir)


def test_a_killed_keeper_is_replaced_when_a_user_renews(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False) as server:
        kill(keeper_of(old_data_dir))
        server.renew()
        kill(postmaster_of(old_data_dir))
        assert ask_patiently(server.url, "SELECT 1") == 1


def test_the_last_user_stops_a_server_that_lost_its_keeper(old_data_dir: Path) -> None:
    with lease(old_data_dir, durable=False):
        kill(keeper_of(old_data_dir))
    assert has_stopped(old_data_dir)


def test_a_server_left_by_both_user_and_keeper_is_found_and_then_ended(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir)
    holder.url()
    postmaster = postmaster_of(old_data_dir)
    kill(keeper_of(old_data_dir))
    holder.kill()
    with lease(old_data_dir, durable=False):
        assert postmaster_of(old_data_dir) == postmaster
    assert has_stopped(old_data_dir)


def test_all_killed_at_once_is_the_same_as_a_power_cut(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir, "durable")
    ask(holder.url(), "CREATE TABLE kept AS SELECT 42 AS n")
    kill(*processes_of(old_data_dir))
    holder.kill()
    with lease(old_data_dir) as server:
        assert ask(server.url, "SELECT n FROM kept") == 42


def test_a_stale_pid_file_whose_number_another_process_has_now_is_no_server(
    old_data_dir: Path,
) -> None:
    owner = (old_data_dir / "postgres").stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid)
    stale = (
        f"{stranger.pid}\n{old_data_dir}/postgres\n1893456000\n5432\n{old_data_dir}\n\n\nready\n"
    )
    try:
        (old_data_dir / "postgres" / "postmaster.pid").write_text(stale)
        assert status(old_data_dir).pid is None
        with lease(old_data_dir, durable=False) as server:
            assert ask(server.url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "\n", "not a number\n", "999999999\n"])
def test_a_broken_pid_file_is_no_server(old_data_dir: Path, content: str) -> None:
    (old_data_dir / "postgres" / "postmaster.pid").write_text(content)
    with lease(old_data_dir, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1


@pytest.mark.slow
def test_a_user_killed_while_the_cluster_is_made_leaves_nothing_in_the_way(data_dir: Path) -> None:
    holder = Holder(data_dir)
    assert until(lambda: any(data_dir.glob("postgres.new-*/postgres/base")))
    holder.kill()
    assert not (data_dir / "postgres").exists()
    with lease(data_dir, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1
        assert not list(data_dir.glob("postgres.new-*"))


def test_a_user_killed_while_the_server_starts_leaves_nothing_in_the_way(
    old_data_dir: Path,
) -> None:
    holder = Holder(old_data_dir)
    assert until((old_data_dir / "postgres" / "postmaster.pid").exists)
    holder.kill()
    with lease(old_data_dir, durable=False) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert has_stopped(old_data_dir)


def test_a_keeper_killed_while_the_server_starts_is_replaced(old_data_dir: Path) -> None:
    holder = Holder(old_data_dir)
    assert until((old_data_dir / "postgres" / "postmaster.pid").exists)
    kill(keeper_of(old_data_dir))
    assert ask_patiently(holder.url(), "SELECT 1") == 1
    holder.leave()
    assert has_stopped(old_data_dir)


@pytest.mark.slow
def test_a_data_folder_that_is_removed_takes_its_server_along(data_dir: Path) -> None:
    holder = Holder(data_dir)
    holder.url()
    pids = processes_of(data_dir)
    subprocess.run(["rm", "-rf", *data_dir.iterdir()], check=True)
    holder.kill()
    assert until(lambda: not any(map(is_alive, pids)), GONE_SECONDS)


@pytest.mark.slow
def test_no_committed_row_is_lost_whatever_is_killed(old_data_dir: Path) -> None:
    """Kill user, keeper or postmaster at random while another user writes."""
    chance = random.Random(1)
    with lease(old_data_dir) as server:
        ask(server.url, "CREATE TABLE written (n int PRIMARY KEY)")
        acknowledged: list[int] = []
        is_over = threading.Event()
        writer = threading.Thread(target=_write, args=(server.url, acknowledged, is_over.is_set))
        writer.start()
        for _ in range(15):
            _kill_one_of(old_data_dir, chance)
            time.sleep(chance.random() / 4)
            server.renew()
        assert until(lambda: _gains(acknowledged))
        is_over.set()
        writer.join()
        count = "SELECT array_agg(n ORDER BY n) FROM written"
        written = ask_patiently(server.url, count)
    assert isinstance(written, list)
    assert set(acknowledged) <= set(written)
    assert has_stopped(old_data_dir)


def _kill_one_of(data_dir: Path, chance: random.Random) -> None:
    victim = chance.choice(["user", "keeper", "postmaster"])
    if victim == "user":
        holder = Holder(data_dir, "durable")
        time.sleep(chance.random() / 4)
        holder.kill()
    elif victim == "keeper":
        kill(keeper_of(data_dir))
    else:
        pid = status(data_dir).pid
        if pid:
            kill(pid)


def _write(url: str, acknowledged: list[int], is_over: Callable[[], bool]) -> None:
    number = 0
    while not is_over():
        number += 1
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("INSERT INTO written VALUES (%s)", [number])
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            acknowledged.append(number)


def _gains(acknowledged: list[int]) -> bool:
    before = len(acknowledged)
    return until(lambda: len(acknowledged) > before, 1)
