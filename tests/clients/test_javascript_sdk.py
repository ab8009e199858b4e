"""timekit-sdk 1.19.8 under Node, unmodified: every function whose route this server has."""

import re

import pytest
from tests.clients.javascript import Sdk
from tests.clients.shop import Shop
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

pytestmark = pytest.mark.node


def order(shop: Shop, slot: Json) -> Json:
    """Return the argument of ``createBooking``, in the camel case that the SDK turns round."""
    return {
        "projectId": shop.project_id,
        "resourceId": shop.resource_id,
        "graph": "instant",
        "start": slot["start"],
        "end": slot["end"],
        "what": "Clock repair",
        "where": "Hill Valley",
        "description": "It stopped at 10:04 pm",
        "customer": {
            "name": "Marty McFly",
            "email": "marty@example.com",
            "timezone": "America/Los_Angeles",
            "favouriteYear": 1955,
        },
        "meta": {"clockTower": {"struckBy": "lightning"}},
    }


def new_resource(sdk: Sdk, **given: Json) -> Json:
    return sdk.call("createResource", {"name": "Doc", "timezone": "Europe/Berlin", **given}).data


# --- resources


def test_create_resource_takes_camel_case_and_gives_back_the_resource(sdk: Sdk) -> None:
    answer = sdk.call(
        "createResource",
        {"firstName": "Emmett", "lastName": "Brown", "timezone": "US/Pacific", "meta": {"aB": 1}},
    )
    assert answer.status == 201
    assert answer.data["name"] == "Emmett Brown"
    assert answer.data["timezone"] == "US/Pacific"
    assert answer.data["meta"] == {"a_b": 1}
    assert answer.meta_data is None


def test_get_resource_shows_constraints_when_they_are_included(sdk: Sdk) -> None:
    rules = [{"block_weekends": []}, {"allow_hours": {"start": "09:00", "end": 17}}]
    made = new_resource(sdk, availabilityConstraints=rules)
    plain = sdk.call("getResource", {"id": made["id"]}).data
    full = sdk.call("getResource", {"id": made["id"]}, include=["availability_constraints"]).data
    assert "availability_constraints" not in plain
    assert full["availability_constraints"] == rules


def test_get_resources_puts_the_paging_into_meta_data(sdk: Sdk) -> None:
    made = {new_resource(sdk, lastName="Paged", name=f"Doc {n}")["id"] for n in range(3)}
    query: Json = {"params": {"search": "last_name:Paged", "limit": 2}}
    first = sdk.call("getResources", carry=query)
    query["params"]["page"] = 2
    second = sdk.call("getResources", carry=query)
    assert {each["id"] for each in first.data + second.data} == made
    assert first.meta_data["total"] == 3
    assert first.meta_data["last_page"] == 2
    assert "page=2" in first.meta_data["next_page_url"]
    assert second.meta_data["next_page_url"] is None


def test_update_resource_changes_what_is_given_and_answers_nothing(sdk: Sdk) -> None:
    made = new_resource(sdk, lastName="Brown")
    answer = sdk.call("updateResource", {"id": made["id"], "timezone": "Asia/Tokyo"})
    assert (answer.status, answer.data) == (204, "")
    after = sdk.call("getResource", {"id": made["id"]}).data
    assert (after["timezone"], after["last_name"]) == ("Asia/Tokyo", "Brown")


def test_delete_resource_works_although_the_sdk_sends_a_body(sdk: Sdk) -> None:
    made = new_resource(sdk)
    assert sdk.call("deleteResource", {"id": made["id"]}).status == 204
    gone = sdk.refused("getResource", {"id": made["id"]})
    assert gone.status == 404
    assert gone.data["error"] == "Resource does not exist"


@pytest.mark.parametrize("function", ["resetResourcePassword", "resetUserPassword"])
def test_reset_resource_password_answers_an_empty_object(sdk: Sdk, function: str) -> None:
    answer = sdk.call(function, {"email": "nobody@example.com"})
    assert (answer.status, answer.data) == (200, {})


def test_reset_user_password_works_without_a_key_for_who_names_the_app(
    sdk_bridge: Bridge, server: Server, live: App
) -> None:
    nobody = Sdk(sdk_bridge, server.url, None, app=live.slug)
    answer = nobody.call("resetUserPassword", {"email": "nobody@example.com"})
    assert (answer.status, answer.data) == (200, {})


