"""Graphs of bookings as pictures, drawn from the tables that the server acts by.

States stand in columns from left to right, each behind all that lead to it. An arrow that
passes a column by gets a row of its own there, so that it runs through no state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from slotkeeper.domain.graphs import INTERNAL, Action, Graph, State

LETTER = 7.3
"""Width of a letter of the fixed-width font, in pixels; a little more than fonts need."""

_ROW, _BOX, _BEND, _MARGIN, _SPREAD = 64.0, 34.0, 40.0, 20.0, 14.0
_INK, _QUIET, _PAPER = "#1f2937", "#6b7280", "#ffffff"


@dataclass(frozen=True, slots=True)
class _Arrow:
    start: State
    action: Action
    end: State


_Spot = State | _Arrow
"""What stands in a column: a state, or an arrow on its way to a later column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where everything goes: the columns, the row of each spot, and the left edges of labels."""

    column: Mapping[State, int]
    columns: Sequence[Sequence[_Spot]]
    label_left: Sequence[float]
    box_left: Sequence[float]
    box_width: Sequence[float]
    height: float

    @classmethod
    def of(cls, arrows: Sequence[_Arrow]) -> "_Layout":
        column = _column_of(arrows)
        columns = _columns(arrows, column)
        label_left, box_left, box_width = [], [], []
        right = _MARGIN
        for number, spots in enumerate(columns):
            into = [each.action for each in arrows if _label_column(each, column) == number]
            label_left.append(right + (_BEND if into else 0))
            box_left.append(label_left[-1] + (LETTER * max(map(len, into)) + 28 if into else 0))
            widest = max((len(each) for each in spots if isinstance(each, State)), default=0)
            box_width.append(LETTER * widest + 24)
            right = box_left[-1] + box_width[-1]
        return cls(
            column=column,
            columns=columns,
            label_left=label_left,
            box_left=box_left,
            box_width=box_width,
            height=max(map(len, columns)) * _ROW + _MARGIN,
        )

    @property
    def width(self) -> float:
        return self.box_left[-1] + self.box_width[-1] + _MARGIN

    def middle(self, spot: _Spot, number: int) -> float:
        """Return the height at which a spot of a column stands; columns are centred."""
        spots = self.columns[number]
        return self.height / 2 + (spots.index(spot) - (len(spots) - 1) / 2) * _ROW


def drawn(graph: Graph) -> str:
    """Return a graph as an SVG picture.

    Final states have a double border; what the server does by itself is a broken line.
    """
    arrows = [_Arrow(start, action, end) for (start, action), end in graph.transitions.items()]
    layout = _Layout.of(arrows)
    size = {"width": f"{layout.width:.0f}", "height": f"{layout.height:.0f}"}
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            **size,
            "viewBox": f"0 0 {size['width']} {size['height']}",
            "role": "img",
            "font-family": "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
            "font-size": "12",
        },
    )
    SubElement(picture, "title").text = f"States and actions of the graph {graph.name}"
    SubElement(picture, "rect", {**size, "fill": _PAPER})
    for arrow in arrows:
        _draw_arrow(picture, layout, arrow, arrows)
    for number, spots in enumerate(layout.columns):
        for spot in spots:
            if isinstance(spot, State):
                _draw_state(picture, layout, spot, number, is_final=graph.is_final(spot))
    return tostring(picture, encoding="unicode")


def _column_of(arrows: Iterable[_Arrow]) -> dict[State, int]:
    """Return the column of each state: one behind the last that leads to it.

    The tables name a state first where they lead to it, so that one pass in their order is
    enough; no graph leads back.
    """
    column = {State.INITIALIZED: 0}
    for arrow in arrows:
        column[arrow.end] = max(column.get(arrow.end, 0), column[arrow.start] + 1)
    return column


def _columns(arrows: Sequence[_Arrow], column: Mapping[State, int]) -> list[list[_Spot]]:
    """Return what stands in each column, near to where its arrows come from."""
    columns: list[list[_Spot]] = [[] for _ in range(max(column.values()) + 1)]
    for arrow in arrows:
        for number in range(column[arrow.start] + 1, column[arrow.end]):
            columns[number].append(arrow)
        if arrow.end not in columns[column[arrow.end]]:
            columns[column[arrow.end]].append(arrow.end)
    columns[0].append(State.INITIALIZED)
    for number, spots in enumerate(columns[1:], start=1):
        rows = {spot: _mean_row(spot, columns[number - 1], arrows) for spot in spots}
        spots.sort(key=rows.__getitem__)
    return columns


def _mean_row(spot: _Spot, before: Sequence[_Spot], arrows: Sequence[_Arrow]) -> float:
    into = [spot] if isinstance(spot, _Arrow) else [each for each in arrows if each.end is spot]
    rows = [before.index(at) for each in into for at in (each, each.start) if at in before]
    return sum(rows) / len(rows)


def _label_column(arrow: _Arrow, column: Mapping[State, int]) -> int:
    """Return the column before which the name of an arrow stands: the first that it reaches."""
    return column[arrow.start] + 1


def _draw_arrow(picture: Element, layout: _Layout, arrow: _Arrow, arrows: Sequence[_Arrow]) -> None:
    first, last = layout.column[arrow.start], layout.column[arrow.end]
    # Uppermost comes the nearest: its name stands here, above all others that arrive.
    rivals = sorted(
        (each for each in arrows if each.end is arrow.end),
        key=lambda each: -layout.column[each.start],
    )
    entry = layout.middle(arrow.end, last)
    entry += (rivals.index(arrow) - (len(rivals) - 1) / 2) * _SPREAD
    x = layout.box_left[first] + layout.box_width[first]
    y = layout.middle(arrow.start, first)
    path = [f"M{x:.1f} {y:.1f}"]
    for number in range(first + 1, last + 1):
        to = entry if number == last else layout.middle(arrow, number)
        left, box = layout.label_left[number], layout.box_left[number]
        bend = (x + left) / 2
        path.append(f"C{bend:.1f} {y:.1f} {bend:.1f} {to:.1f} {left:.1f} {to:.1f}")
        if number == first + 1:
            _write(picture, arrow.action, left + 6, to - 5, fill=_INK)
        x, y = (box if number == last else box + layout.box_width[number]), to
        path.append(f"H{x - (5 if number == last else 0):.1f}")
    look = {"fill": "none", "stroke": _QUIET, "stroke-width": "1.4"}
    if arrow.action in INTERNAL:
        look["stroke-dasharray"] = "5 4"
    SubElement(picture, "path", {"d": " ".join(path), **look})
    head = f"M{x - 9:.1f} {y - 5:.1f}L{x - 1:.1f} {y:.1f}L{x - 9:.1f} {y + 5:.1f}Z"
    SubElement(picture, "path", {"d": head, "fill": _QUIET})


def _draw_state(
    picture: Element, layout: _Layout, state: State, number: int, *, is_final: bool
) -> None:
    x, y, width = layout.box_left[number], layout.middle(state, number), layout.box_width[number]
    for inset in (0.0, 3.0) if is_final else (0.0,):
        box = {
            "x": f"{x + inset:.1f}",
            "y": f"{y - _BOX / 2 + inset:.1f}",
            "width": f"{width - 2 * inset:.1f}",
            "height": f"{_BOX - 2 * inset:.1f}",
            "rx": f"{8 - inset:.1f}",
        }
        SubElement(picture, "rect", {**box, "fill": _PAPER, "stroke": _INK})
    _write(picture, state, x + width / 2, y + 4, fill=_INK, **{"text-anchor": "middle"})


def _write(picture: Element, text: str, x: float, y: float, **look: str) -> None:
    at = {"x": f"{x:.1f}", "y": f"{y:.1f}"}
    SubElement(picture, "text", {**at, **look}).text = text
