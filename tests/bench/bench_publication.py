"""Publishing under load: whether a reader sees an error, and when all see the new version."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench import servers, site
from tests.bench.bench_servers import settings
from tests.bench.servers import gunicorn, running

VERSIONS = int(os.environ.get("BENCH_VERSIONS", "10"))
SECONDS = VERSIONS + 3
# New connections, over which the kernel spreads them to all workers.
READERS = 12
PUBLISH = """
import sys
from pathlib import Path
from tests.bench import site
site.set_up(Path(sys.argv[1]))
from django.utils import timezone
from policies import workflow
from policies.text.document import Document, Section
from policies.models import Policy
policy = Policy.objects.filter(slug="load").first() or workflow.create_policy(
    slug="load", name="Load", by=None, at=timezone.now())
for number in range(int(sys.argv[2]) + 1):
    at = timezone.now()
    text = Document("Load", f"This is version{number}.", (Section("Scope", "scope", "All."),))
    draft = workflow.import_draft(policy.pk, text, by=None, at=at)
    workflow.publish_import(draft.pk, by=None, at=at, reason="Load.", effective_at=at,
                            change_note="Another number.")
    print(number, flush=True)
    if not sys.stdin.readline():
        break
"""


def run():
    servers.require_tools()
    with tempfile.TemporaryDirectory(prefix="policies-publication-") as name:
        folder = Path(name)
        publisher = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, f"{folder}/site.sqlite3", str(VERSIONS)],
            cwd=site.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert publisher.stdin
        assert publisher.stdout
        publisher.stdout.readline()  # version 0, before the load begins
        environment = {**settings(folder), "WEB_CONCURRENCY": "2"}
        cores = f"0-{(os.cpu_count() or 1) - 1}"
        with running(
            "this site, two workers",
            gunicorn("--log-level", "error"),
            path="/load/",
            environment=environment,
            core=cores,
        ) as server:
            load = subprocess.Popen(server.load(SECONDS), stdout=subprocess.PIPE, text=True)
            waits = []
            for number in range(1, VERSIONS + 1):
                publisher.stdin.write("\n")
                publisher.stdin.flush()
                publisher.stdout.readline()
                waits.append(_until_all_see(server, f"This is version{number}."))
                time.sleep(max(0.0, 1 - waits[-1]))
            burst = servers.read(server.name, load.communicate()[0])
        publisher.stdin.close()
        publisher.wait()
    waits.sort()
    median = waits[len(waits) // 2]
    yield f"errors under load while {VERSIONS} versions are published", "0", "0"
    yield ("  until every reader sees the new one, median", f"{median:.2f} s", "< 1 s")
    yield "  until every reader sees the new one, at most", f"{waits[-1]:.2f} s", "< 1 s"
    yield "  requests per second meanwhile", f"{burst.rate:,.0f}", ""
    yield "  99th percentile of the readers' waiting", f"{burst.p99:.1f} ms", ""


def _until_all_see(server, words):
    """Return the seconds until READERS readers, each on new connections, have seen these words."""
    began, ends = time.monotonic(), []

    def look():
        while time.monotonic() - began < 30:
            if words.encode() in server.get().body:
                ends.append(time.monotonic() - began)
                return
            time.sleep(0.02)

    readers = [threading.Thread(target=look) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if len(ends) < READERS:
        raise SystemExit("A reader did not see what was published within 30 s.")
    return max(ends)
