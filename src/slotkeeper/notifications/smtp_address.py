"""The address of a mail server, as an operator writes it."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit


class Tls(StrEnum):
    """How a connection to a mail server is encrypted."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAddress:
    """Where the mail server is, and who logs in to it, if anybody does."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: Tls

    @classmethod
    def parse(cls, text: str) -> "SmtpAddress":
        """Read ``smtp://user:password@host:587`` or ``smtps://…``; raises ValueError.

        The port is 587, with smtps 465. ``smtp`` asks the server for STARTTLS and goes no further
        without it, except to this machine or with ``?tls=none``. User and password are written
        with percent signs where they hold ``@``, ``:`` or ``/``. No message of an error holds
        any of it.

        >>> SmtpAddress.parse("smtp://localhost:25").tls
        <Tls.NONE: 'none'>
        """
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(_FORM) from None
        if parts.scheme not in _PORTS or not host or port == 0 or parts.path.strip("/"):
            raise ValueError(_FORM)
        if (parts.username is None) != (parts.password is None):
            raise ValueError("should have both a user and a password, or none of them")
        return cls(
            host=host,
            port=port or _PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=_tls(parts.scheme, parts.query, host),
        )


_PORTS = {"smtp": 587, "smtps": 465}
_FORM = "should be an address such as smtp://user:password@mail.example.com:587"


def _tls(scheme: str, query: str, host: str) -> Tls:
    wanted = dict(parse_qsl(query, keep_blank_values=True))
    if wanted.keys() - {"tls"} or wanted.get("tls", Tls.NONE) not in (Tls.NONE, Tls.STARTTLS):
        raise ValueError("may end in ?tls=starttls or ?tls=none, and in nothing else")
    if scheme == "smtps":
        if wanted:
            raise ValueError("cannot have ?tls with smtps, which is encrypted from the start")
        return Tls.IMPLICIT
    return Tls(wanted.get("tls", Tls.NONE if _is_here(host) else Tls.STARTTLS))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
