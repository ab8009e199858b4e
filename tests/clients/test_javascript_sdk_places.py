"""timekit-sdk 1.19.8 under Node, unmodified: locations, services, templates, widgets."""

import httpx
import pytest
from tests.clients.javascript import Sdk
from tests.clients.shop import Shop
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import Server

pytestmark = pytest.mark.node


@pytest.fixture
def location(sdk: Sdk, shop: Shop) -> Json:
    """A place where the person of the shop works."""
    answer = sdk.call(
        "createLocation",
        {
            "name": "Courthouse",
            "latitude": 34.14,
            "longitude": -118.35,
            "useCustomHours": True,
            "availabilityConstraints": [{"allowHours": {"start": 9, "end": 10}}],
            "meta": {"tStoreCity": "Hill Valley"},
            "resources": [shop.resource_id],
        },
    )
    assert answer.status == 201
    return answer.data


@pytest.fixture
def service(sdk: Sdk, location: Json) -> Json:
    """A service at the location."""
    answer = sdk.call(
        "createService",
        {
            "name": "Clock repair",
            "availability": {"length": "1 hour", "from": "tomorrow", "to": "1 week"},
            "customerFields": {"name": {"title": "You", "required": True}},
            "locations": [location["id"]],
        },
    )
    assert answer.status == 201
    return answer.data


# --- locations


def test_create_location_takes_camel_case(location: Json) -> None:
    assert location["use_custom_hours"] is True
    assert location["meta"] == {"t_store_city": "Hill Valley"}


def test_get_location_gives_one(sdk: Sdk, location: Json) -> None:
    assert sdk.call("getLocation", {"id": location["id"]}).data == location


def test_get_locations_works_with_the_public_key_and_includes_services(
    browser_sdk: Sdk, location: Json, service: Json
) -> None:
    query = {"params": {"search": f"services.uuid:{service['id']}"}}
    answer = browser_sdk.call("getLocations", include=["services"], carry=query)
    [shown] = answer.data
    assert [each["name"] for each in shown.pop("services")] == ["Clock repair"]
    assert shown == location
    assert answer.meta_data["total"] == 1


def test_get_locations_searches_by_distance(browser_sdk: Sdk, location: Json) -> None:
    query = {"params": {"search": "latitude:34.14;longitude:-118.35;distance:1"}}
    found = browser_sdk.call("getLocations", carry=query).data
    assert (location["id"], 0) in [(each["id"], each["distance"]) for each in found]
    query = {"params": {"search": "latitude:35.14;longitude:-118.35;distance:100"}}
    assert browser_sdk.call("getLocations", carry=query).data == []


def test_update_location_answers_204(sdk: Sdk, location: Json) -> None:
    answer = sdk.call("updateLocation", {"id": location["id"], "name": "Clock tower"})
    assert (answer.status, answer.data) == (204, "")
    assert sdk.call("getLocation", {"id": location["id"]}).data["name"] == "Clock tower"


def test_delete_location_removes_it(sdk: Sdk, location: Json) -> None:
    assert sdk.call("deleteLocation", {"id": location["id"]}).status == 204
    gone = sdk.refused("getLocation", {"id": location["id"]})
    assert (gone.status, gone.data["model"]) == (404, "Location")


# --- services


def test_create_service_takes_camel_case(service: Json) -> None:
    assert service["customer_fields"] == {"name": {"title": "You", "required": True}}


def test_get_services_works_with_the_public_key_and_includes_locations(
    browser_sdk: Sdk, location: Json, service: Json
) -> None:
    query = {"params": {"search": f"id:{service['id']}"}}
    [shown] = browser_sdk.call("getServices", include=["locations"], carry=query).data
    assert shown.pop("locations") == [location]
    assert shown == service


def test_get_service_breaks_in_the_sdk_itself_but_its_address_works(
    sdk: Sdk, service: Json, api: httpx.Client
) -> None:
    with pytest.raises(AssertionError, match="data is not defined"):
        sdk.tried("getService", {"id": service["id"]})
    answer = api.get(f"location/services/{service['id']}")
    assert answer.json()["data"] == service


def test_update_service_reaches_what_is_booked(sdk: Sdk, location: Json, service: Json) -> None:
    changes = {"id": service["id"], "availability": {"length": "20 minutes"}}
    assert sdk.call("updateService", changes).status == 204
    [project] = sdk.call("getLocationProjects", location["id"]).data
    assert project["availability"] == {"length": "20 minutes"}


def test_delete_service_removes_it(sdk: Sdk, location: Json, service: Json) -> None:
    assert sdk.call("deleteService", {"id": service["id"]}).status == 204
    assert sdk.call("getLocationProjects", location["id"]).data == []


