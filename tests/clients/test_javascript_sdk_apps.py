"""timekit-sdk 1.19.8 under Node, unmodified: logging in, apps, credentials."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from tests.clients.javascript import Sdk
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

pytestmark = pytest.mark.node

PASSWORD = "one point twenty-one"


@pytest.fixture
def app(server: Server) -> App:
    """An app of one test alone."""
    return server.new_app("Twin Pines")


@pytest.fixture
def api(server: Server, app: App) -> Iterator[httpx.Client]:
    """A plain HTTP client with the key of that app."""
    with httpx.Client(base_url=f"{server.url}/v2", auth=("", app.api_key)) as client:
        yield client


@pytest.fixture
def doc(api: httpx.Client) -> Json:
    """A person of the app who can log in."""
    return new_person(api, f"{uuid4()}@example.com")


@pytest.fixture
def person(sdk_bridge: Bridge, server: Server, app: App, doc: Json) -> Sdk:
    """The SDK as that person has it: no key, but an address and a token."""
    return as_person(Sdk(sdk_bridge, server.url, None, app=app.slug), doc)


@pytest.fixture
def owner(sdk_bridge: Bridge, server: Server, app: App, api: httpx.Client) -> Sdk:
    """The SDK as the owner of the app has it."""
    return as_person(
        Sdk(sdk_bridge, server.url, None, app=app.slug), new_person(api, "owner@example.com")
    )


def new_person(api: httpx.Client, email: str) -> Json:
    body = {"name": "Doc", "timezone": "UTC", "email": email, "password": PASSWORD}
    return api.post("resources", json=body).raise_for_status().json()["data"]


def as_person(sdk: Sdk, person: Json) -> Sdk:
    return sdk.configured(resourceEmail=person["email"], resourceKey=person["api_token"])


# --- auth


def test_auth_gives_the_token_of_a_person(
    sdk_bridge: Bridge, server: Server, app: App, doc: Json
) -> None:
    nobody = Sdk(sdk_bridge, server.url, None, app=app.slug)
    answer = nobody.call("auth", {"email": doc["email"], "password": PASSWORD})
    assert answer.status == 200
    assert (answer.data["id"], answer.data["api_token"]) == (doc["id"], doc["api_token"])
    assert as_person(nobody, answer.data).call("getUserInfo").data["id"] == doc["id"]


def test_auth_rejects_a_wrong_password_in_the_words_of_the_original(
    sdk_bridge: Bridge, server: Server, app: App, doc: Json
) -> None:
    nobody = Sdk(sdk_bridge, server.url, None, app=app.slug)
    answer = nobody.refused("auth", {"email": doc["email"], "password": "88mph"})
    assert answer.status == 401
    message = "Email and password does not match any user"
    assert answer.data == {"error": {"message": message}}


def test_a_person_reaches_their_own_things_with_every_function(person: Sdk, doc: Json) -> None:
    assert [each["id"] for each in person.call("getResources").data] == [doc["id"]]
    [calendar] = person.call("getCalendars").data
    event = {
        "calendarId": calendar["id"],
        "start": "2035-05-07T09:00:00+00:00",
        "end": "2035-05-07T10:00:00+00:00",
        "what": "Lunch",
    }
    made = person.call("createEvent", event).data
    span = {"start": "2035-05-07", "end": "2035-05-08"}
    assert [each["id"] for each in person.call("getEvents", span).data] == [made["id"]]
    assert person.call("getBookings").data == []
    assert person.refused("createResource", {"name": "x", "timezone": "UTC"}).status == 403


# --- apps


def test_get_app_shows_the_app_to_its_key_and_to_its_people(
    sdk_bridge: Bridge, server: Server, app: App, person: Sdk
) -> None:
    by_key = Sdk(sdk_bridge, server.url, app.api_key).call("getApp").data
    assert (by_key["slug"], by_key["role"]) == (app.slug, "owner")
    assert by_key["webhook_secret"] == app.webhook_secret
    shown = person.call("getApp").data
    assert (shown["id"], shown["role"]) == (by_key["id"], "resource")
    assert shown["webhook_secret"] is None


def test_get_app_shows_the_key_to_the_owner_when_it_is_included(owner: Sdk, app: App) -> None:
    assert owner.call("getApp", include=["app_token"]).data["app_token"] == app.api_key


def test_get_apps_lists_the_apps_of_a_person(person: Sdk, app: App) -> None:
    answer = person.call("getApps")
    assert [each["slug"] for each in answer.data] == [app.slug]
    assert answer.meta_data["total"] == 1


def test_create_app_makes_one_with_a_slug_of_its_name(owner: Sdk) -> None:
    answer = owner.call("createApp", {"name": "Test 121", "settings": {"ownKey": 1}})
    assert answer.status == 201
    assert answer.data["slug"].startswith("test-121")
    assert answer.data["settings"] == {"name": "Test 121", "own_key": 1}
    assert answer.data["slug"] in {each["slug"] for each in owner.call("getApps").data}


def test_update_app_takes_settings_flat_and_in_snake_case(owner: Sdk, app: App) -> None:
    answer = owner.call("updateApp", {"slug": app.slug, "name": "Lone Pine", "disableEmail": True})
    assert (answer.status, answer.data) == (204, "")
    settings = owner.call("getApp").data["settings"]
    assert settings == {"name": "Lone Pine", "disableEmail": True}


def test_delete_app_ends_the_app_and_its_key(
    sdk_bridge: Bridge, server: Server, owner: Sdk, app: App
) -> None:
    assert owner.call("deleteApp", {"slug": app.slug}).status == 204
    assert Sdk(sdk_bridge, server.url, app.api_key).refused("getApp").status == 401


# --- credentials


def test_get_credentials_lists_the_tokens_of_a_person(person: Sdk, doc: Json) -> None:
    [token] = person.call("getCredentials").data
    assert (token["token"], token["type"]) == (doc["api_token"], "server-token")
    assert token["description"] == "Token generated on user creation"
    assert (token["scopes"], token["referrer"]) == (["global"], [""])


def test_create_credential_makes_a_token_for_pages(
    sdk_bridge: Bridge, server: Server, app: App, person: Sdk, doc: Json
) -> None:
    asked = {"type": "client-token", "scopes": "widget", "description": "Shop"}
    answer = person.call("createCredential", asked)
    assert answer.status == 201
    page = Sdk(
        sdk_bridge,
        server.url,
        None,
        app=app.slug,
        resourceEmail=doc["email"],
        resourceKey=answer.data["token"],
    )
    zone = page.call("getUserTimezone", {"email": doc["email"]}).data
    assert zone["timezone"] == "UTC"
    assert page.refused("getBookings").status == 403


def test_delete_credential_ends_a_token(person: Sdk) -> None:
    [token] = person.call("getCredentials").data
    assert person.call("deleteCredential", {"id": token["id"]}).status == 204
    assert person.refused("getCredentials").status == 401
