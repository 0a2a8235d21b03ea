"""The adapter for WSGI servers."""

from collections.abc import Callable, Iterable
from concurrent.futures import wait
from typing import Any

from policies.page_cache import django_requests
from policies.page_cache.core import READS, DjangoResponse
from policies.page_cache.memory import Key
from policies.page_cache.responses import Page
from policies.page_cache.server_adapter import (
    CONDITIONS,
    POLL_SECONDS,
    ServerAdapter,
    from_proxy,
    markdown_key,
    redirect_to,
)

_CONDITIONS = tuple((f"HTTP_{name.upper().replace('-', '_')}", name) for name in CONDITIONS)
_CONDITIONAL = frozenset(field for field, _ in _CONDITIONS)


class PagesOverWSGI(ServerAdapter):
    """A WSGI application: public pages from memory, everything else from the one behind it."""

    __slots__ = ()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        target = environ.get("RAW_URI", "/")
        if target[:1] != "/":
            environ = django_requests.of_environ(environ)
            target = environ["RAW_URI"]
        method = environ["REQUEST_METHOD"]
        response = None
        is_encoded = "%" in target and "%" in target.partition("?")[0]
        if method in READS and not is_encoded and not environ.get("SCRIPT_NAME"):
            scheme = environ["wsgi.url_scheme"]
            if self.proxy_header:
                scheme = from_proxy(environ.get(self.proxy_header), scheme)
            host = self.host(environ.get("HTTP_HOST", "").lower())
            key = (scheme, host, environ.get("PATH_INFO", ""))
            accept = environ.get("HTTP_ACCEPT", "")
            page, wanted = None, markdown_key(key, accept) if "text/markdown" in accept else None
            if wanted and isinstance(self.pages.at(wanted) or self._missing(wanted), Page):
                response = redirect_to(wanted[2]).response(method)
            elif (page := self.pages.at(key)) is None:
                made = self._missing(key)
                if isinstance(made, DjangoResponse):
                    response = made.response(method)
                else:
                    page = made
            if page is not None:
                conditions = None
                if not environ.keys().isdisjoint(_CONDITIONAL):
                    conditions = {
                        name: environ[field] for field, name in _CONDITIONS if field in environ
                    }
                response = page.response(method, environ.get("HTTP_ACCEPT_ENCODING"), conditions)
        if response is None:
            self.start()
            self.answered["django"] += 1
            return self.django(environ, start_response)  # type: ignore[no-any-return]
        self.answered[response.status] += 1
        start_response(response.line, response.headers)
        return (response.body,)

    def _missing(self, key: Key) -> Page | DjangoResponse | None:
        """Wait for a page that is not in memory; make it, unless another thread is doing so."""
        self.start()
        if response := self.probe_response(key[2]):
            return response
        pending, must_make = self.pages.pending(key)
        if must_make:
            self.pages.make(pending)
        while not pending.future.done():
            wait([pending.future], POLL_SECONDS)
            if old := self.pages.at(key):
                return old
        return pending.future.result()
