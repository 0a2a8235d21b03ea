"""The thread that writes the snapshot after each change, in one process of a machine."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse
from django.utils import timezone

from policies.models import Revision
from policies.page_cache.core import Pages
from policies.page_cache.from_django import may_serve
from policies.page_cache.memory import Key
from policies.page_cache.snapshot import Snapshot, open_without_blocking

logger = logging.getLogger(__name__)

# Seconds between two checks of whether something has changed.
EVERY = 0.25
# Seconds after which a new file is written only because more pages are in memory by now.
_FOR_MORE_PAGES = 30.0
# Seconds after writing before which a file that somebody removed or altered is not written again.
_REPAIR_DELAY = 2.0
# How many pages, the most important, are made without a pause and written before the others.
_FIRST = 20
# Among the essential pages: those of the whole site, and how many of the newest versions.
_OF_THE_SITE = ("feed_of_all", "ledger_json", "robots", "sitemap")
_VERSIONS = 300
# The most pages that are made because they are essential; and the most of those asked for.
_MAX_PAGES = 1_000


def site_snapshot(limit: int) -> Snapshot | None:
    """Return the snapshot for the site's database; None if the settings switch it off."""
    if not settings.PAGES_SNAPSHOT or not limit:
        return None
    # A file that was signed with another key, or for another database, is ignored.
    at = settings.DATABASES["default"]
    place = [at["ENGINE"], *(str(at.get(part, "")) for part in ("HOST", "PORT", "NAME"))]
    secret = "\n".join(["policies.page_cache.snapshot", settings.SECRET_KEY, *place])
    return Snapshot(
        settings.PAGES_SNAPSHOT,
        secret=hashlib.sha256(secret.encode()).digest(),
        limit=limit,
        may_serve=may_serve,
    )


def essential_paths(*, at: datetime) -> list[str]:
    """Return the paths of the pages that a snapshot must have, the most important first.

    Raises django.db.Error.
    """
    versions = list(Revision.objects.in_force(at=at).select_related("policy").order_by("pk"))
    in_use = [version.policy.language for version in versions]
    languages = dict.fromkeys([settings.LANGUAGE_CODE, *in_use])
    paths = [reverse("policies:index", kwargs={"language": language}) for language in languages]
    for name in (
        "policy",
        "embed",
        "current_json",
        "current_markdown",
        "history",
        "feed",
        "timemap",
    ):
        paths += [version.policy.url(name) for version in versions]
    paths += [reverse(f"policies:{name}") for name in _OF_THE_SITE]
    # Notices are sent of what is new, so those of older versions can wait until somebody asks.
    for version in [*versions, *Revision.objects.upcoming(at=at).select_related("policy")]:
        for name in ("notice_json", "notice_text", "notice_html"):
            paths.append(version.policy.url(name, number=version.number))
    numbered = Revision.objects.published().select_related("policy").order_by("-effective_at")
    for version in [*versions, *numbered[:_VERSIONS]]:
        for name in ("version", "markdown", "json", "akoma_ntoso"):
            paths.append(version.policy.url(name, number=version.number))
    return list(dict.fromkeys(paths))


