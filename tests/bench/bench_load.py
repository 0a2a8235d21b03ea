"""Mixed reading while versions are published: no error, flat memory, whole versions in order.

Takes a minute by default; the figures in docs/performance.md are of ten: MINUTES=10 make bench
BENCH=load. READERS and EVERY (seconds between two publications) can be set as well.
"""

import asyncio
import contextlib
import os
import tempfile
import time
from pathlib import Path

from tests.bench.bench_servers import settings
from tests.bench.publishing import publishing
from tests.bench.readers import Reader, Seen
from tests.nginx import free_port
from tests.servers import started

MINUTES = float(os.environ.get("MINUTES", "1"))
READERS = int(os.environ.get("READERS", "32"))
EVERY = float(os.environ.get("EVERY", "3"))
WORKERS = 2
# Memory is measured after these shares of the time, and at the end. At first, each process loads
# and caches what it is asked for; if it then still grows, as fast in each quarter, there is a leak.
LOOKS = (0.25, 0.5, 0.75)


def megabytes(server):
    """Return the resident memory of each worker."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    found = {}
    for worker in map(int, children):
        status = Path(f"/proc/{worker}/status").read_text()
        found[worker] = int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6
    return found


async def load(port, seen, publish, server):
    """Read and publish for MINUTES. Returns the last version, and memory at each of LOOKS."""
    readers = [Reader(port, seen, seed) for seed in range(READERS)]
    await asyncio.gather(*(reader.connect() for reader in readers))
    began = time.monotonic()
    end = began + 60 * MINUTES
    looks = []

    async def read(reader):
        while time.monotonic() < end:
            await reader.read_on()

    async def publish_on():
        number = 1
        while time.monotonic() < end:
            await asyncio.sleep(EVERY)
            number = await asyncio.to_thread(publish)
            passed = (time.monotonic() - began) / (60 * MINUTES)
            if len(looks) < sum(share < passed for share in LOOKS):
                looks.append(megabytes(server))
        return number

    last, *_ = await asyncio.gather(publish_on(), *map(read, readers))
    await asyncio.gather(*(reader.close() for reader in readers))
    return last, looks


def run():
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="policies-load-")))
        port = free_port()
        environment = {
            **os.environ,
            **settings(folder),
            "PAGES_SNAPSHOT": f"{folder}/pages.snapshot",
            # So small that it is full before growth is measured: what grows after that is a leak.
            "PAGES_MEMORY_MB": "8",
            "DJANGO_SETTINGS_MODULE": "tests.site.served_settings",
            "WEB_CONCURRENCY": str(WORKERS),
            "PORT": str(port),
        }
        publish = stack.enter_context(publishing(environment))
        publish()
        server = stack.enter_context(started(environment)).process
        cold, seen = megabytes(server), Seen()
        last, looks = asyncio.run(load(port, seen, publish, server))
        after = megabytes(server)
    for problem in seen.problems[:20]:
        print(problem)
    total = sum(seen.statuses.values())
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen.statuses.items()))
    rows = [
        (f"{READERS} readers, {MINUTES:g} min, {last} publications", f"{total:,}", "requests"),
        (f"  {statuses}", f"{total / MINUTES / 60:,.0f}/s", "200, 302, 304 and 404 only"),
        ("  errors, mixed versions, steps back", str(len(seen.problems)), "0"),
        ("  workers that died", str(len(cold.keys() - after.keys())), "0"),
    ]
    for number, worker in enumerate(sorted(after), start=1):
        seen_at = [look.get(worker, 0.0) for look in (cold, *looks, after)]
        what = f"  worker {number}, at first and after each quarter"
        said = ", ".join(f"{size:.0f}" for size in seen_at)
        rows.append((what, f"{said} MB", "no growth that goes on"))
    return rows
