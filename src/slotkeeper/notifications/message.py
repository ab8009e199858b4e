"""Mails as they go over the wire: a letter in an envelope, with what else belongs in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from slotkeeper.notifications.letters import Letter

INVITATION_FILE = "invite.ics"
"""What the calendar entry of a mail is called where it is an attachment."""

_UNSUBSCRIBE = "List-Unsubscribe"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody's name and address; the name may be empty."""

    name: str
    address: str

    @property
    def header(self) -> Address:
        """Return the mailbox as headers hold it; nothing in it begins another header."""
        name = " ".join("".join(c if c.isprintable() else " " for c in self.name).split())
        if name == self.address:
            name = ""
        local, _, domain = self.address.strip().rpartition("@")
        return Address(display_name=name, username=local, domain=domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From whom to whom a mail goes.

    ``message_id`` is the part before the @, the same whenever the same mail is sent again.
    ``app_id`` tells whose mail it is, ``language`` is a tag. ``unsubscribe`` is an address of
    the web that takes a POST (RFC 8058).
    """

    sender: Mailbox
    to: Sequence[Mailbox]
    reply_to: Mailbox | None = None
    message_id: str
    app_id: str
    date: datetime
    language: str
    unsubscribe: str | None = None


class _WholeLinks(EmailPolicy):
    """Writes the address that stops reminders on one line, however long.

    The library would put it into encoded words, which readers of mail know in texts only: their
    button would be missing.
    """

    def fold(self, name: str, value: str) -> str:
        if name == _UNSUBSCRIBE:
            return f"{name}: {value}\r\n"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == _UNSUBSCRIBE:
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


def compose(letter: Letter, envelope: Envelope, *, invitation: bytes | None = None) -> EmailMessage:
    """Return a letter as a mail.

    ``invitation`` is an iCalendar object with its METHOD; calendars find it among the forms of
    the letter, people as a file.
    """
    sender, reply_to = envelope.sender, envelope.reply_to
    boxes = [sender, *envelope.to, *([reply_to] if reply_to else [])]
    plain = all(each.address.isascii() for each in boxes)
    message = EmailMessage(policy=_WholeLinks(linesep="\r\n", utf8=not plain))
    message["Subject"] = letter.subject
    message["From"] = sender.header
    message["To"] = [each.header for each in envelope.to]
    if reply_to:
        message["Reply-To"] = reply_to.header
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = f"<{envelope.message_id}@{_domain(sender)}>"
    message["X-Slotkeeper-App"] = envelope.app_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if envelope.unsubscribe:
        message[_UNSUBSCRIBE] = f"<{envelope.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if invitation is not None:
        _invite(message, invitation)
    # Here at last: what is said of content before moves into the first part.
    message["Content-Language"] = envelope.language.replace("_", "-")
    return message


def _invite(message: EmailMessage, invitation: bytes) -> None:
    method = _method(invitation)
    message.add_alternative(
        invitation.decode(), subtype="calendar", params={"method": method}, cte="base64"
    )
    message.add_attachment(
        invitation, maintype="application", subtype="ics", filename=INVITATION_FILE
    )


def _method(invitation: bytes) -> str:
    """Return what an iCalendar object asks of its reader."""
    for line in invitation.splitlines():
        name, _, value = line.partition(b":")
        if name.upper() == b"METHOD":
            return value.decode().strip().upper()
    raise ValueError("an invitation has a METHOD")


def _domain(sender: Mailbox) -> str:
    domain = sender.address.rpartition("@")[2]
    return domain.encode("idna").decode() if not domain.isascii() else domain
