"""Runs work on long texts in a child process, so that a server goes on answering others.

Rendering, examining or comparing a long text takes seconds, and holds Python's interpreter lock. A
server calls `use` before it forks; from then on `run` passes work to a child of its process, at a
lower priority, one piece of work at a time. Anywhere else, as in a command, `run` only calls the
function. docs/adr/0027-heavy-work.md says why.

Nobody may call `run` in a transaction: others would wait for it as well.
"""

from __future__ import annotations

import hashlib
import mmap
import multiprocessing
import os
import resource
import signal
import threading
from concurrent.futures import BrokenExecutor, wait
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pebble import ProcessFuture, ProcessPool

Result = TypeVar("Result")

# Characters. Work on a text that is no longer takes a tenth of a second, on a hostile one half a
# second: hardly more than it takes to start the child.
SHORT = 20_000
# Seconds that all the work of one request may take, once it is its turn. The longest text takes
# four; the rest is for a machine that is busy with other things. With PATIENCE, less than the
# minute for which proxies wait.
LIMIT = 30
# Requests of one process that may be in here at a time, at work or waiting: of the four threads,
# two are left for everybody else.
PLACES = 2
# Seconds for which one of them may wait.
PATIENCE = 20
# Seconds after which half of what a person had is forgotten: who has had less comes first.
MEMORY = 60
# Seconds for which work goes on that nobody waits for any more. It takes less after a change in one
# section, and what it has found in the others is lost if the child is ended.
GRACE = 2
# Seconds after which a child without work ends. Until then it is quick to answer a next preview:
# it keeps what it found in the sections that have not changed. It has 45 MB after 34,000 words.
IDLE = 120
# Bytes of the child's address space; the longest text takes a fifth of it.
BYTES = 2_000_000_000
# Seconds between two looks whether work is still wanted.
_LOOK = 0.02
# Of the table of previews: so many that two windows hardly ever share a cell.
_CELLS, _CELL = 2**20, 8


class NotNow(Exception):
    """Work was not done. words: a sentence for the person who waits for it."""

    words = ""

    def __str__(self) -> str:
        return self.words


class Busy(NotNow):
    """Other work is being done, and too much waits already."""

    words = "The site is busy with other long texts. Wait a moment, and try again."


class TooSlow(NotNow):
    """The work took too much time or memory."""

    words = (
        "This text takes too long to process. Divide it, or take out what is unusual in it, such "
        "as very long lists, tables or lines."
    )


class Superseded(NotNow):
    """The same person has asked for something newer in its place."""

    words = "A newer request has taken the place of this one."


@dataclass(eq=False)
class _Request:
    """What wants the child. until: when it stops waiting or, once it has its turn, working."""

    person: str
    patience: float | None
    is_preview: bool
    is_wanted: Callable[[], bool] = lambda: True
    until: float = 0.0


_request: ContextVar[_Request | None] = ContextVar("request", default=None)
_person: ContextVar[str] = ContextVar("person", default="")


