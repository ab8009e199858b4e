"""Build the program: the only place that picks the real parts, the clock included."""

import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from slotkeeper.domain.delivery import Channel
from slotkeeper.edge.middleware import CleanPaths, Envelope, Heads, HttpsOnly
from slotkeeper.edge.parts import Parts, Shuffle
from slotkeeper.edge.rates import guess_limiter, rate_limiter
from slotkeeper.jobs.cleaner import Cleaner
from slotkeeper.jobs.loop import Loop, at_work
from slotkeeper.jobs.sender import Sender
from slotkeeper.jobs.ways import MailWay, WebhookWay
from slotkeeper.jobs.worker import Worker
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.http import HttpSender
from slotkeeper.notifications.post import Post
from slotkeeper.notifications.smtp_address import SmtpAddress
from slotkeeper.services.mail_drafts import Desk, Person
from slotkeeper.services.vault import Vault
from slotkeeper.settings import SECRET_KEY_CHARACTERS_MIN, Settings
from slotkeeper.storage.transaction import Clock, Database

# What answers requests is imported where a server is made: it takes most of a second, and the
# command line mostly needs the database alone.
if TYPE_CHECKING:
    from fastapi import FastAPI

SECRET_KEY_FILE = "secret_key"
"""The file in the data folder that holds the secret key where no setting gives one."""


class SecretKeyTooShort(Exception):
    """The file of the secret key holds too little; the message is a sentence for the operator."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the secret key in {path} has fewer than {SECRET_KEY_CHARACTERS_MIN} characters; put"
            " the one back that was there, or delete the file if no app has been made yet"
        )


def system_clock() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


def secret_key(settings: Settings) -> str:
    """Return the secret key of the installation; make one in the data folder if missing.

    Several processes may start at once: whoever creates the file first wins, and all read
    what stands in it. Raises SecretKeyTooShort for a file that was cut off or emptied.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / SECRET_KEY_FILE
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if len(key) < SECRET_KEY_CHARACTERS_MIN:
        raise SecretKeyTooShort(path)
    return key


def make_database(settings: Settings, conninfo: str, *, clock: Clock = system_clock) -> Database:
    """Return the way into the database at ``conninfo``, not yet connected."""
    return Database(
        conninfo,
        clock=clock,
        connections_max=settings.connections_max,
        checks_test_customers=settings.test_mode_customers,
    )


def make_parts(
    settings: Settings, conninfo: str, *, clock: Clock = system_clock, seed: int | None = None
) -> Parts:
    """Return the parts of a server on the database at ``conninfo``, not yet connected."""
    database = make_database(settings, conninfo, clock=clock)
    vault = Vault(secret_key(settings))
    return Parts(
        settings=settings,
        database=database,
        vault=vault,
        shuffle=Shuffle(seed),
        guesses=guess_limiter(settings),
        limiter=rate_limiter(settings),
    )


def make_post(settings: Settings) -> Post:
    """Return the way of mails out of the house, not yet connected: a mail server, or a folder."""
    if settings.smtp_url is None:
        from slotkeeper.notifications.folder import FolderPost  # noqa: PLC0415 - one of the two

        return FolderPost(settings.mail_folder)
    from slotkeeper.notifications.smtp import SmtpPost  # noqa: PLC0415 - one of the two

    return SmtpPost(SmtpAddress.parse(settings.smtp_url))


def make_jobs(parts: Parts) -> list[Loop]:
    """Return what works beside the requests, or in a process of its own."""
    settings = parts.settings
    http = HttpSender(AllowedHosts.parse(settings.outgoing_hosts))
    # A mail needs whole addresses, also where nobody said how people reach this installation.
    site = settings.public_url or settings.listens_at
    desk = Desk(vault=parts.vault, site=site, sender=Person(*settings.mail_sender))
    webhooks = WebhookWay(parts.vault, http, site=settings.public_url)
    return [
        Worker(parts.database),
        Sender(parts.database, Channel.WEBHOOK, webhooks),
        Sender(parts.database, Channel.MAIL, MailWay(desk, make_post(settings))),
        Cleaner(parts.database),
    ]


def create_app(parts: Parts, *, jobs: Sequence[Loop] = ()) -> "FastAPI":
    """Return API and pages as one application that opens its database when it starts.

    The ``jobs`` work for as long as the application runs.
    """
    from slotkeeper.api.app import create_api  # noqa: PLC0415 - see above
    from slotkeeper.web import app as pages  # noqa: PLC0415 - see above

    app = create_api(parts)
    pages.install(app)

    @asynccontextmanager
    async def lifespan(_: "FastAPI") -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await parts.database.open()
            stack.push_async_callback(parts.database.close)
            await stack.enter_async_context(at_work(*jobs))
            yield

    app.router.lifespan_context = lifespan
    return app


def dressed(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Return the application with everything around it that each request passes."""
    from slotkeeper.api.app import CrossOrigin  # noqa: PLC0415 - see above
    from slotkeeper.web.errors import failed  # noqa: PLC0415 - see above

    inner: ASGIApp = Heads(CleanPaths(app))
    if settings.force_https:
        site = settings.public_url
        secure = site is not None and site.startswith("https://")
        inner = HttpsOnly(inner, site=site if secure else None)
    return CrossOrigin(Envelope(inner, failed=failed))


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all, never over another."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