@pytest.mark.parametrize("function", ["getResourceTimezone", "getUserTimezone"])
def test_get_resource_timezone_and_get_user_timezone_take_an_address_as_it_is(
    sdk: Sdk, browser_sdk: Sdk, function: str
) -> None:
    email = f"doc+{function}@example.com"
    new_resource(sdk, email=email, timezone="Asia/Kathmandu")
    answer = browser_sdk.call(function, {"email": email})
    assert answer.data == {"timezone": "Asia/Kathmandu", "utc_offset": 5.75}


def test_get_user_timezone_of_somebody_unknown_rejects(browser_sdk: Sdk) -> None:
    assert browser_sdk.refused("getUserTimezone", {"email": "nobody@example.com"}).status == 404


def test_create_user_takes_the_parts_of_a_name(sdk: Sdk) -> None:
    given = {"firstName": "Lorraine", "lastName": "Baines", "timezone": "US/Pacific"}
    answer = sdk.call("createUser", {**given, "email": "lorraine@example.com", "password": "1955"})
    assert answer.status == 201
    assert (answer.data["name"], answer.data["activated"]) == ("Lorraine Baines", True)


def test_get_user_info_and_update_user_are_about_whom_the_key_speaks_for(sdk: Sdk) -> None:
    made = new_resource(sdk)
    own: Json = {"params": {"resource_id": made["id"]}}
    changed = sdk.call("updateUser", {"firstName": "Emmett"}, carry=own)
    assert (changed.status, changed.data) == (204, "")
    shown = sdk.call("getUserInfo", carry=own).data
    assert (shown["id"], shown["first_name"]) == (made["id"], "Emmett")


def test_update_user_without_saying_who_rejects(sdk: Sdk) -> None:
    answer = sdk.refused("updateUser", {"firstName": "Emmett"})
    assert (answer.status, set(answer.data["errors"])) == (422, {"resource_id"})


# --- calendars and events


def test_create_calendar_reaches_its_route_in_spite_of_the_trailing_slash(sdk: Sdk) -> None:
    made = new_resource(sdk)
    answer = sdk.call("createCalendar", {"resourceId": made["id"], "name": "Garage"})
    assert answer.status == 201
    assert answer.data["name"] == "Garage"
    assert answer.data["resource_id"] == made["id"]


def test_get_calendars_lists_them(sdk: Sdk) -> None:
    made = new_resource(sdk)
    query = {"params": {"search": f"resource.id:{made['id']}"}}
    found = sdk.call("getCalendars", carry=query).data
    assert [each["id"] for each in found] == [each["id"] for each in made["calendars"]]


def test_get_calendar_gives_one(sdk: Sdk) -> None:
    calendar = new_resource(sdk)["calendars"][0]
    assert sdk.call("getCalendar", {"id": calendar["id"]}).data == calendar


def test_update_calendar_renames_it(sdk: Sdk) -> None:
    calendar = new_resource(sdk)["calendars"][0]
    assert sdk.call("updateCalendar", {"id": calendar["id"], "name": "Lab"}).status == 204
    assert sdk.call("getCalendar", {"id": calendar["id"]}).data["name"] == "Lab"


def test_delete_calendar_removes_it(sdk: Sdk) -> None:
    made = new_resource(sdk)
    extra = sdk.call("createCalendar", {"resourceId": made["id"], "name": "Garage"}).data
    assert sdk.call("deleteCalendar", {"id": extra["id"]}).status == 204
    assert sdk.refused("getCalendar", {"id": extra["id"]}).status == 404


@pytest.fixture
def event(sdk: Sdk, shop: Shop) -> Json:
    """An event that takes the first slot of the shop."""
    slot = shop.slots()[0]
    calendar = sdk.call("getResource", {"id": shop.resource_id}).data["calendars"][0]
    answer = sdk.call(
        "createEvent",
        {
            "calendarId": calendar["id"],
            "start": slot["start"],
            "end": slot["end"],
            "what": "Lunch with Einstein",
            "where": "Lou's",
        },
    )
    assert answer.status == 201
    return answer.data


def test_create_event_takes_the_time_of_its_resource(event: Json, shop: Shop) -> None:
    assert event["what"] == "Lunch with Einstein"
    assert event["start"] not in [slot["start"] for slot in shop.slots()]