class SnapshotWriter:
    """Makes the essential pages, and writes them to the snapshot with those that were asked for.

    It does so when the state is another than at the last writing. Of all processes that share the
    file, the one that holds the lock beside it does this; when that dies, another takes over.

    clock: as time.monotonic. event: makes the event that stops the thread and on which it waits.
    """

    def __init__(
        self,
        pages: Pages,
        snapshot: Snapshot,
        *,
        paths: Callable[[], list[str]] = lambda: essential_paths(at=timezone.now()),
        clock: Callable[[], float] = time.monotonic,
        event: Callable[[], threading.Event] = threading.Event,
    ) -> None:
        site = urlsplit(settings.SITE_URL)
        self._site = (site.scheme, site.netloc.lower())
        self._pages = pages
        self._snapshot = snapshot
        self._paths = paths
        self._clock = clock
        self._event = event
        self._complained = False
        self._prepare()
        os.register_at_fork(after_in_child=self._prepare)

    def _prepare(self) -> None:
        """Reset the thread's state, also in a forked child: it has none of its parent's threads."""
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopped = self._event()

    def start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="snapshot", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while lock := self._wait_for_lock():
            self._update_while_locked(lock)
            lock.close()

    def _update_while_locked(self, lock: _Lock) -> None:
        """Update the file until stopped, or until the lock's file is gone or replaced."""
        written: tuple[object, int] | None = None
        written_at = 0.0
        while not self._stopped.wait(EVERY) and lock.is_there():
            state, began = self._pages.state, self._clock()
            if state is None or self._pages.silent:
                continue
            shown = (state, len(self._pages.memory))
            is_outdated = written is None or written[0] != state
            if not is_outdated and began - written_at > _REPAIR_DELAY:
                is_outdated = not self._snapshot.is_as_written()
            if not is_outdated and (shown == written or began - written_at < _FOR_MORE_PAGES):
                continue
            if self.refresh():
                written_at = self._clock()
                written = (state, len(self._pages.memory))
            close_old_connections()
            # Rest as long as that took: on a large site where drafts are saved all the time, half
            # of the time at least is left for readers.
            self._stopped.wait(self._clock() - began)

    def _wait_for_lock(self) -> _Lock | None:
        """Wait until no other process holds the lock, and take it; None if stopped before."""
        while not self._stopped.is_set():
            try:
                return _Lock(self._snapshot.path)
            except BlockingIOError:
                self._stopped.wait(1)
            except OSError as error:
                self._complain(error)
                self._stopped.wait(60)
        return None

    def refresh(self) -> bool:
        """Make the essential pages, then those that somebody asked for, and write them; return
        whether all of them were.
        """
        state = self._pages.state
        memory_left = self._pages.memory.limit // 2
        asked_for = [key for key, _ in self._pages.memory.newest()[:_MAX_PAGES]]
        try:
            essential = [(*self._site, path) for path in self._paths()[:_MAX_PAGES]]
            wanted = list(dict.fromkeys([*essential, *asked_for]))
            for number, key in enumerate(wanted):
                if self._stopped.is_set() or self._pages.silent:
                    return False
                if number == _FIRST:
                    self._write(wanted, made=number)
                is_first = number < _FIRST
                if not is_first and self._pages.state != state:
                    return False  # begin again with what matters most
                memory_left -= self._size_made(key, may_make=memory_left > 0, pause=not is_first)
            self._write(wanted, made=len(wanted))
        except Exception as error:  # noqa: BLE001  disk or database: the next time may go better
            self._complain(error)
            return False
        return True

    def _write(self, wanted: list[Key], *, made: int) -> None:
        """Write the wanted pages. made: how many are made anew; of the rest, if need be, write what
        the old snapshot has.
        """
        pages = []
        for number, key in enumerate(wanted):
            page = self._pages.memory.get(key)
            if page is None and number >= made:
                page = self._snapshot.find(key)
            if page is not None:
                pages.append((key, page))
        if pages and not self._pages.silent:
            self._snapshot.write(pages, self._site)
            self._complained = False

    def _complain(self, error: Exception) -> None:
        if not self._complained and not self._pages.silent:
            logger.warning(
                "%s could not be written: %s. A process that starts while the database is away "
                "will not have these pages. PAGES_SNAPSHOT names the file.",
                self._snapshot.path,
                error,
            )
            self._complained = True

    def _size_made(self, key: Key, *, may_make: bool, pause: bool) -> int:
        """Return a page's size in bytes; make it first if it is missing and `may_make`.

        With `pause`, then wait for as long as that took: readers go first.
        """
        page = self._pages.at(key)
        if page is None and may_make:
            began = self._clock()
            pending, must_make = self._pages.pending(key)
            if must_make:
                self._pages.make(pending)
            pending.future.result()
            page = self._pages.memory.get(key)
            if pause:
                self._stopped.wait(self._clock() - began)
        return page.size if page else 0


class _Lock:
    """Makes this process the only one on the machine that writes the snapshot at a path.

    Raises BlockingIOError, OSError.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_name(f"{path.name}.lock")
        if file.is_symlink():
            raise OSError(f"{file} is a link")
        self._file = open(file, "a", opener=open_without_blocking)  # noqa: SIM115
        self.close = self._file.close
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise

    def is_there(self) -> bool:
        """Whether the lock is the one that another process would find at its path."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), os.stat(self._file.name))  # noqa: PTH116
        except OSError:
            return False
