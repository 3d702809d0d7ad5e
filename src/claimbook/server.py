"""A small web server for the built book, on this machine only.

It compresses text as public hosts do, so that page weights measured here are those of readers.
"""

from __future__ import annotations

import gzip
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from claimbook.content import ContentError

# A page asks once a second whether it was built anew, and loads itself again then.
RELOAD = b"""<script>(async () => { let known; for (;;) { try { const stamp = await (await fetch("/_stamp")).text();
if (known && stamp !== known) location.reload(); known = stamp; } catch {} await new Promise(go => setTimeout(go, 1000)); } })();
</script>"""
# What a wrong address shows; hosts of the built book have pages of their own for it.
LOST = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>No such page</title><style>:root { color-scheme: light dark; font: 1.1rem/1.5 Georgia, serif } body { max-width: 34rem;
margin: 4rem auto; padding: 0 1rem }</style><h1>No such page</h1><p>Nothing stands at this address (%(code)d, %(message)s).
<a href="/">To the first page of the book</a>, whose list of pages and search may help.</p></html>"""
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".ipynb", ".map"}


@cache
def _compressed(path: str, modified: float) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=6)


class _Handler(SimpleHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    error_message_format = LOST

    def send_head(self) -> Any:
        if self.server.watched and self.path == "/_stamp":
            return self._send(str(self.server.stamp).encode(), "text/plain")
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path = path / "index.html"
        if self.server.watched and path.suffix == ".html" and path.is_file():
            return self._send(path.read_bytes() + RELOAD, self.guess_type(str(path)))
        if not (path.is_file() and path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")):
            return super().send_head()
        return self._send(_compressed(str(path), path.stat().st_mtime), self.guess_type(str(path)), "gzip")

    def _send(self, body: bytes, kind: str, encoding: str = "") -> BytesIO:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        return BytesIO(body)

    def guess_type(self, path: Any) -> str:
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Serve a folder at `address` (loopback only).

    Args:
        folder: what to serve; it may come into being later.
        port: 0 for any free one.
        watched: pages load themselves again after `renew()`.

    Raises:
        ContentError: the port is taken.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0, watched: bool = False):
        self.watched, self.stamp = watched, 1
        try:
            super().__init__(("127.0.0.1", port), lambda *a: _Handler(*a, directory=str(folder)))
        except OSError as error:
            raise ContentError(
                f"Port {port} is taken ({error.strerror}). Choose another: make book PORT={port + 1}"
            ) from None

    def renew(self) -> None:
        """Let open pages load themselves again."""
        self.stamp += 1

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who closes the page in the middle of a download is no error."""
