"""What was made of texts is kept in memory, so that a change costs only itself."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")

# Values that a process keeps, and characters of all that they were made of: of three or four texts
# of 34,000 words, all that is made of them. A section counts once for each kind of value: what was
# found in it takes 17 bytes for each character, its HTML and the tree that it was made of 20.
MAX_VALUES = 100_000
MAX_CHARACTERS = 5_000_000


class Cache:
    """Values that were made of texts, and used last."""

    def __init__(self, *, most: int = MAX_VALUES, characters: int = MAX_CHARACTERS) -> None:
        self._most, self._characters = most, characters
        self._length = 0
        self._values: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, length: int, make: Callable[[], Value]) -> Value:
        """Return make(), or what it returned before. key: begins with the name of what is made.
        length: of the text, in characters.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                kept: Value = self._values[key][1]
                return kept
        made = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = length, made
                self._length += length
            while len(self._values) > self._most or self._length > self._characters:
                _, (gone, _) = self._values.popitem(last=False)
                self._length -= gone
        return made

    def clear(self) -> None:
        """Forget all values, as a process that has just started knows none."""
        with self._lock:
            self._values.clear()
            self._length = 0


OF_TEXTS = Cache()
