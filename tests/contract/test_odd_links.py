"""Signatures that nobody thought of open nothing, and break nothing."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.world import World


@pytest.fixture(scope="module")
def booking_id(world: World) -> str:
    """A booking that no other test of this world moves on."""
    return world.targets("act_on_booking")["booking_id"]


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
headers = values | st.fixed_dictionaries(
    {"alg": st.sampled_from(["HS256", "HS512", "none", "RS256", "ES256", ""]) | values},
    optional={"typ": values, "kid": values, "crit": values, "b64": values},
)
claims = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("exp", "nbf", "iat", "aud", "iss", "sub", "app_id"), values),
)
seals = st.binary(max_size=40)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(header=headers, given_claims=claims | values, seal=seals, odd=st.text(max_size=60))
def test_odd_signatures(
    world: World, booking_id: str, header: Any, given_claims: Any, seal: bytes, odd: str
) -> None:
    path = f"/v2/bookings/{booking_id}/external_action/cancel"
    if isinstance(given_claims, dict):
        given_claims = {**given_claims, "booking_id": booking_id, "action": "cancel"}
    token = ".".join([part(header), part(given_claims), encoded(seal)])
    for signature in (token, odd, f"{odd}.{token}", token.replace("e", odd)):
        for method in ("GET", "POST"):
            answer = world.call(method, path, params={"signature": signature})
            assert answer.status_code == 403, answer.text
    state = world.call("GET", f"/v2/bookings/{booking_id}").json()["data"]["state"]
    assert state == "confirmed"


def part(value: Any) -> str:
    return encoded(json.dumps(value).encode("utf-8", "surrogatepass"))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
