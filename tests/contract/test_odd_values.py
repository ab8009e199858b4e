"""Values that no document describes, in every place that a request has: no answer is a 5xx."""

import json
import os
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.world import World
from tests.support.document import Operation, document, operations

# Hypothesis warns when it would print a long value; these values are long on purpose.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

SOAK = bool(os.environ.get("SLOTKEEPER_SOAK"))
Json = Any

often = settings(
    max_examples=1500 if SOAK else 30,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)

ODD_NUMBERS = [2**31, 2**63, 2**64, 10**30, -(10**400), 1e308, 5e-324, -0.0, float("inf")]
ODD_TEXTS = ["", " ", "9" * 500, "\x00", "\ud800", "\u0661\u202e%_*;:\\"]

texts = st.one_of(st.text(), st.text(st.characters()), st.sampled_from(ODD_TEXTS))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(ODD_NUMBERS), texts
)
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
NESTS = [json.loads("[" * depth + "]" * depth) for depth in (2, 97, 98, 253, 300)]
HARD = [*ODD_NUMBERS, *NESTS]
ODD = [*ODD_NUMBERS, *ODD_TEXTS, *NESTS, None, True, [], {}, [None], 1.5]

WITH_BODY = [each for each in operations() if each.body is not None]
LISTS = [each for each in operations() if each.name.startswith("list_")]


def named(each: Operation) -> str:
    return each.name


def properties(part: Json) -> list[str]:
    """Return the names of the members that a schema of the document tells of."""
    name = part.get("$ref", "").rpartition("/")[2]
    resolved = document()["components"]["schemas"][name] if name else part
    return list(resolved.get("properties", {}))


def fine(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code != 204:
        answer.json()


def address(world: World, route: Operation) -> str:
    return "/v2" + route.address(**world.targets(route.name), action="cancel")


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
def test_every_field_with_every_odd_value(world: World, route: Operation) -> None:
    """One field at a time, the rest as usual; what is hard to store also within others."""
    usual = world.usual(route.name)
    target = address(world, route)
    for field in properties(route.body):
        for odd in ODD:
            for value in (odd, {"key": odd}, [odd]) if SOAK or odd in HARD else (odd,):
                # ensure_ascii writes lone surrogates as escapes, the only way they can come.
                body = json.dumps({**usual, field: value}).encode()
                fine(world.call(route.method, target, content=body))


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
@settings(often, max_examples=1500 if SOAK else 60)
@given(data=st.data())
def test_odd_values_in_bodies(world: World, route: Operation, data: st.DataObject) -> None:
    known = properties(route.body)
    fields = st.dictionaries(st.sampled_from(known) if known else texts, values, max_size=5)
    body = data.draw(st.one_of(fields, fields, fields, values), label="body")
    usual = world.usual(route.name)
    if isinstance(body, dict) and isinstance(usual, dict):
        body = {**usual, **body}
    fine(world.call(route.method, address(world, route), content=json.dumps(body).encode()))


@pytest.mark.parametrize("route", LISTS, ids=named)
@often
@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                *("limit", "page", "search", "orderBy", "sortedBy", "include", "start", "end"),
                *("Timekit-Timezone", "OutputTimestampFormat", "InputTimestampFormat"),
            ]
        ),
        texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    ),
    fields=st.lists(
        st.sampled_from(["name", "id", "meta.a", "customer.name", "customer.x", "completed"])
    ),
)
def test_odd_values_in_queries(
    world: World, route: Operation, query: dict[str, bytes], fields: list[str]
) -> None:
    if fields:
        value = query.get("search", b"")
        query["search"] = b";".join(field.encode() + b":" + value for field in fields)
    encoded = "&".join(f"{key}={percent(value)}" for key, value in query.items())
    fine(world.call("GET", f"{address(world, route)}?{encoded}"))


@often
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                *("Timekit-Timezone", "Timekit-OutputTimestampFormat", "Timekit-App"),
                *("Timekit-InputTimestampFormat", "Content-Type", "Accept", "Origin"),
            ]
        ),
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF)).map(
            lambda text: text.encode("latin-1")
        ),
    )
)
def test_odd_values_in_headers(world: World, headers: dict[str, bytes]) -> None:
    body = json.dumps(world.usual("find_availability")).encode()
    for method, path, content in (("POST", "/v2/availability", body), ("GET", "/v2/bookings", b"")):
        fine(world.call(method, path, headers=headers, content=content))


@often
@given(key=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF)))
def test_odd_keys(world: World, key: str) -> None:
    header = {b"Authorization": b"Basic " + key.encode("latin-1")}
    answer = world.portal.call(partial(world.http.get, "/v2/resources", headers=header))
    assert answer.status_code == 401


