"""The graphs of bookings over HTTP: as tables, and as pictures."""

from typing import Any

from fastapi import APIRouter, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import AppKey
from slotkeeper.api.diagrams import drawn
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import REFUSALS, Data, answers
from slotkeeper.api.schemas.graphs import ShownGraph
from slotkeeper.api.show import Shown
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GRAPHS, Graph

router = APIRouter(prefix="/bookings/graphs", tags=["Bookings"], route_class=ApiRoute)


_SVG = "image/svg+xml"
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture", "content": {_SVG: {"schema": {"type": "string"}}}},
    **REFUSALS,
}


@router.get("", responses=answers(Data[list[ShownGraph]]))
async def list_graphs(caller: AppKey) -> Response:
    """List every graph, with its states, actions and transitions."""
    return data([_shown(graph) for graph in GRAPHS.values()])


@router.get("/{graph}", responses=answers(Data[ShownGraph]))
async def get_graph(caller: AppKey, graph: str) -> Response:
    """Get one graph by its name."""
    return data(_shown(_named(graph)))


@router.get("/{graph}/diagram", response_class=Response, responses=_PICTURE)
async def draw_graph(caller: AppKey, graph: str) -> Response:
    """Get a graph as an SVG picture.

    States in which a booking ends have a double border; what the server does by itself, such
    as a time-out, is a broken line.
    """
    return Response(drawn(_named(graph)), media_type=_SVG)


def _named(name: str) -> Graph:
    if name not in GRAPHS:
        raise NotFound("Graph")
    return GRAPHS[name]


def _shown(graph: Graph) -> Shown:
    steps = graph.transitions.items()
    return {
        "graph": graph.name,
        "states": graph.states,
        "actions": list(dict.fromkeys(action for _, action in graph.transitions)),
        "transitions": [
            {"from": start, "action": action, "to": end} for (start, action), end in steps
        ],
    }
