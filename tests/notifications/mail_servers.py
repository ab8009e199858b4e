"""Real mail servers, which take mails, refuse them, hang and vanish."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "marty@example.com", "p@ss:word/1"


@dataclass
class MailServer:
    """What a mail server was given, and what it says to senders, recipients and mails.

    A function in ``answers`` may return another answer, or raise ConnectionError to hang up.
    """

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[str], str | None]] = field(default_factory=dict)
    hangs_at: str | None = None
    transports: list[asyncio.Transport] = field(default_factory=list)

    # Called by the server, by these names.

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, host: str, answers: list[str]
    ) -> list[str]:
        session.host_name = host
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._answer("MAIL", address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self._answer("RCPT", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := await self._answer("DATA", ""):
            return answer
        self.mails.append(envelope)
        return "250 OK"

    async def _answer(self, command: str, text: str) -> str | None:
        if self.hangs_at == command:
            await asyncio.sleep(60)
        return self.answers[command](text) if command in self.answers else None

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        is_right = (given.login.decode(), given.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=is_right, handled=False)

    def vanish(self) -> None:
        """Cut all connections."""
        for transport in self.transports:
            transport.abort()


@asynccontextmanager
async def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    wants_login: bool = False,
    **given: Any,
) -> AsyncIterator[MailServer]:
    """Run a mail server on a port of its own, with STARTTLS where there is a certificate."""
    found = MailServer(**given)

    class Protocol(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transport = cast(asyncio.Transport, transport)
            if not found.transports or found.transports[-1] is not transport:
                found.connections += self.transport is None
                found.transports.append(transport)
            super().connection_made(transport)

    def protocol() -> SMTP:
        with warnings.catch_warnings():  # that logins without STARTTLS are no good idea
            warnings.simplefilter("ignore")
            return Protocol(
                found,
                hostname="mail.example.com",
                tls_context=None if implicit else tls,
                authenticator=found.authenticate,
                auth_required=wants_login,
                auth_require_tls=tls is not None and not implicit,
                enable_SMTPUTF8=True,
            )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if implicit else None
    )
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        found.vanish()
        await asyncio.sleep(0)
