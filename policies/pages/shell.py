"""What both shells have: the pages of this process, and the small print of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from .core import Made, Pages
from .heads import answering_heads
from .making import maker
from .reading import Watcher

if TYPE_CHECKING:
    from .making import Application

# Seconds after which somebody who waits for a page looks whether the database has gone silent.
PATIENCE = 0.5

# RFC 9110, section 13.1; If-Range is about ranges, which there are none of.
CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")

# A process that is asked whether it is alive says so itself: the threads may all wait for a
# database, and who asks may know the machine by another name than readers do.
ALIVE_AT = "/healthz"
ALIVE = Made(
    200,
    [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", "23"),
    ],
    b"This process is alive.\n",
    None,
)


class Shell:
    """The pages of this process, their watcher, and the Django application behind them."""

    def __init__(self, django: Application) -> None:
        self.django = answering_heads(django)
        self.pages = Pages(maker(django), limit=settings.PAGES_MEMORY_MB * 1_000_000)
        self.watcher = Watcher(self.pages)


def from_proxy(value: str | None, scheme: str) -> str:
    """Return the scheme as Django sees it (HttpRequest.scheme).

    value: the header that settings.SECURE_PROXY_SSL_HEADER names, None for none.
    """
    if value is None or not settings.SECURE_PROXY_SSL_HEADER:
        return scheme
    first = value.split(",", 1)[0].strip()
    return "https" if first == settings.SECURE_PROXY_SSL_HEADER[1] else "http"
