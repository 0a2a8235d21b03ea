"""What this process tells Prometheus. Loaded with METRICS_TOKEN only.

Requests are counted as plain numbers (core.py), so that counting costs a reader nothing. The thread
that watches the database hands them over; prometheus_client keeps them in a file per process, and
whichever process is asked adds them all up.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import tempfile
from collections import Counter as Numbers
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

_PLACE = "PROMETHEUS_MULTIPROC_DIR"


def _make_place() -> None:
    """Make the folder of this server's processes. prometheus_client looks when it is imported."""
    if _PLACE in os.environ:
        return
    folder, owner = tempfile.mkdtemp(prefix="policies-metrics-"), os.getpid()
    os.environ[_PLACE] = folder

    def remove() -> None:
        if os.getpid() == owner:  # a worker inherits what its master does at its end
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


_make_place()

# They look for the place when they are imported.
from prometheus_client import CollectorRegistry, Counter, Gauge  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

if TYPE_CHECKING:
    from .core import Pages

ANSWERS = Counter(
    "policies_answers",
    "Requests that were answered, by what they were answered with: a page, by its status (200, "
    "304, 404 …), or django for what was passed on",
    ["kind"],
)
MADE = Counter("policies_pages_made", "Pages that were made anew")
KEPT = Gauge("policies_pages_kept", "Pages in memory", multiprocess_mode="livesum")
KEPT_BYTES = Gauge(
    "policies_pages_kept_bytes", "Memory that they take", multiprocess_mode="livesum"
)
SILENCE = Gauge(
    "policies_database_silence_seconds",
    "Seconds since a process last heard from the database; of the process that waits longest",
    multiprocess_mode="livemax",
)
_PAGE_SIZE = resource.getpagesize()


@cache
def _resident_memory() -> Gauge:
    """Made in each process that tells its own: gunicorn's first tells nothing, and would show 0."""
    return Gauge(
        "policies_resident_memory_bytes", "Memory of each process", multiprocess_mode="liveall"
    )


def of_all_processes() -> CollectorRegistry:
    """Return what all processes of this server have told, added up."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class ProcessMetrics:
    """Hands over what has been counted since the last time."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._told: Numbers[str | int] = Numbers()
        self._made = 0

    def report(self) -> None:
        """Hand the numbers of this process over."""
        answered = Numbers(self._pages.answered)
        for kind, number in (answered - self._told).items():
            ANSWERS.labels(kind).inc(number)
        self._told = answered
        made = self._pages.made
        MADE.inc(made - self._made)
        self._made = made
        KEPT.set(len(self._pages.memory))
        KEPT_BYTES.set(self._pages.memory.size)
        SILENCE.set(self._pages.silence)
        _resident_memory().set(_resident())


def _resident() -> int:
    """Return this process's resident memory in bytes; 0 where Linux's /proc is not."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_SIZE
    except OSError:
        return 0
