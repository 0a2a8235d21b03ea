"""The shell for ASGI servers. What is not a page goes to the WSGI application, in threads.

Django's own ASGI handler is not used: it makes ordinary views 2.5 times dearer.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.conf import settings

from .answers import Page
from .bridge import Bridge
from .core import READS
from .shell import ALIVE, CONDITIONS, PATIENCE, Shell, from_proxy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .answers import Answer
    from .core import Made
    from .making import Application

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

# Threads of a process for what is not in memory.
THREADS = 4
_CONDITIONS = tuple((name.encode(), name) for name in CONDITIONS)


class PagesOverASGI(Shell):
    """An ASGI application: public pages from memory, everything else from the one behind it."""

    def __init__(self, django: Application) -> None:
        super().__init__(django)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")
        self._bridge = Bridge(django, self._threads)
        header = (settings.SECURE_PROXY_SSL_HEADER or (None,))[0]
        self._proxy = header and header.removeprefix("HTTP_").replace("_", "-").lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._not_http(scope, receive, send)
            return
        if not self.watcher.running:
            self.watcher.start()
        if scope["method"] in READS and not scope.get("root_path"):
            answer = await self._answer(scope)
            if answer is not None:
                await _send(answer, send)
                return
        await self._bridge(scope, receive, send)

    async def _answer(self, scope: Scope) -> Answer | None:
        fields = scope["headers"]
        headers = dict(fields)
        if len(headers) != len(fields):
            headers = _joined(fields)
        host = headers.get(b"host")
        method, path = scope["method"], scope["path"]
        if path == "/healthz":
            return ALIVE if method == "GET" else ALIVE.without_body()
        if not host:
            return None
        scheme = scope["scheme"]
        if self._proxy and self._proxy in headers:
            scheme = from_proxy(headers[self._proxy].decode("latin-1"), scheme)
        key = (scheme, host.decode("latin-1").lower(), path)
        page = self.pages.at(key) or await self._landed(key)
        if page is None:
            return None
        if not isinstance(page, Page):
            return page.answer(method)
        conditions = {
            name: headers[field].decode("latin-1")
            for field, name in _CONDITIONS
            if field in headers
        }
        accepted = headers.get(b"accept-encoding")
        return page.answer(
            method, None if accepted is None else accepted.decode("latin-1"), conditions
        )

    async def _landed(self, key: tuple[str, str, str]) -> Page | Made | None:
        """Wait for a page that is not in memory, having it made if nobody does so yet."""
        flight, ours = self.pages.flight(key)
        if ours:
            self._threads.submit(self.pages.fly, flight)
        landed = asyncio.wrap_future(flight.landed)
        while True:
            # Who goes away while waiting must not cancel what others wait for: `wait` does not.
            done, _ = await asyncio.wait([landed], timeout=PATIENCE)
            if done:
                return landed.result()
            if old := self.pages.at(key):
                return old

    async def _not_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take part in the server's start and stop; refuse web sockets."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.watcher.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.raw})
    await send({"type": "http.response.body", "body": answer.body})


def _joined(fields: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return fields by name, those that come more than once as one (RFC 9110, section 5.3)."""
    joined: dict[bytes, bytes] = {}
    for name, value in fields:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined
