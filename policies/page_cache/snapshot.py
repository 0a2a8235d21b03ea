"""Public pages in one file, for a process that starts while the database can't be reached.

    policies pages 2                                  the format
    <HMAC-SHA256 of all that follows, hexadecimal>
    {"site": …, "editions": …, "pages": …}            where each body is, with its SHA-256
    bodies                                            one after the other

Whoever can write the file could publish through it. So it is signed, and a file that is not
ours, or not complete, is ignored. The format's number also changes with what the key is made of, so
that a file of another release is known from one that somebody altered. A new one is written under
another name and then renamed: a reader sees the old one or the new one. Whatever else may be at
these names, such as a link or a pipe, is neither written to nor waited for.
"""

import hashlib
import hmac
import json
import logging
import math
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any

from policies.page_cache.memory import Key
from policies.page_cache.responses import CODINGS, IDENTITY, Page
from policies.publication_state.state import PublicationState

logger = logging.getLogger(__name__)

Site = tuple[str, str]

_KIND = b"policies pages "
_FORMAT = _KIND + b"2\n"
# The largest file that is read: so many bytes for each byte of pages (headers and digests are small
# beside those), and so many more.
_ROOM = 2
_LEAST = 1_000_000


class _Rejected(Exception):
    """The file is not ours, or not as it was written."""


class _OfAnotherRelease(Exception):
    """The file is a snapshot with another number."""


class Snapshot:
    """The snapshot file at `path`, for writing and reading.

    secret: the key of its signature. limit: bytes of pages. may_serve: whether there may be a page
    at a key at all, whatever the file holds.
    """

    def __init__(
        self, path: Path, *, secret: bytes, limit: int, may_serve: Callable[[Key], bool]
    ) -> None:
        self.path = path
        self._secret = secret
        self._limit = limit
        self._may_serve = may_serve
        self._reading = threading.Lock()
        # Which file the index below was read from, and which one `write` left.
        self._loaded: tuple[int, ...] | None = None
        self._written: tuple[int, ...] | None = None
        self._site: Site = ("", "")
        self._start = 0
        self._places: dict[Key, dict[str, Any]] = {}
        self._states: list[PublicationState] = []

    def write(self, pages: Iterable[tuple[Key, Page]], site: Site) -> None:
        """Replace the file's content with these pages, given the most important first.

        Those beyond `limit` are left out. site: the scheme and host whose pages are also served to
        requests for other hosts, in place of missing ones. Raises OSError.
        """
        index, bodies = self._index_and_bodies(pages, site)
        content = [json.dumps(index).encode() + b"\n", *bodies]
        signature = hmac.new(self._secret, digestmod=hashlib.sha256)
        for piece in content:
            signature.update(piece)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f"{self.path.name}.new")
        try:
            unfinished.unlink(missing_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_FORMAT + signature.hexdigest().encode() + b"\n")
                file.writelines(content)
                file.flush()
                os.fsync(file.fileno())
                self._written = _identity(os.fstat(file.fileno()))
            unfinished.replace(self.path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def is_as_written(self) -> bool:
        """Whether the file is the one that `write` left there, by its size and times."""
        try:
            return _identity(self.path.stat()) == self._written
        except OSError:
            return False

    def _index_and_bodies(
        self, pages: Iterable[tuple[Key, Page]], site: Site
    ) -> tuple[dict[str, Any], list[bytes]]:
        states: dict[PublicationState, int] = {}
        bodies: list[bytes] = []
        entries: list[dict[str, Any]] = []
        offset = size = 0
        for key, page in pages:
            size += page.size
            if size > self._limit:
                break
            places = {}
            for coding, body in {IDENTITY: page.body, **page.coded}.items():
                places[coding] = [offset, len(body), hashlib.sha256(body).hexdigest()]
                bodies.append(body)
                offset += len(body)
            number = states.setdefault(page.state, len(states))
            entries.append(
                {"key": key, "edition": number, "headers": page.headers, "bodies": places}
            )
        # The file has names of its own, which older processes read: an edition is a state.
        editions = [_as_json(state) for state in states]
        return {"site": site, "editions": editions, "pages": entries}, bodies

    def find(self, key: Key) -> Page | None:
        """Return the page at a key, or else the page at the same path of `site`. Never raises."""
        if not self._may_serve(key):
            return None
        try:
            with self._reading, open(self.path, "rb", opener=open_without_blocking) as file:
                self._load(file)
                place = self._places.get(key) or self._places.get((*self._site, key[2]))
                return self._page(file, place) if place else None
        except FileNotFoundError:
            return None
        except _OfAnotherRelease:
            logger.info("%s is of another release. It will be written anew.", self.path)
            return None
        except Exception as error:  # noqa: BLE001  whatever the file is: no reader may suffer for it
            self._places = {}
            logger.warning("%s is not used: %s", self.path, error)
            return None

    def _load(self, file: IO[bytes]) -> None:
        """Check the file and read its index, unless this very file was read or found bad before."""
        stat = os.fstat(file.fileno())
        if self._loaded == _identity(stat):
            return
        self._loaded, self._places = _identity(stat), {}
        if not S_ISREG(stat.st_mode):
            raise _Rejected("it is not an ordinary file")
        if stat.st_size > _ROOM * self._limit + _LEAST:
            raise _Rejected(f"it has {stat.st_size} bytes")
        form = file.readline(len(_FORMAT))
        if form != _FORMAT:
            if form.startswith(_KIND):
                raise _OfAnotherRelease
            raise _Rejected("it is no snapshot of this form")
        signature = file.readline(65).rstrip(b"\n")  # 64 digits and the end of the line
        index = json.loads(self._checked(file, signature))
        self._site = (index["site"][0], index["site"][1])
        self._states = [
            PublicationState(
                tuple(heads),
                since=-math.inf if since is None else since,
                until=math.inf if until is None else until,
            )
            for *heads, since, until in index["editions"]
        ]
        self._places = {tuple(entry["key"]): entry for entry in index["pages"]}

    def _checked(self, file: IO[bytes], stated: bytes) -> bytes:
        """Return the line with the index, after checking the signature of the whole file."""
        signature = hmac.new(self._secret, digestmod=hashlib.sha256)
        line = file.readline()
        self._start = file.tell()
        signature.update(line)
        while piece := file.read(1 << 20):
            signature.update(piece)
        if not hmac.compare_digest(signature.hexdigest().encode(), stated):
            raise _Rejected("its signature is not ours")
        return line

    def _page(self, file: IO[bytes], entry: dict[str, Any]) -> Page:
        bodies: dict[str, bytes] = {}
        for coding in CODINGS:
            if coding in entry["bodies"]:
                offset, length, digest = entry["bodies"][coding]
                file.seek(self._start + offset)
                bodies[coding] = file.read(length)
                if hashlib.sha256(bodies[coding]).hexdigest() != digest:
                    raise _Rejected("a page in it is not as it was written")
        headers = [(name, value) for name, value in entry["headers"]]
        state = self._states[entry["edition"]]
        return Page(headers, bodies.pop(IDENTITY), state, coded=bodies)


def open_without_blocking(path: str, flags: int) -> int:
    """Open a file, as the opener of `open`. At a pipe, that would wait for its other end."""
    return os.open(path, flags | os.O_NONBLOCK, 0o600)


def _as_json(state: PublicationState) -> list[str | float | None]:
    times = [time if math.isfinite(time) else None for time in (state.since, state.until)]
    return [*state.heads, *times]


def _identity(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
