"""Lists, searches and ranges among very many rows, over HTTP with one connection."""

import tempfile
from datetime import timedelta
from itertools import repeat
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import orjson

from bench import crowd, fill, table
from bench.client import drive, get
from bench.crowd import Crowd
from bench.measure import Spread
from bench.place import FIRST_DAY, place

CROWD = Crowd(resources=200_000, events=1_000_000, bookings=200_000)
ROUNDS = 21

_MONTH = f"start={FIRST_DAY}&end={FIRST_DAY + timedelta(days=30)}"
_DAY = f"start={FIRST_DAY}&end={FIRST_DAY + timedelta(days=1)}"


async def run(*, quick: bool) -> None:
    """Fill a database and ask every question one after the other."""
    size = Crowd(resources=2000, events=10_000, bookings=2000) if quick else CROWD
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            async with here.database.transaction() as tx:
                busy = await crowd.add(tx, here.app_id, size, day=FIRST_DAY)
            await fill.settle(here.database_url)
            rows = []
            for path in _paths(busy):
                request = get(f"/v2{path}", key=here.api_key)
                await drive(here.server.port, repeat(request, 2), connections=1)
                load = await drive(here.server.port, repeat(request, ROUNDS), connections=1)
                assert load.statuses == {200: ROUNDS}, load.bodies
                total = orjson.loads(load.bodies[0])["total"]
                rows.append((_named(path, busy), total, Spread(tuple(load.milliseconds)).text()))
    table.show(
        f"Lists among {size.resources} resources, {size.events} events, {size.bookings} bookings:"
        " milliseconds, median (least-most)",
        ("GET", "total", "p50"),
        rows,
        "50 of each, and the exact total. Load of the machine counts; see the least figures.",
    )


def _paths(busy: UUID) -> list[str]:
    searches = {
        "/resources": ("", "name:kira klein 9", "name:kira", "name:ki", "meta.branch:7"),
        "/bookings": (
            *("", "state:confirmed", "completed:true", "customer.name:*kira klein 1*"),
            *("customer.name:*kira*", "customer.email:customer4711@example.com"),
            *("meta.channel:3", f"resource.id:{busy}"),
        ),
    }
    found = [
        f"{path}?limit=50&search={quote(search)}" if search else f"{path}?limit=50"
        for path, each in searches.items()
        for search in each
    ]
    events = [f"/events?{_DAY}", f"/events?{_MONTH}", f"/events?{_MONTH}&page=100"]
    events += [f"/events?{_MONTH}&search={quote(text)}" for text in ("what:meeting 57",)]
    events += [f"/events?{_MONTH}&search=resource.id:{busy}"]
    ranges = [f"/bookings?limit=50&{each}" for each in (_DAY, _MONTH)]
    return [*found, *ranges, *events]


def _named(path: str, busy: UUID) -> str:
    named = (
        path.replace("limit=50&", "")
        .replace("?limit=50", "")
        .replace(_MONTH, "a month")
        .replace(_DAY, "a day")
        .replace(str(busy), "…")
    )
    return named.replace("%3A", ":").replace("%20", " ").replace("%2A", "*").replace("%40", "@")
