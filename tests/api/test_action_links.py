"""Links with which somebody without a key acts on a booking: who gets them, which are genuine."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import NOW, TestClock

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.domain.app import KeyKind
from slotkeeper.domain.graphs import GRAPHS
from slotkeeper.domain.mails import Audience
from slotkeeper.edge.parts import Parts
from slotkeeper.services import action_links, apps, bookings, keys

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
IN_A_DAY = int((NOW + timedelta(days=1)).timestamp())


async def booked(tenant: Tenant, **given: Json) -> Json:
    """Book on the page of a project, where everything is possible."""
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    order = tenant.order(doc["id"], NINE, TEN, project_id=project["id"], **given)
    return await tenant.api.created("/bookings?include=customer_action_links", order)


async def links_of(tenant: Tenant, booking: Json) -> Json:
    path = f"/bookings/{booking['id']}?include=customer_action_links"
    return (await tenant.api.found(path))["customer_action_links"]


async def state_of(tenant: Tenant, booking: Json) -> str:
    return str((await tenant.api.found(f"/bookings/{booking['id']}"))["state"])


def signed(key: str | None, booking_id: str, action: str, **claims: Any) -> str:
    """Return a signature as an application makes it, with its own key."""
    return jwt.encode({"booking_id": booking_id, "action": action, **claims}, key or "")


async def press(
    tenant: Tenant, booking_id: str, action: str, signature: str
) -> tuple[int, httpx.Response]:
    """Press the button of a link; return the status and the answer."""
    path = f"/v2/bookings/{booking_id}/external_action/{action}"
    answer = await tenant.api.http.post(path, params={"signature": signature})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.status_code, answer


# --- Who gets links ----------------------------------------------------------------------


async def test_a_booking_shows_what_its_customer_can_do(tenant: Tenant) -> None:
    booking = await booked(tenant)

    links = booking["customer_action_links"]

    assert list(links) == ["cancel_by_customer", "reschedule_by_customer"]
    for action, link in links.items():
        start = f"http://slotkeeper.test/v2/bookings/{booking['id']}/external_action/{action}"
        assert re.fullmatch(rf"{re.escape(start)}\?signature=[\w-]+\.[\w-]+\.[\w-]+", link)
    assert await links_of(tenant, booking) == links
    listed = await tenant.api.found("/bookings?include=customer_action_links")
    assert listed[0]["customer_action_links"] == links


async def test_links_are_shown_where_they_are_asked_for_alone(tenant: Tenant) -> None:
    booking = await booked(tenant)
    assert "customer_action_links" not in await tenant.api.found(f"/bookings/{booking['id']}")


async def test_the_public_key_gets_no_links(tenant: Tenant) -> None:
    doc = await tenant.resource()
    path = "/bookings?include=customer_action_links"
    booking = await tenant.widget.created(path, tenant.order(doc["id"], NINE, TEN))
    assert "customer_action_links" not in booking


async def test_without_the_page_of_a_project_no_link_leads_to_it(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    assert list(await links_of(tenant, booking)) == ["cancel_by_customer"]


async def test_what_is_not_possible_has_no_link(tenant: Tenant) -> None:
    request = await booked(tenant, graph="confirm_decline")
    assert request["customer_action_links"] == {}
    await tenant.api.put(f"/bookings/{request['id']}/confirm")
    assert list(await links_of(tenant, request)) == ["cancel_by_customer"]
    await tenant.api.put(f"/bookings/{request['id']}/cancel")
    assert await links_of(tenant, request) == {}


async def test_links_go_as_time_passes(tenant: Tenant, clock: TestClock) -> None:
    booking = await booked(tenant)
    clock.advance(timedelta(hours=25))
    assert list(await links_of(tenant, booking)) == ["cancel_by_customer"], "it has begun"
    clock.advance(timedelta(minutes=59))
    assert await links_of(tenant, booking)
    clock.advance(timedelta(minutes=1))
    assert await links_of(tenant, booking) == {}, "it is over"


async def test_links_lead_to_the_public_address_of_the_installation(
    tenant: Tenant, parts: Parts
) -> None:
    booking = await booked(tenant)
    public = parts.settings.model_copy(update={"public_url": "https://book.example.com"})
    app = dressed(create_app(replace(parts, settings=public)), public)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://10.0.0.7:8080"
    ) as http:
        elsewhere = replace(tenant, api=Caller(http, tenant.api.key))
        links = await links_of(elsewhere, booking)
    assert {link.partition("/v2/")[0] for link in links.values()} == {"https://book.example.com"}


async def test_owners_get_links_to_confirm_and_to_decline(tenant: Tenant, parts: Parts) -> None:
    request = await booked(tenant, graph="confirm_decline")

    async def owners() -> dict[str, str]:
        async with parts.database.transaction() as tx:
            found = await bookings.get(tx, tenant.app_id, UUID(request["id"]))
            return action_links.links(
                parts.vault,
                tenant.app_id,
                found,
                audience=Audience.OWNER,
                site="https://x.example",
                now=tx.now,
            )

    assert list(await owners()) == ["confirm", "decline"]
    await tenant.api.put(f"/bookings/{request['id']}/confirm")
    assert await owners() == {}


# --- Which are genuine -------------------------------------------------------------------


async def test_a_link_of_ours_works_and_says_who_acted(tenant: Tenant) -> None:
    booking = await booked(tenant)
    link = booking["customer_action_links"]["cancel_by_customer"]
    answer = await tenant.api.http.post(link)
    assert answer.status_code == 200
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=logs")
    assert shown["state"] == "cancelled_by_customer"
    assert shown["logs"][-1]["actor"] == "customer_link"


@pytest.mark.parametrize("claims", [{}, {"exp": IN_A_DAY}, {"sub": 7, "aud": "x", "iss": "x"}])
async def test_an_application_signs_links_with_its_key(
    tenant: Tenant, claims: Mapping[str, Any]
) -> None:
    booking = await booked(tenant)
    signature = signed(tenant.api.key, booking["id"], "cancel", **claims)
    assert (await press(tenant, booking["id"], "cancel", signature))[0] == 200
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=logs")
    assert shown["state"] == "cancelled"
    assert shown["logs"][-1]["actor"] == "link"


async def test_every_valid_key_of_the_app_signs_and_a_revoked_one_does_not(
    tenant: Tenant, parts: Parts
) -> None:
    booking = await booked(tenant)
    async with parts.database.transaction() as tx:
        app = await apps.get(tx, tenant.app_id)
        second = await keys.create(tx, parts.vault, app, KeyKind.API, name="second")
        third = await keys.create(tx, parts.vault, app, KeyKind.API, name="third")
        listed = await keys.list_keys(tx, app)
        gone = next(each.id for each in listed if each.name == "third")
        await keys.revoke(tx, app, gone)
    refused = signed(third, booking["id"], "cancel")
    assert (await press(tenant, booking["id"], "cancel", refused))[0] == 403
    assert await state_of(tenant, booking) == "confirmed"
    accepted = signed(second, booking["id"], "cancel")
    assert (await press(tenant, booking["id"], "cancel", accepted))[0] == 200


async def test_our_links_outlive_the_keys_of_the_app(tenant: Tenant, parts: Parts) -> None:
    booking = await booked(tenant)
    async with parts.database.transaction() as tx:
        app = await apps.get(tx, tenant.app_id)
        for each in await keys.list_keys(tx, app):
            await keys.revoke(tx, app, each.id)
    answer = await tenant.api.http.post(booking["customer_action_links"]["cancel_by_customer"])
    assert answer.status_code == 200


async def test_no_other_key_signs(tenant: Tenant, other_tenant: Tenant) -> None:
    booking = await booked(tenant)
    for key in (tenant.widget.key, other_tenant.api.key, other_tenant.widget.key, "x" * 40):
        signature = signed(key, booking["id"], "cancel")
        assert (await press(tenant, booking["id"], "cancel", signature))[0] == 403
    assert await state_of(tenant, booking) == "confirmed"


async def test_a_link_is_for_one_booking_and_one_action(tenant: Tenant) -> None:
    booking, other = await booked(tenant), await booked(tenant)
    for signature in (
        signed(tenant.api.key, booking["id"], "cancel"),
        booking["customer_action_links"]["cancel_by_customer"].partition("signature=")[2],
    ):
        for booking_id, action in (
            (other["id"], "cancel"),
            (other["id"], "cancel_by_customer"),
            (booking["id"], "complete"),
            (str(uuid4()), "cancel"),
            ("1", "cancel"),
        ):
            status, _ = await press(tenant, booking_id, action, signature)
            assert status == 403, (booking_id, action)
    assert [await state_of(tenant, each) for each in (booking, other)] == ["confirmed"] * 2


async def test_what_is_not_a_signature_opens_nothing(tenant: Tenant) -> None:
    booking = await booked(tenant)
    ours = booking["customer_action_links"]["cancel_by_customer"].partition("signature=")[2]
    header, payload, seal = ours.split(".")
    claims = {"booking_id": booking["id"], "action": "cancel_by_customer"}
    key = tenant.api.key or ""
    forged = [
        "",
        ".",
        "..",
        "x.y.z",
        ours[:-3],
        f"{header}.{payload}.",
        f"{header}.{payload}.{seal[::-1]}",
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.{seal}",
        f"{header}.{part({**claims, 'app_id': str(tenant.app_id)})}.{seal}",
        f"{header}.{part([])}.{seal}",
        f"{header}.{'WyIi' * 200}.{seal}",
        f"{header}.{base64.urlsafe_b64encode(b'[' * 1200).decode().rstrip('=')}.{seal}",
        jwt.encode(claims, "", algorithm="none"),
        sealed_otherwise(claims, key),
        jwt.encode(claims, key, headers={"b64": False, "crit": ["b64"]}),
        jwt.encode({**claims, "action": ["cancel_by_customer"]}, key),
        jwt.encode({**claims, "x": "x" * action_links.TOKEN_CHARACTERS_MAX}, key),
        "\x00",
        "é.ü.ß",
    ]
    for signature in forged:
        status, _ = await press(tenant, booking["id"], "cancel_by_customer", signature)
        assert status == 403, signature[:80]
    assert await state_of(tenant, booking) == "confirmed"
    path = f"/v2/bookings/{booking['id']}/external_action/cancel_by_customer"
    assert (await tenant.api.http.post(path)).status_code == 403, "the app key is no signature"


def part(value: Json) -> str:
    """Return a value as one of the three parts of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def sealed_otherwise(claims: Json, key: str) -> str:
    """Return a token that the right key signed with another algorithm."""
    said = f"{part({'alg': 'HS512', 'typ': 'JWT'})}.{part(claims)}"
    seal = hmac.digest(key.encode(), said.encode(), "sha512")
    return f"{said}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


