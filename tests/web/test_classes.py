"""The page of a project that sells seats: the classes, the form, the seat, and full classes."""

import asyncio

import pytest

from tests.support.client import Json, Tenant
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page

WHO: Json = {"customer_name": "Marty McFly", "customer_email": "marty@example.com"}
SEATS: Json = {"graph": "group_customer", "where": "The gym"}


async def gym(tenant: Tenant, **given: Json) -> str:
    """Make a project that sells seats, and return the address of its page."""
    return await page_of(tenant, **{"booking": SEATS, **given})


async def lesson(tenant: Tenant, address: str, start: str, **given: Json) -> Json:
    """Open a class of an hour in the project of a page."""
    project = (await tenant.api.found(f"/projects?search=slug:{address[1:]}&include=resources"))[0]
    settings = {"max_seats": given.pop("seats", 2), **given.pop("settings", {})}
    body = {
        "graph": "group_owner",
        "project_id": project["id"],
        "resource_id": project["resources"][0],
        "start": f"2030-05-{start}:00+00:00",
        "end": f"2030-05-{start[:3]}{int(start[3:5]) + 1:02}:{start[6:]}:00+00:00",
        "what": "Guitar for beginners",
        "settings": settings,
        **given,
    }
    return await tenant.api.created("/bookings", body)


async def fill(tenant: Tenant, of_class: Json, seats: int = 1) -> list[Json]:
    """Take seats in a class by the API, as others do."""
    body = {
        "graph": "group_customer",
        "related": {"owner_booking_id": of_class["id"]},
        "customer": {"name": "Biff", "email": "biff@example.com"},
    }
    return [await tenant.api.created("/bookings", body) for _ in range(seats)]


async def taken(tenant: Tenant, of_class: Json) -> int:
    shown = await tenant.api.found(f"/bookings/groups/{of_class['id']}")
    count: int = shown["attributes"]["group_booking"]["current_seats"]
    return count


def classes(page: Page) -> list[str]:
    """Return the classes as they can be read, full ones too."""
    found = [*page.all("a", class_="class"), *page.all("div", class_="full")]
    return [" ".join(each.text.split()) for each in found]


