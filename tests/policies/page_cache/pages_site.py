"""A site in memory for tests of policies/page_cache/core.py: two states of one page.

And a fixture for tests in which Django makes the pages.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from policies.page_cache.core import DjangoResponse, Pages
from policies.page_cache.publication_state import PublicationState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


KEY = ("https", "policies.example.com", "/privacy/")
BODY = b"<!doctype html>" + b"<p>We keep little, and we keep it safe.</p>" * 50
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", "999"),
    ("ETag", '"of Django"'),
    ("Cache-Control", "public, max-age=60"),
    ("Content-Security-Policy", "default-src 'none'"),
]
FIRST = PublicationState(("ledger 1", "audit 1"), since=-math.inf, until=math.inf)
SECOND = PublicationState(("ledger 2", "audit 2"), since=-math.inf, until=math.inf)


def made(
    body: bytes = BODY, *, state: PublicationState | None = FIRST, status: int = 200
) -> DjangoResponse:
    return DjangoResponse(status, HEADERS, body, state)


class Site:
    """Pages over a fake Django that gives these answers, with clocks that stand still."""

    def __init__(
        self, answers: Callable[[Any], DjangoResponse | None] | None = None, limit: int = 10**7
    ):
        self.now, self.uptime = 1000.0, 0.0
        self.asked: list[Any] = []
        self.answers = answers or (lambda key: made())
        self.pages = Pages(
            self._make, limit=limit, clock=lambda: self.now, monotonic=lambda: self.uptime
        )

    def _make(self, key: Any) -> DjangoResponse | None:
        self.asked.append(key)
        return self.answers(key)

    def read(self, key: Any = KEY) -> bytes | None:
        """Return a page as a shell gets it; None if there is no public page."""
        page = self.pages.at(key)
        if page is None:
            flight, ours = self.pages.flight(key)
            if ours:
                self.pages.fly(flight)
            result = flight.landed.result(timeout=10)
            return result.answer("GET", None, None).body if result else None
        return page.answer("GET", None, None).body

    def learn(self, state: PublicationState) -> None:
        self.pages.learn(state, self.pages.ticket())


@pytest.fixture
def connection_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep requests from closing the connection: the test runs in its transaction."""
    monkeypatch.setattr("policies.page_cache.from_django.close_old_connections", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
