"""A route whose request is one transaction, and how much such a request may bring."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from slotkeeper.edge.parts import parts_of
from slotkeeper.storage.transaction import RETRYABLE

BODY_CHARACTERS_MAX = 64_000
"""The longest body of a request; the API documentation sets it."""

ATTEMPTS_MAX = 5
"""How often a request is tried when the database breaks a deadlock at its expense."""

_BYTES_MAX = 4 * BODY_CHARACTERS_MAX  # no character takes more in UTF-8

Answering = Callable[[Request], Coroutine[Any, Any, Response]]
"""What makes the answer to a request."""

log = structlog.get_logger(__name__)


class BodyTooLong(HTTPException):
    """The body has more characters than a request may bring."""

    def __init__(self) -> None:
        super().__init__(
            413, f"The request may not be longer than {BODY_CHARACTERS_MAX} characters."
        )


class LimitedRequest(Request):
    """A request that stops reading when its body is too long."""

    async def body(self) -> bytes:
        """Return the whole body; raises BodyTooLong without reading on."""
        if not hasattr(self, "_body"):
            chunks: list[bytes] = []
            size = 0
            async for chunk in self.stream():
                size += len(chunk)
                if size > _BYTES_MAX:
                    raise BodyTooLong
                chunks.append(chunk)
            body = b"".join(chunks)
            if len(body) > BODY_CHARACTERS_MAX and _characters(body) > BODY_CHARACTERS_MAX:
                raise BodyTooLong
            self._body = body
        return self._body

    async def prepare(self) -> None:
        """Read what the route will need, before a database connection is taken for it."""
        await self.body()


class TransactionRoute(APIRoute):
    """Answers each request in one transaction: an answer commits it, an error undoes it.

    The answer is sent after the commit, so nobody is told what did not happen. When the
    database ends a deadlock by choosing this transaction, the request is tried again from
    the beginning.
    """

    request_class: type[LimitedRequest] = LimitedRequest

    def get_route_handler(self) -> Answering:
        """Wrap the route's handler in a transaction."""
        answer = super().get_route_handler()

        async def in_one_transaction(received: Request) -> Response:
            request = self.request_class(received.scope, received.receive)
            await request.prepare()
            for attempt in range(1, ATTEMPTS_MAX + 1):
                try:
                    async with parts_of(request).database.transaction() as tx:
                        request.scope["slotkeeper.transaction"] = tx
                        return await self.answered(request, answer)
                except RETRYABLE:
                    log.info("transaction_retried", attempt=attempt, path=self.path)
                    if attempt == ATTEMPTS_MAX:
                        raise
            raise AssertionError("the loop returns or raises")

        return in_one_transaction

    async def answered(self, request: Request, answer: Answering) -> Response:
        """Return the answer to a request inside its transaction; raises what undoes it."""
        return await answer(request)


def _characters(body: bytes) -> int:
    """Count the characters of UTF-8 text: every byte that does not continue another."""
    return sum(byte & 0xC0 != 0x80 for byte in body)
