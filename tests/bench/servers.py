"""Servers to measure, each on the first core, with the load from the others; and how fast they are.

Two servers are compared in pairs of bursts that take turns, and the result is the median of the
pairs' ratios: what else the machine does meanwhile hits both alike.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import site
from tests.nginx import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONNECTIONS = 16
BURST = 1  # second
WORK = site.ROOT / "var" / "bench"
START = 60  # seconds until a server must have answered


@dataclass
class Burst:
    """What a burst of load has measured.

    rate: requests per second. p99: 99th percentile in milliseconds. cost: microseconds of the
    server's processor time per request, which others on the machine hardly change.
    """

    rate: float
    p99: float
    cost: float = 0.0


@dataclass
class Server:
    """A server that runs. path: of the page; headers: what clients send with each request."""

    name: str
    port: int
    path: str
    process: int
    headers: dict[str, str] = field(default_factory=dict)

    def burst(
        self, *, seconds: int = BURST, headers: Mapping[str, str] | None = None, path: str = ""
    ) -> Burst:
        """Load it for so long. Raises SystemExit if any answer was an error."""
        before = processor_seconds(worker(self))
        said = subprocess.run(
            self.load(seconds, headers, path), check=True, capture_output=True, text=True
        ).stdout
        burst = read(self.name, said)
        requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
        burst.cost = 1e6 * (processor_seconds(worker(self)) - before) / requests
        return burst

    def load(
        self, seconds: int, headers: Mapping[str, str] | None = None, path: str = ""
    ) -> list[str]:
        fields = [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
        return [
            *("taskset", "-c", loader_cores(), "wrk", "--latency", "-t1", f"-c{CONNECTIONS}"),
            f"-d{seconds}s",
            *(part for line in fields for part in ("-H", line)),
            f"http://127.0.0.1:{self.port}{path or self.path}",
        ]

    def get(self, headers: Mapping[str, str] | None = None, path: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                "GET", path or self.path, headers={**self.headers, **(headers or {})}
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def read(name: str, said: str) -> Burst:
    """Return what wrk has said. Raises SystemExit if it saw an error."""
    if trouble := re.search(r"Non-2xx.*|Socket errors.*[1-9].*", said):
        raise SystemExit(f"{name}: {trouble[0]}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    return Burst(rate, float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit])


def loader_cores() -> str:
    """The cores that load comes from: all but the first; on a machine with one, that one."""
    last = (os.cpu_count() or 1) - 1
    return f"1-{last}" if last > 0 else "0"


@contextmanager
def running(
    name: str,
    command: list[str],
    *,
    path: str,
    environment: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    core: str = "0",
) -> Iterator[Server]:
    """Run a server that listens on $PORT. It has answered when the block begins."""
    port = free_port()
    log = WORK / f"{re.sub(r'[^a-z]+', '-', name.lower())}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", core, *[part.replace("{port}", str(port)) for part in command]],
            cwd=site.ROOT,
            env={**os.environ, **(environment or {}), "PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    server = Server(name, port, path, process.pid, dict(headers or {}))
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return at the first answer."""
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            answer = server.get()
        except OSError:
            time.sleep(0.005)
            continue
        if answer.status == 200:
            return
        break
    raise SystemExit(f"{server.name} doesn't answer: see {log}.")


def gunicorn(*options: str, python: str = sys.executable, peer: bool = False) -> list[str]:
    """Return the command for one worker; as the site is served or, for a peer, by its own file."""
    file = "tests/bench/peers" if peer else "softphonez_site"
    return [python, "-m", "gunicorn", "--config", f"{file}/gunicorn_conf.py", *options]


# --- Comparing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one server is as another, by requests per second and by what the
    processor spends on each of them.
    """

    rate: float
    cost: float


def ratio(one: Server, other: Server, *, pairs: int) -> Ratio:
    """Return the medians over pairs of bursts."""
    rates, costs = [], []
    for number in range(pairs):
        # Who goes first changes, so that neither always meets what the other has left behind.
        order = (one, other) if number % 2 else (other, one)
        found = {}
        for server in order:
            found[server.name] = server.burst()
            _let_finish(server)
        rates.append(found[one.name].rate / found[other.name].rate)
        costs.append(found[other.name].cost / found[one.name].cost)
    return Ratio(statistics.median(rates), statistics.median(costs))


def _let_finish(server: Server) -> None:
    """Wait until a server has done what was still asked of it when the load ended.

    The answers to requests in flight would take the other one's time: both have one core.
    """
    process, until = worker(server), time.monotonic() + START
    before = -1.0
    while (now := processor_seconds(process)) != before and time.monotonic() < until:
        before = now
        time.sleep(0.1)


def rate(server: Server, *, bursts: int = 3, headers: Mapping[str, str] | None = None) -> Burst:
    """Return the median burst."""
    found = [server.burst(headers=headers) for _ in range(bursts)]
    return Burst(
        statistics.median(it.rate for it in found),
        statistics.median(it.p99 for it in found),
        statistics.median(it.cost for it in found),
    )


# --- Memory ------------------------------------------------------------------------------------


def worker(server: Server) -> int:
    """Return the process id of the server's first worker, or its own if it has none."""
    children = Path(f"/proc/{server.process}/task/{server.process}/children").read_text().split()
    return int(children[0]) if children else server.process


def processor_seconds(process: int) -> float:
    """Return what a process has used of processors so far (proc(5), utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> dict[str, float]:
    """Return a process's memory in megabytes (10^6 bytes).

    Rss is all that it has; in Pss what it shares with others counts by its share.
    """
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.findall(r"^(Rss|Pss|Private_Dirty):\s+(\d+) kB", rollup, re.MULTILINE)
    return {name: int(kilobytes) * 1024 / 1e6 for name, kilobytes in found}


# --- What it takes -----------------------------------------------------------------------------

DEBIAN = {"wrk": "wrk", "taskset": "util-linux", "nginx": "nginx-light"}


def install_tools() -> None:
    """Install what is missing from Debian. Raises SystemExit if that can't be."""
    os.environ["PATH"] += ":/usr/sbin"
    missing = [package for command, package in DEBIAN.items() if shutil.which(command) is None]
    if not missing:
        return
    apt = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(f"The benchmark needs {' '.join(missing)}. As root: {' '.join(apt)}")
    print(f"Installing {' '.join(missing)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    subprocess.run(apt, check=True, env=quiet, stdout=subprocess.DEVNULL)


PEERS = WORK / "peers"
PINS = site.ROOT / "tests" / "bench" / "peers" / "requirements.txt"


def peers_python() -> str:
    """Return the Python of the peers' own environment, made if it is missing or out of date."""
    python, installed = PEERS / "bin" / "python", PEERS / "installed-requirements.txt"
    pins = PINS.read_text(encoding="utf-8")
    if not (installed.exists() and installed.read_text(encoding="utf-8") == pins):
        print("Making an environment for the peers …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(PINS)], check=True)
        installed.write_text(pins, encoding="utf-8")
    return str(python)
