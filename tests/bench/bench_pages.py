"""Pages from memory in both shells, against bare applications that send the same headers.

In pairs on one core: a burst of one second each in alternation, keep-alive, 16 connections; the
median of the ratios counts, since a machine's speed changes from second to second. On a machine
that others use at the same time, look at the processor time per request instead: it is of the
server alone. Needs wrk and taskset (Debian: apt install wrk util-linux).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.site import ROOT, SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 16
BURSTS = int(os.environ.get("BURSTS", "9"))
PAGE = "/privacy/"
CONFIGURED = ("--config", "softphonez_site/gunicorn_conf.py")
THREADS = ("--worker-class", "gthread", "--threads", "4")
BARE = ("--no-control-socket", "--keep-alive", "5")
SHELLS = {
    "ASGI": (*CONFIGURED,),
    "WSGI": (*CONFIGURED, *THREADS, "softphonez_site.wsgi"),
    "bare ASGI": (*BARE, "--worker-class", "asgi", "tests.bench.bare:asgi"),
    "bare WSGI": (*BARE, *THREADS, "tests.bench.bare:wsgi"),
}


@dataclass
class Server:
    """A gunicorn of one worker, on one core."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    cold: float

    @property
    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6

    @property
    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.worker}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def burst(self, *lines: str) -> tuple[float, float]:
        """Return requests per second, and microseconds of processor time per request."""
        headers = [part for line in lines for part in ("--header", line)]
        before = self.processor_seconds
        said = subprocess.run(
            [
                *pinned(0),
                *("wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", "1s"),
                *headers,
                f"http://127.0.0.1:{self.port}{PAGE}",
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "Non-2xx" not in said or "If-None-Match" in "".join(lines), said
        found = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec: +([\d.]+)", said)
        assert found[0], said
        assert found[1], said
        spent = self.processor_seconds - before
        return float(found[1][1]), 1e6 * spent / int(found[0][1])


def pinned(core: int) -> list[str]:
    """Return the beginning of a command that keeps to a core: servers to the last, wrk to 0."""
    cores = os.cpu_count() or 1
    return ["taskset", "--cpu-list", str(core % cores)]


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SECRET_KEY": "for-benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "off",
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "BARE_ANSWER": f"{folder}/answer.json",
    }


def make_site(folder: Path) -> None:
    for command in (["migrate"], ["import_policies", str(SEED), "--publish"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env=environment(folder),
            check=True,
        )


@contextlib.contextmanager
def serving(folder: Path, name: str) -> Iterator[Server]:
    """Start a server; `cold` is the seconds from its start to its first answer."""
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [
            *(*pinned(-1), sys.executable, "-m", "gunicorn", *SHELLS[name]),
            *("--log-level", "error", "--bind", f"127.0.0.1:{port}"),
        ],
        cwd=ROOT,
        env=environment(folder) | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                fetch(port)
                break
            assert process.poll() is None, f"{name} did not start"
            time.sleep(0.01)
        yield Server(name, port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def fetch(port: int, **headers: str) -> tuple[list[tuple[str, str]], bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PAGE}", headers=headers)
    with urllib.request.urlopen(request) as answer:  # noqa: S310  this machine, our own server
        return answer.getheaders(), answer.read()


def copy_answer(folder: Path, port: int) -> None:
    """Let the bare applications answer as the page does."""
    headers, body = fetch(port)
    kept = [header for header in headers if header[0].lower() not in {"date", "server"}]
    kept = [header for header in kept if header[0].lower() != "connection"]
    (folder / "body").write_bytes(body)
    (folder / "answer.json").write_text(json.dumps([kept, f"{folder}/body"]))


def compared(ours: Server, theirs: Server, goal: str, *lines: str) -> tuple[str, str, str]:
    """Return a row: the ratio of two servers' speeds, burst by burst."""
    pairs = [(ours.burst(*lines), theirs.burst(*lines)) for _ in range(BURSTS)]
    speed = statistics.median(a[0] / b[0] for a, b in pairs)
    effort = statistics.median(b[1] / a[1] for a, b in pairs)
    a, b = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    what = f"{ours.name} / {theirs.name}: {a:,.0f} / {b:,.0f} a second"
    return what, f"{speed:.3f} ({effort:.3f})", goal


def run() -> list[tuple[str, str, str]]:
    """Return rows of (what, measured, goal); in brackets the ratio of processor time."""
    if not shutil.which("wrk"):
        return [("pages: needs wrk (apt install wrk)", "", "")]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="policies-pages-")))
        make_site(folder)
        asgi, wsgi = (stack.enter_context(serving(folder, name)) for name in ("ASGI", "WSGI"))
        copy_answer(folder, asgi.port)
        bare_asgi, bare_wsgi = (
            stack.enter_context(serving(folder, name)) for name in ("bare ASGI", "bare WSGI")
        )
        headers, coded = fetch(asgi.port, **{"Accept-Encoding": "br"})
        tag = dict(fetch(asgi.port)[0])["etag"]
        wire = len(coded) + sum(len(name) + len(value) + 4 for name, value in headers)
        return [
            compared(asgi, bare_asgi, "≥ 0.95"),
            compared(wsgi, bare_wsgi, "≥ 0.95"),
            compared(asgi, bare_wsgi, "≥ 2"),
            compared(asgi, bare_asgi, "304", f"If-None-Match: {tag}"),
            compared(asgi, bare_asgi, "brotli", "Accept-Encoding: br"),
            ("first visit on the wire, with brotli", f"{wire:,} B", "< 8,000 B"),
            ("start to first answer", f"{asgi.cold:.2f} s", "< 1.5 s"),
            ("resident memory of an ASGI worker", f"{asgi.megabytes:.1f} MB", "< 60 MB"),
            ("resident memory of a WSGI worker", f"{wsgi.megabytes:.1f} MB", "< 60 MB"),
        ]
