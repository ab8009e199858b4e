"""What mail servers refuse, in words for those who read delivery logs."""

from collections.abc import Iterable, Mapping

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponse,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from slotkeeper.notifications.post import PostRefused
from slotkeeper.notifications.smtp_address import SmtpAddress

_TOO_LARGE = 552
_OF_LOGIN = (530, 534, 535, 538)


def refusal_of(error: Exception, address: SmtpAddress) -> PostRefused:
    """Return the refusal that an error of the client means.

    What lies with the server or its settings is temporary: an operator mends it, and no mail
    that waited meanwhile should be lost.
    """
    match error:
        case SMTPRecipientsRefused():
            codes = [each.code for each in error.recipients]
            said = _said((each.recipient, each.code, each.message) for each in error.recipients)
            return PostRefused(f"refused: {said}", permanent=_are_permanent(codes))
        case SMTPSenderRefused():
            words = f"the mail server refuses the sender {error.sender}"
            return _with_answer(words, error, permanent=error.code == _TOO_LARGE)
        case SMTPDataError():
            words = "the mail server refuses the mail"
            return _with_answer(words, error, permanent=_are_permanent([error.code]))
        case SMTPNotSupported():
            return PostRefused(f"the mail server cannot take it: {error}", permanent=True)
        case _:
            return _of_server(error, address)


def refusal_of_some(refused: Mapping[str, SMTPResponse]) -> PostRefused:
    """Return the refusal of a mail that other recipients got."""
    said = _said((to, answer.code, answer.message) for to, answer in refused.items())
    return PostRefused(f"not for all: {said}", permanent=True)


def _of_server(error: Exception, address: SmtpAddress) -> PostRefused:
    match error:
        case SMTPAuthenticationError():
            return _with_answer("the mail server refuses the login", error, permanent=False)
        case SMTPResponseException():
            return _with_answer("the mail server refuses", error, permanent=False)
        case SMTPServerDisconnected():
            return PostRefused("the mail server hung up", permanent=False)
        case SMTPConnectError() | OSError():
            place = f"{address.host}:{address.port}"
            words = f"the mail server {place} cannot be reached: {error}"
            return PostRefused(words, permanent=False)
        case SMTPException():
            return PostRefused(f"the mail server {address.host}: {error}", permanent=False)
        case _:
            return PostRefused(f"the mail cannot be sent: {error}", permanent=True)


def _with_answer(words: str, error: SMTPResponseException, *, permanent: bool) -> PostRefused:
    return PostRefused(f"{words}: {error.code} {error.message}", permanent=permanent)


def _said(answers: Iterable[tuple[str, int, str]]) -> str:
    return "; ".join(f"{recipient}: {code} {text}" for recipient, code, text in answers)


def _are_permanent(codes: Iterable[int]) -> bool:
    return all(code >= 500 and code not in _OF_LOGIN for code in codes)
