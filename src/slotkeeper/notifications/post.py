"""The way of a finished mail out of the house: to a mail server, or into a folder without one."""

from email.message import EmailMessage
from typing import Protocol

APP_HEADER = "X-Slotkeeper-App"
"""The header that names the app whose mail it is, by its id; it does not leave the house."""

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
