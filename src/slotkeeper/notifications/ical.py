"""Content lines of iCalendar (RFC 5545, 3.1): escaped, folded, joined.

Written here and not by a library, whose clocks and texts are not always what was meant; see
decision 0020.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from slotkeeper import __version__
from slotkeeper.domain.zones import Zone, minute_floor, to_datetime

PRODUCT = f"-//Slotkeeper//Slotkeeper {__version__}//EN"
"""Who wrote a calendar file (PRODID)."""

NO_ADDRESS = "invalid:nomail"
"""What stands for the address of somebody who has none, or whose address is not told."""

_FOLD_OCTETS = 75
# Everything below the space but the tab and line breaks, which have an escape of their own.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ALL_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_NEEDS_QUOTES = re.compile(r"[,;:]")
_SPECIAL = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


def text(value: str) -> str:
    r"""Return a text as the value of a property (TEXT).

    >>> text("Bring: a, b; c\nand d")
    'Bring: a\\, b\\; c\\nand d'
    """
    return _BREAK.sub(r"\\n", _CONTROL.sub("", value).translate(_SPECIAL))


def parameter(value: str) -> str:
    """Return a text as the value of a parameter; what has no place in one becomes similar.

    >>> parameter('Emmett "Doc" Brown, M.D.')
    '"Emmett \\'Doc\\' Brown, M.D."'
    """
    plain = _ALL_CONTROL.sub(" ", value).replace('"', "'").strip()
    return f'"{plain}"' if _NEEDS_QUOTES.search(plain) else plain


def address(email: str) -> str:
    """Return an e-mail address as a calendar address (CAL-ADDRESS)."""
    return f"mailto:{quote(email, safe='@!$*+-/=_~.')}" if email else NO_ADDRESS


def uri(value: str) -> str:
    """Return an address of the web as the value of a property; what may not be in one is coded."""
    return quote(value, safe="%:/?#[]@!$&'()*+,;=~-._")


def utc(moment: datetime) -> str:
    """Return an instant as a UTC clock shows it, in whole seconds."""
    return f"{moment:%Y%m%dT%H%M%SZ}" if moment.year >= 1000 else _padded(moment)


def moment(name: str, at: datetime, zone: Zone) -> str:
    """Return the property ``name`` for an instant, on the clock of ``zone``.

    A reading that the clock shows twice would mean the first time (RFC 5545, 3.3.5), so the
    second one is told in UTC; so is everything in a zone that is UTC.
    """
    local = at.astimezone(zone.info)
    if local.fold or is_utc(zone):
        return f"{name}:{utc(at)}"
    return f"{name};TZID={zone.name}:{local:%Y%m%dT%H%M%S}"


def day(name: str, at: datetime, zone: Zone) -> str:
    """Return the property ``name`` for the day that a calendar in ``zone`` shows at an instant."""
    minute = minute_floor(at)
    local = to_datetime(minute + zone.offset_at(minute))
    return f"{name};VALUE=DATE:{local:%Y%m%d}"


def is_utc(zone: Zone) -> bool:
    """Tell whether a zone is UTC under one of its names."""
    return zone.name in _UTC_NAMES


def document(lines: Iterable[str]) -> bytes:
    """Return lines as a file: each folded at 75 octets, all ended by CRLF."""
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    r"""Return a line with its end, in pieces of at most 75 octets; no character is cut."""
    octets = line.encode()
    if len(octets) <= _FOLD_OCTETS:
        return octets + b"\r\n"
    pieces, start, room = [], 0, _FOLD_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # in the middle of a character of UTF-8
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _FOLD_OCTETS - 1  # the space that marks a piece is an octet, too
    return b"\r\n ".join([*pieces, octets[start:]]) + b"\r\n"


def _padded(moment: datetime) -> str:
    return moment.isoformat().replace("-", "").replace(":", "")[:15] + "Z"


_UTC_NAMES = frozenset(
    {
        *("UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"),
        *("GMT", "Etc/GMT", "Greenwich", "Etc/Greenwich", "GMT0", "Etc/GMT0", "GMT+0", "GMT-0"),
        *("Etc/GMT+0", "Etc/GMT-0"),
    }
)
