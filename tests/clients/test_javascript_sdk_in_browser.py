"""timekit-sdk in Chromium, on a page of another origin, with every setting it has."""

import json
from pathlib import Path

import pytest
from tests.clients.shop import Shop
from tests.clients.widget import Widget
from tests.support.client import Json
from tests.support.server import App, Server
from tests.support.site import Site

pytestmark = pytest.mark.browser

PAGE = '<!DOCTYPE html><meta charset="UTF-8"><link rel="icon" href="data:,"><script>{sdk}</script>'

FORMAT = "d.m.Y H:i P"


@pytest.fixture
def page(widget: Widget, site: Site, modules: Path, server: Server, live: App) -> Widget:
    """A page with the SDK as its makers built it, configured with the public key."""
    sdk = (modules / "timekit-sdk" / "dist" / "timekit-sdk.js").read_text()
    settings = {
        "appKey": live.widget_key,
        "apiBaseUrl": f"{server.url}/",
        "app": live.slug,
        "timezone": "Asia/Tokyo",
        "inputTimestampFormat": FORMAT,
        "outputTimestampFormat": FORMAT,
        "headers": {"Timekit-Context": "widget"},
    }
    widget.visit(site.publish(PAGE.format(sdk=sdk)), zone="Asia/Tokyo")
    widget.run(f"void timekit.configure({json.dumps(settings)})")
    return widget


def call(page: Widget, function: str, argument: Json) -> Json:
    """Call a function of the SDK in the page; return status and data, also of a refusal."""
    shown = "({status, data}) => ({status, data})"
    return page.run(f"timekit.{function}({json.dumps(argument)}).then({shown}, {shown})")


def test_searching_booking_and_moving_pass_the_browser_s_checks(page: Widget, shop: Shop) -> None:
    config = call(page, "getEmbedProject", {"id": shop.project_id})
    assert config["data"]["slug"] == shop.slug

    slots = call(page, "fetchAvailability", {"projectId": shop.project_id})["data"]
    assert slots[0]["start"].endswith("+09:00")

    order = {
        "projectId": shop.project_id,
        "resourceId": shop.resource_id,
        "start": slots[0]["start"],
        "end": slots[0]["end"],
        "customer": {"name": "Marty", "email": "marty@example.com"},
    }
    booked = call(page, "createBooking", order)
    assert booked["status"] == 201
    assert booked["data"]["attributes"]["event_info"]["start"] == slots[0]["start"]

    # The SDK ends this address in a slash, and a browser follows no redirect in its preflight.
    move = {
        "id": booked["data"]["id"],
        "start": slots[1]["start"],
        "end": slots[1]["end"],
        "resourceId": shop.resource_id,
    }
    moved = call(page, "rescheduleBooking", move)
    assert moved["data"]["attributes"]["event_info"]["start"] == slots[1]["start"]


def test_a_page_can_read_every_refusal(page: Widget, shop: Shop) -> None:
    private = call(page, "getBookings", None)
    assert (private["status"], "message" in private["data"]["error"]) == (403, True)
    unknown = call(page, "getHostedProject", {"slug": "no-such-page"})
    assert (unknown["status"], unknown["data"]["error"]) == (404, "Resource does not exist")
    incomplete = call(page, "createBooking", {"projectId": shop.project_id})
    assert (incomplete["status"], "start" in incomplete["data"]["errors"]) == (422, True)
