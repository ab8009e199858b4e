"""booking.js in Chromium as tests see it: what is drawn, what happens at a click."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.clients.shop import Shop
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

ORIGINAL = "api.timekit.io"
"""The host that the makers' own hosted page asks; it cannot be told another."""

WISHED = "fonts.googleapis.com"
"""The host of a font that the widget's own style sheet asks for; it gets none and needs none."""

MARTY = {"name": "Marty McFly", "email": "marty@example.com"}
"""What a form needs at least."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <title>Somebody's own site</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/build/booking.min.css">
  <style>body {{ background: #e6e6e6; max-width: 700px; margin: 24px auto; }}</style>
</head>
<body>
  <div id="bookingjs"></div>
  <script src="/build/booking.min.js"></script>
  <script>new TimekitBooking().init({config})</script>
</body>
</html>
"""


def page_with(config: Json) -> str:
    """Return a page of somebody's own that holds the widget with ``config``."""
    return PAGE.format(config=json.dumps(config))


def config_of(server: Server, app: App, shop: Shop, **given: Json) -> Json:
    """Return what the documentation tells site owners to write."""
    return {
        "app_key": app.widget_key,
        "project_id": shop.project_id,
        "api_base_url": f"{server.url}/",
        **given,
    }


@dataclass(frozen=True, order=True)
class Drawn:
    """A slot on the calendar: the day and the wall time at which it stands."""

    date: str
    time: str

    @classmethod
    def of(cls, moment: str) -> "Drawn":
        """Return where a moment of the API belongs: the digits of its own wall clock."""
        local = datetime.fromisoformat(moment)
        return cls(f"{local:%Y-%m-%d}", f"{local:%H:%M}")


@dataclass(frozen=True)
class Sight:
    """What the page shows and did so far."""

    success: str | None
    error: str | None
    ribbon: str | None
    url: str
    asked: Sequence[str]
    script_errors: Sequence[str]

    @property
    def hosts(self) -> set[str]:
        """The hosts that the page asked anything of."""
        addresses = (urlsplit(line.partition(" ")[2]) for line in self.asked)
        return {address.hostname for address in addresses if address.hostname}


class Widget:
    """A page with the widget, in a browser of one time zone at a time."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def open(self, url: str, *, zone: str, width: int = 900) -> None:
        """Open a page in a fresh browser whose clock is in ``zone``; wait for the answer."""
        self._bridge.ask(command="open", url=url, zone=zone, width=width)

    def visit(self, url: str, *, zone: str) -> None:
        """Open a page that holds no widget."""
        self._bridge.ask(command="visit", url=url, zone=zone)

    def run(self, script: str) -> Json:
        """Run a script in the page and return what its promise holds."""
        return self._bridge.ask(command="run", script=script)["value"]

    def drawn(self) -> Sequence[Drawn]:
        """Return the slots in the order in which ``choose`` counts them."""
        return [Drawn(each["date"], each["time"]) for each in self._look("drawn")["slots"]]

    def days(self) -> set[str]:
        """Return the days that the calendar shows."""
        return set(self._look("drawn")["days"])

    def texts(self) -> Sequence[str]:
        """Return what stands on each slot."""
        return [each["text"] for each in self._look("drawn")["slots"]]

    def choose(self, slot: Drawn) -> Json:
        """Click a slot and return heading and field names of the form that comes."""
        return self._bridge.ask(command="choose", number=self.drawn().index(slot))

    def submit(self, fields: Mapping[str, str]) -> Sight:
        """Fill in the form, send it, and return what the widget says of it."""
        self._bridge.ask(command="submit", fields=fields)
        return self.sight()

    def pick_zone(self, zone: str) -> None:
        """Choose another zone at the foot of the widget."""
        self._bridge.ask(command="pick", zone=zone)

    def sight(self) -> Sight:
        return Sight(**self._look("look"))

    def wait_to_leave(self, query: str) -> None:
        """Wait until the address of the page has no ``query`` any more."""
        self._bridge.ask(command="left", query=query)

    def picture(self, path: Path) -> None:
        """Take a screenshot, for people to look at."""
        self._bridge.ask(command="screenshot", path=str(path))

    def _look(self, command: str) -> Json:
        return self._bridge.ask(command=command)
