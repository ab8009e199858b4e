"""A bare uvicorn and Starlette that answer ``POST /NAME`` with the bytes of a file."""

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def main(folder: Path) -> None:
    """Serve until the process is told to stop; print where."""
    answers = {path.name: path.read_bytes() for path in folder.iterdir()}

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(answers[request.path_params["name"]], media_type="application/json")

    app = Starlette(routes=[Route("/{name}", answer, methods=["POST"])])
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", access_log=False, log_config=None
    )
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"ready at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    asyncio.run(uvicorn.Server(config).serve([listener]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