def test_get_events_looks_within_a_time(sdk: Sdk, event: Json, shop: Shop) -> None:
    window = {"start": event["start"], "end": event["end"]}
    query = {"params": {"search": f"resource.id:{shop.resource_id}"}}
    found = sdk.call("getEvents", {**window, **query["params"]})
    assert [each["id"] for each in found.data] == [event["id"]]
    later = {"start": event["end"], "end": shop.slots()[-1]["end"]}
    assert sdk.call("getEvents", {**later, **query["params"]}).data == []


def test_get_event_gives_one(sdk: Sdk, event: Json) -> None:
    assert sdk.call("getEvent", {"id": event["id"]}).data == event


def test_update_event_changes_it(sdk: Sdk, event: Json) -> None:
    assert sdk.call("updateEvent", {"id": event["id"], "what": "Dinner"}).status == 204
    assert sdk.call("getEvent", {"id": event["id"]}).data["what"] == "Dinner"


def test_delete_event_gives_the_time_back(sdk: Sdk, event: Json, shop: Shop) -> None:
    assert sdk.call("deleteEvent", {"id": event["id"]}).status == 204
    assert event["start"] in [slot["start"] for slot in shop.slots()]


# --- projects


def new_project(sdk: Sdk, *resource_ids: str, **given: Json) -> Json:
    body = {
        "name": "Time travel",
        "resources": list(resource_ids),
        "availability": {"length": "1 hour", "mode": "roundrobin_prioritized"},
        "booking": {"graph": "instant", "what": "Trip"},
        **given,
    }
    return sdk.call("createProject", body).data


def test_create_project_takes_camel_case_and_gives_an_address(sdk: Sdk) -> None:
    one = new_resource(sdk)
    made = new_project(
        sdk, one["id"], customerFields={"name": {"title": "You", "required": True}}, meta={"k": 1}
    )
    assert re.fullmatch("[a-z0-9-]+", made["slug"])
    assert made["customer_fields"] == {"name": {"title": "You", "required": True}}
    assert made["meta"] == {"k": 1}


def test_get_project_lists_its_resources_when_they_are_included(sdk: Sdk) -> None:
    one = new_resource(sdk)
    made = new_project(sdk, one["id"])
    shown = sdk.call("getProject", {"id": made["id"]}, include=["resources"]).data
    assert shown["resources"] == [one["id"]]


def test_get_projects_searches_by_a_carried_query(sdk: Sdk) -> None:
    made = new_project(sdk, new_resource(sdk)["id"], slug="found-by-the-sdk")
    found = sdk.call("getProjects", carry={"params": {"search": "slug:found-by-the-sdk"}})
    assert [each["id"] for each in found.data] == [made["id"]]
    assert found.meta_data["total"] == 1


def test_update_project_answers_204_as_clients_expect(sdk: Sdk) -> None:
    made = new_project(sdk, new_resource(sdk)["id"])
    assert sdk.call("updateProject", {"id": made["id"], "name": "Flight"}).status == 204
    assert sdk.call("getProject", {"id": made["id"]}).data["name"] == "Flight"


def test_delete_project_removes_it(sdk: Sdk) -> None:
    made = new_project(sdk, new_resource(sdk)["id"])
    assert sdk.call("deleteProject", {"id": made["id"]}).status == 204
    assert sdk.refused("getProject", {"id": made["id"]}).status == 404


def test_add_project_resource_appends(sdk: Sdk) -> None:
    one, two = new_resource(sdk), new_resource(sdk, name="Marty")
    made = new_project(sdk, one["id"])
    answer = sdk.call("addProjectResource", {"id": made["id"], "resourceId": two["id"]})
    assert answer.status == 201
    assert ids_of(sdk, made) == [one["id"], two["id"]]


def test_set_project_resources_takes_a_bare_list(sdk: Sdk) -> None:
    one, two = new_resource(sdk), new_resource(sdk, name="Marty")
    made = new_project(sdk, one["id"])
    sdk.call("setProjectResources", {"id": made["id"], "resources": [two["id"], one["id"]]})
    assert ids_of(sdk, made) == [two["id"], one["id"]]


def test_get_project_resources_gives_names(sdk: Sdk) -> None:
    one = new_resource(sdk)
    made = new_project(sdk, one["id"])
    (shown,) = sdk.call("getProjectResources", {"id": made["id"]}).data
    assert (shown["id"], shown["name"]) == (one["id"], "Doc")


