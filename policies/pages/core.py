"""What may be served now, from memory, and who makes what is missing. Knows no server, no Django.

A page belongs to an edition (editions.py). It is served while that is the newest edition that
this process knows of and the time is within it. What is known comes from three sides: the watcher,
which asks the database all the time; each page that is made, which asks when it is made; and the
bell that rings when this process itself has committed something.

The database may fail. Then pages are served as they were, also those of an edition that has
passed: an old page is better than none. They are kept for that until they are replaced. What is
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

from .answers import Answer, Page
from .memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.editions import Edition

    from .memory import Key

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD"})
# Seconds without a word from the database after which it is taken to fail or hang. The watcher
# asks several times a second.
SILENCE = 2.0
# A page is made again if something was published while it was made, this often at most: by who
# makes it (from_django.py), which sees every process, and here, which hears of it later.
ATTEMPTS = 4


@dataclass(frozen=True)
class Made:
    """What Django answered. edition: the one that it shows, if it may be kept; None otherwise."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    edition: Edition | None

    def answer(
        self,
        method: str,
        accept_encoding: str | bytes | None,
        conditions: Mapping[str, str] | None,
    ) -> Answer:
        """Return the answer to a GET or HEAD: an error or a redirect is the same for everybody."""
        return Answer(self.status, self.headers, self.body if method == "GET" else b"")


class Flight:
    """The making of one page, which all who ask for it meanwhile wait for.

    landed: resolves to a Page, to what was made and may not be kept, or to None where no public
    page is.
    """

    __slots__ = ("changes", "key", "landed")

    def __init__(self, key: Key, changes: int) -> None:
        self.key = key
        self.changes = changes
        self.landed: Future[Page | Made | None] = Future()
        # Nobody who goes away may cancel what the others wait for.
        self.landed.set_running_or_notify_cancel()


class Pages:
    """The public pages of one process.

    make: makes a page anew, for (scheme, host, path); returns None where no public page is. limit:
    bytes. rescue: finds a page that was kept elsewhere, for when it can't be made. clock and
    monotonic: as in `time`, for tests.
    """

    def __init__(
        self,
        make: Callable[[Key], Made | None],
        *,
        limit: int,
        rescue: Callable[[Key], Page | None] = lambda key: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.memory = Memory(limit)
        self.cached_answers = self.memory.cached_answers
        self._kept = self.memory.get
        self.edition: Edition | None = None
        self._make = make
        self._rescue = rescue
        self._clock = clock
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._tickets = itertools.count(1)
        self._newest_ticket = 0
        # Grows with each change that this process gets to know of.
        self._changes = 0
        # What was answered, by status, "django" for what was passed on; and the pages made. Under
        # threads, two at the same instant may count as one: a lock would cost every reader more, as
        # would a Counter, which takes four times as long to add one.
        self.answered: defaultdict[int | str, int] = defaultdict(int)
        self.made = 0
        self._knowing = threading.Lock()
        self._flights: dict[Key, Flight] = {}

    # --- Serving: no database, no lock, no thread ----------------------------------------------

    def at(self, key: Key) -> Page | None:
        """Return the page that may be served now, None if it has to be made."""
        page = self._kept(key)
        if page is None:
            return None
        edition = page.edition
        if edition is self.edition and edition.since <= self._clock() < edition.until:
            return page
        return page if self.silent else None

    @property
    def silent(self) -> bool:
        """Whether the database has said nothing for so long that it fails or hangs."""
        return self.silence > SILENCE

    @property
    def silence(self) -> float:
        """For how many seconds nothing was heard from the database."""
        return self._monotonic() - self._heard_at

    # --- Knowing -------------------------------------------------------------------------------

    def ticket(self) -> int:
        """Return a number to be taken before the edition is read, and given to `learn`."""
        return next(self._tickets)

    def learn(self, edition: Edition, ticket: int) -> None:
        """Take note of the edition that was read, unless a reading that began later is known."""
        with self._knowing:
            self._heard_at = self._monotonic()
            if ticket <= self._newest_ticket:
                return
            self._newest_ticket = ticket
            if self.edition == edition:
                return
            if self.edition is not None:
                self._changes += 1
            self.edition = edition

    def changed(self) -> None:
        """Take note that this process has committed a change: what is known is old."""
        with self._knowing:
            self._newest_ticket = self.ticket()
            self._changes += 1
            self.edition = None

    def restarted(self) -> None:
        """Begin to listen: before, the database had nobody to answer to."""
        self._heard_at = self._monotonic()

    # --- Making --------------------------------------------------------------------------------

    def flight(self, key: Key) -> tuple[Flight, bool]:
        """Return the flight to wait for, and whether the caller has to fly it.

        A flight that began before the last change brings an old page, so it takes no passenger.
        """
        with self._knowing:
            flight = self._flights.get(key)
            if flight is not None and flight.changes == self._changes:
                return flight, False
            flight = self._flights[key] = Flight(key, self._changes)
            return flight, True

    def fly(self, flight: Flight) -> None:
        """Make the page. Never raises: where even Django can't be asked, it is to say so itself."""
        result: Page | Made | None = None
        try:
            result = (self._rescued(flight.key) if self.silent else None) or self._made(flight)
        except Exception as error:  # noqa: BLE001  readers wait for this flight: it must land
            logger.warning("%s could not be made: %r", flight.key[2], error)
            result = self._rescued(flight.key)
        finally:
            self._end(flight)
            flight.landed.set_result(result)

    def _made(self, flight: Flight) -> Page | Made | None:
        page: Page | None = None
        for _ in range(ATTEMPTS):
            ticket = self.ticket()
            made = self._make(flight.key)
            if made is None:
                return None
            if made.edition is None:
                return self._not_kept(flight.key, made)
            self.learn(made.edition, ticket)
            with self._knowing:
                self.made += 1
                known = self.edition
                is_newest = known == made.edition
                if is_newest:
                    flight.changes = self._changes
            # The very object, where they are equal: `at` asks whether a page's edition is this one.
            edition = known if known is not None and is_newest else made.edition
            coded = self._coded(flight.key, made.body)
            page = Page(made.headers, made.body, edition, coded=coded)
            if is_newest and edition.holds(self._clock()):
                break
        if page is not None:
            self.memory.put(flight.key, page)
        return page

    def _not_kept(self, key: Key, made: Made) -> Page | Made:
        """Return what may not be kept, or the old page where there is none because of a failure."""
        if made.status < 500:
            self.memory.drop(key)
            return made
        return self._rescued(key) or made

    def _rescued(self, key: Key) -> Page | None:
        """Return the page as it was once, from memory or from elsewhere."""
        page = self.memory.get(key)
        if page is None:
            page = self._rescue(key)
            if page is not None:
                self.memory.put(key, page)
        return page

    def _coded(self, key: Key, body: bytes) -> dict[str, bytes] | None:
        """Return the body by coding if the page had the same body before: that saves most time."""
        old = self.memory.get(key)
        return old.coded if old is not None and old.body == body else None

    def _end(self, flight: Flight) -> None:
        with self._knowing:
            if self._flights.get(flight.key) is flight:
                del self._flights[flight.key]
