"""Writes measured figures into a page of the docs, between the marks of each benchmark.

    <!-- bench servers -->  …  <!-- end servers -->

Then renews the table of promises from them (promises.py). Everything else on the page is written by
hand and stays.
"""

import importlib.metadata
import os
import platform
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import promises
from tests.nginx import NGINX

Row = tuple[str, str, str]

LISTEN = 2  # seconds for which other processes are watched
QUIET = 0.2  # cores that other processes may use


def machine():
    """Return one line that describes this machine."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.*)$", info, re.MULTILINE)
    kilobytes = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    said = NGINX and subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=True)
    nginx = re.search(r"nginx/([\d.]+)", said.stderr) if said else None
    versions = [
        f"Python {platform.python_version()}",
        *(f"{name} {importlib.metadata.version(name)}" for name in ("Django", "gunicorn")),
        f"nginx {nginx[1] if nginx else 'missing'}",
    ]
    hardware = [
        model[1] if model else platform.machine(),
        f"{os.cpu_count()} cores",
        f"{int(kilobytes[1]) // 1024**2 if kilobytes else '?'} GB",
        f"Linux {platform.release()}",
    ]
    return f"{', '.join(hardware)}; {', '.join(versions)}; {datetime.now(UTC):%Y-%m-%d}"


def busy():
    """Return a warning if other processes use the machine, "" otherwise. Takes two seconds.

    The load average won't do: for minutes it includes the benchmark before this one.
    """
    before = _busy_seconds()
    time.sleep(LISTEN)
    used = (_busy_seconds() - before) / LISTEN
    return f"Others used {used:.1f} of its cores: the figures say little." if used > QUIET else ""


def _busy_seconds():
    """Return the seconds for which all cores were not idle, summed up (proc(5), /proc/stat)."""
    total = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]
    idle, waiting = 3, 4
    ticks = sum(int(it) for at, it in enumerate(total) if at not in {idle, waiting})
    return ticks / os.sysconf("SC_CLK_TCK")


def write(page, name, rows, warning):
    """Write one benchmark's table between its marks. Raises SystemExit if the page has none."""
    text = page.read_text(encoding="utf-8")
    marks = re.compile(rf"(<!-- bench {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    if not marks.search(text):
        raise SystemExit(f"{page} has no place for {name}: <!-- bench {name} --> is missing.")
    table = "\n".join(f"| {what.strip()} | {measured} | {goal} |" for what, measured, goal in rows)
    note = f"{machine()}. {warning}".strip()
    new = f"{note}\n\n| | Measured | Goal |\n|---|---:|---|\n{table}\n"
    text = marks.sub(lambda found: found[1] + new + found[2], text)
    page.write_text(promises.renewed(text), encoding="utf-8")
