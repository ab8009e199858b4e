"""What there is to see of a mail that was kept instead of sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message, MIMEPart
from email.parser import BytesHeaderParser
from email.policy import SMTP
from mimetypes import guess_extension

_SHOWN = ("From", "To", "Cc", "Reply-To")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_IN_NEW_TABS = '<base target="_blank">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a mail that is neither its text nor its page."""

    number: int
    name: str
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A mail in a list; ``name`` is that of its file."""

    name: str
    at: datetime
    subject: str
    to: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "Summary":
        """Return what a list shows of a mail."""
        head = BytesHeaderParser(policy=SMTP).parsebytes(content)
        return cls(name=name, at=_moment(name), subject=_subject(head), to=_text(head["To"]))


class MailView:
    """One mail, taken apart; ``name`` is that of its file."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.at = _moment(name)
        self._message = message_from_bytes(content, policy=SMTP)
        self.subject = _subject(self._message)
        self.headers = [(key, _text(value)) for key, value in self._message.items()]
        self.shown = [(key, text) for key, text in self.headers if key in _SHOWN]

    @property
    def text(self) -> str | None:
        """The mail as text, if it has that form."""
        part = self._message.get_body(("plain",))
        return None if part is None else _content(part)

    @property
    def html(self) -> str | None:
        """The mail as a page, if it has that form; its links open in tabs of their own."""
        part = self._message.get_body(("html",))
        if part is None:
            return None
        page = _content(part)
        return _HEAD.sub(lambda head: head[0] + _IN_NEW_TABS, page, count=1)

    @property
    def attachments(self) -> Sequence[Attachment]:
        """Everything else in the mail, in its order, the calendar entry included."""
        return [
            Attachment(
                number=number,
                name=_name_of(number, part),
                kind=part.get_content_type(),
                bytes=len(_bytes(part)),
            )
            for number, part in self._others()
        ]

    def find_attachment(self, number: int) -> tuple[str, bytes] | None:
        """Return name and content of an attachment, or None where there is none."""
        part = dict(self._others()).get(number)
        return None if part is None else (_name_of(number, part), _bytes(part))

    def _others(self) -> Iterator[tuple[int, MIMEPart]]:
        bodies = (self._message.get_body(("plain",)), self._message.get_body(("html",)))
        for number, part in enumerate(self._message.walk()):
            if not part.is_multipart() and not any(part is body for body in bodies):
                yield number, part


def _name_of(number: int, part: MIMEPart) -> str:
    ending = guess_extension(part.get_content_type()) or ""
    return part.get_filename() or f"part-{number}{ending}"


def _moment(name: str) -> datetime:
    """Return when a file was written, as its name says, to the second."""
    return datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _subject(message: Message) -> str:
    return _text(message["Subject"]) or "(no subject)"


def _text(header: object) -> str:
    """Return a header as text that can be written, whatever bytes it held."""
    return "" if header is None else str(header).encode("utf-8", "replace").decode()


def _content(part: MIMEPart) -> str:
    """Return a part as text, whatever is wrong with how it is written."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        return _bytes(part).decode("utf-8", "replace")


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
