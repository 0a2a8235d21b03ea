"""Serves pages from memory while they are right; has missing ones made. No server, no Django.

A page shows one publication state (publication_state/). It is served while that is the newest
state that this process knows of, and the time is within it. The process learns of states in three
ways: from the watcher, which asks the database all the time; from each page that is made, for which
the state is read too; and from its own commits, after which the state that it knew is outdated.

While the database fails, pages are served as they were, even those of a state that has passed: an
old page is better than none. That is why they are kept until they are replaced. Pages that are not
in memory then may be in a snapshot on disk (snapshot.py).
"""

import itertools
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from policies.page_cache.memory import Key, Memory
from policies.page_cache.responses import Page, Response
from policies.publication_state.state import PublicationState

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD"})
# Seconds without an answer from the database after which it counts as failing or hanging. The
# watcher asks several times a second.
SILENCE = 2.0
# How many times, at most, a page is made because something was published meanwhile.
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class DjangoResponse:
    """What Django responded.

    state: the one that it shows; None if it may not be kept. is_mixed: whether it may show parts of
    two states, because something was published while it was made.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    state: PublicationState | None
    is_mixed: bool = False

    def response(self, method: str) -> Response:
        """Return the response to a GET or HEAD: the same for every client."""
        return Response(self.status, self.headers, self.body if method == "GET" else b"")


class PendingPage:
    """One page being made, for which everybody who asks for it meanwhile waits.

    future: resolves to a Page, to a response that may not be kept (DjangoResponse), or to None if
    there is no public page at this key. changes: how many changes were known when it was begun.
    """

    __slots__ = ("changes", "future", "key")

    def __init__(self, key: Key, changes: int) -> None:
        self.key = key
        self.changes = changes
        self.future: Future[Page | DjangoResponse | None] = Future()
        # A client that goes away must not cancel what others wait for.
        self.future.set_running_or_notify_cancel()


class Pages:
    """The public pages of one process.

    make: makes the page at a key (scheme, host, path); returns None if there is no public page.
    limit: bytes of memory. fallback: finds a page that was kept elsewhere, for when it can't be
    made. clock and monotonic: as time.time and time.monotonic; tests pass their own.
    """

    def __init__(
        self,
        make: Callable[[Key], DjangoResponse | None],
        *,
        limit: int,
        fallback: Callable[[Key], Page | None] = lambda key: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.memory = Memory(limit)
        self.cached_responses = self.memory.cached_responses
        self._kept = self.memory.get
        self.state: PublicationState | None = None
        self._make = make
        self._fallback = fallback
        self._clock = clock
        self._monotonic = monotonic
        self._last_answer_at = monotonic()
        self._readings = itertools.count(1)
        self._newest_reading = 0
        self._changes = 0
        # Numbers for metrics: responses by status, with "django" for requests that were passed on;
        # and pages made. Two threads at the same instant may count as one: a lock would cost every
        # reader time, and so would a Counter, which takes four times as long to add one.
        self.answered: defaultdict[int | str, int] = defaultdict(int)
        self.made = 0
        self._lock = threading.Lock()
        self._pending: dict[Key, PendingPage] = {}

    # --- Serving: no database, no lock, no thread ----------------------------------------------

    def at(self, key: Key) -> Page | None:
        """Return the page at a key if it may be served now; None if it has to be made."""
        page = self._kept(key)
        if page is None:
            return None
        state = page.state
        if state is self.state and state.since <= self._clock() < state.until:
            return page
        return page if self.silent else None

    @property
    def silent(self) -> bool:
        """Whether the database has been silent for so long that it counts as failing."""
        return self.silence > SILENCE

    @property
    def silence(self) -> float:
        """Seconds since the database last answered."""
        return self._monotonic() - self._last_answer_at

    # --- Which state is the newest -------------------------------------------------------------

    def begin_reading(self) -> int:
        """Return a number to take before reading the state, and to pass to `update` with it."""
        return next(self._readings)

    def update(self, state: PublicationState, reading: int) -> None:
        """Note the state that was read, unless one is known whose reading began later."""
        with self._lock:
            self._last_answer_at = self._monotonic()
            if reading <= self._newest_reading:
                return
            self._newest_reading = reading
            if self.state == state:
                return
            if self.state is not None:
                self._changes += 1
            self.state = state

    def invalidate(self) -> None:
        """Note that this process has committed a change: the state known so far is outdated."""
        with self._lock:
            self._newest_reading = self.begin_reading()
            self._changes += 1
            self.state = None

    def reset_silence(self) -> None:
        """Count the database's silence from now on: before, nobody asked it."""
        self._last_answer_at = self._monotonic()

    # --- Making --------------------------------------------------------------------------------

    def pending(self, key: Key) -> tuple[PendingPage, bool]:
        """Return the pending page to wait for, and whether the caller has to `make` it.

        One that was begun before the last change may come out old, so nobody else waits for it.
        """
        with self._lock:
            pending = self._pending.get(key)
            if pending is not None and pending.changes == self._changes:
                return pending, False
            pending = self._pending[key] = PendingPage(key, self._changes)
            return pending, True

    def make(self, pending: PendingPage) -> None:
        """Make a pending page and resolve its future. Never raises: if Django can't even be asked,
        the result is an earlier page or None, and the request goes on to Django, which then reports
        the error.
        """
        key, result = pending.key, None
        try:
            result = (self._earlier_page(key) if self.silent else None) or self._made(pending)
        except Exception as error:  # noqa: BLE001  readers wait for the future: it must resolve
            logger.warning("%s could not be made: %r", key[2], error)
            result = self._earlier_page(key)
        finally:
            with self._lock:
                if self._pending.get(key) is pending:
                    del self._pending[key]
            pending.future.set_result(result)

    def _made(self, pending: PendingPage) -> Page | DjangoResponse | None:
        page: Page | None = None
        made: DjangoResponse | None = None
        for _ in range(ATTEMPTS):
            reading = self.begin_reading()
            made = self._make(pending.key)
            if made is None:
                return None
            if made.is_mixed:
                continue
            if made.state is None:
                return self._not_kept(pending.key, made)
            self.update(made.state, reading)
            with self._lock:
                self.made += 1
                known = self.state
                is_newest = known == made.state
                if is_newest:
                    pending.changes = self._changes
            # If they are equal, take the known object itself: `at` compares states by identity.
            state = known if known is not None and is_newest else made.state
            # Compressing is most of the work of making a page, so the same body is not compressed
            # again.
            old = self.memory.get(pending.key)
            coded = old.coded if old is not None and old.body == made.body else None
            page = Page(made.headers, made.body, state, coded=coded)
            if is_newest and state.holds(self._clock()):
                break
        if page is None:
            return made  # mixed each time: sent, but not kept
        self.memory.put(pending.key, page)
        return page

    def _not_kept(self, key: Key, made: DjangoResponse) -> Page | DjangoResponse:
        """Return a response that may not be kept; if it is a server error, an old page instead."""
        if made.status < 500:
            self.memory.drop(key)
            return made
        return self._earlier_page(key) or made

    def _earlier_page(self, key: Key) -> Page | None:
        page = self.memory.get(key)
        if page is None:
            page = self._fallback(key)
            if page is not None:
                self.memory.put(key, page)
        return page