@often
@given(path=texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_odd_paths(world: World, path: bytes) -> None:
    for start in ("", "/v2/", "/v2/bookings/", "/v2/projects/hosted/", "/v2/projects/"):
        answer = world.call("GET", start + "/" * (not start) + percent(path))
        assert answer.status_code < 500


# --- The search for time, which understands words ----------------------------------------

counts = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.sampled_from(["a", "an", "two", "-1", "+3", "1.5", "0", "00", "1e3", "99999999", "٣"]),
)
units = st.sampled_from(
    [
        *("sec", "seconds", "min", "minute", "minutes", "hour", "hours", "day", "days", "week"),
        *("weeks", "fortnight", "weekday", "weekdays", "month", "months", "years", "lustrum"),
    ]
)
days = st.sampled_from(
    [
        *("now", "today", "midnight", "noon", "tomorrow", "yesterday", "monday", "sunday"),
        *("2030-02-30", "2030-05-06", "0001-01-01", "9999-12-31", "2200-12-31", "1900-01-01"),
        *("2030-05-06T10:00:00", "2030-05-06T10:00:60Z", "2030-05-06T24:00:00+14:00"),
        *("10:00", "25:61", "9am", "13pm", "@0", "24:00"),
    ]
)
links = st.sampled_from(["", " ", "  ", " and ", ", ", "next ", "last ", "this ", "ago", " ago "])
terms = st.one_of(st.tuples(counts, links, units).map("".join), days, links, texts)
phrases = st.lists(terms, max_size=6).map("".join)
hours = st.one_of(st.integers(), st.sampled_from(["9", "09:30", "24:00", "00:00", "9:60"]), values)
parameters = st.fixed_dictionaries(
    {},
    optional={
        "day": st.sampled_from(["Monday", "SUNDAY", "mon", 1]) | values,
        "start": hours | phrases,
        "end": hours | phrases,
        "timezone": st.sampled_from(["Asia/Kathmandu", "utc", "Mars/Base"]) | values,
        "days": st.lists(st.sampled_from(["Monday", "SUNDAY", "mon", None])) | values,
        "dates": st.lists(days | values, max_size=3) | values,
        "country": st.sampled_from(["DK", "de", "IN", "XX"]) | values,
        "subdivision": st.sampled_from(["BY", "de-by", "Bayern", ""]) | values,
        "categories": st.lists(st.sampled_from(["public", "bank", "workday"]) | values) | values,
    },
)
types = st.sampled_from(
    [
        f"{effect}_{subject}"
        for effect in ("allow", "block")
        for subject in (
            *("day", "day_and_time", "hours", "period", "weekdays", "weekends", "fun"),
            *("days", "dates", "holidays"),
        )
    ]
)
constraints = st.dictionaries(types, parameters | values, max_size=2)
searches = st.fixed_dictionaries(
    {},
    optional={
        "from": phrases | values,
        "to": phrases | values,
        "length": phrases | values,
        "buffer": phrases | values | st.fixed_dictionaries({"before": phrases, "after": phrases}),
        "timeslot_increments": phrases | values,
        "closest_time_interval": phrases | values,
        "round_to_nearest_hour": values,
        "ignore_all_day_events": values,
        "output_timezone": st.sampled_from(["Africa/Monrovia", "PST8PDT", "lord_howe"]) | values,
        "mode": st.sampled_from(["mutual", "exclusive", "roundrobin_random"]) | values,
        "constraints": st.lists(constraints, max_size=3) | values,
    },
)


@settings(often, max_examples=5000 if SOAK else 150)
@given(search=searches)
def test_odd_searches(world: World, search: dict[str, Json]) -> None:
    body = {"resources": [world.ids["resource_id"]], **search}
    fine(world.call("POST", "/v2/availability", content=json.dumps(body).encode()))


@settings(often, max_examples=2000 if SOAK else 100)
@given(search=searches, constraints=st.lists(constraints, max_size=3))
def test_what_can_be_stored_can_be_searched(
    world: World, search: dict[str, Json], constraints: list[Mapping[str, Json]]
) -> None:
    """A project that was accepted makes no search fail, whatever is in it."""
    project = {
        "name": "Odd",
        "resources": [world.ids["resource_id"]],
        "availability": {key: value for key, value in search.items() if key != "constraints"},
        "availability_constraints": constraints,
        "booking": {"graph": "instant"},
    }
    answer = world.call("POST", "/v2/projects", content=json.dumps(project).encode())
    fine(answer)
    if answer.status_code == 201:
        sent = {"project_id": answer.json()["data"]["id"]}
        found = world.call("POST", "/v2/availability", json=sent)
        assert found.status_code == 200, (project, found.text)


def percent(value: bytes) -> str:
    return re.sub(rb"[^A-Za-z0-9]", lambda found: b"%%%02X" % found[0][0], value).decode()
