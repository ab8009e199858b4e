"""Passwords and addresses that are tried without a key: only so many, and few at one time."""

from collections.abc import Callable
from uuid import UUID

import structlog
from fastapi import Request, Response
from starlette.exceptions import HTTPException

from slotkeeper.api.route import ApiRoute
from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.rates import TooManyWait
from slotkeeper.edge.route import Answering

log = structlog.get_logger(__name__)


def count(
    request: Request, what: str, *, caller: Caller | None, app_id: UUID | None, email: str
) -> Callable[[], None]:
    """Count a try and return what takes it back; refuse with 429 who has tried too often.

    It counts for the address that is tried, known or not, so the answer tells nobody who is
    known; and for where it comes from, save when that is a server with the app key. ``what`` is
    tried: each thing counts by itself.
    """
    limiter = parts_of(request).guesses
    trusted = caller is not None and caller.kind is KeyKind.API
    host = None if trusted or request.client is None else request.client.host
    person = (what, app_id, email.strip().lower())
    now = transaction_of(request).now
    wait = limiter.take(person=person, host=host, now=now)
    if wait:
        log.warning("too_many_tries", what=what, app_id=app_id and str(app_id))
        text = f"Too many attempts; try again in {wait} seconds."
        raise HTTPException(429, text, headers={"Retry-After": str(wait)})
    return lambda: limiter.give_back(person=person, host=host, now=now)


class InTurnRoute(ApiRoute):
    """A route on which anybody can have a password compared, which fills a processor for a while.

    Requests wait for their turn before they take a connection to the database: those are few,
    and needed by everybody else.
    """

    def get_route_handler(self) -> Answering:
        """Let the route's handler answer few at one time; refuse with 503 when too many wait."""
        answer = super().get_route_handler()

        async def in_turn(request: Request) -> Response:
            try:
                async with parts_of(request).guesses.turn():
                    return await answer(request)
            except TooManyWait:
                text = "Too many people are logging in at the moment; try again in a second."
                raise HTTPException(503, text, headers={"Retry-After": "1"}) from None

        return in_turn