async def test_a_signature_may_be_as_long_as_it_says(tenant: Tenant) -> None:
    booking = await booked(tenant)
    bare = len(signed(tenant.api.key, booking["id"], "cancel", x=""))
    fits = signed(
        tenant.api.key,
        booking["id"],
        "cancel",
        x="x" * ((action_links.TOKEN_CHARACTERS_MAX - bare) * 3 // 4 - 2),
    )
    assert action_links.TOKEN_CHARACTERS_MAX - 5 < len(fits) <= action_links.TOKEN_CHARACTERS_MAX
    assert (await press(tenant, booking["id"], "cancel", fits))[0] == 200


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": NOW.timestamp() + 0.5}, 200),
        ({"exp": int(NOW.timestamp()) + 1}, 200),
        ({"exp": 10**400}, 200),
        ({"exp": None}, 200),
        ({"nbf": int(NOW.timestamp())}, 200),
        ({"exp": int(NOW.timestamp())}, 410),
        ({"exp": 0}, 410),
        ({"exp": -(10**400)}, 410),
        ({"nbf": int(NOW.timestamp()) + 1}, 403),
        ({"exp": "tomorrow"}, 403),
        ({"exp": True}, 403),
        ({"exp": float("nan")}, 403),
        ({"exp": {}}, 403),
    ],
)
async def test_the_times_of_a_signature_count(
    tenant: Tenant, claims: Mapping[str, Any], status: int
) -> None:
    booking = await booked(tenant)
    signature = signed(tenant.api.key, booking["id"], "cancel", **claims)
    assert (await press(tenant, booking["id"], "cancel", signature))[0] == status
    assert await state_of(tenant, booking) == ("cancelled" if status == 200 else "confirmed")


