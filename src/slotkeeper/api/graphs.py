"""The graphs of bookings over HTTP: as tables, and as pictures."""

from typing import Any

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.diagrams import drawn
from slotkeeper.api.pictures import as_png
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import REFUSALS, Data, answers
from slotkeeper.api.schemas.graphs import ShownGraph
from slotkeeper.api.show import Shown
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GRAPHS, Graph

router = APIRouter(prefix="/bookings/graphs", tags=["Bookings"], route_class=ApiRoute)


_SVG, _PNG = "image/svg+xml", "image/png"
_VARIES = {"Vary": "Accept"}


def _picture(*kinds: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    return {200: {"description": "The picture", "content": content}, **REFUSALS}


@router.get("", responses=answers(Data[list[ShownGraph]]))
async def list_graphs(caller: OwnKey) -> Response:
    """List every graph, with its states, actions and transitions."""
    return data([_shown(graph) for graph in GRAPHS.values()])


@router.get("/{graph}", responses=answers(Data[ShownGraph]))
async def get_graph(caller: OwnKey, graph: str) -> Response:
    """Get one graph by its name."""
    return data(_shown(_named(graph)))


@router.get("/{graph}/diagram", response_class=Response, responses=_picture(_SVG, _PNG))
async def draw_graph(request: Request, caller: OwnKey, graph: str) -> Response:
    """Get a graph as a picture: SVG, or PNG for who accepts that and no SVG.

    States in which a booking ends have a double border; what the server does by itself, such
    as a time-out, is a broken line.
    """
    drawing = drawn(_named(graph))
    accepted = request.headers.get("accept", "")
    if _PNG in accepted and _SVG not in accepted:
        return Response(as_png(drawing), media_type=_PNG, headers=_VARIES)
    return Response(drawing, media_type=_SVG, headers=_VARIES)


@router.get("/{graph}/diagram.png", response_class=Response, responses=_picture(_PNG))
async def draw_graph_in_pixels(caller: OwnKey, graph: str) -> Response:
    """Get a graph as a PNG picture, whatever the request accepts."""
    return Response(as_png(drawn(_named(graph))), media_type=_PNG)


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
