"""Somebody's own site: pages and the official widget's files, served from another origin."""

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Site:
    """A static site over the folder ``public``, with pages that tests put there."""

    def __init__(self, public: Path, url: str) -> None:
        self.url = url
        self._public = public
        self._pages: dict[str, str] = {}

    def publish(self, html: str) -> str:
        """Put a page on the site and return its address."""
        path = f"/page-{len(self._pages) + 1}"
        self._pages[path] = html
        return self.url + path

    def found(self, path: str) -> tuple[str, bytes]:
        """Return type and content of what lies at ``path``.

        A path without a file is the index page, which reads its address itself: so does a
        host of single-page applications.
        """
        if path in self._pages:
            return "text/html", self._pages[path].encode()
        file = (self._public / path.lstrip("/")).resolve()
        if not (file.is_relative_to(self._public) and file.is_file()):
            file = self._public / "index.html"
        kind, _ = mimetypes.guess_type(file.name)
        return kind or "application/octet-stream", file.read_bytes()


@contextmanager
def site_of(public: Path) -> Iterator[Site]:
    """Yield a running site over a folder; it ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = site.found(self.path.partition("?")[0])
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests say what was asked for."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(public.resolve(), f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()