def test_remove_project_resource_detaches(sdk: Sdk) -> None:
    one, two = new_resource(sdk), new_resource(sdk, name="Marty")
    made = new_project(sdk, one["id"], two["id"])
    sdk.call("removeProjectResource", {"id": made["id"], "resourceId": one["id"]})
    assert ids_of(sdk, made) == [two["id"]]


def ids_of(sdk: Sdk, project: Json) -> list[str]:
    found = sdk.call("getProjectResources", {"id": project["id"]}).data
    return [each["id"] for each in found]


def test_get_embed_project_works_with_the_widget_key(browser_sdk: Sdk, shop: Shop) -> None:
    config = browser_sdk.call("getEmbedProject", {"id": shop.project_id}).data
    assert config["id"] == shop.project_id
    assert list(config["customer_fields"]) == ["name", "email", "phone", "topic", "comment"]
    assert "%s" in config["ui"]["localization"]["success_message"]


def test_get_hosted_project_needs_no_key_and_gives_the_widget_key(
    sdk_bridge: Bridge, server: Server, live: App, shop: Shop
) -> None:
    nobody = Sdk(sdk_bridge, server.url, None)
    config = nobody.call("getHostedProject", {"slug": shop.slug}).data
    assert config["id"] == shop.project_id
    assert config["app_key"] == live.widget_key


# --- availability


def test_fetch_availability_answers_in_the_zone_that_is_asked_for(
    browser_sdk: Sdk, shop: Shop
) -> None:
    asked = {"projectId": shop.project_id, "outputTimezone": "Asia/Kolkata"}
    answer = browser_sdk.call("fetchAvailability", asked)
    slot = answer.data[0]
    assert slot["start"].endswith("+05:30")
    assert [each["id"] for each in slot["resources"]] == [shop.resource_id]
    assert slot["resources"][0]["name"] == "Doc Brown"
    starts = [each["start"] for each in answer.data]
    assert starts == sorted(starts)


def test_fetch_availability_without_a_project_takes_everything_from_the_request(
    browser_sdk: Sdk, shop: Shop
) -> None:
    asked = {
        "resources": [shop.resource_id],
        "mode": "mutual",
        "length": "30 minutes",
        "from": "2 days",
        "to": "4 days",
        "constraints": [{"allowHours": {"start": 9, "end": 10}}],
    }
    slots = browser_sdk.configured(timezone="Europe/Berlin").call("fetchAvailability", asked).data
    walls = {slot["start"][11:16] for slot in slots}
    assert walls == {"09:00", "09:30"}


def test_fetch_availability_with_nothing_free_resolves_to_an_empty_list(
    browser_sdk: Sdk, shop: Shop
) -> None:
    asked = {"projectId": shop.project_id, "constraints": [{"blockHours": {"start": 0, "end": 24}}]}
    assert browser_sdk.call("fetchAvailability", asked).data == []


# --- bookings


def test_create_booking_confirms_at_once_and_shows_what_is_included(
    browser_sdk: Sdk, shop: Shop
) -> None:
    slot = shop.slots()[0]
    answer = browser_sdk.call(
        "createBooking", order(shop, slot), include=["attributes", "event", "user"]
    )
    assert answer.status == 201
    booking = answer.data
    assert (booking["state"], booking["graph"]) == ("confirmed", "instant")
    assert booking["attributes"]["event_info"]["start"] == slot["start"]
    assert booking["event"]["what"] == "Clock repair"
    assert booking["user"]["id"] == shop.resource_id
    assert booking["customers"][0]["timezone"] == "America/Los_Angeles"
    assert booking["customers"][0]["meta"] == {"favourite_year": 1955}


