"""Feeds, as calendar programs read them: again and again, and mostly to learn of nothing new."""

import asyncio
from collections.abc import Mapping
from email.utils import format_datetime
from hashlib import sha256
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from slotkeeper.domain.feed import Feed, Version
from slotkeeper.edge.etags import is_known
from slotkeeper.edge.parts import transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.notifications.feed import CONTENT_TYPE, feed
from slotkeeper.notifications.ical import PRODUCT
from slotkeeper.services import feed_content, feeds
from slotkeeper.web.calendar_files import FILE_HEADERS

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)


@router.get(feeds.PATH)
async def read(request: Request, secret: str) -> Response:
    """Send a feed to whoever knows its address, or 304 where they have it as it is.

    Whether they do is found out before anything of it is read.
    """
    tx = transaction_of(request)
    app_id, found = await feeds.read(tx, secret)
    version = await feed_content.version(tx, app_id, found)
    headers = _headers(found, version)
    if is_known(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = await feed_content.content(tx, app_id, found)
    # A long one takes a while to write; others are served meanwhile.
    file = await asyncio.to_thread(feed, content)
    return Response(file, media_type=CONTENT_TYPE, headers=headers)


def _headers(found: Feed, version: Version) -> Mapping[str, str]:
    """Return what a feed is sent with; its tag is weak, because it is not made of the bytes."""
    said = f"{PRODUCT} {found.id} {found.details} {version.text}"
    return {
        **FILE_HEADERS,
        "ETag": f'W/"{sha256(said.encode()).hexdigest()[:24]}"',
        "Last-Modified": format_datetime(version.changed_at, usegmt=True),
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="calendar.ics"',
    }
