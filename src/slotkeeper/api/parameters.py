"""Query parameters that many routes share: paging, searching, ordering, includes."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.responses import Response

from slotkeeper.api.answers import json_response
from slotkeeper.api.auth import find_caller
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.edge.parts import public_url

Item = TypeVar("Item")

LIMIT_DEFAULT = 50
LIMIT_MAX = 1000
"""The most items of a page; asking for more gives this many."""

TERMS_MAX = 20
"""The most terms of a search."""

_PAGE_MAX = 1_000_000


def _listing_with(limit_default: int) -> Callable[..., Awaitable[Listing]]:
    """Return what reads a listing from a query, for a list with its own usual page size."""

    async def listing(
        request: Request,
        limit: Annotated[
            str | None,
            Query(description=f"Items a page: {limit_default} unless given, {LIMIT_MAX} at most"),
        ] = None,
        page: Annotated[str | None, Query(description="Number of the page, from 1")] = None,
        search: Annotated[
            str | None,
            Query(
                description="Pairs `field:value`, joined by `;`; all must hold",
                examples=["name:marty;meta.store:7"],
            ),
        ] = None,
        order_by: Annotated[
            str | None, Query(alias="orderBy", description="Field to order by")
        ] = None,
        sorted_by: Annotated[
            str | None, Query(alias="sortedBy", description="`asc` or `desc`")
        ] = None,
        order_by_too: Annotated[
            str | None, Query(alias="order_by", include_in_schema=False)
        ] = None,
        sorted_by_too: Annotated[
            str | None, Query(alias="sorted_by", include_in_schema=False)
        ] = None,
    ) -> Listing:
        caller = await find_caller(request)
        return Listing(
            only_of=caller.own_resource_id if caller else None,
            page=min(max(_number(page) or 1, 1), _PAGE_MAX),
            limit=_limit(limit, limit_default),
            terms=_terms(search),
            order=order_by or order_by_too or None,
            descending=_is_descending(sorted_by or sorted_by_too),
        )

    return listing


async def _includes(
    include: Annotated[
        str | None,
        Query(description="Related objects to add, by name, joined by commas; dots nest"),
    ] = None,
) -> frozenset[str]:
    """Return the names asked for; ``a.b`` implies ``a``, an empty list means none."""
    names = [name.strip() for name in (include or "").split(",") if name.strip()]
    return frozenset(
        ".".join(name.split(".")[:depth])
        for name in names
        for depth in range(1, name.count(".") + 2)
    )


AskedListing = Annotated[Listing, Depends(_listing_with(LIMIT_DEFAULT))]
AskedLongListing = Annotated[Listing, Depends(_listing_with(LIMIT_MAX))]
Includes = Annotated[frozenset[str], Depends(_includes)]


def paged(
    request: Request, asked: Listing, page: Page[Item], show: Callable[[Item], object]
) -> Response:
    """Return a page of a list with its counts and the addresses of its neighbours.

    The members beside ``data`` are those of Laravel's paginator, as the API documentation
    shows them; ``per_page`` is a string when it came with the request, as it does there.
    """
    last = max(1, -(-page.total // asked.limit))
    first = asked.offset + 1 if page.items else None
    given = request.query_params.get("limit")
    return json_response(
        {
            "total": page.total,
            "per_page": str(asked.limit) if given else asked.limit,
            "current_page": asked.page,
            "last_page": last,
            "next_page_url": _address(request, asked.page + 1) if asked.page < last else None,
            "prev_page_url": _address(request, asked.page - 1) if asked.page > 1 else None,
            "from": first,
            "to": asked.offset + len(page.items) if page.items else None,
            "data": [show(item) for item in page.items],
        }
    )


def _address(request: Request, page: int) -> str:
    others = [pair for pair in request.query_params.multi_items() if pair[0] != "page"]
    query = urlencode([*others, ("page", page)])
    return f"{public_url(request)}{request.url.path}?{query}"


def _limit(text: str | None, default: int) -> int:
    number = _number(text)
    if number is None:
        return default
    if number < 1:
        raise InvalidInput({"limit": ["The limit must be at least 1."]})
    return min(number, LIMIT_MAX)


def _number(text: str | None) -> int | None:
    """Return the number that ``text`` starts with, or None where it starts with none.

    One client forgets an ampersand and sends ``page=1include=``.

    >>> _number("1include="), _number("x"), _number("-3")
    (1, None, -3)
    """
    found = re.match(r"\s*(-?[0-9]{1,9})", text or "")
    return int(found[1]) if found else None


def _terms(search: str | None) -> Sequence[tuple[str, str]]:
    """Split a search into pairs of field and value; the first colon divides them."""
    parts = [part.strip() for part in (search or "").split(";") if part.strip()]
    if len(parts) > TERMS_MAX:
        raise InvalidInput({"search": [f"The search may not have more than {TERMS_MAX} terms."]})
    terms = []
    for part in parts:
        field, colon, value = part.partition(":")
        if not colon:
            message = f"The search term {part[:60]} must have the form field:value."
            raise InvalidInput({"search": [message]})
        terms.append((field.strip(), value.strip()))
    return terms


def _is_descending(text: str | None) -> bool:
    match (text or "asc").lower():
        case "asc":
            return False
        case "desc":
            return True
        case _:
            raise InvalidInput({"sortedBy": ["The selected sortedBy is invalid."]})