def test_create_booking_of_a_taken_slot_rejects_with_the_reason(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    sdk.call("createBooking", order(shop, slot))
    answer = sdk.refused("createBooking", order(shop, slot))
    assert (answer.status, answer.data) == (
        422,
        {"error": "The requested timeslot is not available"},
    )


def test_create_booking_that_is_incomplete_rejects_with_the_fields(sdk: Sdk) -> None:
    answer = sdk.refused("createBooking", {"graph": "instant", "customer": {"name": "M"}})
    assert answer.status == 422
    assert {"start", "end", "customer.email"} <= set(answer.data["errors"])


@pytest.fixture
def booking(sdk: Sdk, shop: Shop) -> Json:
    return sdk.call("createBooking", order(shop, shop.slots()[0])).data


def test_get_booking_reads_it_back_in_the_zone_of_the_settings(
    sdk: Sdk, shop: Shop, booking: Json
) -> None:
    local = sdk.configured(timezone="America/New_York")
    shown = local.call("getBooking", {"id": booking["id"]}, include=["project", "meta"]).data
    assert shown["project"]["id"] == shop.project_id
    assert shown["meta"] == {"clock_tower": {"struck_by": "lightning"}}
    start = shown["attributes"]["event_info"]["start"]
    assert start.endswith(("-04:00", "-05:00"))


def test_get_booking_writes_times_in_the_format_of_the_settings(sdk: Sdk, booking: Json) -> None:
    dressed = sdk.configured(outputTimestampFormat="Y-m-d h:ia", timezone="Europe/Berlin")
    shown = dressed.call("getBooking", {"id": booking["id"]}).data
    start = shown["attributes"]["event_info"]["start"]
    plain = sdk.configured(timezone="Europe/Berlin").call("getBooking", {"id": booking["id"]}).data
    local = plain["attributes"]["event_info"]["start"]
    assert start == f"{local[:10]} {local[11:16]}am"


def test_create_booking_reads_times_in_the_format_of_the_settings(sdk: Sdk, shop: Shop) -> None:
    start, end = ({**shop.slots("Europe/Berlin")[0]}[side] for side in ("start", "end"))
    dressed = sdk.configured(inputTimestampFormat="d.m.Y H:i", timezone="Europe/Berlin")
    written = {"start": german(start), "end": german(end)}
    booking = dressed.call("createBooking", order(shop, written)).data
    assert booking["attributes"]["event_info"]["start"] == start


def german(moment: str) -> str:
    return f"{moment[8:10]}.{moment[5:7]}.{moment[:4]} {moment[11:16]}"


def test_get_bookings_searches_includes_and_pages(sdk: Sdk, shop: Shop) -> None:
    made = [sdk.call("createBooking", order(shop, slot)).data["id"] for slot in shop.slots()[:3]]
    query = {"search": f"project.id:{shop.project_id}", "limit": 2, "orderBy": "event.start"}
    answer = sdk.call("getBookings", include=["resource", "logs"], carry={"params": query})
    assert [each["id"] for each in answer.data] == made[:2]
    assert all(each["resource"]["id"] == shop.resource_id for each in answer.data)
    assert [line["action"] for line in answer.data[0]["logs"]] == ["confirm"]
    assert answer.meta_data["total"] == 3


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("cancel", "cancelled"),
        ("cancel_by_customer", "cancelled_by_customer"),
    ],
)
def test_update_booking_cancels_and_gives_the_time_back(
    sdk: Sdk, shop: Shop, booking: Json, action: str, state: str
) -> None:
    say = {"id": booking["id"], "action": action, action: {"message": "The car broke down"}}
    answer = sdk.call("updateBooking", say)
    assert answer.status == 200
    assert answer.data["state"] == state
    assert booking["attributes"]["event_info"]["start"] in [each["start"] for each in shop.slots()]
    assert sdk.refused("updateBooking", {"id": booking["id"], "action": action}).status == 422


def test_update_booking_confirms_one_request_and_declines_another(sdk: Sdk, shop: Shop) -> None:
    slot = shop.slots()[0]
    wanted = {**order(shop, slot), "graph": "confirm_decline"}
    first, second = (sdk.call("createBooking", wanted).data for _ in range(2))
    assert first["state"] == second["state"] == "tentative"
    assert slot in shop.slots(), "a request leaves the time free"

    confirmed = sdk.call("updateBooking", {"id": first["id"], "action": "confirm"})
    assert confirmed.data["state"] == "confirmed"
    assert slot not in shop.slots()
    refused = sdk.refused("updateBooking", {"id": second["id"], "action": "confirm"})
    assert refused.data == {"error": "The requested timeslot is not available"}
    say = {"id": second["id"], "action": "decline", "decline": {"message": "Somebody was faster"}}
    assert sdk.call("updateBooking", say).data["state"] == "declined"
    shown = sdk.call("getBooking", {"id": second["id"]}, include=["logs"]).data
    assert shown["logs"][-1]["message"] == "Somebody was faster"


def test_update_booking_completes(sdk: Sdk, booking: Json) -> None:
    answer = sdk.call("updateBooking", {"id": booking["id"], "action": "complete"})
    assert answer.data["state"] == "completed"


