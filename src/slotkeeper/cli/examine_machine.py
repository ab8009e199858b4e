"""What a start needs of the machine: each function says what is there, or raises Failure."""

import os
import pwd
import re
import shutil
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import TZPATH

from slotkeeper.cli.failures import Failure
from slotkeeper.cli.installation import check_server
from slotkeeper.cli.listening import answers_health, listen, tls_context
from slotkeeper.postgres.status import status
from slotkeeper.settings import Settings

ZONES_AGE_MONTHS_MAX = 18
"""How old the data of time zones may be: governments change their clocks several times a year."""

RENEW_BEFORE = timedelta(days=30)
"""How long before its end a certificate should have been renewed.

For one that lives less than three times as long, a third of its life.
"""

FREE_BYTES_MIN = 200_000_000
"""The least room that the disk of an embedded database must have left."""


def data_folder(settings: Settings) -> str:
    """Tell whether the data folder, or the nearest one above it, can be written."""
    folder = settings.data_dir.absolute()
    # Not Path.exists, which fails where a folder on the way may not be passed.
    nearest = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    if not nearest.is_dir():
        raise Failure(f"{nearest} is a file; choose another --data-dir")
    if not os.access(nearest, os.W_OK | os.X_OK, effective_ids=True):
        owner = _name_of(nearest.stat().st_uid)
        raise Failure(
            f"{_name_of(os.geteuid())} may not write in {nearest}, which belongs to {owner};"
            f" run as {owner}, or give it away with chown"
        )
    free = shutil.disk_usage(nearest).free
    if free < FREE_BYTES_MIN:
        raise Failure(f"the disk of {nearest} has only {free // 1_000_000} MB left; make room")
    return f"{folder} can be written" if nearest == folder else f"{folder} will be made"


def postgresql(settings: Settings) -> str:
    """Tell which PostgreSQL is used, the one given or the embedded one."""
    if settings.database_url is not None:
        return f"{check_server(settings.database_url)} at SLOTKEEPER_DATABASE_URL"
    found = status(settings.data_dir)
    if found.problem is not None:
        raise Failure(found.problem)
    assert found.binaries is not None, found
    running = f"running as process {found.pid}" if found.pid else "not running now"
    return f"{found.binaries.version} in {found.binaries.folder}, as {found.account}, {running}"


def has_cluster(settings: Settings) -> bool:
    """Tell whether the data folder holds an embedded database."""
    return status(settings.data_dir).cluster is not None


def is_in_use(settings: Settings) -> bool:
    """Tell whether the database runs; of one that is not ours, that is assumed."""
    return settings.database_url is not None or status(settings.data_dir).pid is not None


def port(settings: Settings) -> str:
    """Tell whether the server can listen where it should, or already does."""
    try:
        with listen(settings.host, settings.port):
            return f"{settings.port} on {settings.host} is free"
    except Failure:
        if answers_health(settings.host, settings.port, is_tls=False) or answers_health(
            settings.host, settings.port, is_tls=True
        ):
            return f"a Slotkeeper answers on port {settings.port} of {settings.host}"
        raise


def certificate(settings: Settings, *, now: datetime) -> str:
    """Tell whether certificate and key can be used, and for how long, where there are any."""
    if tls_context(settings) is None:
        return "none; the server speaks plain http, for this machine or a proxy in front"
    assert settings.tls_cert is not None, "there is no context without one"
    return _validity(settings.tls_cert, now)


def _validity(path: Path, now: datetime) -> str:
    """Tell until when every certificate of a chain is valid; the first to end counts."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - 10 ms, and rare

    chain = load_pem_x509_certificates(path.read_bytes())
    first = min(chain, key=lambda each: each.not_valid_after_utc)
    start = max(each.not_valid_before_utc for each in chain)
    end = first.not_valid_after_utc
    renew = f"put a new one into {path} and start the server anew"
    if now > end:
        raise Failure(f"the certificate expired on {end:%Y-%m-%d}, and browsers refuse it; {renew}")
    if now < start:
        raise Failure(f"the certificate is not valid before {start:%Y-%m-%d %H:%M} UTC")
    if end - now < min(RENEW_BEFORE, (end - first.not_valid_before_utc) / 3):
        raise Failure(f"the certificate expires on {end:%Y-%m-%d}; {renew} before that")
    return f"{path} and its key can be read; valid until {end:%Y-%m-%d}"


def time_zones(*, year: int, month: int) -> str:
    """Tell how old the data of time zones is; ``year`` and ``month`` are those of now."""
    release, place = zone_version()
    if release is None:
        return f"of unknown age, in {place}"
    # A release is named for its year only, so the youngest that it can be is what counts.
    age_months = (year - int(release[:4]) - 1) * 12 + month
    if age_months >= ZONES_AGE_MONTHS_MAX:
        raise Failure(
            f"the data is of release {release} ({place}); bring tzdata up to date, or times will"
            " be wrong where clocks have been changed since"
        )
    return f"release {release} ({place})"


def zone_version() -> tuple[str | None, str]:
    """Return the version, such as ``2026a``, of the zones in use, and where they are.

    The system's files count before the package tzdata, as everywhere in Python; some systems
    leave out what would tell their version.
    """
    for folder in map(Path, TZPATH):
        if (folder / "Europe").is_dir():
            return _version_in(folder), str(folder)
    return version("tzdata"), "Python package tzdata"


def _version_in(folder: Path) -> str | None:
    for name, pattern in (("tzdata.zi", r"# version (\d{4}\S*)"), ("+VERSION", r"(\d{4}\S*)")):
        path = folder / name
        if path.is_file() and (found := re.match(pattern, path.read_text()[:40])):
            return found.group(1)
    return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # usual in containers
        return f"user {uid}"
