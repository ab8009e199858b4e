"""Who may call which route: the kinds of keys and tokens, and how they arrive.

A route says in its signature whom it serves: ``AppKey`` (everything of the app), ``AnyKey``
(also the widget key, which is public), ``OwnKey`` (also a server-token, for what belongs to its
resource), ``ColleagueKey`` (the same, for what resources may know of each other),
``PageOrOwnKey`` (also the widget key and a server-token), ``EveryKey`` (also a client-token,
which is public) or ``EmbedKey`` (the same, for what every one of them may see). A route that
takes none of these is open to everybody. Whoever has a server-token reaches through any of them
nothing that belongs to somebody else, save when that is busy: ``api.own_data`` looks at what the
request names, before the route sees it.
"""

from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPBasic
from starlette.exceptions import HTTPException

from slotkeeper.api import own_data, rates
from slotkeeper.domain.app import Caller, KeyKind, TokenKind
from slotkeeper.edge.basic import pair_of
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import apps, credentials

APP_HEADER = "Timekit-App"
"""Header and query parameter that names an app by its slug, for those who have no key of it."""

# Browsers open a log-in window for "Basic"; the widget calls from browsers.
CHALLENGE = {"WWW-Authenticate": 'xBasic realm="Slotkeeper"'}

_FOUND = "slotkeeper.caller"


class _Key(HTTPBasic):
    """Finds the key of a request and whose it is.

    HTTP Basic with an empty user name and the key as password. A key in the place of the
    user name is understood too, because many tools put it there. A token of a resource is the
    password of its e-mail address.
    """

    def __init__(
        self,
        *kinds: KeyKind | TokenKind,
        name: str,
        description: str,
        shows_all: bool = False,
    ) -> None:
        super().__init__(scheme_name=name, description=description, auto_error=False)
        self._kinds = kinds
        self._shows_all = shows_all

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override] # a caller is what a route wants, not the text it was found by
        """Return the caller.

        Raises 401 for no or an unknown key, 403 for one too weak, and NotFound where the request
        names what does not belong to the resource that calls.
        """
        caller = await find_caller(request)
        if caller is None:
            raise unauthorized()
        if caller.kind not in self._kinds:
            raise forbidden(caller)
        if not self._shows_all:
            await own_data.check(request, caller)
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
_OWN_TEXT = (
    "The app's API key; or a resource's e-mail address and its server-token as user "
    "name and password, which reach what belongs to that resource."
)
_own_key = _Key(KeyKind.API, TokenKind.SERVER, name="OwnKey", description=_OWN_TEXT)
_colleague_key = _Key(
    KeyKind.API,
    TokenKind.SERVER,
    name="OwnKey",
    description=_OWN_TEXT,
    shows_all=True,
)
_page_or_own_key = _Key(
    KeyKind.API,
    KeyKind.WIDGET,
    TokenKind.SERVER,
    name="PageOrOwnKey",
    description="The app's API key or its widget key; or a resource's e-mail address and its "
    "server-token, which reach what belongs to that resource.",
)
_EVERY = (*KeyKind, *TokenKind)
_EVERY_TEXT = (
    "The app's API key or its widget key; or a resource's e-mail address with its client-token, "
    "which serves pages like the widget key, or with its server-token."
)
_every_key = _Key(*_EVERY, name="EveryKey", description=_EVERY_TEXT)
_embed_key = _Key(*_EVERY, name="EveryKey", description=_EVERY_TEXT, shows_all=True)

AppKey = Annotated[Caller, Security(_app_key)]
AnyKey = Annotated[Caller, Security(_any_key)]
OwnKey = Annotated[Caller, Security(_own_key)]
ColleagueKey = Annotated[Caller, Security(_colleague_key)]
PageOrOwnKey = Annotated[Caller, Security(_page_or_own_key)]
EveryKey = Annotated[Caller, Security(_every_key)]
EmbedKey = Annotated[Caller, Security(_embed_key)]


def unauthorized(message: str = "Invalid credentials supplied") -> HTTPException:
    """Return the refusal of a request whose caller is not known."""
    return HTTPException(401, message, headers=CHALLENGE)


def forbidden(caller: Caller) -> HTTPException:
    """Return the refusal of a request for which the caller's key or token is too weak."""
    return HTTPException(403, f"This route is not allowed with {caller}")


async def find_caller(request: Request) -> Caller | None:
    """Return whose key a request carries, or None; from then on its answer tells test mode.

    Asked more than once within one transaction, it looks once.
    """
    tx = transaction_of(request)
    known = request.scope.get(_FOUND)
    if known is not None and known[0] is tx:
        found: Caller | None = known[1]
        return found
    caller = await _look_up(request)
    request.scope[_FOUND] = (tx, caller)
    if caller is not None:
        request.state.test_mode = caller.test_mode
        rates.count(request, caller)
    return caller


def slug_of(request: Request) -> str | None:
    """Return the slug of the app that a request names, or None."""
    return request.headers.get(APP_HEADER) or request.query_params.get(APP_HEADER) or None


async def _look_up(request: Request) -> Caller | None:
    given = pair_of(request.headers.get("authorization", ""))
    if given is None:
        return None
    tx, (user, password) = transaction_of(request), given
    if not (user and password):
        return await apps.find_caller(tx, password or user)
    return await credentials.find_caller(
        tx,
        email=user,
        token=password,
        slug=slug_of(request),
        addresses=[request.headers.get("origin"), request.headers.get("referer")],
    )
