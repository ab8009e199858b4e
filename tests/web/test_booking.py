"""The page of a project: choosing a slot, the form, the booking and what may go wrong."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

WHO: Json = {"customer_name": "Marty McFly", "customer_email": "marty@example.com"}


async def bookings_of(tenant: Tenant) -> list[Json]:
    found: list[Json] = await tenant.api.found("/bookings?include=attributes,logs,meta")
    return found


async def test_the_page_shows_the_free_slots_of_the_first_free_day(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await visitor.open(await page_of(tenant))

    assert page.status == 200
    assert page.one("h1").text == "Consultation"
    assert page.one("h3", id="day").text == "Monday 6 May 2030"
    assert page.slots() == ["09:00", "10:00", "11:00"]
    assert "1 hour" in page.text


async def test_a_taken_slot_is_not_shown(tenant: Tenant, visitor: Visitor) -> None:
    address = await page_of(tenant)
    project = (await tenant.api.found("/projects?include=resources"))[0]
    start, end = "2030-05-06T10:00:00+00:00", "2030-05-06T11:00:00+00:00"
    await tenant.api.created("/bookings", tenant.order(project["resources"][0], start, end))

    assert (await visitor.open(address)).slots() == ["09:00", "11:00"]


async def test_other_days_are_one_link_away(tenant: Tenant, visitor: Visitor) -> None:
    page = await visitor.open(await page_of(tenant))
    later = await visitor.open(page.link("Tue 7"))
    assert later.one("h3", id="day").text == "Tuesday 7 May 2030"
    week_after = page.one("a", rel="next")["href"]
    assert (await visitor.open(week_after)).one("h3", id="day").text == "Monday 13 May 2030"
    assert not page.all("a", rel="prev"), "the week before has passed"


async def test_the_ways_to_other_weeks_end_with_today_and_the_horizon(
    tenant: Tenant, visitor: Visitor
) -> None:
    """It is Monday; the horizon is the Wednesday of the week after."""
    address = await page_of(
        tenant, availability={"length": "1 hour", "from": "now", "to": "9 days"}
    )
    page = await visitor.open(address)
    field = page.one("input", type="date")
    assert (field["min"], field["max"]) == ("2030-05-06", "2030-05-15")
    ended = page.one("span", class_="arrow", role="link")
    assert ended["aria-label"] == "Week before: nothing is free before this week"
    assert ended["aria-disabled"] == "true"

    page = await visitor.open(page.one("a", rel="next")["href"])
    assert not page.all("a", rel="next")
    ended = page.one("span", class_="arrow", role="link")
    assert ended["aria-label"] == "Week after: nothing is free after this week"
    assert page.one("a", rel="prev")
    assert "Only days until" not in page.text


@pytest.mark.parametrize("day", ["2030-05-16", "2030-11-01", "9999-12-31"])
async def test_a_day_beyond_the_horizon_shows_the_last_within(
    tenant: Tenant, visitor: Visitor, day: str
) -> None:
    address = await page_of(
        tenant, availability={"length": "1 hour", "from": "now", "to": "9 days"}
    )
    page = await visitor.open(address, date=day)
    assert page.one("h3", id="day").text == "Wednesday 15 May 2030"
    assert "Only days until Wednesday 15 May 2030 can be chosen now." in page.text
    assert not page.all("a", rel="next")


async def test_the_way_on_ends_where_limits_leave_nothing_within_the_horizon(
    tenant: Tenant, visitor: Visitor
) -> None:
    """One booking a month is allowed, and that of May is made."""
    hours = {"length": "1 hour", "from": "now", "to": "20 days"}
    address = await page_of(tenant, availability={**hours, "limits": {"project": {"month": 1}}})
    form = await visitor.chooses(address, "09:00")
    await visitor.books(address, form.form(customer_name="A", customer_email="a@example.com"))
    page = await visitor.open(address)
    assert "There is no free time at the moment" in page.text
    assert not page.all("a", class_="arrow")
    assert page.one("input", type="date")["max"] == "2030-05-26"


async def test_a_day_without_free_time_says_so_and_names_the_next_that_has(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await visitor.open(await page_of(tenant), date="2030-05-11")

    assert page.slots() == []
    assert "Nothing is free on this day" in page.text
    following = await visitor.open(page.link("The next free day is Monday 13 May 2030"))
    assert following.slots() == ["09:00", "10:00", "11:00"]


async def test_a_project_that_nobody_serves_says_that_there_is_no_free_time(
    tenant: Tenant, visitor: Visitor
) -> None:
    project = await tenant.project()
    page = await visitor.open(f"/{project['slug']}")
    assert page.status == 200
    assert "There is no free time at the moment" in page.text


async def test_the_page_speaks_in_the_zone_of_the_first_resource_until_another_is_chosen(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant, zone="Europe/Copenhagen", hours=(13, 15))
    here = await visitor.open(address)
    assert here.slots() == ["13:00", "14:00"]
    assert "Times in Europe/Copenhagen" in here.text

    there = await visitor.open(address, zone="america/new_york")
    assert there.slots() == ["07:00", "08:00"]
    assert there.one("option", selected="")["value"] == "America/New_York"
    old_name = await visitor.open(address, zone="US/Eastern")
    assert old_name.one("option", selected="")["value"] == "America/New_York"
    form = await visitor.open(there.link("07:00"))
    assert "07:00 \N{EN DASH} 08:00 Monday 6 May 2030" in form.text, "the zone is carried along"


async def test_the_zone_of_the_page_counts_before_that_of_the_resource(
    tenant: Tenant, visitor: Visitor
) -> None:
    ui = {"timezone": "Asia/Tokyo", "time_date_format": "24h-dmy-mon"}
    page = await visitor.open(await page_of(tenant, ui=ui))
    assert page.slots() == ["18:00", "19:00", "20:00"]


async def test_twelve_hours_are_written_with_am_and_pm(tenant: Tenant, visitor: Visitor) -> None:
    page = await visitor.open(await page_of(tenant, ui={}, hours=(11, 14)))
    assert page.slots() == ["11:00 am", "12:00 pm", "1:00 pm"]
    assert page.one("h3", id="day").text == "Monday, May 6, 2030"


async def test_an_hour_that_occurs_twice_says_which_of_the_two_it_is(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(
        tenant,
        zone="Europe/Berlin",
        availability={"length": "1 hour", "from": "2030-10-26", "to": "2030-10-28"},
        availability_constraints=[{"allow_hours": {"start": 1, "end": 4}}],
    )
    page = await visitor.open(address, date="2030-10-27")
    assert page.slots() == ["01:00", "02:00 CEST", "02:00 CET", "03:00"]
    form = await visitor.open(page.link("02:00 CET"))
    assert "02:00 CET \N{EN DASH} 03:00 Sunday 27 October 2030" in form.text


async def test_a_day_of_23_hours_leaves_out_the_hour_that_never_was(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    clock.now = datetime(2030, 3, 29, 8, tzinfo=UTC)
    address = await page_of(
        tenant,
        zone="Europe/Berlin",
        availability_constraints=[{"allow_hours": {"start": 1, "end": 4}}],
    )
    page = await visitor.open(address, date="2030-03-31")
    assert page.slots() == ["01:00", "03:00"]
    form = await visitor.open(page.link("01:00"))
    assert "01:00 \N{EN DASH} 03:00" in form.text, "one hour, as both clocks show it"


async def test_who_serves_is_named_where_it_could_be_another(
    tenant: Tenant, visitor: Visitor
) -> None:
    doc, marty = [await tenant.resource(name=name) for name in ("Doc", "Marty")]
    project = await tenant.project(
        doc["id"], marty["id"], availability_constraints=[{"allow_hours": {"start": 9, "end": 10}}]
    )
    page = await visitor.open(f"/{project['slug']}")
    assert page.slots() == ["9:00 am with Doc"]
    form = await visitor.open(page.link("9:00 am with Doc"))
    booked = await visitor.books(f"/{project['slug']}", form.form(**WHO))
    assert "with Doc" in booked.text


async def test_a_slot_is_booked_and_the_booking_can_be_looked_at_again(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant, zone="Europe/Copenhagen")
    form = await visitor.chooses(address, "11:00")
    booked = await visitor.books(address, form.form(**WHO))

    assert booked.one("h2").text == "Booked"
    assert (
        "We have received your booking and sent a confirmation to marty@example.com" in booked.text
    )
    assert "Monday 6 May 2030, 11:00 \N{EN DASH} 12:00" in booked.text
    assert (await visitor.open(str(booked.answer.url))).text == booked.text
    (booking,) = await bookings_of(tenant)
    assert booking["state"] == "confirmed"
    assert booking["attributes"]["event_info"]["start"] == "2030-05-06T09:00:00+00:00"
    assert booking["attributes"]["event_info"]["what"] == "Consultation"
    (customer,) = booking["customers"]
    assert (customer["name"], customer["email"]) == ("Marty McFly", "marty@example.com")
    assert customer["timezone"] == "Europe/Copenhagen"
    assert booking["logs"][0]["actor"] == "hosted_page"


async def test_a_slot_that_is_gone_is_refused_and_others_are_offered_with_the_form_kept(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    form = await visitor.chooses(address, "10:00")
    await visitor.books(address, (await visitor.chooses(address, "10:00")).form(**WHO))

    gone = Page(await visitor.send(f"{address}/book", form.form(**WHO)))

    assert gone.status == 409
    assert "no longer free" in gone.text
    assert gone.one("input", name="customer.name")["value"] == "Marty McFly"
    assert "Mon 6 May, 09:00 \N{EN DASH} 10:00" in gone.text, "the nearest comes first"
    assert form.form()["slot"] not in [each["value"] for each in gone.all("input", type="radio")]
    other = gone.all("input", type="radio")[0]["value"]
    assert "slot" not in gone.form(), "nobody books what they did not choose"
    await visitor.books(address, gone.form(slot=other))
    assert len(await bookings_of(tenant)) == 2


async def test_of_many_who_send_the_form_at_once_one_gets_the_slot(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    link = (await visitor.open(address)).link("10:00")
    forms = [(await visitor.open(link)).form(**WHO) for _ in range(12)]
    sent = await asyncio.gather(*(visitor.send(f"{address}/book", form) for form in forms))
    assert sorted(answer.status_code for answer in sent) == [303] + 11 * [409]
    assert len(await bookings_of(tenant)) == 1


async def test_one_form_that_is_sent_twice_leads_to_its_booking_both_times(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    form = (await visitor.chooses(address, "10:00")).form(**WHO)
    sent = await asyncio.gather(*(visitor.send(f"{address}/book", form) for _ in range(3)))
    assert [answer.status_code for answer in sent] == 3 * [303]
    assert len({answer.headers["location"] for answer in sent}) == 1

    booked = await visitor.open(sent[0].headers["location"])
    choice = await visitor.open(booked.link("Change the time"))
    move = (await visitor.open(choice.link("11:00"))).form()
    moved = [await visitor.send(f"{address}/book", move) for _ in range(2)]
    assert moved[0].headers["location"] == moved[1].headers["location"]
    states = sorted(each["state"] for each in await bookings_of(tenant))
    assert states == ["confirmed", "rescheduled_by_customer"]


async def test_of_two_who_move_to_one_slot_one_does_and_the_other_keeps_what_they_had(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    forms = []
    for text, wanted in (("09:00", "11:00"), ("10:00", "11:00")):
        booked = await visitor.books(address, (await visitor.chooses(address, text)).form(**WHO))
        choice = await visitor.open(booked.link("Change the time"))
        forms.append((await visitor.open(choice.link(wanted))).form())
    sent = await asyncio.gather(*(visitor.send(f"{address}/book", form) for form in forms))
    assert sorted(answer.status_code for answer in sent) == [303, 409]
    states = sorted(each["state"] for each in await bookings_of(tenant))
    assert states == ["confirmed", "confirmed", "rescheduled_by_customer"]


async def test_a_form_for_a_slot_that_is_gone_offers_others_before_it_is_filled_in(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    link = (await visitor.open(address)).link("10:00")
    await visitor.books(address, (await visitor.open(link)).form(**WHO))
    assert (await visitor.open(link)).status == 409


@pytest.mark.parametrize(
    "start_end",
    [
        "2030-05-06T06:00Z_2030-05-06T07:00Z",  # in the past
        "2030-05-06T13:00Z_2030-05-06T14:00Z",  # outside opening hours
        "2030-05-06T09:00Z_2030-05-06T12:00Z",  # longer than what is offered
        "2030-05-06T09:15Z_2030-05-06T10:15Z",  # beside the grid
        "2030-08-06T09:00Z_2030-08-06T10:00Z",  # beyond the horizon
        "2030-05-06T10:00Z_2030-05-06T09:00Z",  # backwards
        "9999-99-99T99:99Z_9999-99-99T99:99Z",  # no time at all
        "0001-01-01T00:00Z_0001-01-01T01:00Z",  # before every clock
        "9999-12-31T22:00Z_9999-12-31T23:00Z",  # after every clock
    ],
)
async def test_only_what_is_on_offer_can_be_booked(
    tenant: Tenant, visitor: Visitor, start_end: str
) -> None:
    address = await page_of(tenant)
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    resource = str(form["slot"]).rpartition("_")[2]
    answer = await visitor.send(f"{address}/book", {**form, "slot": f"{start_end}_{resource}"})
    assert answer.status_code == 409
    assert await bookings_of(tenant) == []


async def test_a_resource_of_another_project_cannot_be_booked_through_this_one(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    other = await tenant.resource(name="Biff")
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    slot = str(form["slot"]).rpartition("_")[0] + "_" + other["id"]
    assert (await visitor.send(f"{address}/book", {**form, "slot": slot})).status_code == 409


async def test_a_slot_is_refused_once_its_time_has_come(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    address = await page_of(tenant)
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    clock.advance(timedelta(hours=1, minutes=1))
    assert (await visitor.send(f"{address}/book", form)).status_code == 409


async def test_what_is_wrong_is_said_beside_the_field_and_what_is_right_is_kept(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    form = await visitor.chooses(address, "09:00")
    page = Page(
        await visitor.send(f"{address}/book", form.form(customer_name="Doc", customer_email="doc"))
    )
    assert page.status == 422
    email = page.one("input", name="customer.email")
    assert email["aria-invalid"] == "true"
    assert "e-mail address" in page.one("p", id=email["aria-describedby"]).text
    assert page.one("input", name="customer.name")["value"] == "Doc"
    assert page.one("input", name="slot")["value"] == form.form()["slot"]
    assert await bookings_of(tenant) == []


async def test_a_form_of_another_site_books_nothing(tenant: Tenant, visitor: Visitor) -> None:
    address = await page_of(tenant)
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    for forged in (
        {key: value for key, value in form.items() if key != "form_token"},
        {**form, "form_token": "bm90aGluZw=="},
        {**form, "form_token": "é"},
    ):
        page = Page(await visitor.send(f"{address}/book", forged))
        assert page.status == 403
        assert "Nothing has been booked" in page.text
    visitor.http.cookies.clear()
    again = Page(await visitor.send(f"{address}/book", form))
    assert again.status == 403
    assert await bookings_of(tenant) == []
    await visitor.books(address, again.form())


async def test_the_token_of_one_visitor_is_of_no_use_to_another(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    visitor.http.cookies.clear()
    await visitor.chooses(address, "09:00")
    assert (await visitor.send(f"{address}/book", form)).status_code == 403


async def test_a_booking_is_moved_to_another_slot(tenant: Tenant, visitor: Visitor) -> None:
    address = await page_of(tenant)
    booked = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    link = booked.link("Change the time")
    assert "event.start=2030-05-06T09%3A00%3A00%2B00%3A00" in link

    choice = await visitor.open(link)
    assert "Your booking is on Monday 6 May 2030, 09:00 \N{EN DASH} 10:00" in choice.text
    assert choice.slots() == ["10:00", "11:00"]
    chosen = choice.link("11:00")
    form = await visitor.open(chosen)
    assert not form.all("input", name="customer.name")
    moved = await visitor.books(address, form.form(customer_message="I am late"))

    assert "11:00 \N{EN DASH} 12:00" in moved.text
    assert "marty@example.com" in moved.text
    states = {each["state"]: each for each in await bookings_of(tenant)}
    assert set(states) == {"confirmed", "rescheduled_by_customer"}
    assert states["rescheduled_by_customer"]["logs"][-1]["message"] == "I am late"
    old = booked.answer.url.path
    for came_back_to in (link, chosen):
        assert (await visitor.http.get(came_back_to)).headers["location"] == old
    assert "moved to another time" in (await visitor.open(old)).text


async def test_moving_to_a_slot_that_is_gone_leaves_the_booking_as_it_was(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    booked = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    choice = await visitor.open(booked.link("Change the time"))
    form = await visitor.open(choice.link("11:00"))
    await visitor.books(address, (await visitor.chooses(address, "11:00")).form(**WHO))

    gone = Page(await visitor.send(f"{address}/book", form.form()))

    assert gone.status == 409
    assert {each["state"] for each in await bookings_of(tenant)} == {"confirmed"}


async def test_a_booking_of_another_project_is_not_shown_and_not_moved(
    tenant: Tenant, other_tenant: Tenant, visitor: Visitor
) -> None:
    address, other = await page_of(tenant), await page_of(other_tenant)
    booked = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    booking_id = booked.answer.url.path.rpartition("/")[2]
    assert (await visitor.open(f"{other}/booked/{booking_id}")).status == 404
    assert (await visitor.open(other, uuid=booking_id, action="reschedule")).status == 404
    assert (await visitor.open(f"{address}/booked/nothing")).status == 404


async def test_a_booking_that_has_begun_can_no_longer_be_moved(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    address = await page_of(tenant)
    booked = await visitor.books(address, (await visitor.chooses(address, "09:00")).form(**WHO))
    link = booked.link("Change the time")
    clock.advance(timedelta(hours=2))
    assert (await visitor.http.get(link)).headers["location"] == booked.answer.url.path


async def test_where_all_must_be_free_only_such_slots_are_offered_and_booked(
    tenant: Tenant, visitor: Visitor
) -> None:
    doc, marty = [await tenant.resource(name=name) for name in ("Doc", "Marty")]
    start, end = "2030-05-06T09:00:00+00:00", "2030-05-06T10:00:00+00:00"
    await tenant.api.created("/bookings", tenant.order(marty["id"], start, end))
    project = await tenant.project(
        doc["id"],
        marty["id"],
        availability={"mode": "mutual", "length": "1 hour"},
        availability_constraints=[{"allow_hours": {"start": 9, "end": 11}}],
    )
    address = f"/{project['slug']}"
    page = await visitor.open(address)
    assert page.slots() == ["10:00 am with Doc"]
    form = (await visitor.open(page.link("10:00 am with Doc"))).form(**WHO)
    nine = str(form["slot"]).replace("T11:00Z", "T10:00Z").replace("T10:00Z_", "T09:00Z_")
    assert (await visitor.send(f"{address}/book", {**form, "slot": nine})).status_code == 409
    await visitor.books(address, form)


async def test_free_time_without_a_fixed_length_is_offered_whole(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant, availability={"length": None, "to": "1 day"})
    page = await visitor.open(address)
    assert page.slots() == ["09:00"], "one slot has one length"
    booked = await visitor.books(address, (await visitor.open(page.link("09:00"))).form(**WHO))
    assert "09:00 \N{EN DASH} 12:00" in booked.text


async def test_a_project_whose_window_has_passed_offers_nothing(
    tenant: Tenant, visitor: Visitor, clock: TestClock
) -> None:
    address = await page_of(tenant, availability={"length": "1 hour", "to": "2030-05-07"})
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    clock.advance(timedelta(days=3))
    page = await visitor.open(address)
    assert page.status == 200
    assert "There is no free time at the moment" in page.text
    gone = Page(await visitor.send(f"{address}/book", form))
    assert gone.status == 409
    assert "There is no free time at the moment" in gone.text


@pytest.mark.parametrize(
    "query",
    [
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"date": "yesterday"},
        {"zone": "../../etc/passwd"},
        {"zone": "\x00"},
        {"zone": "Factory"},
        {"customer.name": "\x00\ud7ff" * 50},
        {"uuid": "1", "event.start": "x"},
        {"slot": "x"},
    ],
)
async def test_nonsense_in_the_address_is_passed_over(
    tenant: Tenant, visitor: Visitor, query: dict[str, str]
) -> None:
    page = await visitor.open(await page_of(tenant), **query)
    assert page.status == 200
    assert page.slots() or "date" in query


async def test_a_form_with_an_impossible_time_and_a_mistake_is_shown_again(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant, zone="America/New_York")
    form = (await visitor.chooses(address, "09:00")).form(**WHO)
    resource = str(form["slot"]).rpartition("_")[2]
    for slot in (f"0001-01-01T00:00Z_0001-01-01T01:00Z_{resource}", "x", ""):
        wrong = {**form, "slot": slot, "customer.name": ""}
        assert (await visitor.send(f"{address}/book", wrong)).status_code == 409


async def test_pages_load_nothing_from_elsewhere_and_are_kept_by_no_cache(
    tenant: Tenant, visitor: Visitor
) -> None:
    page = await visitor.open(await page_of(tenant))
    headers = page.answer.headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    for element in page.elements:
        address = element.get("src") or (element.tag == "link" and element.get("href")) or "/"
        assert address.startswith("/"), address
        assert not any(name == "style" or name.startswith("on") for name in element.attributes)


async def test_the_cookie_of_a_form_is_out_of_reach_of_scripts_and_other_sites(
    tenant: Tenant, visitor: Visitor
) -> None:
    form = await visitor.chooses(await page_of(tenant), "09:00")
    cookie = form.answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_texts_of_the_owner_and_of_the_visitor_are_never_markup(
    tenant: Tenant, visitor: Visitor
) -> None:
    evil = "<script>alert(1)</script>"
    address = await page_of(tenant, name=evil, slug="evil", ui={"display_name": evil})
    form = await visitor.chooses(address, "9:00 am")
    page = Page(
        await visitor.send(
            f"{address}/book", form.form(customer_name=f'"{evil}', customer_email=evil)
        )
    )
    assert evil in page.text
    assert evil not in page.answer.text
    assert page.one("input", name="customer.name")["value"] == f'"{evil}'


async def test_a_page_of_a_test_app_says_that_it_is_one(
    tenant: Tenant, other_tenant: Tenant, visitor: Visitor
) -> None:
    live, test = await page_of(tenant), await page_of(other_tenant)

    assert "Test mode" in (await visitor.open(test)).text
    assert "Test mode" not in (await visitor.open(live)).text
