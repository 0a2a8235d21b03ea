"""The pages that are kept: a bounded amount of memory, from which the least recently used go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .answers import Page


class Key(NamedTuple):
    """What a page depends on. host: in small letters, with its port. path: percent-decoded."""

    scheme: str
    host: str
    path: str


class Memory:
    """Pages by key, at most `limit` bytes of them (bodies and what holds them; no exact count)."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._pages: OrderedDict[tuple[str, str, str], Page] = OrderedDict()
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: tuple[str, str, str]) -> Page | None:
        """Return a page and remember that it was used. Takes no lock."""
        page = self._pages.get(key)
        if page is not None:
            try:
                self._pages.move_to_end(key)
            except KeyError:
                pass  # put out by another thread just now
        return page

    def put(self, key: tuple[str, str, str], page: Page) -> None:
        """Keep a page in the place of the one that has this key."""
        with self._writing:
            self._remove(key)
            if page.size > self.limit:
                return
            self._pages[key] = page
            self.size += page.size
            while self.size > self.limit:
                self._remove(next(iter(self._pages)))

    def drop(self, key: tuple[str, str, str]) -> None:
        """Forget a page, if it is kept."""
        with self._writing:
            self._remove(key)

    def _remove(self, key: tuple[str, str, str]) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.size -= gone.size
