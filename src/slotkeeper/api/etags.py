"""Answers that need not be sent again, because the caller has them."""

from hashlib import sha256
from http import HTTPStatus

from fastapi import Request, Response

from slotkeeper.edge.etags import is_known

ANSWER = {"description": "The caller has this answer already, as `If-None-Match` says"}
"""What the OpenAPI document says of an answer that is not sent again."""


def fresh(request: Request, answer: Response) -> Response:
    """Return an answer with the tag of its bytes, or 304 without them where the caller has them.

    The tag is strong: it is made of the very bytes, so whatever changes the answer (another zone,
    key or include) changes it. It saves the way, not the work.
    """
    if answer.status_code != HTTPStatus.OK:
        return answer
    tag = f'"{sha256(answer.body).hexdigest()[:24]}"'
    if is_known(request, tag):
        kept = {"ETag": tag, "Cache-Control": answer.headers.get("cache-control", "no-cache")}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    answer.headers["ETag"] = tag
    return answer
