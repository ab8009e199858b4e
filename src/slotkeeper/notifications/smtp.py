"""Hand mails over to a mail server, several on one connection."""

import asyncio
import copy
import ssl
import time
from asyncio import Semaphore
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import TYPE_CHECKING

from slotkeeper.notifications.post import APP_HEADER, PostRefused
from slotkeeper.notifications.smtp_address import SmtpAddress, Tls

# The client is imported when the first mail leaves: a server that sends none is spared it.
if TYPE_CHECKING:
    from aiosmtplib import SMTP

SECONDS_MAX = 30.0
"""How long handing over one mail may take, making a connection included."""

CONNECTIONS_MAX = 4
"""How many mails are handed over at once; many mail servers take few connections from one."""

MAILS_PER_CONNECTION_MAX = 100
"""After how many mails a connection is given up: some mail servers refuse more."""

_TRUSTED_SECONDS = 1.0
"""How long a connection may have rested and is believed to be there without asking."""


class SmtpPost:
    """Hands mails over to the mail server at ``address``.

    ``tls`` decides which certificates are trusted; without it, those that the system trusts.
    Close it, or use it as an asynchronous context manager, on one event loop.
    """

    def __init__(
        self,
        address: SmtpAddress,
        *,
        tls: ssl.SSLContext | None = None,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        self._address = address
        self._tls = tls
        self._seconds_max = seconds_max
        self._places = Semaphore(CONNECTIONS_MAX)
        self._resting: list[_Line] = []

    async def __aenter__(self) -> "SmtpPost":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Take leave of the mail server, on every connection that rests."""
        while self._resting:
            await self._resting.pop().say_goodbye()

    async def send(self, message: EmailMessage) -> None:
        """Hand over a mail, as ``Post.send`` says; raises PostRefused."""
        await self._attempt(message)

    async def check(self) -> None:
        """Connect and log in, and send nothing; raises PostRefused."""
        await self._attempt(None)

    async def _attempt(self, message: EmailMessage | None) -> None:
        from aiosmtplib import SMTPException  # noqa: PLC0415 - see above

        from slotkeeper.notifications.smtp_errors import refusal_of  # noqa: PLC0415 - loads it too

        async with self._places:
            try:
                async with asyncio.timeout(self._seconds_max):
                    line = await self._line()
                    if message is not None:
                        await self._hand_over(line, message)
                    self._resting.append(line)
            except TimeoutError as error:
                words = f"the mail server has not answered within {self._seconds_max:g} s"
                raise PostRefused(words, permanent=False) from error
            except (SMTPException, OSError, ValueError) as error:
                raise refusal_of(error, self._address) from error

    async def _hand_over(self, line: "_Line", message: EmailMessage) -> None:
        """Send a mail, and keep the connection where the answer was a clear no."""
        from aiosmtplib import (  # noqa: PLC0415 - see above
            SMTPRecipientsRefused,
            SMTPResponseException,
        )

        from slotkeeper.notifications.smtp_errors import (  # noqa: PLC0415 - loads it too
            refusal_of_some,
        )

        bare = copy.copy(message)
        del bare[APP_HEADER]
        try:
            refused, _ = await line.smtp.send_message(bare)
        except (SMTPResponseException, SMTPRecipientsRefused):
            if line.smtp.is_connected:
                self._resting.append(line)
            raise
        except BaseException:  # also when it takes too long: what was said so far is unknown
            line.smtp.close()
            raise
        line.note_mail()
        if refused:
            self._resting.append(line)
            raise refusal_of_some(refused)

    async def _line(self) -> "_Line":
        """Return a connection that is logged in, one that rests if it is still there."""
        while self._resting:
            line = self._resting.pop()
            if await line.is_there():
                return line
            line.smtp.close()
        return _Line(await self._connected())

    async def _connected(self) -> "SMTP":
        from aiosmtplib import SMTP  # noqa: PLC0415 - see above

        if self._tls is None and self._address.tls is not Tls.NONE:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        smtp = SMTP(
            hostname=self._address.host,
            port=self._address.port,
            username=self._address.user,
            password=self._address.password,
            use_tls=self._address.tls is Tls.IMPLICIT,
            start_tls=self._address.tls is Tls.STARTTLS,
            tls_context=self._tls,
            timeout=self._seconds_max,
        )
        try:
            await smtp.connect()
        except BaseException:
            smtp.close()
            raise
        return smtp


@dataclass(slots=True)
class _Line:
    """A connection to the mail server, and how it was used."""

    smtp: "SMTP"
    mails: int = 0
    rests_since: float = 0.0

    def note_mail(self) -> None:
        self.mails += 1
        self.rests_since = time.perf_counter()

    async def is_there(self) -> bool:
        """Tell whether the connection can take a mail; one that rested longer is asked."""
        if not self.smtp.is_connected or self.mails >= MAILS_PER_CONNECTION_MAX:
            return False
        if time.perf_counter() - self.rests_since <= _TRUSTED_SECONDS:
            return True
        from aiosmtplib import SMTPException  # noqa: PLC0415 - see above

        try:
            return (await self.smtp.noop()).code == 250
        except (SMTPException, OSError):
            return False

    async def say_goodbye(self) -> None:
        from aiosmtplib import SMTPException  # noqa: PLC0415 - see above

        try:
            await self.smtp.quit(timeout=1)
        except (SMTPException, OSError):
            self.smtp.close()
