"""booking.js 3.3.1 in headless Chromium, unmodified, on a site of another origin."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.clients.shop import FIELDS, HOURS, ZONE, Shop, open_shop
from tests.clients.widget import MARTY, ORIGINAL, Drawn, Widget, config_of, page_with
from tests.support.client import Json
from tests.support.server import App, Server
from tests.support.site import Site

pytestmark = pytest.mark.browser

ZONES = ["Europe/Berlin", "America/Los_Angeles"]


@pytest.fixture
def embedded(site: Site, server: Server, live: App, shop: Shop) -> str:
    """The address of a page that embeds the project of the shop."""
    return site.publish(page_with(config_of(server, live, shop)))


def expected(shop: Shop, widget: Widget, zone: str) -> set[Drawn]:
    """Return what the API offers in ``zone`` on the days that the calendar shows."""
    days = widget.days()
    return {each for slot in shop.slots(zone) if (each := Drawn.of(slot["start"])).date in days}


def wall_in(zone: str, slot: Drawn, other: str) -> datetime:
    """Return what a clock in ``other`` shows when one in ``zone`` shows the time of a slot."""
    local = datetime.fromisoformat(f"{slot.date}T{slot.time}").replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(ZoneInfo(other))


@pytest.mark.parametrize("zone", ZONES)
def test_slots_are_drawn_at_the_hour_of_the_visitor_s_clock(
    widget: Widget, embedded: str, shop: Shop, zone: str, tmp_path: Path
) -> None:
    widget.open(embedded, zone=zone)
    widget.picture(tmp_path / "calendar.png")
    drawn = widget.drawn()
    assert drawn
    assert set(drawn) == expected(shop, widget, zone)
    assert {wall_in(zone, slot, ZONE).hour for slot in drawn} <= set(HOURS)
    assert {wall_in(zone, slot, ZONE).minute for slot in drawn} == {0}


@pytest.mark.parametrize("zone", ZONES)
def test_a_click_a_form_and_a_booking(
    widget: Widget, embedded: str, shop: Shop, zone: str, tmp_path: Path
) -> None:
    widget.open(embedded, zone=zone)
    slot = widget.drawn()[0]
    sheet = widget.choose(slot)
    assert "Doc Brown" in sheet["heading"]
    assert f"{wall_in(zone, slot, zone):%I:%M%p}".lower() in sheet["heading"]
    assert sheet["fields"] == list(FIELDS)
    widget.picture(tmp_path / "form.png")

    said = widget.submit({**MARTY, "phone": "+1 555 4823", "topic": "Dog", "comment": "Einstein"})
    widget.picture(tmp_path / "success.png")

    assert said.error is None
    assert said.success == (
        "We have received your booking and sent a confirmation to marty@example.com"
    )
    (booking,) = shop.bookings(include="attributes")
    info = booking["attributes"]["event_info"]
    assert datetime.fromisoformat(info["start"]) == wall_in(zone, slot, "UTC")
    assert info["what"] == "Clock repair"
    assert "Anything else?: Einstein\n" in info["description"]
    (customer,) = booking["customers"]
    assert (customer["name"], customer["email"]) == ("Marty McFly", "marty@example.com")
    assert (customer["phone"], customer["timezone"]) == ("+1 555 4823", zone)
    assert customer["meta"]["topic"] == "Dog"


def test_a_slot_taken_in_between_shows_the_reason(
    widget: Widget, embedded: str, shop: Shop, tmp_path: Path
) -> None:
    widget.open(embedded, zone=ZONE)
    slot = widget.drawn()[0]
    widget.choose(slot)
    shop.book(next(each for each in shop.slots(ZONE) if Drawn.of(each["start"]) == slot))

    said = widget.submit(MARTY)
    widget.picture(tmp_path / "taken.png")

    assert said.success is None
    assert said.error
    assert "The requested timeslot is not available" in said.error
    assert [each["customers"][0]["name"] for each in shop.bookings()] == ["Biff"]


def test_live_mode_shows_no_ribbon(widget: Widget, embedded: str) -> None:
    widget.open(embedded, zone=ZONE)
    assert widget.drawn()
    assert widget.sight().ribbon is None


def test_test_mode_shows_the_ribbon(
    widget: Widget, site: Site, server: Server, in_test_mode: App, tmp_path: Path
) -> None:
    with httpx.Client(base_url=f"{server.url}/v2", auth=("", in_test_mode.api_key)) as rehearsal:
        shop = open_shop(rehearsal)
    widget.open(site.publish(page_with(config_of(server, in_test_mode, shop))), zone=ZONE)
    widget.picture(tmp_path / "ribbon.png")
    assert widget.drawn()
    assert widget.sight().ribbon == "TEST MODE"


def test_a_project_is_found_by_its_slug_without_a_key(
    widget: Widget, site: Site, server: Server, shop: Shop
) -> None:
    hosted = {"project_slug": shop.slug, "api_base_url": f"{server.url}/"}
    widget.open(site.publish(page_with(hosted)), zone=ZONE)
    assert set(widget.drawn()) == expected(shop, widget, ZONE)
    widget.choose(widget.drawn()[0])
    assert widget.submit(MARTY).success
    assert len(shop.bookings()) == 1


@pytest.mark.parametrize("zone", ZONES)
def test_the_makers_own_hosted_page_books_when_their_host_name_leads_here(
    widget: Widget, site: Site, shop: Shop, zone: str, tmp_path: Path
) -> None:
    widget.open(f"{site.url}/{shop.slug}", zone=zone)
    widget.picture(tmp_path / "hosted.png")
    assert set(widget.drawn()) == expected(shop, widget, zone)
    widget.choose(widget.drawn()[-1])
    assert widget.submit(MARTY).success
    assert len(shop.bookings()) == 1
    assert f"POST https://{ORIGINAL}/v2/availability" in widget.sight().asked


def test_the_hosted_page_moves_a_booking_named_in_its_address(
    widget: Widget, site: Site, shop: Shop, tmp_path: Path
) -> None:
    first = shop.slots(ZONE)[0]
    old = shop.book(first)
    query = {
        "uuid": old["id"],
        "action": "reschedule",
        "event.start": first["start"],
        "event.end": first["end"],
    }
    widget.open(f"{site.url}/{shop.slug}?{urlencode(query)}", zone=ZONE)
    slot = widget.drawn()[-1]
    sheet = widget.choose(slot)
    widget.picture(tmp_path / "reschedule.png")
    former, _, new_time = sheet["heading"].partition("Rescheduled Booking")
    assert Drawn.of(first["start"]).time in former
    assert slot.time in new_time
    assert sheet["fields"] == ["message"]

    assert widget.submit({"message": "The clock tower is closed"}).success
    widget.wait_to_leave("uuid")

    new, before = shop.bookings(include="logs")
    assert Drawn.of(info_in_zone(new)) == slot
    assert (new["state"], before["state"]) == ("confirmed", "rescheduled_by_customer")
    assert before["id"] == old["id"]
    assert "The clock tower is closed" in [line["message"] for line in before["logs"]]


def info_in_zone(booking: Json) -> str:
    start = datetime.fromisoformat(booking["attributes"]["event_info"]["start"])
    return start.astimezone(ZoneInfo(ZONE)).isoformat()


def test_a_page_without_a_project_brings_all_settings_itself(
    widget: Widget, site: Site, server: Server, live: App, shop: Shop
) -> None:
    config = {
        "app_key": live.widget_key,
        "api_base_url": f"{server.url}/",
        "resources": [shop.resource_id],
        "availability": {"length": "2 hours", "from": "2 days", "to": "9 days"},
        "availability_constraints": [{"allow_hours": {"start": 14, "end": 18}}],
        "booking": {"graph": "instant", "what": "Ride", "where": "Twin Pines Mall"},
        "ui": {"availability_view": "agendaWeek"},
    }
    widget.open(site.publish(page_with(config)), zone=ZONE)
    drawn = widget.drawn()
    # The first day may begin in the middle of the hours: it is two days from this minute.
    later = {slot.time for slot in drawn if slot.date != min(each.date for each in drawn)}
    assert later == {"14:00", "16:00"}
    widget.choose(drawn[0])
    assert widget.submit(MARTY).success
    found = shop.api.get("bookings", params={"search": f"resource.id:{shop.resource_id}"})
    (booking,) = found.json()["data"]
    info = booking["attributes"]["event_info"]
    assert (info["what"], info["where"]) == ("Ride", "Twin Pines Mall")
    assert Drawn.of(info_in_zone(booking)) == drawn[0]


def test_another_zone_picked_at_the_foot_moves_the_slots(
    widget: Widget, embedded: str, shop: Shop
) -> None:
    widget.open(embedded, zone="Europe/Berlin")
    widget.pick_zone("Asia/Tokyo")
    assert set(widget.drawn()) == expected(shop, widget, "Asia/Tokyo")
    assert {wall_in("Asia/Tokyo", slot, ZONE).hour for slot in widget.drawn()} <= set(HOURS)


def test_the_settings_of_the_project_choose_the_list_and_the_form_of_times(
    widget: Widget, api: httpx.Client, site: Site, server: Server, live: App, tmp_path: Path
) -> None:
    shop = open_shop(api, ui={"availability_view": "listing", "time_date_format": "24h-dmy-mon"})
    widget.open(site.publish(page_with(config_of(server, live, shop))), zone=ZONE)
    widget.picture(tmp_path / "list.png")
    assert widget.drawn()
    assert set(widget.drawn()) == expected(shop, widget, ZONE)
    assert all(text[:5].replace(":", "").isdigit() for text in widget.texts())


def test_a_project_with_nothing_free_shows_an_empty_calendar_and_no_error(
    widget: Widget, api: httpx.Client, site: Site, server: Server, live: App
) -> None:
    shop = open_shop(api, availability_constraints=[{"block_hours": {"start": 0, "end": 24}}])
    widget.open(site.publish(page_with(config_of(server, live, shop))), zone=ZONE)
    assert widget.drawn() == []
    assert widget.sight().error is None


def test_the_widget_can_read_why_it_was_refused(
    widget: Widget, site: Site, server: Server, live: App, shop: Shop
) -> None:
    config = config_of(server, live, shop, app_key="live_widget_key_wrong")
    widget.open(site.publish(page_with(config)), zone=ZONE)
    error = widget.sight().error
    assert error
    assert "Invalid credentials supplied" in error


def test_a_page_that_starts_at_midnight_shows_slots_that_are_early_for_the_visitor(
    widget: Widget, site: Site, server: Server, live: App, shop: Shop
) -> None:
    config = config_of(server, live, shop, fullcalendar={"scrollTime": "00:00:00"})
    widget.open(site.publish(page_with(config)), zone="America/Los_Angeles")
    hidden_above = widget.run(
        """(() => {
          const top = (element) => element.getBoundingClientRect().top;
          const edge = top(document.querySelector('.fc-scroller-liquid-absolute'));
          const events = [...document.querySelectorAll('.fc-timegrid-event')];
          return events.filter((event) => top(event) < edge - 1).length;
        })()"""
    )
    assert min(slot.time for slot in widget.drawn()) < "08:00"
    assert hidden_above == 0
