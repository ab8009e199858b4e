"""Drawings as pictures of pixels, for whoever cannot show SVG."""

from functools import lru_cache
from importlib.resources import files

import resvg_py

_FONT = "Source Sans Pro"
_PIXELS_PER_POINT = 2
"""Sharp on screens of today."""


@lru_cache(maxsize=32)
def as_png(drawing: str) -> bytes:
    """Return an SVG drawing as a PNG picture, twice as many pixels wide as it says.

    The font comes with the program: a server often has none.
    """
    font = files("font_source_sans_pro") / "files" / "SourceSansPro-Regular.ttf"
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            zoom=_PIXELS_PER_POINT,
            font_files=[str(font)],
            skip_system_fonts=True,
            font_family=_FONT,
            monospace_family=_FONT,
            sans_serif_family=_FONT,
        )
    )
