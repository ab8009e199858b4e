"""The graphs of bookings over HTTP: tables and pictures."""

import re
import struct
from itertools import combinations
from xml.etree import ElementTree

import pytest
from tests.support.client import Tenant

from slotkeeper.api.diagrams import drawn
from slotkeeper.api.pictures import as_png
from slotkeeper.domain.graphs import GRAPHS, INTERNAL

SVG = "{http://www.w3.org/2000/svg}"


async def test_a_graph_is_shown_as_a_table(tenant: Tenant) -> None:
    assert await tenant.api.found("/bookings/graphs/group_owner") == {
        "graph": "group_owner",
        "states": ["initialized", "tentative", "completed", "cancelled"],
        "actions": ["create", "complete", "cancel"],
        "transitions": [
            {"from": "initialized", "action": "create", "to": "tentative"},
            {"from": "tentative", "action": "complete", "to": "completed"},
            {"from": "tentative", "action": "cancel", "to": "cancelled"},
        ],
    }


async def test_all_seven_graphs_are_listed_as_each_is_shown(tenant: Tenant) -> None:
    listed = await tenant.api.found("/bookings/graphs")

    assert [each["graph"] for each in listed] == [
        "instant",
        "confirm_decline",
        "instant_payment",
        "group_owner",
        "group_customer",
        "group_customer_payment",
        "reservation",
    ]
    for each in listed:
        assert await tenant.api.found(f"/bookings/graphs/{each['graph']}") == each


@pytest.mark.parametrize("path", ["waltz", "Instant", "waltz/diagram", "waltz/diagram.png"])
async def test_an_unknown_graph_is_not_found(tenant: Tenant, path: str) -> None:
    answer = await tenant.api.get(f"/bookings/graphs/{path}")

    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": "Graph"}


@pytest.mark.parametrize("name", GRAPHS)
async def test_a_diagram_shows_every_state_and_every_step(tenant: Tenant, name: str) -> None:
    graph = GRAPHS[name]

    answer = await tenant.api.get(f"/bookings/graphs/{name}/diagram")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = ElementTree.fromstring(answer.text)
    assert picture.findtext(f"{SVG}title") == f"States and actions of the graph {name}"
    words = sorted(each.text or "" for each in picture.iter(f"{SVG}text"))
    assert words == sorted([*graph.states, *(action for _, action in graph.transitions)])
    broken = [each for each in picture.iter(f"{SVG}path") if "stroke-dasharray" in each.attrib]
    assert len(broken) == sum(action in INTERNAL for _, action in graph.transitions)
    boxes = [each for each in picture.iter(f"{SVG}rect") if "rx" in each.attrib]
    final = sum(graph.is_final(state) for state in graph.states)
    assert len(boxes) == len(graph.states) + final


@pytest.mark.parametrize("name", GRAPHS)
async def test_a_diagram_comes_in_pixels_too(tenant: Tenant, name: str) -> None:
    address = f"/bookings/graphs/{name}/diagram"
    drawing = await tenant.api.get(address, headers={"Accept": "text/html,image/svg+xml,*/*"})
    accepted = await tenant.api.get(address, headers={"Accept": "image/png"})
    named = await tenant.api.get(f"{address}.png")

    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.headers["vary"] == accepted.headers["vary"]
    assert "Accept" in accepted.headers["vary"]
    assert accepted.headers["content-type"] == named.headers["content-type"] == "image/png"
    assert accepted.content == named.content
    assert named.content.startswith(b"\x89PNG\r\n\x1a\n")
    picture = ElementTree.fromstring(drawing.text)
    width, height = struct.unpack(">II", named.content[16:24])
    assert width == pytest.approx(2 * float(picture.attrib["width"]), abs=2)
    assert height == pytest.approx(2 * float(picture.attrib["height"]), abs=2)


def test_words_are_drawn_where_no_font_is_installed() -> None:
    drawing = drawn(GRAPHS["instant"])
    assert len(as_png(drawing)) > 1.5 * len(as_png(re.sub("<text.*?</text>", "", drawing)))


@pytest.mark.parametrize("name", GRAPHS)
async def test_in_a_diagram_no_state_covers_another_and_none_lies_outside(
    tenant: Tenant, name: str
) -> None:
    answer = await tenant.api.get(f"/bookings/graphs/{name}/diagram")

    picture = ElementTree.fromstring(answer.text)
    paper, *rest = (
        [float(each.get(side, "0")) for side in ("x", "y", "width", "height")]
        for each in picture.iter(f"{SVG}rect")
        if each.get("rx") in (None, "8.0")
    )
    for x, y, width, height in rest:
        assert 0 <= x <= x + width <= paper[2]
        assert 0 <= y <= y + height <= paper[3]
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(rest, 2):
        assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