@dataclass(eq=False)
class Child:
    """The child of this process, started when it is needed. Made before a server forks. Its fields
    are the constants of these names; tests have others.
    """

    limit: float = LIMIT
    places: int = PLACES
    patience: float = PATIENCE
    idle: float = IDLE
    grace: float = GRACE

    def __post_init__(self) -> None:
        self._newest = mmap.mmap(-1, _CELLS * _CELL)  # forked processes share it
        self._changed = threading.Condition()  # notified when a turn ends
        self._at_work: _Request | None = None
        # In the order of arrival, but that a person's newer request is before their older ones.
        self._waiting: list[_Request] = []
        # Seconds that each person had the child, and when one of them had it last.
        self._used: dict[str, float] = {}
        self._noted = monotonic()
        self._pool: ProcessPool | None = None

    def claim(self, window: str) -> Callable[[], bool]:
        """Make this the newest request of a window, in any process; return whether it still is."""
        digest = hashlib.sha256(window.encode()).digest()
        start = int.from_bytes(digest[:8], "big") % _CELLS * _CELL
        cell, mark = slice(start, start + _CELL), os.urandom(_CELL)
        self._newest[cell] = mark
        return lambda: self._newest[cell] == mark

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Have the child call a function, which it imports by its name. Raises what that raises,
        and NotNow.
        """
        with one_turn() as request:
            if request is not self._at_work:
                self._take_turn(request)
            outcome = self._outcome(request, function, args, kwargs)
            if not request.is_wanted():
                raise Superseded
            return outcome

    def _take_turn(self, request: _Request) -> None:
        patience = self.patience if request.patience is None else request.patience
        request.until = monotonic() + patience
        with self._changed:
            people = [other.person for other in self._waiting] + [request.person]
            self._waiting.insert(people.index(request.person), request)
            if len(self._waiting) + bool(self._at_work) > self.places:
                # Of equals, a person's older request, or else whoever came last.
                self._waiting.remove(max(reversed(self._waiting), key=self._rank))
            while request in self._waiting:
                if not self._at_work and request is min(self._waiting, key=self._rank):
                    self._at_work, request.until = request, monotonic() + self.limit
                    self._waiting.remove(request)
                elif not request.is_wanted() or monotonic() > request.until:
                    self._waiting.remove(request)
                else:
                    self._changed.wait(_LOOK)
        if request is not self._at_work:
            raise Busy if request.is_wanted() else Superseded

    def _rank(self, request: _Request) -> tuple[bool, bool, float, bool]:
        """Return what is lower the sooner it is a request's turn: whoever does not wait comes last,
        before them whoever has the child now, and then whoever has used it most.
        """
        has_child = self._at_work is not None and self._at_work.person == request.person
        used = self._used.get(request.person, 0.0)
        return request.patience == 0, has_child, used, request.is_preview

    def end_turn(self, request: _Request) -> None:
        """If a request has its turn, note for how long, and let the next one have the child."""
        if request is not self._at_work:
            return
        with self._changed:
            now, began = monotonic(), request.until - self.limit
            left = 0.5 ** ((now - self._noted) / MEMORY)
            self._used = {person: used * left for person, used in self._used.items()}
            self._used[request.person] = self._used.get(request.person, 0.0) + now - began
            self._noted, self._at_work = now, None
            self._changed.notify_all()

    def _outcome(self, request: _Request, *work: Any) -> Any:
        """Return what the child returns. Raises what it has raised."""
        from pebble import ProcessExpired  # memory that a process without long texts does without

        began = monotonic()
        for _ in range(2):  # whoever ended the child, the next one does the work
            future = self._scheduled(*work, self.limit, self.idle)
            while not wait([future], _LOOK).done:
                late = monotonic() - began > self.grace and not request.is_wanted()
                if late or monotonic() > request.until:
                    self.end()
                    raise Superseded if late else TooSlow
            with suppress(ProcessExpired, BrokenExecutor):
                return future.result()
        raise TooSlow

    def _scheduled(self, *work: Any) -> ProcessFuture[Any]:
        """Pass work to the child, or to a new one if there is none, or it has ended."""
        from pebble import ProcessPool

        try:
            if self._pool:
                return self._pool.schedule(_work, work)
        except RuntimeError:
            self.end()
        spawning = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(1, initializer=_begin, context=spawning)
        return self._pool.schedule(_work, work)

    def end(self) -> None:
        """End the child, if there is one, whatever it does."""
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has no type for it
            self._pool.join()
            self._pool = None


_child: Child | None = None


def use(child: Child | None) -> None:
    """Let `run` pass work on long texts to a child from now on; None: do it in this process."""
    global _child
    _child = child


def is_long(length: int) -> bool:
    """Return whether work on a text of so many characters is passed to a child."""
    return length > SHORT


def run(function: Callable[..., Result], *args: Any, length: int | None, **kwargs: Any) -> Result:
    """Return function(*args, **kwargs), called in a child process if the text is long.

    length: of the text, in characters; None: not known, so it may be long. What goes in, what comes
    out and what is raised can be pickled. Raises what the function raises, and NotNow.
    """
    if _child is None or (length is not None and not is_long(length)):
        return function(*args, **kwargs)
    result: Result = _child.run(function, args, kwargs)
    return result


@contextmanager
def on_behalf_of(person: str) -> Iterator[None]:
    """Count all work in this block as this person's: people take turns, however much each wants."""
    token = _person.set(person)
    try:
        yield
    finally:
        _person.reset(token)


@contextmanager
def one_turn(
    *, ending_previews: str = "", is_preview: bool = False, patience: float | None = None
) -> Iterator[_Request]:
    """Keep the child for all the work in this block, once the first of it has got its turn.

    ending_previews: the window of which there may be one preview: all work on others, in any
    process of this server, ends as Superseded. is_preview: whether this is one, too; then anything
    else of the same person is more important. patience: seconds for which it waits for its turn,
    until it is Busy; None: as PATIENCE says.
    """
    if outer := _request.get():
        yield outer
        return
    child, request = _child, _Request(_person.get(), patience, is_preview)
    if child and ending_previews:
        is_newest = child.claim(ending_previews)
        request.is_wanted = is_newest if is_preview else request.is_wanted
    token = _request.set(request)
    try:
        yield request
    finally:
        _request.reset(token)
        if child:
            child.end_turn(request)


def _begin() -> None:
    """Prepare the child."""
    os.nice(10)  # not 19: readers who keep all processors busy would leave it next to nothing
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def _work(function: Callable[..., Any], args: Any, kwargs: Any, limit: float, idle: float) -> Any:
    """Call a function, in the child, which SIGALRM ends: `limit` seconds later, if the server has
    ended meanwhile and does not do so, or after `idle` seconds without more work.
    """
    signal.setitimer(signal.ITIMER_REAL, limit + 1)
    try:
        return function(*args, **kwargs)
    except MemoryError as error:
        raise TooSlow from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, idle)
