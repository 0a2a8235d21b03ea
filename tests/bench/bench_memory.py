"""How much memory a worker uses: with the seed alone, and after 10,000 pages were read."""

import http.client
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench import servers
from tests.bench.bench_servers import PUBLISH, python, site_over

POLICIES, VERSIONS = 100, 100
READERS = 4
FILL = """
import sys
from pathlib import Path
from tests.bench import site
site.set_up(Path(sys.argv[1]))
from tests.bench import dataset
dataset.make_policies(int(sys.argv[2]), versions=int(sys.argv[3]))
"""


def run():
    servers.require_tools()
    with tempfile.TemporaryDirectory(prefix="policies-memory-") as name:
        folder = Path(name)
        database = f"{folder}/site.sqlite3"
        python(PUBLISH, database)
        with site_over("ASGI", folder) as server:
            _read(server, ["/", "/privacy/", "/privacy/versions/", "/privacy/current.json"])
            yield from _rows(server, "with the seed", "< 60 MB")
        python(FILL, database, str(POLICIES), str(VERSIONS))
        pages = [
            f"/policy-{policy}/versions/{version}/"
            for policy in range(1, POLICIES + 1)
            for version in range(1, VERSIONS + 1)
        ]
        # Making 10,000 pages is most of the work: on all cores it takes only minutes.
        with site_over("ASGI", folder, core=f"0-{(os.cpu_count() or 1) - 1}") as server:
            with ThreadPoolExecutor(READERS) as readers:
                shares = [pages[at::READERS] for at in range(READERS)]
                list(readers.map(_read, [server] * READERS, shares))
            yield from _rows(server, f"after {len(pages):,} pages", "< 200 MB")
            before = servers.memory(servers.worker(server))["Rss"]
            _read(server, [f"/policy-{number}/no/such/{number}/" for number in range(10_000)])
            grown = servers.memory(servers.worker(server))["Rss"] - before
            yield "growth by 10,000 made-up addresses", f"{grown:.1f} MB", "none"


def _read(server, paths):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for path in paths:
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 404):
            raise SystemExit(f"{path}: {answer.status}")
    connection.close()


def _rows(server, when, goal):
    used = servers.memory(servers.worker(server))
    yield f"a worker's memory {when}, resident", f"{used['Rss']:.1f} MB", goal
    yield f"a worker's memory {when}, its share (PSS)", f"{used['Pss']:.0f} MB", ""
