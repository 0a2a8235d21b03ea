"""`make bench`: measure, and print one table. Give names to run only those: make bench BENCH=verify

`make bench DOC=docs/performance.md` writes the tables into that page, too.

A goal is what the project set itself. Compare ratios of one run, never figures of two
machines.
"""

import importlib
import os
import sys
from pathlib import Path

from tests.bench import report, site


def main(wanted):
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    # verify measures the site that workflow has made
    names.sort(key=lambda name: name == "bench_verify")
    site.set_up()
    page = os.environ.get("DOC")
    print(report.machine(), flush=True)
    for name in names:
        if wanted and name.removeprefix("bench_") not in wanted:
            continue
        warning, rows = report.busy(), []
        print(f"\n{name.removeprefix('bench_')}: {warning}".rstrip(), flush=True)
        for row in importlib.import_module(f"tests.bench.{name}").run():
            rows.append(row)
            what, measured, goal = row
            print(f"{what:<65} {measured:>14}   {goal}", flush=True)
        if page:
            report.write(Path(page), name.removeprefix("bench_"), rows, warning)


if __name__ == "__main__":
    main(sys.argv[1:])