async def test_the_page_lists_classes_by_day_with_the_seats_that_are_left(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    later = await lesson(tenant, address, "08T18:00", what="Guitar for the rest of us")
    await lesson(tenant, address, "07T18:00", seats=8)
    await lesson(tenant, address, "07T20:00", where="Upstairs")
    await fill(tenant, later)

    page = await visitor.open(address)

    assert page.one("h2").text == "Choose a class"
    days = [each.text for each in page.all("h3") if each.get("id")]
    assert days == ["Tuesday 7 May 2030", "Wednesday 8 May 2030"]
    assert classes(page) == [
        "18:00 \N{EN DASH} 19:00 Guitar for beginners 8 seats left",
        "20:00 \N{EN DASH} 21:00 Guitar for beginners Upstairs 2 seats left",
        "18:00 \N{EN DASH} 19:00 Guitar for the rest of us 1 seat left",
    ]
    assert not page.slots(), "no time is sold besides"


async def test_a_seat_is_booked_with_the_form_of_the_project(
    tenant: Tenant, visitor: Visitor
) -> None:
    fields = {"guitar": {"title": "Do you bring a guitar?", "format": "text"}}
    address = await gym(tenant, customer_fields=fields)
    of_class = await lesson(tenant, address, "07T18:00")

    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    assert "Guitar for beginners 18:00 \N{EN DASH} 19:00 Tuesday 7 May 2030" in form.text
    assert "2 seats left" in form.text
    page = await visitor.books(address, form.form(**WHO, customer_guitar="A Gibson"))

    assert page.one("h2").text == "Booked"
    assert "Guitar for beginners" in page.text
    assert "Tuesday 7 May 2030, 18:00" in page.text
    assert "Change the time" not in page.text
    booking_id = page.answer.url.path.rpartition("/")[2]
    booking = await tenant.api.found(f"/bookings/{booking_id}?include=owner_booking,logs")
    assert (booking["graph"], booking["state"]) == ("group_customer", "confirmed")
    assert booking["owner_booking"]["id"] == of_class["id"]
    assert booking["customers"][0]["meta"] == {"guitar": "A Gibson"}
    assert booking["logs"][0]["actor"] == "hosted_page"
    again = await visitor.open(page.link("See all classes"))
    assert classes(again)[0].endswith("1 seat left")


async def test_a_full_class_says_so_and_leads_nowhere(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    seats = await fill(tenant, of_class, 2)

    page = await visitor.open(address)
    assert page.one("div", class_="full").text.split()[-1] == "Full"
    assert not page.all("a", class_="class")

    await tenant.api.put(f"/bookings/{seats[0]['id']}/cancel_by_customer")
    assert classes(await visitor.open(address))[0].endswith("1 seat left")


async def test_the_last_seat_taken_meanwhile_keeps_what_was_written_and_offers_others(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    other = await lesson(tenant, address, "14T18:00", what="Guitar again")
    await fill(tenant, await lesson(tenant, address, "15T18:00", seats=1))
    form = await visitor.open((await visitor.open(address)).all("a", class_="class")[0]["href"])
    await fill(tenant, of_class)

    answer = Page(await visitor.send(f"{address}/book", form.form(**WHO)))

    assert answer.status == 409
    assert "There is no seat left in this class." in answer.one("div", role="alert").text
    assert answer.one("legend").text == "Other classes"
    assert [each["value"] for each in answer.all("input", type="radio")] == [other["id"]]
    assert "Tue 14 May, 18:00" in answer.text
    assert "Guitar again" in answer.text
    sent = answer.form()
    assert sent["customer.name"] == "Marty McFly"
    page = await visitor.books(address, {**sent, "class": other["id"]})
    assert "Guitar again" in page.text
    assert (await taken(tenant, of_class), await taken(tenant, other)) == (1, 1)


async def test_of_many_who_want_the_last_seat_at_once_one_gets_it(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    link = (await visitor.open(address)).one("a", class_="class")["href"]
    forms = [(await visitor.open(link)).form(**WHO) for _ in range(8)]
    sent = await asyncio.gather(*(visitor.send(f"{address}/book", form) for form in forms))
    assert sorted(answer.status_code for answer in sent) == [303] + 7 * [409]
    assert await taken(tenant, of_class) == 1


async def test_a_class_of_a_deleted_resource_is_not_on_offer(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    form = (await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])).form
    (project,) = await tenant.api.found("/projects?include=resources")
    assert (await tenant.api.delete(f"/resources/{project['resources'][0]}")).status_code == 204

    assert classes(await visitor.open(address)) == []
    answer = Page(await visitor.send(f"{address}/book", form(**WHO)))
    assert answer.status == 409
    assert "This class cannot be booked now." in answer.text
    assert await taken(tenant, of_class) == 0


async def test_the_form_of_a_full_class_is_not_shown(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00", seats=1)
    await fill(tenant, of_class)
    page = await visitor.open(f"{address}/book", **{"class": of_class["id"]})
    assert page.status == 409
    assert "There is no class with a free seat at the moment" in page.text
    assert not page.all("button")


@pytest.mark.parametrize("said", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
async def test_a_class_that_is_not_there_books_nothing(
    tenant: Tenant, visitor: Visitor, said: str
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    answer = Page(await visitor.send(f"{address}/book", {**form.form(**WHO), "class": said}))
    assert answer.status == 409
    expected = "This class cannot be booked now" if said else "Please choose one of these classes"
    assert expected in answer.text
    assert await taken(tenant, of_class) == 0


async def test_a_class_of_another_project_cannot_be_booked_here(
    tenant: Tenant, other_tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    for of in (tenant, other_tenant):
        theirs = await lesson(of, await gym(of, name="Elsewhere"), "07T18:00")
        answer = await visitor.send(f"{address}/book", {**form.form(**WHO), "class": theirs["id"]})
        assert answer.status_code == 409
        assert await taken(of, theirs) == 0


async def test_classes_are_on_offer_only_while_their_seats_can_be_booked(
    tenant: Tenant, visitor: Visitor
) -> None:
    """It is eight o'clock on the sixth."""
    address = await gym(tenant)
    in_time = {"min_booking_time": "2 hours", "max_booking_time": "1 day"}
    await lesson(tenant, address, "06T09:30", settings=in_time, what="Too late")
    await lesson(tenant, address, "06T10:30", settings=in_time, what="In time")
    early = await lesson(tenant, address, "07T08:30", settings=in_time, what="Too early")
    called_off = await lesson(tenant, address, "06T12:00", what="Called off")
    await tenant.api.put(f"/bookings/{called_off['id']}/cancel")

    page = await visitor.open(address)
    assert [each.partition("11:30 ")[2] for each in classes(page)] == ["In time 2 seats left"]
    form = await visitor.open(page.one("a", class_="class")["href"])
    answer = await visitor.send(f"{address}/book", {**form.form(**WHO), "class": early["id"]})
    assert answer.status_code == 409
    assert "This class cannot be booked now." in Page(answer).text


async def test_a_form_without_its_token_takes_no_seat(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    answer = await visitor.send(f"{address}/book", {**form.form(**WHO), "form_token": "x"})
    assert answer.status_code == 403
    assert await taken(tenant, of_class) == 0


async def test_a_form_that_is_sent_twice_takes_one_seat(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00", seats=4)
    link = (await visitor.open(address)).one("a", class_="class")["href"]
    form = (await visitor.open(link)).form(**WHO)

    twice = [visitor.send(f"{address}/book", form) for _ in range(2)]
    first, second = await asyncio.gather(*twice)
    assert first.headers["location"] == second.headers["location"]
    assert await taken(tenant, of_class) == 1

    changed = {**form, "customer.name": "Dave McFly"}
    other = await visitor.send(f"{address}/book", changed)
    assert other.headers["location"] != first.headers["location"]
    anew = (await visitor.open(link)).form(**WHO)
    assert (await visitor.send(f"{address}/book", anew)).status_code == 303
    assert await taken(tenant, of_class) == 3, "a family may come"


async def test_what_is_wrong_is_marked_and_the_class_stays_chosen(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    answer = Page(await visitor.send(f"{address}/book", form.form(customer_name="Marty")))
    assert answer.status == 422
    assert answer.one("input", name="class")["value"] == of_class["id"]
    assert "Please fill this in." in answer.text
    page = await visitor.books(address, answer.form(**WHO))
    assert page.one("h2").text == "Booked"


async def test_times_are_those_of_the_visitor_s_zone_and_kept_through_the_form(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    await lesson(tenant, address, "07T18:00")
    page = await visitor.open(address, zone="Asia/Tokyo")
    assert page.one("h3", id="day-1").text == "Wednesday 8 May 2030"
    assert classes(page)[0].startswith("03:00 \N{EN DASH} 04:00")
    form = await visitor.open(page.one("a", class_="class")["href"])
    assert "03:00 \N{EN DASH} 04:00 Wednesday 8 May 2030" in form.text
    booked = await visitor.books(address, form.form(**WHO))
    assert "Time in Asia/Tokyo" in booked.text


async def test_many_classes_are_shown_in_whole_days_and_the_rest_is_one_link_away(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    for day in range(7, 15):
        for hour in (10, 12, 14):
            await lesson(tenant, address, f"{day:02}T{hour}:00")

    first = await visitor.open(address)
    assert len(classes(first)) == 21, "the seventh day is whole"
    assert "From today" not in first.text
    second = await visitor.open(first.link("Later classes"))
    assert len(classes(second)) == 3
    assert second.one("h3", id="day-1").text == "Tuesday 14 May 2030"
    assert "Later classes" not in second.text
    assert len(classes(await visitor.open(second.link("From today")))) == 21


async def test_a_day_after_the_last_class_says_so(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    assert "There is no class to book at the moment" in (await visitor.open(address)).text
    await lesson(tenant, address, "07T18:00")
    page = await visitor.open(address, date="2030-05-08")
    assert "There is no class from this day on" in page.text
    assert classes(await visitor.open(page.link("From today")))
    assert classes(await visitor.open(address, date="2030-01-01")), "the past is today"
    assert (await visitor.open(address, date="9999-12-31")).status == 200


async def test_who_gives_a_class_is_named_where_it_may_be_one_of_several(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    project = (await tenant.api.found("/projects"))[0]
    other = await tenant.resource(name="Jennifer")
    await tenant.api.post(f"/projects/{project['id']}/resources", {"resource_id": other["id"]})
    await lesson(tenant, address, "07T18:00", resource_id=other["id"])
    page = await visitor.open(address)
    assert "Guitar for beginners with Jennifer" in classes(page)[0]
    form = await visitor.open(page.one("a", class_="class")["href"])
    assert "with Jennifer" in form.text


async def test_a_page_whose_project_makes_classes_sells_seats_in_them(
    tenant: Tenant, visitor: Visitor
) -> None:
    """Nobody makes a class by visiting a page."""
    booking = {"graph": "group_owner", "settings": {"max_seats": 5}}
    address = await gym(tenant, booking=booking)
    of_class = await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    page = await visitor.books(address, form.form(**WHO))
    assert page.one("h2").text == "Booked"
    assert await taken(tenant, of_class) == 1
    graphs = [each["graph"] for each in await tenant.api.found("/bookings")]
    assert sorted(graphs) == ["group_customer", "group_owner"]


async def test_a_class_is_no_booking_of_a_customer_s(tenant: Tenant, visitor: Visitor) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    assert (await visitor.open(f"{address}/booked/{of_class['id']}")).status == 404


async def test_a_seat_in_a_class_that_was_called_off_shows_why(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await gym(tenant)
    of_class = await lesson(tenant, address, "07T18:00")
    form = await visitor.open((await visitor.open(address)).one("a", class_="class")["href"])
    page = await visitor.books(address, form.form(**WHO))
    body = {"cancel": {"message": "The gym is flooded"}}
    await tenant.api.put(f"/bookings/{of_class['id']}/cancel", body)

    shown = await visitor.open(str(page.answer.url))

    assert shown.one("h2").text == "This booking was cancelled"
    assert "The gym is flooded" in shown.text
    assert shown.one("s").text.startswith("Tuesday 7 May 2030")
