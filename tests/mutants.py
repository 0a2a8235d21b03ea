"""Change the code at places drawn by lot, one at a time, and see whether a test notices.

    make mutants PARTS="ledger text/document.py" COUNT=40 SEED=1

Runs under a Python that has cosmic-ray, on a copy of the checked-in files; the tests run under the
project's own. Prints what survived, and the rate of each module. docs/mutation.md says more.
"""

import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome, WorkItem

ROOT = Path(__file__).resolve().parents[1]

# The parts that are tried if none is named: files or folders in policies/.
PARTS = ("ledger", "text/document.py", "text/redline", "workflow", "page_cache")
# These notice changes to a part besides the tests in the folder that mirrors it.
OTHER_TESTS = {
    "ledger": ["policies/workflow", "policies/management/test_commands.py"],
    "text/document.py": ["policies/text/test_importing.py", "policies/models"],
    "text/redline": ["policies/text/test_alignment.py"],
    "workflow": ["policies/staff", "policies/management/test_import_policies.py"],
    "page_cache": [
        "policies/http",
        "policies/test_limits.py",
        *("site/test_log_lines.py", "site/test_odd_requests.py", "site/test_metrics.py"),
        *("site/test_pages_over_http.py", "site/test_faults.py"),
    ],
}
# In annotations, which nothing evaluates, | is no operator at all; elsewhere it joins sets.
SILENT = "BinaryOperator_BitOr"
# Tests that take so many times as long as on code that nothing has changed hang, and so do notice:
# so many seconds more, since a machine may be busy.
PATIENCE = 3
MORE = 20


def tests_of(part: str) -> list[Path]:
    """Return the files of tests of a part: of its folder those that are named like it, or all."""
    folder, *inner = Path(part).parts
    tests = sorted(Path("tests", "policies", folder).glob("test_*.py"))
    named = [it for it in tests if inner and it.stem.startswith(f"test_{Path(part).stem}")]
    found = named or tests
    for other in (Path("tests", it) for it in OTHER_TESTS.get(part, ())):
        found += [other] if other.is_file() else sorted(other.glob("test_*.py"))
    return found


def drawn(part: str, count: int, seed: int) -> list[WorkItem]:
    """Return `count` of all possible changes of a part: the same for the same code and seed."""
    code = Path("policies", part)
    modules = [code] if code.is_file() else sorted(code.rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder, use_db(f"{folder}/session.sqlite") as session:
        init(modules, session, {})
        items = [it for it in session.work_items if SILENT not in it.mutations[0].operator_name]
    items.sort(
        key=lambda it: [(str(m.module_path), m.operator_name, m.occurrence) for m in it.mutations]
    )
    random.Random(seed).shuffle(items)  # noqa: S311  a fair draw, no secret
    return list(itertools.islice(filter(_is_a_change, items), count))


def _is_a_change(item: WorkItem) -> bool:
    """Return whether what comes out is Python, and other than by how arguments may be passed."""
    change = item.mutations[0]
    code = change.module_path.read_text(encoding="utf-8")
    line, column = change.start_pos
    if code.splitlines()[line - 1][column:].startswith("*,"):
        return False
    operator = get_operator(change.operator_name)(**change.operator_args)
    try:
        compile(
            mutate_code(code, operator, change.occurrence) or "", str(change.module_path), "exec"
        )
    except SyntaxError:
        return False
    return True


def command(test: Path) -> list[str]:
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return [str(ROOT / ".venv/bin/python"), "-m", "pytest", *options, str(test)]


def patience(test: Path) -> float:
    """Return how many seconds a file of tests may take. Fails where they fail anyway."""
    began = time.monotonic()
    subprocess.run(command(test), check=True, stdout=subprocess.DEVNULL)
    return PATIENCE * (time.monotonic() - began) + MORE


def survivors(items: list[WorkItem], tests: list[Path]) -> Iterator[str]:
    """Yield the difference that each change makes that no test noticed.

    Each file of tests has its own time, so that one that hangs does not cost that of all.
    """
    seconds = {test: patience(test) for test in tests}
    for item in items:
        for test in tests:
            result = mutate_and_test(item.mutations, " ".join(command(test)), seconds[test])
            if result.test_outcome != TestOutcome.SURVIVED:
                break
        else:
            yield result.diff or str(item.mutations)
        sys.stderr.write(".")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument(
        "parts",
        nargs="*",
        default=PARTS,
        metavar="PART",
        help="a file or folder in policies/, such as workflow or text/redline",
    )
    ask.add_argument("--count", type=int, default=40, help="changes per part")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    for part in asked.parts:
        if not Path(ROOT, "policies", part).exists():
            ask.error(f"There is no policies/{part}.")
    copy = Path(tempfile.mkdtemp(prefix="policies-mutants-"))
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        os.chdir(copy)
        for part in asked.parts:
            items = drawn(part, asked.count, asked.seed)
            survived = 0
            for difference in survivors(items, tests_of(part)):
                survived += 1
                print(difference, flush=True)  # noqa: T201
            found = len(items) - survived
            print(f"{part}: {found} of {len(items)} changes found", flush=True)  # noqa: T201
    finally:
        shutil.rmtree(copy)


if __name__ == "__main__":
    sys.exit(main())
