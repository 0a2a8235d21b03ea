"""The state of what is published, as one value, and who is notified when it changes.

It does not touch the database: the modules that write the publication record call
`notify_listeners`, the pages in memory listen, and neither knows the other. publication_watcher.py
reads the state.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PublicationState:
    """A state of the publication record, as pages show it, and how long they are right.

    heads: the digests of the newest entry of the ledger and of the audit, "" for none. since,
    until: POSIX timestamps of the last time of effect of any version and of the next, so that a
    scheduled version ends the state by itself; -inf and inf for none.
    """

    heads: tuple[str, str]
    since: float
    until: float

    def holds(self, at: float) -> bool:
        """Return whether pages of this state are right at a POSIX timestamp."""
        return self.since <= at < self.until


_listeners: list[Callable[[], None]] = []


def add_listener(listener: Callable[[], None]) -> None:
    """Have `listener` called after each change that this process commits. It must not fail."""
    _listeners.append(listener)


def remove_listener(listener: Callable[[], None]) -> None:
    if listener in _listeners:
        _listeners.remove(listener)


def notify_listeners() -> None:
    """Call the listeners: this process has committed a change of the publication record."""
    for listener in tuple(_listeners):
        listener()
