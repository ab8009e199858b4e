"""Curves on two logarithmic axes, drawn as SVG: what grows in step is a straight line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from jinja2 import Environment, PackageLoader, StrictUndefined

WIDTH, HEIGHT = 720, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 680, 48, 384
_COLOURS = ("#1f4e9c", "#d1660f", "#2e7d4f", "#8a3fa0", "#6b6b6b", "#b3261e")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole powers of ten, ``low`` to ``high``, spread from one place of a picture to another."""

    low: int
    high: int
    first: float
    last: float

    def at(self, figure: float) -> float:
        """Return the place of a figure."""
        share = (log10(figure) - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 1)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Return place and label of each power of ten."""
        return [
            (self.at(10.0**power), f"{10.0**power:,.10g}".replace(",", " "))
            for power in range(self.low, self.high + 1)
        ]


def drawn(title: str, across: str, curves: Mapping[str, Sequence[Point]]) -> str:
    """Return a picture of the curves, each a list of points by the name in its legend.

    Beside the curves runs a dashed line along which twice as much takes twice as long.
    """
    points = [point for curve in curves.values() for point in curve]
    x = _scale([x for x, _ in points], _LEFT, _RIGHT)
    y = _scale([y for _, y in points], _BOTTOM, _TOP)
    template = Environment(
        loader=PackageLoader("bench", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("picture.svg.jinja")
    return template.render(
        title=title,
        across=across,
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        bottom=_BOTTOM,
        columns=x.marks,
        rows=y.marks,
        in_step=_in_step(x, y),
        curves=[
            (name, colour, [(x.at(size), y.at(figure)) for size, figure in sorted(curve)])
            for (name, curve), colour in zip(curves.items(), _COLOURS, strict=False)
        ],
    )


def _scale(figures: Sequence[float], first: float, last: float) -> Scale:
    low, high = floor(log10(min(figures))), ceil(log10(max(figures)))
    return Scale(low, max(high, low + 1), first, last)


def _in_step(x: Scale, y: Scale) -> tuple[Point, Point]:
    """Return both ends of a line of equal growth that leaves the picture at its upper right."""
    powers = min(x.high - x.low, y.high - y.low)
    return (
        (x.at(10.0 ** (x.high - powers)), y.at(10.0 ** (y.high - powers))),
        (x.at(10.0**x.high), y.at(10.0**y.high)),
    )
