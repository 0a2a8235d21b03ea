"""What this process reports to Prometheus. Loaded only if METRICS_TOKEN is set.

Requests are counted in plain numbers (core.py), so that counting costs a reader nothing. The thread
that watches the database reports them; prometheus_client keeps them in a file per process, and the
process that is asked for /metrics adds all of them up.
"""

import atexit
import os
import resource
import shutil
import tempfile
from collections import Counter as Numbers
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from policies.page_cache.core import Pages
from policies.page_cache.django_requests import Application

_PLACE = "PROMETHEUS_MULTIPROC_DIR"


if _PLACE not in os.environ:
    _folder, _owner = tempfile.mkdtemp(prefix="policies-metrics-"), os.getpid()
    os.environ[_PLACE] = _folder

    @atexit.register
    def _remove() -> None:
        if os.getpid() == _owner:  # workers inherit the master's atexit handlers
            shutil.rmtree(_folder, ignore_errors=True)


# These look for the folder that this server's processes share when they are imported.
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

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


DJANGO = Histogram(
    "policies_django_seconds",
    "How long Django took until it answered, for pages that had to be made, too; by status (2xx …)",
    ["status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)


def measured(django: Application) -> Application:
    """Return the WSGI application that passes requests on to Django, and measures its answers."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = monotonic()

        def answering(status: str, *rest: Any) -> Any:
            DJANGO.labels(f"{status[:1]}xx").observe(monotonic() - started)
            return start_response(status, *rest)

        return django(environ, answering)  # type: ignore[no-any-return]

    return application


@cache
def _resident_memory() -> Gauge:
    """Return the gauge, made on first use: gunicorn's master never reports, and would show 0."""
    return Gauge(
        "policies_resident_memory_bytes", "Memory of each process", multiprocess_mode="liveall"
    )


class _AllProcessesCollector(MultiProcessCollector):
    """Adds up what is in the files of all processes."""

    def collect(self) -> Iterable[Metric]:
        files = [str(file) for file in Path(os.environ[_PLACE]).glob("*.db") if _has_its_size(file)]
        return self.merge(files)  # type: ignore[no-any-return, no-untyped-call]


def _has_its_size(file: Path) -> bool:
    """Return whether a file can be read: one that a process has only just made is still empty."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # its process has ended
        return False


def metrics_of_all_processes() -> CollectorRegistry:
    registry = CollectorRegistry()
    _AllProcessesCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class ProcessMetrics:
    """Reports what has been counted since the last report."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._reported: Numbers[str | int] = Numbers()
        self._made = 0

    def report(self) -> None:
        answered = Numbers(self._pages.answered)
        for kind, number in (answered - self._reported).items():
            ANSWERS.labels(kind).inc(number)
        self._reported = answered
        made = self._pages.made
        MADE.inc(made - self._made)
        self._made = made
        KEPT.set(len(self._pages.memory))
        KEPT_BYTES.set(self._pages.memory.size)
        SILENCE.set(self._pages.silence)
        try:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        except OSError:  # no Linux
            pages = 0
        _resident_memory().set(pages * resource.getpagesize())