def test_get_location_projects_finds_hidden_ones_and_others(
    sdk: Sdk, shop: Shop, location: Json, service: Json
) -> None:
    changes = {"id": shop.project_id, "locations": [location["id"]]}
    assert sdk.call("updateProject", changes).status == 204
    found = sdk.call("getLocationProjects", location["id"]).data
    assert {each["name"] for each in found} == {"Clock repair, Courthouse", "Clock repair"}
    assert service["name"] == "Clock repair"


def test_get_service_projects_finds_one_for_each_location(
    sdk: Sdk, location: Json, service: Json
) -> None:
    other = sdk.call("createLocation", {"name": "Mall", "services": [service["id"]]}).data
    found = sdk.call("getServiceProjects", service["id"]).data
    assert {each["booking"]["where"] for each in found} == {location["name"], other["name"]}


def test_get_location_service_projects_leads_to_free_time(
    browser_sdk: Sdk, shop: Shop, location: Json, service: Json
) -> None:
    found = browser_sdk.call("getLocationServiceProjects", location["id"], service["id"])
    [project] = found.data
    asked = {"projectId": project["id"], "outputTimezone": "Europe/Berlin"}
    slots = browser_sdk.call("fetchAvailability", asked).data
    assert {slot["start"][11:16] for slot in slots} == {"09:00"}
    assert {slot["resources"][0]["id"] for slot in slots} == {shop.resource_id}


# --- templates


def test_get_email_templates_lists_them(sdk: Sdk) -> None:
    found = sdk.call("getEmailTemplates")
    assert "reminder_customer" in [each["slug"] for each in found.data]
    assert found.meta_data["total"] == len(found.data)


def test_get_email_template_gives_one(sdk: Sdk) -> None:
    shown = sdk.call("getEmailTemplate", "reminder_owner").data
    assert shown["slug"] == "reminder_owner"
    assert sdk.refused("getEmailTemplate", "nothing").status == 404


def test_update_email_template_changes_it_and_puts_it_back(sdk: Sdk) -> None:
    slug = "group_cancelled_customer"
    before = sdk.call("getEmailTemplate", slug).data
    assert sdk.call("updateEmailTemplate", {"slug": slug, "subject": "Sorry"}).status == 204
    assert sdk.call("getEmailTemplate", slug).data["subject"] == "Sorry"
    assert sdk.call("updateEmailTemplate", {"slug": slug, "reset": True}).status == 204
    assert sdk.call("getEmailTemplate", slug).data == before


# --- widgets of the first version


@pytest.fixture
def first_widget(sdk: Sdk) -> Json:
    config = {"bookingGraph": "instant", "timekitFindTime": {"length": "1 hour"}}
    return sdk.call("createWidget", {"name": "Doc", "config": config}).data


def test_create_widget_keeps_what_the_sdk_makes_of_it(first_widget: Json) -> None:
    assert first_widget["config"] == {
        "booking_graph": "instant",
        "timekit_find_time": {"length": "1 hour"},
    }


def test_get_widgets_lists_them(sdk: Sdk, first_widget: Json) -> None:
    query = {"params": {"search": f"id:{first_widget['id']}"}}
    assert sdk.call("getWidgets", carry=query).data == [first_widget]


def test_get_widget_gives_one(sdk: Sdk, first_widget: Json) -> None:
    assert sdk.call("getWidget", {"id": first_widget["id"]}).data == first_widget


def test_update_widget_replaces_its_configuration(sdk: Sdk, first_widget: Json) -> None:
    changes = {"id": first_widget["id"], "config": {"name": "Marty"}}
    assert sdk.call("updateWidget", changes).status == 204
    after = sdk.call("getWidget", {"id": first_widget["id"]}).data
    assert (after["config"], after["slug"]) == ({"name": "Marty"}, first_widget["slug"])


def test_delete_widget_removes_it(sdk: Sdk, first_widget: Json) -> None:
    assert sdk.call("deleteWidget", {"id": first_widget["id"]}).status == 204
    assert sdk.refused("getWidget", {"id": first_widget["id"]}).data["model"] == "Widget"


def test_get_hosted_widget_needs_no_key(
    sdk_bridge: Bridge, server: Server, first_widget: Json
) -> None:
    nobody = Sdk(sdk_bridge, server.url, None)
    shown = nobody.call("getHostedWidget", {"slug": first_widget["slug"]}).data
    assert shown == {key: first_widget[key] for key in ("id", "slug", "config")}


def test_get_embed_widget_works_with_the_public_key(browser_sdk: Sdk, first_widget: Json) -> None:
    shown = browser_sdk.call("getEmbedWidget", {"id": first_widget["id"]}).data
    assert shown == {key: first_widget[key] for key in ("id", "slug", "config")}
