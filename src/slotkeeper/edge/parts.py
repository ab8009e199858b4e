"""The real parts of a running server, picked by ``bootstrap`` and used by both edges."""

import random
from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from slotkeeper.edge.rates import GuessLimiter, RateLimiter
from slotkeeper.services.vault import Vault
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Database, Transaction


class Shuffle:
    """Puts a list into random order; a seed makes the order repeatable."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # fairness, not a secret

    def __call__(self, items: MutableSequence[Any]) -> None:
        """Shuffle ``items`` in place."""
        self._random.shuffle(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a request may need beside its own content."""

    settings: Settings
    database: Database
    vault: Vault
    shuffle: Shuffle
    guesses: GuessLimiter
    limiter: RateLimiter | None = None


def parts_of(request: Request) -> Parts:
    """Return the parts of the server that answers this request."""
    parts: Parts = request.app.state.parts
    return parts


def transaction_of(request: Request) -> Transaction:
    """Return the transaction that this request is."""
    transaction: Transaction = request.scope["slotkeeper.transaction"]
    return transaction


def public_url(request: Request) -> str:
    """Return the address under which the caller reaches this server, without a slash behind.

    The setting counts first; without it, what the request itself says.
    """
    return parts_of(request).settings.public_url or str(request.base_url).rstrip("/")
