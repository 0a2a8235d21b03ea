"""The shell for WSGI servers."""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING, Any

from django.conf import settings

from policies.page_cache import request_targets
from policies.page_cache.core import READS
from policies.page_cache.server_adapter import CONDITIONS, PATIENCE, ServerAdapter, from_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policies.page_cache.core import DjangoResponse
    from policies.page_cache.memory import Key
    from policies.page_cache.responses import Page
    from policies.page_cache.wsgi_calls import Application

_CONDITIONS = tuple((f"HTTP_{name.upper().replace('-', '_')}", name) for name in CONDITIONS)
_CONDITIONAL = frozenset(field for field, _ in _CONDITIONS)


class PagesOverWSGI(ServerAdapter):
    """A WSGI application: public pages from memory, everything else from the one behind it."""

    def __init__(self, django: Application, *, in_background: bool = True) -> None:
        super().__init__(django, in_background=in_background)
        self._proxy = (settings.SECURE_PROXY_SSL_HEADER or (None,))[0]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ.get("RAW_URI", "/")[:1] != "/":
            environ = request_targets.of_environ(environ)
        method = environ["REQUEST_METHOD"]
        answer = None
        if method in READS and not environ.get("SCRIPT_NAME"):
            scheme = environ["wsgi.url_scheme"]
            if self._proxy:
                scheme = from_proxy(environ.get(self._proxy), scheme)
            key = (scheme, environ.get("HTTP_HOST", "").lower(), environ.get("PATH_INFO", ""))
            page = self.pages.at(key) or self._missing(key)
            if page is not None:
                conditions = None
                if not environ.keys().isdisjoint(_CONDITIONAL):
                    conditions = _conditions(environ)
                answer = page.answer(method, environ.get("HTTP_ACCEPT_ENCODING"), conditions)
        if answer is None:
            self.start()
            self.answered["django"] += 1
            return self.django(environ, start_response)  # type: ignore[no-any-return]
        self.answered[answer.status] += 1
        start_response(answer.line, answer.headers)
        return (answer.body,)

    def _missing(self, key: Key) -> Page | DjangoResponse | None:
        """Wait for a page that is not in memory; make it, unless another thread is doing so."""
        self.start()
        if told := self.at_once(key[2]):
            return told
        flight, ours = self.pages.flight(key)
        if ours:
            self.pages.fly(flight)
        while not flight.landed.done():
            wait([flight.landed], PATIENCE)
            if old := self.pages.at(key):
                return old
        return flight.landed.result()


def _conditions(environ: dict[str, Any]) -> dict[str, str]:
    return {name: environ[field] for field, name in _CONDITIONS if field in environ}