def test_reschedule_booking_moves_it_in_spite_of_the_trailing_slash(
    sdk: Sdk, shop: Shop, booking: Json
) -> None:
    new = shop.slots()[2]
    say = {
        "id": booking["id"],
        "start": new["start"],
        "end": new["end"],
        "resourceId": shop.resource_id,
        "message": "I am late",
    }
    answer = sdk.call("rescheduleBooking", say, include=["attributes"])
    assert answer.data["id"] != booking["id"]
    assert answer.data["attributes"]["event_info"]["start"] == new["start"]
    old = sdk.call("getBooking", {"id": booking["id"]}).data
    assert old["state"] == "rescheduled_by_customer"


def test_delete_booking_removes_it_once_it_is_final(sdk: Sdk, booking: Json) -> None:
    assert sdk.refused("deleteBooking", {"id": booking["id"]}).status == 422
    sdk.call("updateBooking", {"id": booking["id"], "action": "cancel"})
    assert sdk.call("deleteBooking", {"id": booking["id"]}).status == 204
    assert sdk.refused("getBooking", {"id": booking["id"]}).status == 404


def test_create_bookings_bulk_makes_them_all_or_rejects(sdk: Sdk, shop: Shop) -> None:
    first, second, third = shop.slots()[:3]
    wanted = [order(shop, slot) for slot in (first, second)]
    answer = sdk.call("createBookingsBulk", {"bookings": wanted, "relateBookings": True})
    assert answer.status == 201
    assert [each["state"] for each in answer.data] == ["confirmed", "confirmed"]
    one, other = (each["id"] for each in answer.data)
    shown = sdk.call("getBooking", {"id": one}, include=["bulked_bookings"]).data
    assert [each["id"] for each in shown["bulked_bookings"]] == [other]

    more = [order(shop, slot) for slot in (third, second)]
    refused = sdk.refused("createBookingsBulk", {"bookings": more, "deleteAllOnError": True})
    assert refused.status == 422
    assert set(refused.data["errors"]) == {"bookings.1"}
    assert third in shop.slots()


def test_update_bookings_bulk_acts_on_each_of_them(sdk: Sdk, shop: Shop) -> None:
    wanted = [order(shop, slot) for slot in shop.slots()[:2]]
    made = sdk.call("createBookingsBulk", {"bookings": wanted}).data
    deeds = [{"id": each["id"], "action": "cancel"} for each in made]
    answer = sdk.call("updateBookingsBulk", {"bookings": deeds})
    assert answer.status == 200
    assert [each["state"] for each in answer.data] == ["cancelled", "cancelled"]
    again = sdk.refused("updateBookingsBulk", {"bookings": deeds, "resetAllOnError": True})
    assert set(again.data["errors"]) == {"bookings.0", "bookings.1"}


# --- keys, modes and what is not there yet


def test_a_wrong_key_rejects_with_the_message_that_clients_show(
    sdk_bridge: Bridge, server: Server
) -> None:
    answer = Sdk(sdk_bridge, server.url, "live_api_key_wrong").refused("getResources")
    assert answer.status == 401
    assert answer.data == {"error": {"message": "Invalid credentials supplied"}}


@pytest.mark.parametrize("function", ["getBookings", "getResources", "createResource"])
def test_the_public_key_does_not_reach_what_is_private(browser_sdk: Sdk, function: str) -> None:
    assert browser_sdk.refused(function, {}).status == 403


def test_test_mode_says_so_in_a_header_and_live_mode_does_not(
    sdk_bridge: Bridge, server: Server, sdk: Sdk, in_test_mode: App
) -> None:
    rehearsal = Sdk(sdk_bridge, server.url, in_test_mode.api_key)
    assert rehearsal.call("getResources").headers["timekit-testmode"] == "true"
    assert "timekit-testmode" not in sdk.call("getResources").headers


def test_settings_for_app_and_headers_are_accepted(sdk: Sdk, live: App) -> None:
    dressed = sdk.configured(app=live.slug, headers={"Timekit-Context": "widget"})
    assert dressed.call("getResources", headers={"X-Own": "1"}).status == 200


def test_answers_turn_into_camel_case_when_the_settings_say_so(sdk: Sdk, booking: Json) -> None:
    shown = sdk.configured(convertResponseToCamelcase=True).call(
        "getBooking", {"id": booking["id"]}
    )
    assert shown.data["availableActions"] == shown.data["possibleActions"]
    assert shown.data["attributes"]["eventInfo"]["what"] == "Clock repair"
