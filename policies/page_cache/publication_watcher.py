"""The thread that reads the publication state from the database all the time."""

import logging
import os
import threading
from collections.abc import Callable

from django.db import connection

from policies.page_cache.core import Pages
from policies.publication_state import listeners
from policies.publication_state.reading import read_state
from policies.publication_state.state import PublicationState

logger = logging.getLogger(__name__)

# Seconds between two readings: how late a publication by another process shows, at most.
EVERY = 0.25


class Watcher:
    """Reads the state for `pages` several times a second, in a thread of its own.

    also: called each time, for other work at the same interval. If it raises, that is logged once.

    The thread has its own database connection, as every thread has in Django. It is started with
    the server or by the first request, hence after a fork; no failure of the database ends it.
    """

    def __init__(
        self,
        pages: Pages,
        *,
        read: Callable[[], PublicationState] = read_state,
        also: Callable[[], None] = lambda: None,
        every: float = EVERY,
    ) -> None:
        self._pages = pages
        self._read = read
        self._also = also
        self._every = every
        self._prepare()
        listeners.add(self._on_change)
        os.register_at_fork(after_in_child=self._prepare)

    def _prepare(self) -> None:
        """Reset the thread's state, also in a forked child: it has none of its parent's threads."""
        self.running = self._complained = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._awake = threading.Event()

    def start(self) -> None:
        with self._starting:
            if self.running:
                return
            self._pages.reset_silence()
            self._thread = threading.Thread(
                target=self._watch, name="publication-watcher", daemon=True
            )
            self.running = True
            self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait for its end; stop listening for changes."""
        listeners.remove(self._on_change)
        self.running = False
        self._awake.set()
        if self._thread is not None:
            self._thread.join()

    def _on_change(self) -> None:
        self._pages.invalidate()
        self._awake.set()

    def _watch(self) -> None:
        failing = False
        while self.running:
            reading = self._pages.begin_reading()
            try:
                self._pages.update(self._read(), reading)
            except Exception as error:  # noqa: BLE001  whatever it is, the next one may succeed
                if not failing:
                    logger.warning("The database can't be used, pages stay as they are: %s", error)
                failing = True
                _discard_connection()
            else:
                if failing:
                    logger.warning("The database can be used again.")
                failing = False
            self._do_also()
            self._awake.wait(self._every)
            self._awake.clear()
        connection.close()

    def _do_also(self) -> None:
        try:
            self._also()
        except Exception:
            if not self._complained:
                logger.exception("The watcher's other work failed")
            self._complained = True
        else:
            self._complained = False


def _discard_connection() -> None:
    try:
        connection.close()
    except Exception:  # noqa: BLE001  it is broken; what matters is that the next one is new
        connection.connection = None
