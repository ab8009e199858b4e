"""The first page of a server, and the files that pages use."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from slotkeeper.web.pages import page, static_files

router = APIRouter(include_in_schema=False)

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"


@router.get("/")
async def home() -> Response:
    """Say what this server is; which projects it has is nobody's business."""
    return page("home.html")


@router.get("/static/{name}")
async def static_file(request: Request, name: str) -> Response:
    """Return a file; one whose address names its version never changes."""
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404, "Not Found")
    lasting = request.query_params.get("v") == found.version
    headers = {
        "Cache-Control": _FOR_EVER if lasting else _FOR_NOW,
        "ETag": f'"{found.version}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)
