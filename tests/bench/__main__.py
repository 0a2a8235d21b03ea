"""`make bench`: measure, and print one table. Give names to run only those: make bench BENCH=verify

A goal is what the issue or DESIGN asked for. Compare ratios of one run, never figures of two
machines.
"""

from __future__ import annotations

import importlib
import platform
import sys
from pathlib import Path

from tests.bench import site


def main(wanted: list[str]) -> None:
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    # verify measures the site that workflow has made
    names.sort(key=lambda name: name == "bench_verify")
    site.set_up()
    print(f"Python {platform.python_version()}, {platform.machine()}", flush=True)
    for name in names:
        if wanted and name.removeprefix("bench_") not in wanted:
            continue
        for what, measured, goal in importlib.import_module(f"tests.bench.{name}").run():
            print(f"{what:<55} {measured:>12}   {goal}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
