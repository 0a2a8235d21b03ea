"""Runs servers on the first core, loads them from the other cores, and measures their speed.

Two servers are compared by bursts of load in turn. The result is the median of the ratios of such
pairs, so that whatever else the machine does affects both alike.
"""

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
from dataclasses import dataclass
from pathlib import Path

from tests.bench import site
from tests.nginx import free_port

CONNECTIONS = 16
BURST = 1  # second
WORK = site.ROOT / "var" / "bench"
START = 60  # seconds until a server must have answered


@dataclass
class Burst:
    """The result of a burst of load.

    rate: requests per second. p99: 99th percentile of latency, in milliseconds. cost: the server's
    processor time per request, in microseconds; other processes hardly affect it.
    """

    rate: float
    p99: float
    cost: float = 0.0


@dataclass
class Server:
    """A running server. path: of the page."""

    name: str
    port: int
    path: str
    process: int

    def burst(self, headers=None):
        """Load the server for BURST seconds. Raises SystemExit if any answer was an error."""
        before = processor_seconds(worker(self))
        said = subprocess.run(
            self.load(BURST, headers), check=True, capture_output=True, text=True
        ).stdout
        burst = read(self.name, said)
        requests = int(re.search(r"(\d+) requests in", said)[1])
        burst.cost = 1e6 * (processor_seconds(worker(self)) - before) / requests
        return burst

    def load(self, seconds, headers=None):
        """Return the command that loads the server for so many seconds."""
        fields = [f"{name}: {value}" for name, value in (headers or {}).items()]
        return [
            *("taskset", "-c", loader_cores(), "wrk", "--latency", "-t1", f"-c{CONNECTIONS}"),
            f"-d{seconds}s",
            *(part for line in fields for part in ("-H", line)),
            f"http://127.0.0.1:{self.port}{self.path}",
        ]

    def get(self, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", self.path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def read(name, said):
    """Return the result in wrk's output. Raises SystemExit if wrk saw an error."""
    if trouble := re.search(r"Non-2xx.*|Socket errors.*[1-9].*", said):
        raise SystemExit(f"{name}: {trouble[0]}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return Burst(rate, float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit])


def loader_cores():
    """Return the cores for the load, for taskset: all but the first, or the only one."""
    last = (os.cpu_count() or 1) - 1
    return f"1-{last}" if last > 0 else "0"


@contextmanager
def running(name, command, *, path, environment=None, core="0"):
    """Run a server that listens on $PORT; yield it once it has answered."""
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
    server = Server(name, port, path, process.pid)
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait(server, process, log):
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


def gunicorn(*options, python=sys.executable, peer=False):
    file = "tests/bench/peers" if peer else "softphonez_site"
    return [python, "-m", "gunicorn", "--config", f"{file}/gunicorn_conf.py", *options]


# --- Comparing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one server is as another: by requests per second, and by processor
    time per request.
    """

    rate: float
    cost: float


def ratio(one, other, *, pairs):
    """Return the median ratios over pairs of bursts."""
    rates, costs = [], []
    for number in range(pairs):
        # They take turns in going first, so that neither always suffers from the other's rest.
        order = (one, other) if number % 2 else (other, one)
        found = {}
        for server in order:
            found[server.name] = server.burst()
            _let_finish(server)
        rates.append(found[one.name].rate / found[other.name].rate)
        costs.append(found[other.name].cost / found[one.name].cost)
    return Ratio(statistics.median(rates), statistics.median(costs))


def _let_finish(server):
    """Wait until a server has answered the requests that were under way when the load ended.

    Otherwise it would take time from the other server: both run on one core.
    """
    process, until = worker(server), time.monotonic() + START
    before = -1.0
    while (now := processor_seconds(process)) != before and time.monotonic() < until:
        before = now
        time.sleep(0.1)


def rate(server, *, bursts=3, headers=None):
    found = [server.burst(headers) for _ in range(bursts)]
    return Burst(
        statistics.median(it.rate for it in found),
        statistics.median(it.p99 for it in found),
        statistics.median(it.cost for it in found),
    )


# --- Memory ------------------------------------------------------------------------------------


def worker(server):
    children = Path(f"/proc/{server.process}/task/{server.process}/children").read_text().split()
    return int(children[0]) if children else server.process


def processor_seconds(process):
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process):
    """Return a process's memory in megabytes (10^6 bytes).

    Rss is all of it; in Pss, memory that it shares with others counts in proportion.
    """
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.findall(r"^(Rss|Pss):\s+(\d+) kB", rollup, re.MULTILINE)
    return {name: int(kilobytes) * 1024 / 1e6 for name, kilobytes in found}


# --- What it takes -----------------------------------------------------------------------------

DEBIAN = {"wrk": "wrk", "taskset": "util-linux", "nginx": "nginx-light"}


def require_tools():
    """Raise SystemExit, with what to install, unless all tools are here."""
    os.environ["PATH"] += ":/usr/sbin"
    missing = [package for command, package in DEBIAN.items() if shutil.which(command) is None]
    if missing:
        raise SystemExit(f"The benchmark needs more. On Debian: apt install {' '.join(missing)}")


PEERS = WORK / "peers"
PINS = site.ROOT / "tests" / "bench" / "peers" / "requirements.txt"


def peers_python():
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
