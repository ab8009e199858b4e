"""Routes of the API: JSON in whatever clothes it comes, one transaction a request."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, ClassVar

import orjson
from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope

from slotkeeper.api import etags
from slotkeeper.api.idempotency import PARAMETER, answered_once
from slotkeeper.domain.idempotency import HEADER
from slotkeeper.edge.route import Answering, LimitedRequest, TransactionRoute

DEPTH_MAX = 100
"""How many arrays and objects may stand within one another in a body."""

_PARAMETERS = "slotkeeper.parameters_in_body"
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})


class JsonRequest(LimitedRequest):
    """A request whose body is JSON, whatever its Content-Type says.

    Clients send JSON as text, send a Content-Type with no body behind it, and send no body
    where an empty object is meant. The body of a GET or DELETE is ignored.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        others = [header for header in scope["headers"] if header[0] != b"content-type"]
        scope["headers"] = [*others, (b"content-type", b"application/json")]
        super().__init__(scope, receive)

    async def body(self) -> bytes:
        """Return the body; ``{}`` where there is none."""
        if self.method in _WITHOUT_BODY:
            return b""
        return await super().body() or b"{}"

    async def prepare(self) -> None:
        """Read and parse the body, so that bad JSON costs no database connection."""
        if self.method not in _WITHOUT_BODY:
            await self.json()

    async def json(self) -> Any:
        """Return the parsed body; raises 400 for text that is not JSON."""
        if not hasattr(self, "_json"):
            text = await self.body()
            try:
                self._json = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise HTTPException(400, f"The request is not valid JSON: {error}") from error
            if b"\\u0000" in text and _has_nul(self._json):
                raise HTTPException(400, "The request holds a NUL character (\\u0000).")
            if not _is_shallow(self._json, text):
                raise HTTPException(400, f"The request is nested deeper than {DEPTH_MAX} levels.")
        return self._json


class ApiRoute(TransactionRoute):
    """A route of the API; what changes something can be asked for under an Idempotency-Key."""

    request_class = JsonRequest
    only_reads: ClassVar[bool] = False

    async def answered(self, request: Request, answer: Answering) -> Response:
        """Return the answer to a request, the first one's where it repeats another."""
        if HEADER in request.headers and self._may_be_repeated(request.method):
            return await answered_once(request, answer)
        return await answer(request)

    def get_route_handler(self) -> Answering:
        """Wrap the handler of a GET in what saves sending the same answer again."""
        answer = super().get_route_handler()
        if "GET" not in (self.methods or ()):
            return answer

        async def answered_afresh(request: Request) -> Response:
            return etags.fresh(request, await answer(request))

        return answered_afresh

    def describe(self) -> None:
        """Say in the OpenAPI document which headers the route understands."""
        if "GET" in (self.methods or ()):
            self.responses = {**self.responses, 304: etags.ANSWER}
        if any(map(self._may_be_repeated, self.methods or ())):
            self.openapi_extra = {**(self.openapi_extra or {}), "parameters": [PARAMETER]}

    def _may_be_repeated(self, method: str) -> bool:
        return method in _CHANGING and not self.only_reads


class SearchRoute(ApiRoute):
    """A route that takes a body and changes nothing: the same request is simply answered anew.

    Its answers are long and anyone with the public widget key may ask, so to keep them would
    let anyone fill the disk.
    """

    only_reads = True


class AskingRequest(JsonRequest):
    """A request that may put the parameters of a GET into its body, as one client does."""

    async def prepare(self) -> None:
        """Read them before the transaction, so that nobody holds one open by sending slowly."""
        await super().prepare()
        if self.method == "GET":
            with suppress(orjson.JSONDecodeError):
                self.scope[_PARAMETERS] = orjson.loads(await LimitedRequest.body(self))


class AskingRoute(ApiRoute):
    """A route that looks for parameters in the body of a GET too."""

    request_class = AskingRequest


def parameters_in_body(request: Request) -> Mapping[str, Any]:
    """Return what the body of a GET holds; nothing where it is no JSON object."""
    found = request.scope.get(_PARAMETERS)
    return found if isinstance(found, dict) else {}


def _is_shallow(value: object, text: bytes) -> bool:
    """Tell whether no more than ``DEPTH_MAX`` arrays and objects stand within one another.

    What comes in deeper than the encoder can write would break every later answer. The
    walk goes one level at a time, and only where there are enough brackets for it to matter.
    """
    if text.count(b"[") + text.count(b"{") <= DEPTH_MAX:
        return True
    level: list[object] = [value]
    for _ in range(DEPTH_MAX):
        level = [inner for outer in level for inner in _members(outer) if _members(inner) != ()]
    return not level


def _members(value: object) -> Collection[object]:
    """Return what an array or object holds; an empty tuple for what is neither."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _has_nul(value: object) -> bool:
    """Tell whether a NUL character stands anywhere in a JSON value; no table can hold one."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))
