"""What can go wrong with an outgoing HTTP request, in words for those who read delivery logs."""

import errno
import ssl
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import TypeAlias

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponseError,
    ClientSSLError,
    InvalidURL,
    ServerDisconnectedError,
)

from slotkeeper.notifications.guard import Refused

Words: TypeAlias = Callable[[Exception, str], str]
"""Says what an error means; the second argument is the host of the request."""

CHARACTERS_MAX = 300
"""The longest text of an error; targets may put their own words into it."""


class AddressRefused(ValueError):
    """A request that cannot be made at all; the text says why."""


def words_of(error: Exception, host: str) -> str:
    """Return in one sentence why there was no answer, or no whole one, from ``host``."""
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), _of_anything)
    return words(error, host)[:CHARACTERS_MAX].replace("\x00", "")


def _of_connector(error: Exception, host: str) -> str:
    assert isinstance(error, ClientConnectorError)
    cause = error.os_error
    if isinstance(cause, Refused):
        # The host as it was written: where an inner name leads is nobody's business.
        return f"refused: {host} {'is' if _is_address(host) else 'leads to'} {cause.strerror}"
    if cause.errno == errno.EACCES:  # several addresses, refused for several reasons
        return f"refused: {host} leads to addresses that are not public"
    if cause.errno == errno.ECONNREFUSED:
        return "connection refused"
    words = cause.strerror or str(cause)
    # Who hangs up while hands are shaken leaves no words at all.
    is_cut = cause.errno == errno.ECONNRESET or not words
    return _CUT if is_cut else f"{host} cannot be reached: {words}"


def _of_certificate(error: Exception, _: str) -> str:
    assert isinstance(error, ClientConnectorCertificateError)
    cause = error.certificate_error
    reason = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else cause
    return f"certificate not trusted: {reason}"


def _of_tls(error: Exception, _: str) -> str:
    assert isinstance(error, ClientSSLError)
    cause = error.os_error
    reason = cause.reason if isinstance(cause, ssl.SSLError) else cause.strerror
    return f"TLS failed: {(reason or str(cause)).lower().replace('_', ' ')}"


def _of_disconnection(error: Exception, _: str) -> str:
    assert isinstance(error, ServerDisconnectedError)
    return _CUT if isinstance(error.message, str) else _NO_HTTP


def _of_anything(error: Exception, _: str) -> str:
    return f"the request cannot be sent: {error}"


def _saying(words: str) -> Words:
    return lambda error, host: words


_CUT = "connection cut before the answer"
_NO_HTTP = "the answer is not HTTP"

_WORDS: Sequence[tuple[type[Exception], Words]] = (
    # The first that fits counts: many of these are kinds of others further down.
    (ClientConnectorDNSError, lambda error, host: f"name not found: {host}"),
    (ClientConnectorCertificateError, _of_certificate),
    (ClientSSLError, _of_tls),
    (ClientConnectorError, _of_connector),
    (ClientPayloadError, _saying("connection cut in the middle of the answer")),
    (ServerDisconnectedError, _of_disconnection),
    (ClientResponseError, _saying(_NO_HTTP)),
    (InvalidURL, _saying("this address cannot be used")),
    (AddressRefused, lambda error, host: str(error)),
    (OSError, _saying(_CUT)),
)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
