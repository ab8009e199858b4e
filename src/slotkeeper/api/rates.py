"""Requests counted, and refused where an app sends more than the operator allows."""

from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

from slotkeeper.domain.app import Caller
from slotkeeper.edge.middleware import REQUESTS_LEFT
from slotkeeper.edge.parts import parts_of, transaction_of


def count(request: Request, caller: Caller) -> None:
    """Count a request of an app once, however often its caller is looked up.

    Above the limit the API documentation has 503 for live apps and 429 in test mode.
    """
    limiter = parts_of(request).limiter
    if limiter is None or REQUESTS_LEFT in request.scope["state"]:
        return
    now = transaction_of(request).now
    taken = limiter.take(caller.app_id, test_mode=caller.test_mode, now=now)
    if taken is None:
        return
    request.scope["state"][REQUESTS_LEFT] = taken.left
    if taken.wait:
        busy = HTTPStatus.TOO_MANY_REQUESTS if caller.test_mode else HTTPStatus.SERVICE_UNAVAILABLE
        text = f"Too many requests; try again in {taken.wait} seconds."
        raise HTTPException(busy, text, headers={"Retry-After": str(taken.wait)})
