"""Who is notified when this process has committed a change of the publication record.

It does not touch the database: the ledger calls `notify`, the pages in memory listen, and neither
knows the other.
"""

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def add(listener: Callable[[], None]) -> None:
    """Have `listener` called after each change that this process commits. It must not fail."""
    _listeners.append(listener)


def remove(listener: Callable[[], None]) -> None:
    if listener in _listeners:
        _listeners.remove(listener)


def notify() -> None:
    for listener in tuple(_listeners):
        listener()
