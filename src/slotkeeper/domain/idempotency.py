"""What makes two requests under one Idempotency-Key the same, and how long that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from slotkeeper.domain.errors import InvalidInput

if TYPE_CHECKING:
    from uuid import UUID

HEADER = "Idempotency-Key"

KEPT = timedelta(hours=24)
"""How long a first answer is given again; from then on the key is as if never used."""

KEY_CHARACTERS_MAX = 255
"""The longest key."""

ANSWER_BYTES_MAX = 256_000
"""The longest answer that is kept. A request with a longer one is refused and undone."""

_VISIBLE = re.compile(rf"[!-~]{{1,{KEY_CHARACTERS_MAX}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """A text that a caller sends with a request and with every repetition of it.

    Two callers may use the same text: ``key_id`` is the key that the caller showed.
    """

    app_id: UUID
    key_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered when a key was first used: HTTP status and the bytes of the body."""

    status: int
    body: bytes


def checked(text: str) -> str:
    """Return the text of a key; refuse one that is empty, too long or not visible ASCII.

    >>> checked("4f9c-1")
    '4f9c-1'
    """
    if not _VISIBLE.fullmatch(text):
        raise InvalidInput.field(
            HEADER,
            f"The {HEADER} header must have 1 to {KEY_CHARACTERS_MAX} visible ASCII characters.",
        )
    return text


def fingerprint(*parts: bytes) -> bytes:
    """Return a SHA-256 that two requests share only if all their parts are equal.

    Lengths are part of it, so that nothing can move from one part to the next.

    >>> fingerprint(b"ab", b"c") == fingerprint(b"a", b"bc")
    False
    """
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
