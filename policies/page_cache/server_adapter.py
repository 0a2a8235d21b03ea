"""What both server adapters share: the pages, the probes, the scheme behind a proxy."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from policies.page_cache.core import DjangoResponse, Pages
from policies.page_cache.django_requests import Application, prepared_for
from policies.page_cache.from_django import page_from
from policies.page_cache.memory import Key
from policies.page_cache.publication_watcher import Watcher
from policies.page_cache.responses import plain_text, prefers_markdown
from policies.page_cache.snapshot_writer import SnapshotWriter, site_snapshot

# How often, in seconds, a waiting request looks whether an old page may be served by now, because
# the database has gone silent.
POLL_SECONDS = 0.5

# RFC 9110, section 13.1. Nothing here has a Last-Modified, or is served in ranges.
CONDITIONS = ("if-none-match", "if-match")

# The liveness probe is answered without a thread and without Django: all threads may be waiting for
# a database, and the prober may use a host name that Django would refuse.
IS_ALIVE = "This process is alive."
ALIVE = DjangoResponse(200, *plain_text(IS_ALIVE), None)
# So is the readiness probe while the site is known not to be ready: with a database that hangs, the
# check itself would occupy a thread for seconds.
READY_AT = "/readyz"
NO_DATABASE = "The database can't be used. Pages in memory go on being served."
NOT_READY = DjangoResponse(503, *plain_text(NO_DATABASE), None)


# Beside a policy's page, the same text in Markdown.
MARKDOWN = "current.md"


class ServerAdapter:
    """The pages of this process, their watcher, and the Django application behind them; with
    settings.PAGES_SNAPSHOT, also the writer of a snapshot.

    pages and watcher: tests pass their own.
    """

    __slots__ = (
        "_report_metrics",
        "answered",
        "django",
        "host",
        "pages",
        "proxy_header",
        "snapshot_writer",
        "watcher",
    )

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
        self.django = prepared_for(django)
        self.host = shared_host()
        limit = settings.PAGES_MEMORY_MB * 1_000_000
        snapshot = site_snapshot(limit)
        fallback = snapshot.find if snapshot else lambda key: None
        self.pages = pages or Pages(page_from(django), limit=limit, fallback=fallback)
        self.answered = self.pages.answered
        self.watcher = watcher or Watcher(self.pages, also=self.tick)
        self._report_metrics: Callable[[], None] = lambda: None
        if settings.METRICS_TOKEN:
            self._report_metrics = ProcessMetrics(self.pages).report
        self.snapshot_writer = SnapshotWriter(self.pages, snapshot) if snapshot else None
        # As WSGI names it; None if no proxy is trusted to name the scheme.
        self.proxy_header: str | None = (settings.SECURE_PROXY_SSL_HEADER or (None,))[0]

    def tick(self) -> None:
        """Do the work that is due several times a second. Called from the watcher's thread."""
        self._report_metrics()

    def probe_response(self, path: str) -> DjangoResponse | None:
        """Return the response to a probe that needs no Django; None for every other request."""
        if path == "/healthz":
            return ALIVE
        return NOT_READY if path == READY_AT and self.pages.silent else None

    def start(self) -> None:
        if not self.watcher.running:
            self.watcher.start()
            if self.snapshot_writer:
                self.snapshot_writer.start()

    def stop(self) -> None:
        self.watcher.stop()
        if self.snapshot_writer:
            self.snapshot_writer.stop()


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


def markdown_key(key: Key, accept: str) -> Key | None:
    """Return where the text of a policy's page is in Markdown, if the client prefers that."""
    scheme, host, path = key
    if not path.endswith("/") or not prefers_markdown(accept):
        return None
    return scheme, host, path + MARKDOWN


def redirect_to(path: str) -> DjangoResponse:
    """Return a redirect that no cache keeps, so that it never reaches a client that wants HTML."""
    headers, body = plain_text(f"See {path}")
    return DjangoResponse(303, [*headers, ("Location", path), ("Vary", "Accept")], body, None)


def from_proxy(value: str | None, scheme: str) -> str:
    """Return the scheme as Django sees it. value: the header that SECURE_PROXY_SSL_HEADER names,
    None if it is missing. scheme: that of the connection.
    """
    if value is None or not settings.SECURE_PROXY_SSL_HEADER:
        return scheme
    first = value.split(",", 1)[0].strip()
    return "https" if first == settings.SECURE_PROXY_SSL_HEADER[1] else "http"
