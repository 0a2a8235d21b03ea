"""A site in memory for tests of policies/page_cache/core.py: two states of one page.

And a fixture for tests in which Django makes the pages.
"""

import math

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from policies.page_cache.core import DjangoResponse, Pages
from policies.publication_state.state import PublicationState

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


def made(body=BODY, *, state=FIRST, status=200):
    return DjangoResponse(status, HEADERS, body, state)


class NoWatcher:
    """Stands in for a Watcher: starts no thread and asks no database."""

    running = True

    def start(self):
        pass

    def stop(self):
        pass


class Site:
    """Pages over a fake Django whose response `django` makes, with clocks that stand still."""

    def __init__(self, django=None, *, limit=10**7, fallback=lambda key: None):
        self.now, self.uptime = 1000.0, 0.0
        self.asked = []
        self.django = django or (lambda key: made())
        self.pages = Pages(
            self._make,
            limit=limit,
            fallback=fallback,
            clock=lambda: self.now,
            monotonic=lambda: self.uptime,
        )

    def _make(self, key):
        self.asked.append(key)
        return self.django(key)

    def read(self, key=KEY):
        page = page_at(self.pages, key)
        return body_of(page) if page else None

    def update(self, state):
        self.pages.update(state, self.pages.begin_reading())


def page_at(pages, key):
    """Return a page as a reader gets it, made if need be; None if there is no public page."""
    page = pages.at(key)
    if page is not None:
        return page
    pending, must_make = pages.pending(key)
    if must_make:
        pages.make(pending)
    return pending.future.result(timeout=10)


def body_of(page):
    if isinstance(page, DjangoResponse):
        return page.response("GET").body
    return page.response("GET", None, None).body


@pytest.fixture
def connection_stays(monkeypatch):
    """Keep requests from closing the connection: the test runs in its transaction."""
    monkeypatch.setattr("policies.page_cache.from_django.close_old_connections", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
