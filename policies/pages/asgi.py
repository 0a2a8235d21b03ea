"""The shell for ASGI servers. What is not a page goes to the WSGI application, in threads.

Django's own ASGI handler is not used: it makes ordinary views 2.5 times dearer.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from . import targets
from .answers import date_of_now
from .bridge import Bridge
from .core import READS
from .shell import ALIVE, ALIVE_AT, CONDITIONS, NOT_READY, PATIENCE, READY_AT, Shell, from_proxy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .answers import Page
    from .core import Made
    from .making import Application
    from .memory import Key

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

# Threads of a process for what is not in memory.
THREADS = 4
_CONDITIONS = tuple((name.encode(), name) for name in CONDITIONS)
_CONDITIONAL = frozenset(name.encode() for name in CONDITIONS)


class PagesOverASGI(Shell):
    """An ASGI application: public pages from memory, everything else from the one behind it."""

    def __init__(self, django: Application) -> None:
        super().__init__(django)
        self._is_leaving = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")
        self._bridge = Bridge(self.django, self._threads)
        header = (settings.SECURE_PROXY_SSL_HEADER or ("",))[0]
        self._proxy = header.removeprefix("HTTP_").replace("_", "-").lower().encode()

    def leave(self) -> None:
        """Announce from now on that each connection ends with its answer (RFC 9112, section 9.6).

        For a server that is about to stop: one that closes a connection without a word cuts off
        whoever is sending the next request on it.
        """
        self._is_leaving = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._not_http(scope, receive, send)
            return
        if not self.watcher.running:
            self.start()
        if self._is_leaving:
            send = _announcing_the_end(send)
        if scope["path"][:1] != "/":
            scope = targets.of_scope(scope)
        method = scope["method"]
        answer = None
        if method in READS and not scope.get("root_path"):
            fields = scope["headers"]
            headers = dict(fields)
            if len(headers) != len(fields):
                headers = _joined(fields)
            scheme = self._scheme(scope, headers) if self._proxy else scope["scheme"]
            key = (scheme, _host(headers.get(b"host", b"")), scope["path"])
            # From here on, nothing is awaited when the page is in memory.
            page = self.pages.at(key) or await self._missing(key)
            if page is not None:
                conditions = None
                if not _CONDITIONAL.isdisjoint(headers):
                    conditions = _conditions(headers)
                answer = page.answer(method, headers.get(b"accept-encoding"), conditions)
        if answer is None:
            self.answered["django"] += 1
            await self._bridge(scope, receive, send)
            return
        self.answered[answer.status] += 1
        raw = [*(answer.raw or answer.as_bytes()), date_of_now()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})

    def _scheme(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        value = headers.get(self._proxy)
        text = None if value is None else value.decode("latin-1")
        return from_proxy(text, scope["scheme"])

    async def _missing(self, key: Key) -> Page | Made | None:
        """Wait for a page that is not in memory, having it made if nobody does so yet."""
        if key[2] == ALIVE_AT:
            return ALIVE
        if key[2] == READY_AT and self.pages.silent:
            return NOT_READY
        flight, ours = self.pages.flight(key)
        if ours:
            self._threads.submit(self.pages.fly, flight)
        landed = asyncio.wrap_future(flight.landed)
        while True:
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
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return


def _announcing_the_end(send: Send) -> Send:
    async def announce(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], (b"connection", b"close")]
            message = {**message, "headers": headers}
        await send(message)

    return announce


# Readers name few hosts; what is put out is decoded again.
@lru_cache(maxsize=256)
def _host(value: bytes) -> str:
    return value.decode("latin-1").lower()


def _conditions(headers: dict[bytes, bytes]) -> dict[str, str]:
    return {
        name: headers[field].decode("latin-1") for field, name in _CONDITIONS if field in headers
    }


def _joined(fields: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return fields by name, those that come more than once as one (RFC 9110, section 5.3)."""
    joined: dict[bytes, bytes] = {}
    for name, value in fields:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined
