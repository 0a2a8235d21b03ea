"""A WSGI application under an ASGI server: each request in a thread.

Not asgiref's WsgiToAsgi: that one runs all requests in one thread, and never calls close() on what
the application returns, so that Django would never give a database connection back.
"""

from __future__ import annotations

import asyncio
import sys
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from .answers import Answer, date_of_now, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor

    from .asgi import Receive, Scope, Send
    from .making import Application

# Bytes of a request's body: what is held in memory, the rest on disk; and what is refused. Django's
# own limits (DATA_UPLOAD_MAX_MEMORY_SIZE) are far lower, but for files.
IN_MEMORY = 256 * 1024
LARGEST_BODY = 64 * 1024 * 1024
# Bytes of an answer that go to the event loop at once.
_PIECE = 64 * 1024


class _Gone(Exception):
    """The client went away before the request was there."""


class _TooLarge(Exception):
    pass


class Bridge:
    """An ASGI application that calls `application` in threads of `threads`."""

    def __init__(self, application: Application, threads: Executor) -> None:
        self._application = application
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                await _read(scope, receive, body)
            except _Gone:
                return
            except _TooLarge:
                await _refuse(send)
                return
            call = _Call(scope, send, loop)
            await loop.run_in_executor(self._threads, call.run, self._application, body)


async def _read(scope: Scope, receive: Receive, body: IO[bytes]) -> None:
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise _TooLarge
    more, size = True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > LARGEST_BODY:
            raise _TooLarge
        body.write(piece)
        more = message.get("more_body", False)
    body.seek(0)


async def _refuse(send: Send) -> None:
    answer = Answer(413, *in_words("This is too large to be taken."))
    headers = [*answer.as_bytes(), (b"connection", b"close"), date_of_now()]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


class _Call:
    """One call of the WSGI application, in a thread; it sends through the event loop."""

    def __init__(self, scope: Scope, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._scope = scope
        self._send = send
        self._loop = loop
        self._start: dict[str, Any] | None = None
        self._started = False
        self._bodiless = scope["method"] == "HEAD"
        self._waiting: list[bytes] = []
        self._size = 0

    def run(self, application: Application, body: IO[bytes]) -> None:
        pieces = application(environ(self._scope, body), self._start_response)
        try:
            self._pass_on(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Any:
        if exc_info and self._started:
            raise exc_info[1].with_traceback(exc_info[2])
        code = int(status.split(" ", 1)[0])
        # A server may not send a body with these (RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5).
        self._bodiless = self._scope["method"] == "HEAD" or code in {204, 304}
        self._start = {
            "type": "http.response.start",
            "status": code,
            "headers": [
                *((it.lower().encode("latin-1"), value.encode("latin-1")) for it, value in headers),
                date_of_now(),
            ],
        }
        return self._waiting.append

    def _pass_on(self, pieces: Iterable[bytes]) -> None:
        """Send what the application yields, small pieces together."""
        for piece in pieces:
            if piece and not self._bodiless:
                self._waiting.append(piece)
                self._size += len(piece)
                if self._size >= _PIECE:
                    self._flush(more=True)
        self._flush(more=False)

    def _flush(self, *, more: bool) -> None:
        messages = [] if self._started else [self._start]
        self._started = True
        body = b"" if self._bodiless else b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        messages.append({"type": "http.response.body", "body": body, "more_body": more})
        # Waits until the server takes it: a client that reads slowly does not fill our memory.
        asyncio.run_coroutine_threadsafe(self._send_all(messages), self._loop).result()

    async def _send_all(self, messages: list[Any]) -> None:
        for message in messages:
            await self._send(message)


def environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of a request, its body read."""
    raw = scope.get("raw_path") or scope["path"].encode()
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    made: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        field = name.decode("latin-1").upper().replace("-", "_")
        if field not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            field = f"HTTP_{field}"
        text = value.decode("latin-1")
        if field in made:
            between = "; " if field == "HTTP_COOKIE" else ","
            text = f"{made[field]}{between}{text}"
        made[field] = text
    return made
