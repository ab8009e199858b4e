"""Templates, static files and the headers that every page sends."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from slotkeeper import __version__
from slotkeeper.web import zones

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' https: data:",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",  # the address of a booking opens it
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What every page sends. No page may load from, send to, or be framed by another site."""

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file that pages use; its address changes with its content."""

    name: str
    content: bytes
    media_type: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return the static files by name, read once."""
    found = {}
    for path in files("slotkeeper.web").joinpath("static").iterdir():
        content = path.read_bytes()
        found[path.name] = StaticFile(
            name=path.name,
            content=content,
            media_type=_TYPES["." + path.name.rpartition(".")[2]],
            version=hashlib.sha256(content).hexdigest()[:12],
        )
    return found


def static_address(name: str) -> str:
    """Return the address of a static file, from the root of the server."""
    return f"/static/{name}?v={static_files()[name].version}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("slotkeeper.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_address
    environment.globals["version"] = __version__
    environment.globals["places"] = zones.places
    environment.globals["is_listed"] = zones.is_listed
    return environment


def render(template: str, **values: object) -> str:
    """Return a template filled with ``values``, every one of them escaped."""
    return _templates().get_template(template).render(**values)


def page(template: str, status: int = 200, **values: object) -> Response:
    """Return a template as the answer to a request."""
    return HTMLResponse(render(template, **values), status, headers=dict(HEADERS))
