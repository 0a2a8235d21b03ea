"""The shell for WSGI servers."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, Any

from django.conf import settings

from .answers import Page
from .core import READS
from .shell import ALIVE, CONDITIONS, PATIENCE, Shell, from_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .answers import Answer
    from .core import Made
    from .making import Application

_CONDITIONS = tuple((f"HTTP_{name.upper().replace('-', '_')}", name) for name in CONDITIONS)


class PagesOverWSGI(Shell):
    """A WSGI application: public pages from memory, everything else from the one behind it."""

    def __init__(self, django: Application) -> None:
        super().__init__(django)
        self._proxy = (settings.SECURE_PROXY_SSL_HEADER or (None,))[0]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not self.watcher.running:
            self.watcher.start()
        answer = None
        if environ["REQUEST_METHOD"] in READS and not environ.get("SCRIPT_NAME"):
            answer = self._answer(environ)
        if answer is None:
            return self.django(environ, start_response)  # type: ignore[no-any-return]
        start_response(answer.line, answer.headers)
        return (answer.body,)

    def _answer(self, environ: dict[str, Any]) -> Answer | None:
        host = environ.get("HTTP_HOST")
        path = environ.get("PATH_INFO", "")
        method = environ["REQUEST_METHOD"]
        if path == "/healthz":
            return ALIVE if method == "GET" else ALIVE.without_body()
        if not host:
            return None
        scheme = environ["wsgi.url_scheme"]
        if self._proxy:
            scheme = from_proxy(environ.get(self._proxy), scheme)
        key = (scheme, host.lower(), path)
        page = self.pages.at(key) or self._landed(key)
        if page is None:
            return None
        if not isinstance(page, Page):
            return page.answer(method)
        conditions = {name: environ[key] for key, name in _CONDITIONS if key in environ}
        return page.answer(method, environ.get("HTTP_ACCEPT_ENCODING"), conditions)

    def _landed(self, key: tuple[str, str, str]) -> Page | Made | None:
        """Wait for a page that is not in memory, making it if nobody does so yet."""
        flight, ours = self.pages.flight(key)
        if ours:
            self.pages.fly(flight)
        while True:
            try:
                return flight.landed.result(PATIENCE)
            except NotYet:
                if not flight.landed.done() and (old := self.pages.at(key)):
                    return old
                if flight.landed.done():
                    raise
