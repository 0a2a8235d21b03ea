"""The pages that are kept in memory: a bounded cache that drops the least recently used first."""

import threading
from collections import OrderedDict
from typing import Any

from policies.page_cache.responses import Page

# What a page depends on: scheme, host in lower case with its port, path without percent-encoding.
Key = tuple[str, str, str]


class Memory:
    """Pages by key, at most `limit` bytes of them (an estimate: bodies and some overhead).

    store: an empty dictionary to keep them in; tests pass their own.
    """

    __slots__ = ("_pages", "_writing", "cached_responses", "limit", "size")

    def __init__(self, limit: int, store: OrderedDict[Key, Page] | None = None) -> None:
        self.limit = limit
        self.size = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict() if store is None else store
        # Responses that asgi.py keeps for the pages here. All are forgotten when any page
        # comes or goes. So they keep no page alive; and each page is looked up here again, which
        # counts as use, before it could be dropped as the least recently used.
        self.cached_responses: dict[Any, Any] = {}
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key) -> Page | None:
        """Return a page and remember that it was used. Takes no lock."""
        page = self._pages.get(key)
        if page is not None:
            try:  # noqa: SIM105  suppress() would take longer than all the rest
                self._pages.move_to_end(key)
            except KeyError:
                pass  # another thread has dropped it just now
        return page

    def newest(self) -> list[tuple[Key, Page]]:
        """Return all pages with their keys, the most recently used first."""
        with self._writing:
            while True:
                try:
                    return list(reversed(self._pages.items()))
                except RuntimeError:  # a reader moved a page just now
                    continue

    def put(self, key: Key, page: Page) -> None:
        """Keep a page under a key, in place of the one that had it; a page over `limit` is not."""
        with self._writing:
            self._remove(key)
            if page.size > self.limit:
                return
            self._pages[key] = page
            self.size += page.size
            self.cached_responses.clear()
            while self.size > self.limit:
                # Without an iterator: a reader who moves a page meanwhile would break it.
                _, oldest = self._pages.popitem(last=False)
                self.size -= oldest.size

    def drop(self, key: Key) -> None:
        with self._writing:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.size -= gone.size
            self.cached_responses.clear()