async def test_our_links_expire_when_the_booking_ends(tenant: Tenant, clock: TestClock) -> None:
    booking = await booked(tenant)
    link = booking["customer_action_links"]["cancel_by_customer"]
    clock.advance(timedelta(hours=26))
    assert (await tenant.api.http.post(link)).status_code == 410
    assert await state_of(tenant, booking) == "confirmed"
    clock.advance(timedelta(minutes=-1))
    assert (await tenant.api.http.post(link)).status_code == 200


async def test_only_a_post_acts(tenant: Tenant) -> None:
    booking = await booked(tenant)
    link = booking["customer_action_links"]["cancel_by_customer"]
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
        answer = await tenant.api.http.request(method, link)
        assert answer.status_code in {200, 204, 405}, method
        assert await state_of(tenant, booking) == "confirmed", method


async def test_a_link_acts_once(tenant: Tenant) -> None:
    booking = await booked(tenant)
    link = booking["customer_action_links"]["cancel_by_customer"]
    assert [(await tenant.api.http.post(link)).status_code for _ in range(3)] == [200, 409, 409]
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=logs")
    assert [line["action"] for line in shown["logs"]] == ["confirm", "cancel_by_customer"]


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_no_graph_lets_an_action_happen_twice(graph: Any) -> None:
    """This is why no link needs to be marked as used."""
    for (_, action), after in graph.transitions.items():
        reached, seen = [after], set()
        while reached:
            state = reached.pop()
            seen.add(state)
            assert (state, action) not in graph.transitions
            ways = (end for (start, _), end in graph.transitions.items() if start is state)
            reached += [end for end in ways if end not in seen]
