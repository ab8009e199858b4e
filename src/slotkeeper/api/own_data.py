"""What a request of one resource may name: what belongs to that resource, and nothing else.

Whoever calls with a server-token is one resource of its app. Here every id is looked at that
stands in the path, the query or the body of such a request, wherever it stands, so that no route
has to. Lists are kept to what is the caller's own by ``storage.listing``; and where a request
names nobody, ``own_or`` says for whom it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from fastapi import Request

from slotkeeper.domain.app import Caller
from slotkeeper.domain.errors import NotFound
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import ownership
from slotkeeper.services.ownership import Kind

_KINDS: Mapping[str, Kind] = {
    "resource_id": Kind.RESOURCE,
    "resource_ids": Kind.RESOURCE,
    "resources": Kind.RESOURCE,
    "user_id": Kind.RESOURCE,
    "user_ids": Kind.RESOURCE,
    "calendar_id": Kind.CALENDAR,
    "calendar_ids": Kind.CALENDAR,
    "event_id": Kind.EVENT,
    "series_id": Kind.EVENT,
    "booking_id": Kind.BOOKING,
    "owner_booking_id": Kind.BOOKING,
    "reservation_id": Kind.BOOKING,
    "project_id": Kind.PROJECT,
    "credential_id": Kind.CREDENTIAL,
    "feed_id": Kind.FEED,
    "widget_id": Kind.WIDGET,
    "filtercollection_id": Kind.FILTER_COLLECTION,
}
"""Whose id a name in a path, a query or a body announces."""

_EMAILS = "emails"
"""Where the older search for time names people by address, one of them in a query ``email``."""

# What somebody writes down for themselves; no route reads an id there.
_FREE = frozenset({"meta", "customer"})


async def check(request: Request, caller: Caller) -> None:
    """Refuse, as not there, what a request names that is not the caller's own.

    Those who may see the whole app name what they like. An id of a kind of thing that nobody owns
    is refused in a path too: such a route is not for tokens.
    """
    if caller.own_resource_id is None:
        return
    named: defaultdict[Kind, set[UUID]] = defaultdict(set)
    emails: list[str] = []
    for name, value in [*_named_in_address(request), *await _named_in_body(request)]:
        if name == _EMAILS:
            emails.append(value)
        elif (given := _uuid(value)) is not None:
            named[_KINDS[name]].add(given)
    tx, app_id, own = transaction_of(request), caller.app_id, caller.own_resource_id
    await ownership.check(tx, app_id, own, named)
    if emails:
        await ownership.check_emails(tx, app_id, own, emails)


def own_or(caller: Caller, resource_id: UUID | None) -> UUID | None:
    """Return the resource that a request names, else the one that the caller is, if any."""
    return resource_id or caller.own_resource_id


def _uuid(text: str) -> UUID | None:
    """Return the id that a text is; what is none is refused by the route."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _named_in_address(request: Request) -> Iterator[tuple[str, str]]:
    for name, value in request.path_params.items():
        if name.endswith("_id"):
            if name not in _KINDS:
                raise NotFound(name.removesuffix("_id").capitalize())
            yield name, str(value)
    for name, value in request.query_params.multi_items():
        if name in _KINDS:
            yield name, value
        elif name == "email":
            yield _EMAILS, value


async def _named_in_body(request: Request) -> Iterable[tuple[str, str]]:
    if request.method in ("GET", "HEAD", "DELETE"):
        return ()
    return _named_in(await request.json())


def _named_in(body: object, under: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield name and text of everything in a body that names somebody's thing.

    ``under`` is the name whose list or object this is; ``{"resources": [{"id": …}]}`` names the
    same as ``{"resources": […]}``.
    """
    if isinstance(body, dict):
        for name, value in body.items():
            if name in _FREE:
                continue
            within = under if name == "id" else name
            yield from _named_in(value, within if within in _KINDS or within == _EMAILS else None)
    elif isinstance(body, list):
        for each in body:
            yield from _named_in(each, under)
    elif isinstance(body, str) and under is not None:
        yield under, body
