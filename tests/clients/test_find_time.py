"""timekit-sdk 1.19.8 under Node: every function that asks about time in another way."""

import httpx
import pytest
from tests.clients.javascript import Sdk
from tests.clients.shop import HOURS, Shop
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

pytestmark = pytest.mark.node

MORNING = {"specificTime": {"start": HOURS.start, "end": HOURS.stop, "timezone": "europe/berlin"}}


@pytest.fixture
def sdk(sdk_bridge: Bridge, server: Server, live: App) -> Sdk:
    """The SDK on somebody's own server, with the app key."""
    return Sdk(sdk_bridge, server.url, live.api_key)


@pytest.fixture
def browser_sdk(sdk_bridge: Bridge, server: Server, live: App) -> Sdk:
    """The SDK as a page has it, with the public widget key."""
    return Sdk(sdk_bridge, server.url, live.widget_key)


def search(shop: Shop, **given: Json) -> Json:
    """Return a search of the older kind for the hours that the shop opens."""
    return {
        "resourceIds": [shop.resource_id],
        "filters": {"and": [MORNING]},
        "start": "tomorrow",
        "future": "15 days",
        **given,
    }


def test_fetch_availability_dates_gives_dates_with_ids(browser_sdk: Sdk, shop: Shop) -> None:
    slots = shop.slots("Europe/Berlin")
    answer = browser_sdk.call(
        "fetchAvailabilityDates",
        {"projectId": shop.project_id, "outputTimezone": "Europe/Berlin"},
    )
    assert answer.status == 200
    dates = [each["date"] for each in answer.data]
    # The project ends at some hour of its last day, which dates include whole.
    listed = sorted({slot["start"][:10] for slot in slots})
    assert dates[: len(listed)] == listed
    assert len(dates) - len(listed) in {0, 1}
    assert all(each["resources"] == [shop.resource_id] for each in answer.data)


def test_fetch_availability_counts_gives_the_total(browser_sdk: Sdk, shop: Shop) -> None:
    answer = browser_sdk.call("fetchAvailabilityCounts", {"projectId": shop.project_id})
    assert answer.data == {"total": len(shop.slots())}


def test_fetch_un_available_slots_gives_what_is_closed(browser_sdk: Sdk, shop: Shop) -> None:
    first = shop.slots()[0]
    shop.book(first)
    answer = browser_sdk.call("fetchUnAvailableSlots", {"projectId": shop.project_id})
    closed = answer.data
    assert {"start", "end", "resources"} == set(closed[0])
    assert closed[0]["resources"][0]["id"] == shop.resource_id
    # Closed until opening time, then taken for an hour: one stretch.
    assert closed[0]["end"] == first["end"]


def test_find_time_gives_slots_without_resources(browser_sdk: Sdk, shop: Shop) -> None:
    answer = browser_sdk.call("findTime", search(shop))
    slots = shop.slots()
    assert answer.status == 200
    # The project's window and this one end at the same moment, but for the seconds between.
    assert answer.data[:-1] == [
        {"start": slot["start"], "end": slot["end"]} for slot in slots[: len(answer.data) - 1]
    ]
    assert abs(len(answer.data) - len(slots)) <= 1


def test_find_time_with_a_bad_moment_is_refused_as_the_original_does(
    browser_sdk: Sdk, shop: Shop
) -> None:
    answer = browser_sdk.refused("findTime", search(shop, future="whenever"))
    assert answer.status == 422
    assert answer.data == {
        "errors": {"future": ["future in not a valid timestamp or relative time"]}
    }


def test_find_time_bulk_takes_an_object_and_a_list(sdk: Sdk, shop: Shop) -> None:
    queries = [search(shop), search(shop, length="2 hours", allSolutions=True)]
    told = sdk.call("findTimeBulk", {"queries": queries}).data
    assert [len(slots) > 0 for slots in told] == [True, True]
    assert sdk.call("findTimeBulk", queries).data == told


def test_find_time_team_names_the_users(sdk: Sdk, shop: Shop, api: httpx.Client) -> None:
    query = {"search": f"resource.id:{shop.resource_id}"}
    [calendar] = api.get("calendars", params=query).json()["data"]
    user = search(shop, _email="doc@example.com", _calendar="x")
    answer = sdk.call("findTimeTeam", {"users": [user]})
    [member] = answer.data[0]["users"]
    assert member["name"] == "Doc Brown"
    assert member["user_id"] == shop.resource_id
    assert member["calendar_ids"] == [calendar["id"]]


def test_create_find_time_filter_collection_keeps_filters(sdk: Sdk, shop: Shop) -> None:
    made = sdk.call("createFindTimeFilterCollection", {"and": [MORNING]})
    assert made.status == 201
    kept = sdk.call("findTime", search(shop, filters=None, filtercollectionId=made.data["id"]))
    assert len(kept.data) > 0
    assert kept.data == sdk.call("findTime", search(shop)).data


def test_get_find_time_filter_collections_lists_them(sdk: Sdk) -> None:
    made = sdk.call("createFindTimeFilterCollection", {"or": [{"onlyWeekend": {}}]}).data
    answer = sdk.call("getFindTimeFilterCollections")
    assert made in answer.data
    assert answer.meta_data["current_page"] == 1


def test_update_find_time_filter_collection_reads_because_it_sends_get(sdk: Sdk) -> None:
    made = sdk.call("createFindTimeFilterCollection", {"or": [{"onlyWeekend": {}}]}).data
    answer = sdk.call("updateFindTimeFilterCollection", {"id": made["id"], "or": []})
    assert (answer.status, answer.data) == (200, made)


def test_filter_collections_are_not_for_the_public_key(browser_sdk: Sdk) -> None:
    assert browser_sdk.refused("getFindTimeFilterCollections").status == 403
