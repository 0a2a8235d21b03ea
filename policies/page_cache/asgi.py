"""The site under ASGI: pages from memory, all else from Django's WSGI handler, in threads.

Django's own ASGI handler is not used: under it, ordinary views take 2.5 times as long.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from time import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from policies.page_cache.bridge import Bridge, Message, Receive, Scope, Send
from policies.page_cache.core import READS, DjangoResponse, Pages
from policies.page_cache.django_requests import Application, prepared_for
from policies.page_cache.from_django import page_from
from policies.page_cache.memory import Key
from policies.page_cache.publication_watcher import Watcher
from policies.page_cache.responses import Page, date_of_now
from policies.page_cache.snapshot_writer import SnapshotWriter, site_snapshot
from policies.page_cache.without_django import markdown_key, probe_response, redirect_to
from policies.publication_state.state import PublicationState

# Everything that a response depends on, exactly as sent: path, method, scheme, then name and
# value of each header that matters.
RequestKey = tuple[str | bytes, ...]
# The state for which a response is right, the time when that ends, and the response: its status
# and its two ASGI messages.
CachedResponse = tuple[PublicationState, float, int, Message, Message]

# Threads per process: for requests that go to Django, and for making pages that are not in memory.
# Two pools, so that no reader waits behind a slow request of the staff.
THREADS = 4
MAKERS = 2
# How many responses are remembered by their exact request, and how long (in characters) such a
# request may be: longer ones, which browsers don't send, are not remembered.
MAX_CACHED_RESPONSES = 512
MAX_KEY_LENGTH = 500
# How often, in seconds, a waiting request looks whether an old page may be served by now, because
# the database has gone silent.
POLL_SECONDS = 0.5
# RFC 9110, section 13.1. Nothing here has a Last-Modified, or is served in ranges.
_CONDITIONS = ((b"if-none-match", "if-none-match"), (b"if-match", "if-match"))


class PagesOverASGI:
    """An ASGI application: public pages from memory, everything else from the one behind it.

    With settings.PAGES_SNAPSHOT, it also writes a snapshot of the pages. pages and watcher: tests
    pass their own.
    """

    def __init__(
        self,
        django: Application,
        *,
        pages: Pages | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        if settings.METRICS_TOKEN:  # else nobody may ask, and prometheus_client is not loaded
            from policies.page_cache.worker_metrics import ProcessMetrics, measured

            django = measured(django)
        limit = settings.PAGES_MEMORY_MB * 1_000_000
        snapshot = site_snapshot(limit)
        fallback = snapshot.find if snapshot else lambda key: None
        self.pages = pages or Pages(page_from(django), limit=limit, fallback=fallback)
        self.answered = self.pages.answered
        self._watcher = watcher or Watcher(self.pages, also=self.tick)
        self._snapshot_writer = SnapshotWriter(self.pages, snapshot) if snapshot else None
        self._report_metrics: Callable[[], None] = lambda: None
        if settings.METRICS_TOKEN:
            self._report_metrics = ProcessMetrics(self.pages).report
        self._is_leaving = False
        self._not_before = time()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")
        self._makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="pages")
        self._bridge = Bridge(prepared_for(django), self._threads)
        self.host = shared_host()
        # The header in which a proxy names the scheme; empty if none is trusted to.
        header, _ = settings.SECURE_PROXY_SSL_HEADER or ("", "")
        self._proxy = header.removeprefix("HTTP_").replace("_", "-").lower().encode()
        self._matters = {b"host", b"accept", b"accept-encoding", self._proxy, *dict(_CONDITIONS)}

    def start(self) -> None:
        """Start the threads that watch the database and write the snapshot, unless they run."""
        if not self._watcher.running:
            self._watcher.start()
            if self._snapshot_writer:
                self._snapshot_writer.start()

    def leave(self) -> None:
        """Send "Connection: close" with every response from now on (RFC 9112, section 9.6).

        For a server that is about to stop: if it closed connections without notice, it would cut
        off clients that are just sending their next request.
        """
        # From now on nothing is remembered, so every response comes from `_look_up`, which adds it.
        self._is_leaving = True
        self.pages.cached_responses.clear()

    def stop(self) -> None:
        self._watcher.stop()
        if self._snapshot_writer:
            self._snapshot_writer.stop()
        self._threads.shutdown()
        self._makers.shutdown()

    def tick(self) -> None:
        """Report metrics, and note the latest time that the clock has shown, to notice when it is
        set back. Called several times a second, from the watcher's thread.

        gunicorn's ASGI worker writes a Date that then does not change until the clock has caught
        up. Until then, remembered responses are not used, and responses get a Date of their own.
        """
        self._report_metrics()
        self._not_before = max(self._not_before, time())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request. For a page that is in memory, nothing here blocks.

        A request that is exactly like an earlier one gets the same response at once: interpreting
        its headers would take longer than all the rest.
        """
        if scope["type"] != "http":
            await self._not_http(scope, receive, send)
            return
        matters = self._matters
        words = [scope.get("raw_path") or scope["path"], scope["method"], scope["scheme"]]
        for name, value in scope["headers"]:
            # Browsers send dozens of different Accept fields, which make no difference.
            if name in matters and (name != b"accept" or b"text/markdown" in value):
                words.append(name)
                words.append(value)
        request_key = tuple(words)
        cached: CachedResponse | None = self.pages.cached_responses.get(request_key)
        if cached is not None:
            state, until, status, start, body = cached
            if state is self.pages.state and self._not_before <= time() < until:
                self.answered[status] += 1
                await send(start)
                await send(body)
                return
        await self._look_up(scope, receive, send, request_key)

    async def _look_up(
        self, scope: Scope, receive: Receive, send: Send, request_key: RequestKey
    ) -> None:
        """Respond with a page from memory, have it made, or pass the request on to Django.

        request_key: under which the response may be remembered.
        """
        if self._is_leaving:
            send = _closing_connection(send)
        # Targets in absolute form, and what is percent-encoded or below a prefix, are Django's.
        is_plain = scope["path"][:1] == "/" and b"%" not in (scope.get("raw_path") or b"")
        if scope["method"] in READS and is_plain and not scope.get("root_path"):
            headers = _fields(scope)
            key = self._key(scope, headers)
            accept = headers.get(b"accept", b"")
            kept, page = None, None
            if b"text/markdown" in accept:
                page = await self._markdown(key, accept.decode("latin-1"))
            if page is None:
                kept = self.pages.at(key)
                page = kept or await self._missing(key)
            if page is not None:
                if isinstance(page, DjangoResponse):
                    response = page.response(scope["method"])
                else:
                    conditions = {
                        name: headers[field].decode("latin-1")
                        for field, name in _CONDITIONS
                        if field in headers
                    }
                    coding = headers.get(b"accept-encoding")
                    response = page.response(scope["method"], coding, conditions)
                self.answered[response.status] += 1
                raw = response.raw or response.as_bytes()
                start = {"type": "http.response.start", "status": response.status, "headers": raw}
                body = {"type": "http.response.body", "body": response.body}
                if kept and b"text/markdown" not in accept:
                    self._remember(request_key, kept, start, body)
                if time() < self._not_before:
                    start = {**start, "headers": [*raw, date_of_now()]}
                await send(start)
                await send(body)
                return
        self.start()
        self.answered["django"] += 1
        await self._bridge(scope, receive, send)

    async def _markdown(self, key: Key, accept: str) -> Page | DjangoResponse | None:
        """Return the redirect to a page's text in Markdown, if the client prefers it to HTML."""
        wanted = markdown_key(key, accept)
        if wanted and isinstance(self.pages.at(wanted) or await self._missing(wanted), Page):
            return redirect_to(wanted[2])
        return None

    def _remember(self, request_key: RequestKey, page: Page, start: Message, body: Message) -> None:
        """Keep a response for requests that are exactly the same, while its page is in memory."""
        if self._is_leaving or sum(map(len, request_key)) > MAX_KEY_LENGTH:
            return
        cached = self.pages.cached_responses
        if len(cached) >= MAX_CACHED_RESPONSES:
            cached.clear()
        # With this, only the state's end has to be checked later: a clock set back before its
        # beginning is before this time as well.
        self._not_before = max(self._not_before, page.state.since)
        cached[request_key] = (page.state, page.state.until, start["status"], start, body)

    def _key(self, scope: Scope, headers: dict[bytes, bytes]) -> Key:
        scheme = scope["scheme"]
        if self._proxy and self._proxy in headers:  # as Django reads it
            named = headers[self._proxy].decode("latin-1").split(",", 1)[0].strip()
            scheme = "https" if named == settings.SECURE_PROXY_SSL_HEADER[1] else "http"
        host = headers.get(b"host", b"").decode("latin-1").lower()
        return scheme, self.host(host), scope["path"]

    async def _missing(self, key: Key) -> Page | DjangoResponse | None:
        """Wait for a page that is not in memory, and start making it if nobody has yet."""
        self.start()
        if response := probe_response(key[2], is_silent=self.pages.silent):
            return response
        pending, must_make = self.pages.pending(key)
        if must_make:
            self._makers.submit(self.pages.make, pending)
        future = asyncio.wrap_future(pending.future)
        while True:
            done, _ = await asyncio.wait([future], timeout=POLL_SECONDS)
            if done:
                return future.result()
            if old := self.pages.at(key):
                return old

    async def _not_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the server's start and stop events (ASGI lifespan); refuse web sockets."""
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


def _closing_connection(send: Send) -> Send:
    async def send_closing(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], (b"connection", b"close")]
            message = {**message, "headers": headers}
        await send(message)

    return send_closing


def _fields(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers by name, repeated ones joined by commas (RFC 9110, section 5.3)."""
    fields = scope["headers"]
    found = dict(fields)
    if len(found) != len(fields):
        found = {}
        for name, value in fields:
            found[name] = found[name] + b", " + value if name in found else value
    return found


def shared_host() -> Callable[[str], str]:
    """Return a function from a Host header, in lower case, to the host whose pages it is given:
    SITE_URL's under every name and port that Django serves, the same for one that it will refuse.
    """
    canonical = urlsplit(settings.SITE_URL).netloc.lower()

    @lru_cache(maxsize=256)
    def shared(host: str) -> str:
        domain, _ = split_domain_port(host)
        return canonical if domain and validate_host(domain, settings.ALLOWED_HOSTS) else host

    return shared
