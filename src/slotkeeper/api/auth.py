"""Who may call which route: the kinds of keys, and how they arrive.

A route takes ``AppKey`` (everything of the app) or ``AnyKey`` (also the widget key, which
is public). A route that takes neither is open to everybody.
"""

import base64
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPBasic
from starlette.exceptions import HTTPException

from slotkeeper.api import rates
from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import apps

# Browsers open a log-in window for "Basic"; the widget calls from browsers.
_CHALLENGE = {"WWW-Authenticate": 'xBasic realm="Slotkeeper"'}


class _Key(HTTPBasic):
    """Finds the key of a request and whose it is.

    HTTP Basic with an empty user name and the key as password. A key in the place of the
    user name is understood too, because many tools put it there.
    """

    def __init__(self, *kinds: KeyKind, name: str, description: str) -> None:
        super().__init__(scheme_name=name, description=description, auto_error=False)
        self._kinds = kinds

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override] # a caller is what a route wants, not the text it was found by
        """Return the caller; raises 401 for no or an unknown key, 403 for one too weak."""
        caller = await find_caller(request)
        if caller is None:
            raise unauthorized()
        if caller.kind not in self._kinds:
            raise HTTPException(403, f"This route is not allowed with a {caller.kind} key")
        return caller


_app_key = _Key(
    KeyKind.API,
    name="AppKey",
    description="The app's API key as the password of HTTP Basic, with an empty user name.",
)
_any_key = _Key(
    KeyKind.API,
    KeyKind.WIDGET,
    name="AnyKey",
    description="The app's API key or its widget key, as the password of HTTP Basic.",
)

AppKey = Annotated[Caller, Security(_app_key)]
AnyKey = Annotated[Caller, Security(_any_key)]


def unauthorized() -> HTTPException:
    """Return the refusal of a request whose caller is not known."""
    return HTTPException(401, "Invalid credentials supplied", headers=_CHALLENGE)


async def find_caller(request: Request) -> Caller | None:
    """Return whose key a request carries, or None; from then on its answer tells test mode."""
    key = _key_of(request.headers.get("authorization", ""))
    caller = await apps.find_caller(transaction_of(request), key) if key else None
    if caller is not None:
        request.state.test_mode = caller.test_mode
        rates.count(request, caller)
    return caller


def _key_of(authorization: str) -> str | None:
    """Return the key in an Authorization header, or None where there is none to be found."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # no base64, no ASCII, or no UTF-8 within
        return None
    user, colon, password = decoded.partition(":")
    if not colon or (user and password):
        return None
    return (password or user) or None
