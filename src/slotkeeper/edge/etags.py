"""Which answers a caller has already."""

from starlette.requests import Request

PARAMETER = "If-None-Match"


def is_known(request: Request, tag: str) -> bool:
    """Tell whether a request names ``tag`` as that of an answer its caller has.

    A proxy may have made it a weak one, and ours may be one: both mean the same here.
    """
    given = request.headers.getlist(PARAMETER)
    tags = [each.strip().removeprefix("W/") for line in given for each in line.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags
