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
import os
import pickle
import queue
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

Result = TypeVar("Result")

# Characters. Work on a text that is no longer takes a tenth of a second, on a hostile one half a
# second: hardly more than it takes to start the child.
SHORT = 20_000
# Seconds that one piece of work may take. The longest text takes four; the rest is for a machine
# that is busy with other things. With PATIENCE, less than the minute for which proxies wait.
LIMIT = 30
# Requests of one process that may be in here at a time, at work or waiting: of the four threads,
# two are left for everybody else.
PLACES = 2
# Seconds for which one of them may wait.
PATIENCE = 20
# Seconds of work after which half of what a person had is forgotten: who has had less comes first.
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
class _Caller:
    """A request with work. is_waiting: is it still wanted? has_turn: is it done now?"""

    person: str
    patience: float | None
    is_preview: bool
    is_waiting: Callable[[], bool] = lambda: True
    has_turn: bool = False


_caller: ContextVar[_Caller | None] = ContextVar("caller", default=None)
_person: ContextVar[str] = ContextVar("person", default="")


class Newest:
    """Which request of a kind is the newest, in memory that forked processes share.

    A cell has a digest of the kind and a random mark. Two kinds may take turns in a cell: then the
    older request is not ended, and that is all.
    """

    _CELLS, _SIZE = 4096, 16

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._CELLS * self._SIZE)

    def claim(self, kind: str) -> Callable[[], bool]:
        """Make this the newest request of a kind; return a function: is it still."""
        digest = hashlib.sha256(kind.encode()).digest()
        at = int.from_bytes(digest[8:12], "big") % self._CELLS * self._SIZE
        kind_of, mark = digest[:8], os.urandom(8)
        self._memory[at : at + self._SIZE] = kind_of + mark

        def is_newest() -> bool:
            now = self._memory[at : at + self._SIZE]
            return now[:8] != kind_of or now[8:] == mark

        return is_newest


class Child:
    """The child of this process, started when it is needed. Made before a server forks.

    limit: seconds for one piece of work. places, patience: see PLACES and PATIENCE. idle: seconds
    after which the child ends. grace: see GRACE. Tests pass their own.
    """

    def __init__(
        self,
        *,
        limit: float = LIMIT,
        places: int = PLACES,
        patience: float = PATIENCE,
        idle: float = IDLE,
        grace: float = GRACE,
    ) -> None:
        self.newest = Newest()
        self._limit, self._patience, self._idle, self._grace = limit, patience, idle, grace
        self._places = places
        # Notified when one of these changes: whose turn it is, since when, and who waits, in the
        # order of arrival.
        self._changed = threading.Condition()
        self._at_work: _Caller | None = None
        self._since = 0.0
        self._waiting: list[_Caller] = []
        # Seconds that the child has worked for each person; half of them are forgotten after
        # MEMORY seconds of work.
        self._used: dict[str, float] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection
        self._timer: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process; None if there is none now."""
        return self._process.pid if self._process else None

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Have the child call a function, which it imports by its name. Raises what that raises,
        and NotNow.
        """
        with one_turn() as caller:
            self._take_turn(caller)
            outcome = self._answer(pickle.dumps((function, args, kwargs)), caller)
            if not caller.is_waiting():
                raise Superseded
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _take_turn(self, caller: _Caller) -> None:
        if caller.has_turn:
            return
        until = monotonic() + (self._patience if caller.patience is None else caller.patience)
        with self._changed:
            self._waiting.append(caller)
            if len(self._waiting) + bool(self._at_work) > self._places:
                self._waiting.remove(self._one_too_many())
                self._changed.notify_all()
            try:
                while caller in self._waiting:
                    if not self._at_work and caller is min(self._waiting, key=self._rank):
                        self._at_work, self._since, caller.has_turn = caller, monotonic(), True
                        return
                    if not caller.is_waiting():
                        raise Superseded
                    if monotonic() > until:
                        break
                    self._changed.wait(_LOOK)
            finally:
                if caller in self._waiting:
                    self._waiting.remove(caller)
        raise Busy

    def _rank(self, caller: _Caller) -> tuple[bool, bool, float, bool]:
        """Return what is lower the sooner it is a request's turn: whoever does not wait comes last,
        before them whoever has the child now, and then whoever has used it most.
        """
        has_child = self._at_work is not None and self._at_work.person == caller.person
        used = self._used.get(caller.person, 0.0)
        return caller.patience == 0, has_child, used, caller.is_preview

    def _one_too_many(self) -> _Caller:
        """Return who gives way to the newest: an older request of the same person that is not more
        important, or else whoever ranks last, which may be the newest.
        """
        *others, newest = self._waiting
        for other in others:
            if other.person == newest.person and self._rank(other) >= self._rank(newest):
                return other
        return max(reversed(self._waiting), key=self._rank)

    def give_up_turn(self) -> None:
        """Let the next one have the child. Called by whoever has their turn."""
        with self._changed:
            if self._at_work:
                self._note_use(self._at_work.person, monotonic() - self._since)
            self._at_work = None
            self._start_timer()
            self._changed.notify_all()

    def _note_use(self, person: str, seconds: float) -> None:
        used = self._used.get(person, 0.0) + seconds
        left = 0.5 ** (seconds / MEMORY)
        for name, before in {**self._used, person: used}.items():
            self._used[name] = before * left

    def stop(self) -> None:
        """End the child, once it has done the work that it has."""
        with self._changed:
            self._changed.wait_for(lambda: self._at_work is None)
            self._end()

    def _answer(self, work: bytes, caller: _Caller) -> Any:
        until = monotonic() + self._limit
        for _ in range(2):  # whoever ended the child, the work is done by the next one
            try:
                self._start()
                return self._exchange(work, caller, until)
            except (EOFError, OSError):
                self._end()
                if monotonic() > until:
                    break  # it hung, and took in nothing
            except BaseException:
                self._end()  # or its answer would be taken for that to the next question
                raise
        raise TooSlow

    def _exchange(self, work: bytes, caller: _Caller, until: float) -> Any:
        self._connection.send_bytes(work)
        ends = monotonic() + self._grace
        while not self._connection.poll(_LOOK):
            if monotonic() > ends and not caller.is_waiting():
                raise Superseded
            if monotonic() > until:
                raise TooSlow
        return pickle.loads(self._connection.recv_bytes())  # noqa: S301  from our own child

    def _start(self) -> None:
        if self._process:
            return
        # Memory that a process without long texts does without.
        from multiprocessing.connection import Connection

        ours, theirs = socket.socketpair()
        for time in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            ours.setsockopt(socket.SOL_SOCKET, time, struct.pack("ll", int(self._limit) + 1, 0))
        self._connection = Connection(ours.detach())
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from {__name__} import serve; serve({theirs.fileno()})"
        )
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own code
                [sys.executable, "-I", "-c", code],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def _end(self) -> None:
        if self._process:
            self._connection.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(self._idle, self._end_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_idle(self) -> None:
        with self._changed:
            if not self._at_work:
                self._used.clear()
                self._end()


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
) -> Iterator[_Caller]:
    """Keep the child for all the work in this block, once the first of it has got its turn.

    ending_previews: the name of what there may be one preview of, such as a window: all work on
    others, in any process of this server, ends as Superseded. is_preview: whether this is one, too;
    then anything else of the same person is more important. patience: seconds for which it waits
    for its turn, until it is Busy; None: as PATIENCE says.
    """
    if outer := _caller.get():
        yield outer
        return
    is_newest = _child.newest.claim(ending_previews) if _child and ending_previews else None
    is_waiting = is_newest if is_newest and is_preview else lambda: True
    caller = _Caller(_person.get(), patience, is_preview, is_waiting)
    token, child = _caller.set(caller), _child
    try:
        yield caller
    finally:
        _caller.reset(token)
        if caller.has_turn and child:
            child.give_up_turn()


def serve(file_descriptor: int) -> None:
    """Do the work that comes over a connection until that is closed. The child's main function."""
    from multiprocessing.connection import Connection

    os.nice(10)  # not 19: readers who keep all processors busy would leave it next to nothing
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    # A terminal, or a supervisor, sends these to all processes of a server, which finishes what it
    # has begun, and needs its child for that.
    for order in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(order, signal.SIG_IGN)
    connection, received = Connection(file_descriptor), queue.SimpleQueue[bytes]()
    threading.Thread(target=_receive, args=(connection, received), daemon=True).start()
    while True:
        connection.send_bytes(_outcome(received.get()))


def _receive(connection: Connection, received: queue.SimpleQueue[bytes]) -> None:
    """Receive work, in a thread, to notice while others are at work that the server has ended."""
    while True:
        try:
            received.put(connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def _outcome(work: bytes) -> bytes:
    # A text that takes very long in one regular expression would outlive the server by that.
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + LIMIT) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    try:
        function, args, kwargs = pickle.loads(work)  # noqa: S301  from the server that started this
        return pickle.dumps(function(*args, **kwargs))
    except MemoryError:
        return pickle.dumps(TooSlow())
    except Exception as error:  # noqa: BLE001  it is raised where the answer is received
        return pickle.dumps(error)
