"""The way of a finished mail out of the house: to a mail server, or into a folder without one."""

from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import urlsplit

from slotkeeper.settings import Settings

APP_HEADER = "X-Slotkeeper-App"
"""The header that names the app whose mail it is, by its id; it does not leave the house."""

FOLDER = "mails"
"""Where mails go in the data folder while no mail server is set."""

REASON_CHARACTERS_MAX = 300
"""The longest reason of a refusal; mail servers put their own words into it."""


class PostRefused(Exception):
    """A mail was not taken, and ``reason`` says why, in a sentence for the delivery log.

    ``permanent`` is whether it would be refused again however often it is tried.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.reason = " ".join(reason.replace("\x00", "").split())[:REASON_CHARACTERS_MAX]
        self.permanent = permanent
        super().__init__(self.reason)


class Post(Protocol):
    """Takes mails, on one event loop, until it is closed."""

    async def send(self, message: EmailMessage) -> None:
        """Hand over a whole mail; raises PostRefused.

        It goes to all of To, Cc and Bcc. Where only some of these are taken, the refusal is
        permanent, because another try would reach the others twice.
        """

    async def close(self) -> None:
        """Close what is open; nothing is sent any more."""
        ...


def post_for(settings: Settings) -> Post:
    """Return the post of an installation, not yet connected."""
    if settings.smtp_url is None:
        from slotkeeper.notifications.folder import FolderPost  # noqa: PLC0415 - one of the two

        return FolderPost(settings.data_dir / FOLDER)
    from slotkeeper.notifications.smtp import SmtpPost  # noqa: PLC0415 - one of the two
    from slotkeeper.notifications.smtp_address import SmtpAddress  # noqa: PLC0415 - with it

    return SmtpPost(SmtpAddress.parse(settings.smtp_url))


def sender_of(settings: Settings) -> tuple[str, str]:
    """Return the name, which may be empty, and the address that mails come from."""
    if settings.mail_from is not None:
        return parseaddr(settings.mail_from)
    host = urlsplit(settings.public_url or "").hostname or ""
    # Nobody takes mail from an address of numbers, and brackets help with few.
    is_name = "." in host and not host.rpartition(".")[2].isdigit()
    return "", f"no-reply@{host if is_name else 'localhost'}"
