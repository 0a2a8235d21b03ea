"""Serves pages from memory while they are right; has missing ones made. No server, no Django.

A page belongs to an state (states.py). It is served while that is the newest state that this
process knows of, and the time is within it. The process learns of states in three ways: from the
watcher, which asks the database all the time; from each page that is made, for which the state is
read too; and from the bell that rings when this process itself has committed a change.

While the database fails, pages are served as they were, even those of an state that has passed:
an old page is better than none. That is why they are kept until they are replaced. Pages that are
not in memory then may be in a snapshot on disk (snapshot.py).
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import defaultdict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.page_cache.memory import Memory
from policies.page_cache.responses import Answer, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.page_cache.memory import Key
    from policies.page_cache.publication_state import PublicationState

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD"})
# Seconds without an answer from the database after which it counts as failing or hanging. The
# watcher asks several times a second.
SILENCE = 2.0
# How many times, at most, a page is made because something was published meanwhile. Applied twice:
# in from_django.py, which asks the database, and here, where news comes a little later.
ATTEMPTS = 4


@dataclass(frozen=True)
class DjangoResponse:
    """Django's answer. state: the one that it shows; None if the answer may not be kept."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    state: PublicationState | None

    def answer(
        self,
        method: str,
        accept_encoding: str | bytes | None,
        conditions: Mapping[str, str] | None,
    ) -> Answer:
        """Return the answer to a GET or HEAD. The other arguments, as of Page.answer, are unused:
        an error or a redirect is the same for everybody.
        """
        return Answer(self.status, self.headers, self.body if method == "GET" else b"")


class Flight:
    """One page being made, for which everybody who asks for it meanwhile waits.

    landed: resolves to a Page, to an answer that may not be kept (DjangoResponse), or to None if
    there is no public page at this key.
    """

    __slots__ = ("changes", "key", "landed")

    def __init__(self, key: Key, changes: int) -> None:
        self.key = key
        self.changes = changes
        self.landed: Future[Page | DjangoResponse | None] = Future()
        # A client that goes away must not cancel what others wait for.
        self.landed.set_running_or_notify_cancel()


class Pages:
    """The public pages of one process.

    make: makes the page at a key (scheme, host, path); returns None if there is no public page.
    limit: bytes of memory. fallback: finds a page that was kept elsewhere, for when it can't be
    made.
    clock and monotonic: as time.time and time.monotonic; tests pass their own.
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
        self.cached_answers = self.memory.cached_answers
        self._kept = self.memory.get
        self.state: PublicationState | None = None
        self._make = make
        self._rescue = fallback
        self._clock = clock
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._tickets = itertools.count(1)
        self._newest_ticket = 0
        # Counts the changes that this process has learned of.
        self._changes = 0
        # Numbers for metrics: answers by status, with "django" for requests that were passed on;
        # and pages made. Two threads at the same instant may count as one: a lock would cost every
        # reader time, and so would a Counter, which takes four times as long to add one.
        self.answered: defaultdict[int | str, int] = defaultdict(int)
        self.made = 0
        self._knowing = threading.Lock()
        self._flights: dict[Key, Flight] = {}

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
        """Whether the database has not answered for so long that it counts as failing."""
        return self.silence > SILENCE

    @property
    def silence(self) -> float:
        """Seconds since the database last answered."""
        return self._monotonic() - self._heard_at

    # --- Knowing -------------------------------------------------------------------------------

    def ticket(self) -> int:
        """Return a number to take before reading the state, and to pass to `learn` with it."""
        return next(self._tickets)

    def learn(self, state: PublicationState, ticket: int) -> None:
        """Note the state that was read, unless one is known whose reading began later."""
        with self._knowing:
            self._heard_at = self._monotonic()
            if ticket <= self._newest_ticket:
                return
            self._newest_ticket = ticket
            if self.state == state:
                return
            if self.state is not None:
                self._changes += 1
            self.state = state

    def changed(self) -> None:
        """Note that this process has committed a change: the state known so far is outdated."""
        with self._knowing:
            self._newest_ticket = self.ticket()
            self._changes += 1
            self.state = None

    def restarted(self) -> None:
        """Count the database's silence from now on: before, nobody asked it."""
        self._heard_at = self._monotonic()

    # --- Making --------------------------------------------------------------------------------

    def flight(self, key: Key) -> tuple[Flight, bool]:
        """Return the flight to wait for, and whether the caller has to `fly` it.

        A flight that began before the last change may bring an old page, so nobody else joins it.
        """
        with self._knowing:
            flight = self._flights.get(key)
            if flight is not None and flight.changes == self._changes:
                return flight, False
            flight = self._flights[key] = Flight(key, self._changes)
            return flight, True

    def fly(self, flight: Flight) -> None:
        """Make the page. Never raises: if Django can't even be asked, the flight lands with the
        rescued page or None, and the request goes on to Django, which then reports the error.
        """
        result: Page | DjangoResponse | None = None
        try:
            result = (self._rescued(flight.key) if self.silent else None) or self._made(flight)
        except Exception as error:  # noqa: BLE001  readers wait for this flight: it must land
            logger.warning("%s could not be made: %r", flight.key[2], error)
            result = self._rescued(flight.key)
        finally:
            self._end(flight)
            flight.landed.set_result(result)

    def _made(self, flight: Flight) -> Page | DjangoResponse | None:
        page: Page | None = None
        for _ in range(ATTEMPTS):
            ticket = self.ticket()
            made = self._make(flight.key)
            if made is None:
                return None
            if made.state is None:
                return self._not_kept(flight.key, made)
            self.learn(made.state, ticket)
            with self._knowing:
                self.made += 1
                known = self.state
                is_newest = known == made.state
                if is_newest:
                    flight.changes = self._changes
            # If they are equal, take the known object itself: `at` compares states by identity.
            state = known if known is not None and is_newest else made.state
            coded = self._coded(flight.key, made.body)
            page = Page(made.headers, made.body, state, coded=coded)
            if is_newest and state.holds(self._clock()):
                break
        if page is not None:
            self.memory.put(flight.key, page)
        return page

    def _not_kept(self, key: Key, made: DjangoResponse) -> Page | DjangoResponse:
        """Return an answer that may not be kept; if it is a server error, an old page instead."""
        if made.status < 500:
            self.memory.drop(key)
            return made
        return self._rescued(key) or made

    def _rescued(self, key: Key) -> Page | None:
        """Return an earlier state of the page, from memory or else from `fallback`."""
        page = self.memory.get(key)
        if page is None:
            page = self._rescue(key)
            if page is not None:
                self.memory.put(key, page)
        return page

    def _coded(self, key: Key, body: bytes) -> dict[str, bytes] | None:
        """Return the compressed bodies of the page in memory if its body is the same, else None.

        Compressing is most of the work of making a page.
        """
        old = self.memory.get(key)
        return old.coded if old is not None and old.body == body else None

    def _end(self, flight: Flight) -> None:
        with self._knowing:
            if self._flights.get(flight.key) is flight:
                del self._flights[flight.key]
