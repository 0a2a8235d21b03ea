"""Runs a WSGI application under an ASGI server, each request in a thread.

asgiref's WsgiToAsgi will not do: it runs all requests in one thread, and never calls close() on
what the application returns, so that Django would never release a database connection.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

from policies.page_cache import django_requests
from policies.page_cache.django_requests import Application
from policies.page_cache.responses import Response, date_of_now, plain_text

# ASGI specification 3.0, HTTP.
Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Bytes of a request's body: up to the first it is held in memory, beyond that on disk; more than
# the second is refused at once. A body between UPLOAD_MAX_REQUEST_SIZE and MAX_BODY is received and
# thrown away, so that its sender sees Django's page about it: a browser that is still sending would
# read nothing.
IN_MEMORY = 256 * 1024
MAX_BODY = 64 * 1024 * 1024
# Bytes of one in chunks, without Content-Length (RFC 9112, section 7.1): Django takes it for empty,
# so that more would be received for nothing.
MAX_CHUNKED = 64 * 1024
# Digits of Content-Length that are read: more than MAX_BODY has, fewer than Python refuses.
_DIGITS = 20
_PIECE = 64 * 1024  # bytes of an answer that are sent at a time
# Bytes of a large request, such as the save of a long text: reading it takes a tenth of a second of
# processor time. How many of them the application has at a time, and seconds for which others wait.
LARGE = 64 * 1024
LARGE_AT_A_TIME = 1
MAX_WAIT_SECONDS = 3


class _ClientGone(Exception):
    """The client went away before its request had arrived."""


class _TooLarge(Exception):
    """The request's body has more than MAX_BODY bytes, or MAX_CHUNKED."""


class Bridge:
    """An ASGI application that calls a WSGI `application` in the threads of `threads`.

    A thread is free again as soon as the application has answered: a client that reads slowly, or
    goes away in the middle, occupies a temporary file, not a thread.
    """

    def __init__(
        self, application: Application, threads: Executor, *, max_wait: float = MAX_WAIT_SECONDS
    ) -> None:
        self._application = application
        self._threads = threads
        self._max_wait = max_wait
        self._large_slots = asyncio.Semaphore(LARGE_AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the thread's, too
        call = _Call(scope, body)
        submitted: Future[None] | None = None
        try:
            size = await _read(scope, receive, body)
            async with self._slot_for(size, receive):
                submitted = self._threads.submit(call.run, self._application)
                await asyncio.wrap_future(submitted)
            await call.send_to(send)
        except _ClientGone:
            return
        except _TooLarge:
            response = Response(413, *plain_text("This request is too large."))
            headers = [*response.as_bytes(), (b"connection", b"close"), date_of_now()]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        finally:
            if submitted:
                # Now, or once the thread has finished, if the client did not wait for it.
                submitted.add_done_callback(lambda _: call.close())
            else:
                call.close()

    @asynccontextmanager
    async def _slot_for(self, size: int, receive: Receive) -> AsyncIterator[None]:
        """Keep large requests apart, so that most threads are free for others.

        Whoever has waited for MAX_WAIT_SECONDS is let in all the same. Raises _ClientGone if the
        client goes away before that.
        """
        if size <= LARGE:
            yield
            return
        gone = asyncio.ensure_future(receive())
        slot = asyncio.ensure_future(self._large_slots.acquire())
        try:
            await asyncio.wait(
                {gone, slot}, timeout=self._max_wait, return_when=asyncio.FIRST_COMPLETED
            )
            if gone.done() and not slot.done():
                raise _ClientGone
            yield
        finally:
            gone.cancel()
            if not slot.cancel():
                self._large_slots.release()


async def _read(scope: Scope, receive: Receive, body: IO[bytes]) -> int:
    """Receive a request's body. Returns its size in bytes. Raises _ClientGone and _TooLarge."""
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length", b"0")
    length = int(declared[:_DIGITS]) if declared.isdigit() else 0
    most = MAX_CHUNKED if b"transfer-encoding" in headers else MAX_BODY
    if length > most:
        raise _TooLarge
    kept = settings.UPLOAD_MAX_REQUEST_SIZE if length <= settings.UPLOAD_MAX_REQUEST_SIZE else 0
    more, size = True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise _TooLarge
        if size <= kept:
            body.write(piece)
        more = message.get("more_body", False)
    body.seek(0)
    return size


class _Call:
    def __init__(self, scope: Scope, body: IO[bytes]) -> None:
        self._scope = scope
        self._request_body = body
        self._response_body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  see `close`
        self._start: dict[str, Any] = {}
        self._bodiless = scope["method"] == "HEAD"

    def run(self, application: Application) -> None:
        """Call the application and store its response. Runs in a thread."""
        pieces = application(environ(self._scope, self._request_body), self._start_response)
        try:
            for piece in pieces:
                if not self._bodiless:
                    self._response_body.write(piece)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Any:
        code = int(status.split(" ", 1)[0])
        # A server may not send a body with these (RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5).
        self._bodiless = self._scope["method"] == "HEAD" or code in {204, 304}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {
            "type": "http.response.start",
            "status": code,
            "headers": [*raw, date_of_now()],
        }
        return self._response_body.write

    async def send_to(self, send: Send) -> None:
        """Send the stored response, as fast as the server takes it."""
        left = self._response_body.tell()
        self._response_body.seek(0)
        await send(self._start)
        while True:
            piece = self._response_body.read(_PIECE)
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
            if left <= 0:
                return

    def close(self) -> None:
        self._request_body.close()
        self._response_body.close()


def environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of a request whose body has been read."""
    raw = scope.get("raw_path") or scope["path"].encode()
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    made = django_requests.environ(
        unquote_to_bytes(raw).decode("latin-1"),
        scheme=scope["scheme"],
        server=(server[0], server[1] or 0),
        body=body,
        RAW_URI=raw.decode("latin-1"),
        REQUEST_METHOD=scope["method"],
        SCRIPT_NAME=scope.get("root_path", ""),
        QUERY_STRING=scope["query_string"].decode("latin-1"),
        SERVER_PROTOCOL=f"HTTP/{scope['http_version']}",
        REMOTE_ADDR=client[0],
        REMOTE_PORT=str(client[1]),
    )
    for name, value in scope["headers"]:
        if b"_" in name:  # in CGI the same as X-Forwarded-For, which a proxy sets
            continue
        field = name.decode("latin-1").upper().replace("-", "_")
        if field not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            field = f"HTTP_{field}"
        text = value.decode("latin-1")
        if field in made:
            between = "; " if field == "HTTP_COOKIE" else ","
            text = f"{made[field]}{between}{text}"
        made[field] = text
    return made
