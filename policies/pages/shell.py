"""What both shells have: the pages of this process, and the small print of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from .answers import in_words
from .content_types import with_plain_types
from .core import Made, Pages
from .edition_watcher import Watcher
from .from_django import page_from
from .head_requests import answering_heads
from .snapshot_keeper import Keeper, of_this_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.wsgi_calls import Application

# Seconds after which somebody who waits for a page looks whether the database has gone silent.
PATIENCE = 0.5

# RFC 9110, section 13.1; If-Range is about ranges, which there are none of.
CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")

# A process that is asked whether it is alive says so itself: the threads may all wait for a
# database, and who asks may know the machine by another name than readers do.
ALIVE_AT = "/healthz"
IS_ALIVE = "This process is alive."
ALIVE = Made(200, *in_words(IS_ALIVE), None)
# The same for whether the site is ready, once it is known that it is not: the question itself would
# take seconds of a thread where the database hangs.
READY_AT = "/readyz"
NO_DATABASE = "The database can't be used. Pages in memory go on being served."
NOT_READY = Made(503, *in_words(NO_DATABASE), None)


class Shell:
    """The pages of this process, their watcher, and the Django application behind them.

    With settings.PAGES_SNAPSHOT, also who keeps a snapshot of them, unless this process is none of
    the server's (keeps_snapshot=False).
    """

    def __init__(self, django: Application, *, keeps_snapshot: bool = True) -> None:
        self.django = answering_heads(with_plain_types(django))
        limit = settings.PAGES_MEMORY_MB * 1_000_000
        snapshot = of_this_site(limit) if keeps_snapshot else None
        rescue = snapshot.find if snapshot else lambda key: None
        self.pages = Pages(page_from(django), limit=limit, rescue=rescue)
        self.answered = self.pages.answered
        self.watcher = Watcher(self.pages, also=self.tick)
        self._report_metrics = _metrics_of(self.pages)
        self.keeper = Keeper(self.pages, snapshot) if snapshot else None

    def tick(self) -> None:
        """Do what is done several times a second, beside the requests."""
        self._report_metrics()

    def at_once(self, path: str) -> Made | None:
        """Return what a probe is told without asking anybody; None for other questions."""
        if path == ALIVE_AT:
            return ALIVE
        return NOT_READY if path == READY_AT and self.pages.silent else None

    def start(self) -> None:
        """Start the threads beside the requests, unless they run."""
        if not self.watcher.running:
            self.watcher.start()
            if self.keeper:
                self.keeper.start()

    def stop(self) -> None:
        """Stop the threads beside the requests, and wait for their end."""
        self.watcher.stop()
        if self.keeper:
            self.keeper.stop()


def _metrics_of(pages: Pages) -> Callable[[], None]:
    """Return what tells Prometheus; nothing where nobody may ask, and then nothing is loaded."""
    if not settings.METRICS_TOKEN:
        return lambda: None
    from .worker_metrics import ProcessMetrics

    return ProcessMetrics(pages).report


def from_proxy(value: str | None, scheme: str) -> str:
    """Return the scheme as Django sees it (HttpRequest.scheme).

    value: the header that settings.SECURE_PROXY_SSL_HEADER names, None for none.
    """
    if value is None or not settings.SECURE_PROXY_SSL_HEADER:
        return scheme
    first = value.split(",", 1)[0].strip()
    return "https" if first == settings.SECURE_PROXY_SSL_HEADER[1] else "http"
